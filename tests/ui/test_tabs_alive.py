"""Nine tabs of one browser, which gives one host six connections: no tab holds one while nothing is under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

TABS = 9
FETCH = "() => fetch('.', {signal: AbortSignal.timeout(20000)}).then(reply => reply.status)"


def nine_tabs(first: Page, address: str) -> list[Page]:
    """Opens the other eight beside the first, all at once, and waits until each can be used."""
    pages = [first, *(first.context.new_page() for _ in range(TABS - 1))]
    for page in pages[1:]:
        page.goto(address, wait_until="commit")
    for page in pages:
        page.locator(".f2-generate:visible").wait_for()
    return pages


def generate(page: Page, prompt: str) -> None:
    """Presses Generate in a tab that is brought to the front, and waits for the picture of this prompt, decoded."""
    page.bring_to_front()
    page.get_by_label("Prompt").first.fill(prompt)
    page.locator(".f2-plan:visible", has_text="1 picture").wait_for()
    page.locator(".f2-generate:visible").click()
    picture = page.locator(f".f2-results:visible .f2-latest .f2-frame img[alt$='{prompt}']")
    picture.wait_for()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 1024


def test_nine_tabs_are_alive(visit: Callable[..., Page], app_address: str) -> None:
    """With all nine open each shows the picture it asked for and follows what is typed; a tenth request is answered."""
    pages = nine_tabs(visit(), app_address)
    for number, page in enumerate(pages, start=1):
        generate(page, f"A lighthouse on rock {number}")
    assert pages[0].evaluate(FETCH) == 200
    for page in pages:
        page.get_by_label("Prompt").first.fill("")
    for page in pages:
        page.locator(".f2-plan:visible", has_text="The prompt is empty").wait_for()
