"""The tab of languages in a real browser: chosen together, written from right to left, a picture for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .test_browser import choose, generate, in_history, open_tab, plan

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]


def test_languages_side_by_side(visit: Visit) -> None:
    """One brief makes a labelled picture in each language; the tokens of each stand in a table."""
    page = visit()
    open_tab(page, "Languages")
    page.get_by_role("button", name="Mountain lake").click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.f2-row textarea')].some(one => one.value.includes('lac'))"
    )
    for _ in range(2):
        page.locator(".f2-row:visible .f2-remove").last.click()
    plan(page, "2 pictures of")
    assert page.locator(".f2-note:visible td:first-child").all_inner_texts() == ["English", "French"]
    generate(page)
    assert page.locator(".f2-results:visible .f2-label").all_inner_texts() == ["English", "Français (French)"]
    assert len(in_history(page)) == 2


def test_a_set_of_languages_is_chosen_at_once(visit: Visit) -> None:
    """One choice fills in a text for each script, Arabic from right to left, and warns once of text in pictures."""
    page = visit()
    open_tab(page, "Languages")
    page.get_by_role("button", name="One word on a poster").click()
    plan(page, "8 pictures")
    arabic = page.locator(".f2-row:visible", has=page.locator("select")).nth(5).locator("textarea")
    assert arabic.evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert page.locator(".f2-warning:visible").count() == 2
    choose(page, "Languages", "European")
    plan(page, "7 pictures")
    page.get_by_label("Remove text 7").click()
    page.wait_for_function("() => [...document.querySelectorAll('input')].some(one => one.value === 'my own choice')")
