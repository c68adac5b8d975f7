"""Pages in Chromium, one window for each app, and what is timed inside of them: never longer than a limit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
LIMIT = 30_000
"""Milliseconds any one wait may take."""

TIMED = """([act, until, limit]) => new Promise((done, fail) => {
  const shown = new Set([...document.images].map(image => image.currentSrc));
  const [press, found] = [act, until].map(text => new Function('shown', `return ${text}`));
  const watching = new MutationObserver(look);
  let began = 0;
  function end(finish, value) {
    watching.disconnect();
    document.removeEventListener('load', look, true);
    finish(value);
  }
  function look() {
    const images = found(shown);
    if (!images.length || !images.every(image => image.complete && image.naturalWidth)) return;
    const decoded = images.map(image => image.decode());
    Promise.all(decoded).then(() => end(done, performance.now() - began), error => end(fail, error));
  }
  setTimeout(() => end(fail, new Error(`not shown within ${limit} ms`)), limit);
  watching.observe(document, {subtree: true, childList: true, attributes: true});
  document.addEventListener('load', look, true);
  began = performance.now();
  press(shown);
})"""
"""Does something, waits until images that were not there before are loaded, and tells the milliseconds to the last
decoded one. Of a promise only the first end counts."""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start Chromium without a window on a screen.

    Raises:
        FileNotFoundError: When there is none.
    """
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise FileNotFoundError("Chromium is not installed. On Debian or Ubuntu: sudo apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, address: str, cookies: Sequence[Any] = ()) -> Page:
    """Open an app in a window of its own, for a visitor who was never there or for the one with these cookies."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(LIMIT)
    context.add_cookies(list(cookies))
    page = context.new_page()
    page.goto(address)
    page.locator(".f2-generate:visible").wait_for()
    return page


def seconds_until_decoded(page: Page, act: str, until: str) -> float:
    """Return the time from an act to the decoded images it brings.

    Args:
        page: Brought to the front first: behind another one, Chromium lets everything wait.
        act: An expression of JavaScript, such as a click.
        until: An expression that gives the images, none as long as they are not there; ``shown`` holds the addresses
            of those that were there before.

    Raises:
        playwright.sync_api.Error: When they are not there within the limit.
    """
    page.bring_to_front()
    return float(page.evaluate(TIMED, [act, until, LIMIT])) / 1000
