"""The app as people use it, in a real browser: every tab makes a picture, which is found again, and by nobody else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]


def open_tab(page: Page, title: str) -> None:
    page.get_by_role("tab", name=title).click()
    page.locator(f"[role=tab][aria-selected=true]:has-text('{title}')").wait_for()


def plan(page: Page, text: str) -> None:
    """Waits until the line beside the button says this."""
    page.locator(".f2-plan:visible", has_text=text).wait_for()


def generate(page: Page) -> None:
    """Clicks the button and waits for a picture that the browser could decode."""
    page.locator(".f2-generate:visible").click()
    picture = page.locator(".f2-results:visible .f2-latest .f2-frame img").first
    picture.wait_for()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    page.locator(".f2-stop:visible:disabled").wait_for()


def choose(page: Page, field: str, name: str) -> None:
    page.locator(f"input[aria-label='{field}']:visible").click()
    page.get_by_role("option", name=name).click()


def in_history(page: Page) -> list[str]:
    """The alternative texts of the pictures in the history of a page that is loaded anew."""
    page.reload()
    page.locator(".f2-generate:visible").wait_for()
    open_tab(page, "History")
    page.locator(".f2-tile img").first.wait_for()
    return [str(one.get_attribute("alt")) for one in page.locator(".f2-tile img").all()]


def test_text_to_image(visit: Visit) -> None:
    """A typed prompt becomes a sketch that says so, downloads byte for byte, and is in the history after a reload."""
    page = visit()
    page.get_by_label("Prompt").first.fill("A red fox asleep in fresh snow")
    plan(page, "1 picture of 1024 × 1024 pixels")
    generate(page)
    assert "Sketch, not a FLUX.2 image" in page.locator(".f2-caption").inner_text()
    assert page.locator(".f2-done").inner_text().startswith("Done in ")
    assert page.locator(".f2-session").inner_text() == "This session: 1 picture, free"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download original").click()
    assert re.fullmatch(r"a-red-fox-asleep-in-fresh-snow-\d+\.png", download.value.suggested_filename)
    shown = page.request.get(page.locator(".f2-frame img").evaluate("one => one.src")).body()
    assert Path(download.value.path()).read_bytes() == shown
    assert Image.open(io.BytesIO(shown)).size == (1024, 1024)
    assert in_history(page) == ["Sketch for the prompt: A red fox asleep in fresh snow"]


def test_an_empty_prompt_gets_a_sentence(visit: Visit) -> None:
    """Generating nothing says what is missing, and that nothing was spent."""
    page = visit()
    page.locator(".f2-generate:visible").click()
    page.locator(".f2-problem", has_text="The prompt is empty").wait_for()
    assert "Nothing was spent." in page.locator(".f2-problem").inner_text()


def test_markup_in_a_prompt_stays_text(visit: Visit) -> None:
    """A prompt that looks like markup or a template runs nothing, neither beside its picture nor in the history."""
    page = visit()
    prompt = "a lamp ${window.broken=1} <img src=x onerror='window.broken=2'> \\u003cb\\u003e {{value}}"
    page.get_by_label("Prompt").first.fill(prompt)
    plan(page, "1 picture")
    generate(page)
    open_tab(page, "History")
    page.locator(".f2-tile").first.click()
    assert page.locator(".f2-prompt").inner_text() == prompt
    assert page.evaluate("window.broken") is None


def test_a_target_narrows_the_form(visit: Visit) -> None:
    """Another target, even a user's own, changes bounds and price; what was typed stays; a missing key is named."""
    page = visit()
    page.get_by_label("Prompt").first.fill("A lighthouse")
    page.locator(".f2-generate:visible", has_text="Generate · free").wait_for()
    page.locator("button:visible", has_text="Settings").first.click()
    seed = page.get_by_label("Seed").locator("visible=true").first
    assert seed.is_enabled()
    choose(page, "Provider", "A slow provider")
    page.locator(".f2-generate:visible", has_text="Generate · about $0.05, 1 min 30 s").wait_for()
    page.get_by_text("Slow One draws its own seed.").locator("visible=true").first.wait_for()
    assert seed.is_disabled()
    assert seed.input_value() == ""
    assert page.get_by_role("slider", name="Steps").get_attribute("max") == "40"
    assert page.get_by_label("Prompt").first.input_value() == "A lighthouse"
    choose(page, "Provider", "Black Forest Labs")
    page.locator(".f2-no", has_text="BFL_API_KEY").wait_for()
    assert "sketch" in page.locator(".f2-no").inner_text()


def test_stop_and_a_second_page(visit: Visit) -> None:
    """A run goes on when its page is loaded anew, is shown there, and Stop ends it with the truth about the money."""
    page = visit()
    choose(page, "Provider", "A slow provider")
    page.locator(".f2-facts", has_text="$0.05").wait_for()
    page.get_by_label("Prompt").first.fill("A lighthouse")
    page.locator(".f2-generate:visible").click()
    page.locator(".f2-running").wait_for()
    page.reload()
    page.locator(".f2-running", has_text="of about 1 min 30 s").wait_for()
    page.keyboard.press("Escape")
    page.locator(".f2-cancelled").wait_for()
    assert "Nothing was spent." in page.locator(".f2-cancelled").inner_text()


def test_visitors_are_strangers(visit: Visit) -> None:
    """Another visitor sees neither the picture nor the history, not even with the picture's address."""
    page, other = visit(), visit("phone")
    page.get_by_label("Prompt").first.fill("A secret garden")
    plan(page, "1 picture")
    generate(page)
    address = page.locator(".f2-frame img").evaluate("one => one.src")
    assert page.request.get(address).status == 200
    assert other.request.get(address).status == 404
    other.reload()
    other.locator(".f2-results:visible .f2-empty").wait_for()
    assert other.locator(".f2-frame").count() == 0


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_nothing_sticks_out(device: str, visit: Visit) -> None:
    """No tab is wider than the window, on a desk or on a phone."""
    page = visit(device)
    for tab in ("Text to image", "JSON prompt"):
        open_tab(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
