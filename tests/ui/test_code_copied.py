"""The code of a request, in one click: from the form before it is paid for, and from its picture; never with a key."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .conftest import PaidApp, open_at
from .test_browser import open_tab
from .test_queue import ask, choose, finished, press

if TYPE_CHECKING:
    from playwright.sync_api import Page

PROMPT = "A lighthouse in a storm"
SIGNS = {"curl": "curl ", "Python": "import ", "JavaScript": "await fetch("}
"""Language -> what its code holds."""

LABELS = {"curl": "curl", "Python": "Python (httpx)", "JavaScript": "JavaScript (fetch)"}
"""Language -> what it is called where a list has room for it."""


@pytest.fixture
def page(paid_app: PaidApp, open_page: Callable[..., Page]) -> Page:
    """The app for a visitor whose browser lets a page write to the clipboard, with a target that charges."""
    page = open_at(paid_app.address, open_page(permissions=["clipboard-read", "clipboard-write"]))
    choose(page, "Black Forest Labs")
    ask(page, PROMPT)
    return page


def copied(page: Page) -> str:
    """What the last click put into the clipboard, which is emptied."""
    text = page.evaluate("() => navigator.clipboard.readText()")
    page.evaluate("() => navigator.clipboard.writeText('')")
    return str(text)


def test_the_code_of_the_form_is_copied(page: Page, paid_app: PaidApp) -> None:
    """Each language of the form's code holds the prompt and the address, and the key's name in the place of the key."""
    page.locator(".f2-code:visible > button").click()
    for language, sign in SIGNS.items():
        page.locator(".f2-code:visible").get_by_role("tab", name=language).click()
        page.locator(".f2-code:visible").get_by_label("Copy").locator("visible=true").click()
        code = copied(page)
        assert all(one in code for one in (sign, PROMPT, "BFL_API_KEY", paid_app.bfl.url)), language
        assert paid_app.bfl.key not in code


def test_the_code_of_a_picture_is_copied(page: Page, paid_app: PaidApp) -> None:
    """The history gives the request of a picture with the seed that was sent, in each language."""
    before = len(paid_app.bfl.submits)
    press(page)
    finished(page)
    [job] = paid_app.bfl.submits[before:]
    open_tab(page, "History")
    page.locator(".f2-tile").first.click()
    page.locator(".f2-copy summary").click()
    for language, sign in SIGNS.items():
        page.get_by_label("Language", exact=True).select_option(LABELS[language])
        page.locator(".f2-copy").get_by_role("button", name="Copy").click()
        page.locator(".f2-copy [role=status]", has_text="Copied").wait_for()
        code = copied(page)
        assert all(one in code for one in (sign, PROMPT, str(job.values["seed"]))), language
        assert paid_app.bfl.key not in code
