"""How the page is laid out: everything in sight on a phone, nothing that jumps, and nothing from the web."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from .conftest import open_at

if TYPE_CHECKING:
    from playwright.sync_api import Page

WATCH_SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.shifted += entry.value;
  }).observe({type: 'layout-shift'});
}"""
"""Adds up all shifts, also those in the half second after a click, which the usual measure forgives."""

LARGEST_SHIFT = 0.02


def generate(page: Page, prompt: str) -> None:
    page.get_by_label("Prompt").first.fill(prompt)
    page.locator(".f2-plan:visible", has_text="1 picture").wait_for()
    page.locator(".f2-generate:visible").click()
    page.locator(".f2-results:visible .f2-frame img").first.wait_for()
    page.locator(".f2-stop:visible:disabled").wait_for()


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_every_tab_is_in_sight(device: str, visit: Callable[..., Page]) -> None:
    """No tab hides in a menu, and none lies beyond the edge of the window."""
    page = visit(device)
    tabs = page.locator(".f2-tabs [role=tablist]").first.get_by_role("tab")
    width = page.evaluate("innerWidth")
    boxes = [tab.bounding_box() for tab in tabs.all()]
    assert "History" in tabs.all_inner_texts()
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert page.get_by_label("More tabs").count() == 0


def test_nothing_jumps_while_a_picture_is_made(visit: Callable[..., Page]) -> None:
    """From the click to the picture, what stands on the page stays where it is."""
    page = visit()
    page.get_by_label("Prompt").first.fill("a red fox in fresh snow")
    page.locator(".f2-plan:visible", has_text="1 picture").wait_for()
    page.evaluate(WATCH_SHIFTS)
    generate(page, "a red fox in fresh snow")
    page.locator(".f2-frame img").first.evaluate("one => one.decode()")
    assert page.evaluate("window.shifted") < LARGEST_SHIFT


def test_on_a_phone_the_result_comes_first(visit: Callable[..., Page]) -> None:
    """The picture stands above the prompt and in the window, and Generate stays in sight below."""
    page = visit("phone")
    generate(page, "a red fox in fresh snow")
    page.wait_for_function("() => document.querySelector('.f2-results .f2-frame').getBoundingClientRect().top >= 0")
    picture = page.locator(".f2-frame:visible").first.bounding_box()
    prompt = page.get_by_label("Prompt").first.bounding_box()
    button = page.locator(".f2-generate:visible").bounding_box()
    assert picture
    assert prompt
    assert button
    assert 0 <= picture["y"] < prompt["y"]
    assert picture["y"] < page.evaluate("innerHeight") / 2


def test_on_a_phone_the_facts_are_folded(visit: Callable[..., Page]) -> None:
    """Price in one line; time, references and licence on a touch."""
    page = visit("phone")
    facts = page.locator(".f2-facts")
    assert facts.get_by_text("Licence").locator("visible=true").count() == 0
    facts.get_by_text("Price: free").tap()
    facts.get_by_text("Licence").locator("visible=true").wait_for()


def test_the_page_asks_nobody_else_for_anything(app_address: str, open_page: Callable[..., Page]) -> None:
    """Fonts, scripts, styles and pictures all come from the app itself."""
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_at(app_address, page)
    generate(page, "a lighthouse")
    hosts = {urlsplit(one).netloc for one in asked if not one.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(app_address).netloc}
