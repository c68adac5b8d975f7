"""The app is ended and started again: the same browser finds its pictures, and its run goes on and is bought once."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.doubles import BflDouble, Fate

from .conftest import open_at, running_app
from .test_browser import open_tab, plan
from .test_history_tab import drop
from .test_queue import choose

if TYPE_CHECKING:
    from playwright.sync_api import Page


def press(page: Page, prompt: str) -> None:
    """Fills in a prompt, waits until the plan has followed, and presses Generate."""
    page.get_by_label("Prompt").first.fill(prompt)
    plan(page, "1 picture")
    page.locator(".f2-generate:visible").click()


def shows(page: Page, prompt: str) -> None:
    """Waits for the picture of this prompt among the newest results."""
    page.locator(f".f2-results:visible .f2-latest .f2-frame img[alt$='{prompt}']").wait_for()


def original(page: Page, prompt: str) -> bytes:
    """Opens a picture of the history and downloads its original."""
    page.locator(".f2-tile", has=page.locator(f"img[alt$='{prompt}']")).click()
    page.locator(".f2-detail .f2-prompt", has_text=prompt).wait_for()
    with page.expect_download() as download:
        page.locator(".f2-detail").get_by_role("link", name="Download original").click()
    return Path(download.value.path()).read_bytes()


def test_everything_outlives_the_app(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """Pictures are in the history with their bytes, the job under way is collected, and a dropped one is known."""
    page, home = open_page(), tmp_path / "home"
    with BflDouble() as bfl:
        with running_app(home, bfl.environ) as address:
            open_at(address, page)
            press(page, "A tin robot")
            shows(page, "A tin robot")
            choose(page, "Black Forest Labs")
            press(page, "A lighthouse in a storm")
            shows(page, "A lighthouse in a storm")
            bfl.fate = Fate(pending=math.inf)
            press(page, "A quiet harbour")
            while len(bfl.submits) < 2 or not bfl.submits[1].polls:  # its id is journaled before the first poll
                page.wait_for_timeout(20)
            [bought, pending] = bfl.submits
        with running_app(home, bfl.environ) as address:
            open_at(address, page)
            page.locator(".f2-running").wait_for()
            open_tab(page, "History")
            page.locator(".f2-tile img[alt$='A tin robot']").wait_for()
            data = original(page, "A lighthouse in a storm")
            assert data == bfl.delivered[bought.id]
            drop(page, data, ".f2-header")
            page.wait_for_function("() => document.querySelector('textarea').value === 'A lighthouse in a storm'")
            pending.fate = Fate()
            shows(page, "A quiet harbour")
            assert bfl.submits == (bought, pending)
        assert not bfl.leaks
