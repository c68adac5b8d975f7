"""The page for everyone: what axe-core finds on every tab, and everything by keyboard.

Nothing serious or critical is left, not even in what Gradio makes itself: `assets/page/access.js` and the theme mend
that from outside (axe-core 4, gradio 6.31, 22 November 2026). What a later version brings and cannot be mended goes
into `NOT_OURS`, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import pytest

from .conftest import open_at

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RUN = "() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
GRAVE = ("serious", "critical")

NOT_OURS: dict[str, str] = {}
"""A rule and the beginning of a selector, such as ``color-contrast .x`` -> why it cannot be mended from outside."""

LOOKS = {
    "desktop": ("desktop", {}),
    "desktop, dark": ("desktop", {"color_scheme": "dark"}),
    "phone": ("phone", {}),
    "phone, dark": ("phone", {"color_scheme": "dark"}),
}


def faults(page: Page) -> list[str]:
    """What axe finds now that is serious or critical: rule, selector, what is wrong."""
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [
        f"{one['id']} {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def tabs(page: Page) -> Locator:
    return page.locator(".f2-tabs [role=tablist]").first.get_by_role("tab")


def walk(page: Page) -> Iterator[str]:
    """Opens tab after tab, each with an example filled in and its sections unfolded, and yields the tab's name."""
    for number in range(tabs(page).count()):
        tab = tabs(page).nth(number)
        tab.click()
        page.locator(f"[role=tab][aria-selected=true]:has-text('{tab.inner_text()}')").wait_for()
        panel = page.locator("[role=tabpanel]:visible").first
        example = panel.locator(".f2-chips button:visible").first
        if example.count():
            example.click()
        for fold in reversed(panel.locator("button.label-wrap[aria-expanded=false]:visible").all()):
            fold.click()
        yield tab.inner_text()


def generate(page: Page) -> None:
    page.locator(".f2-generate:visible").click()
    page.locator(".f2-results:visible .f2-frame img").first.wait_for()
    page.locator(".f2-stop:visible:disabled").wait_for()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_grave(look: str, app_address: str, open_page: Callable[..., Page]) -> None:
    """On every tab, with an example, a result and a picture looked at closely; at a desk, on a phone, light, dark."""
    device, options = LOOKS[look]
    page = open_at(app_address, open_page(device, **options))
    page.add_script_tag(path=AXE)
    found: list[str] = []
    for tab in walk(page):
        if tab == "Text to image":
            generate(page)
        if tab == "History":
            page.locator(".f2-tile").first.click()
            page.locator(".f2-detail").wait_for()
        found += [f"{tab}: {one}" for one in faults(page) if not one.startswith(tuple(NOT_OURS))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("target", ["Cloudflare"])
def test_axe_finds_nothing_grave_in_the_form_of_keys(target: str, visit: Callable[..., Page]) -> None:
    """The boxes for a key of one's own have their labels, and what is missing is told in readable colours."""
    page = visit()
    page.locator("input[aria-label='Provider']:visible").click()
    page.get_by_role("option", name=target).click()
    page.locator(".f2-key summary").click()
    page.add_script_tag(path=AXE)
    assert faults(page) == []


def press_until(page: Page, key: str, selector: str, most: int = 60) -> None:
    """Presses a key until an element of this selector has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{most} times {key} did not lead to {selector}")


def test_from_the_address_bar_to_a_picture_by_keyboard(visit: Callable[..., Page]) -> None:
    """The first Tab offers the way past the header; from the prompt Tab leads to Generate, and Enter presses it."""
    page = visit()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the form"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('[role=tabpanel]') !== null")
    press_until(page, "Tab", "textarea")
    page.keyboard.type("a lighthouse at dusk")
    page.locator(".f2-plan:visible", has_text="1 picture").wait_for()
    press_until(page, "Tab", ".f2-generate")
    page.keyboard.press("Enter")
    page.locator(".f2-frame img").first.wait_for()


def test_sections_and_tabs_by_keyboard(visit: Callable[..., Page]) -> None:
    """Tab reaches a folded section and Enter unfolds it, which is told; the same way one gets to another tab."""
    page = visit()
    page.get_by_label("Prompt").first.focus()
    press_until(page, "Tab", "button.label-wrap")
    assert page.locator(":focus").get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    page.locator("button.label-wrap[aria-expanded=true]:focus").wait_for()
    press_until(page, "Shift+Tab", "[data-tab-id=history]")
    page.keyboard.press("Enter")
    page.locator("[data-tab-id=history][aria-selected=true]").wait_for()


def test_the_history_by_keyboard(visit: Callable[..., Page]) -> None:
    """A tile is reached with Tab and opened with Enter."""
    page = visit()
    page.get_by_label("Prompt").first.fill("a lighthouse")
    page.locator(".f2-plan:visible", has_text="1 picture").wait_for()
    generate(page)
    tabs(page).last.focus()
    page.keyboard.press("Enter")
    page.locator(".f2-tile").wait_for()
    press_until(page, "Tab", ".f2-tile")
    page.keyboard.press("Enter")
    page.locator(".f2-detail .f2-prompt", has_text="a lighthouse").wait_for()


@pytest.mark.parametrize("look", ["desktop", "dark"])
def test_what_has_the_focus_is_seen(look: str, visit: Callable[..., Page]) -> None:
    """Whatever Tab reaches is outlined, or framed in another colour than before."""
    page = visit(look)
    unseen = """() => {
      const one = document.activeElement, style = getComputedStyle(one);
      const frames = [one, one.closest('.wrap'), one.parentElement].filter(Boolean).map(each => getComputedStyle(each));
      const isRinged = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
      return isRinged || frames.some(each => each.boxShadow !== 'none') ? '' : one.outerHTML.slice(0, 160);
    }"""
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate(unseen) == ""


def test_who_wants_no_motion_gets_none(open_page: Callable[..., Page], app_address: str) -> None:
    """Where the system asks for less motion nothing on the page is animated for longer than an instant."""
    page = open_at(app_address, open_page(reduced_motion="reduce"))
    longest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('.gradio-container *')].flatMap(one => {"
        " const {animationDuration, transitionDuration} = getComputedStyle(one);"
        " return `${animationDuration},${transitionDuration}`.split(',').map(parseFloat); }))"
    )
    assert longest == 0
