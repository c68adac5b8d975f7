"""From the click to the decoded picture in a browser: 2048 x 2048 pixels, a PNG of 6 MB, against plain Gradio.

Ours checks, journals, verifies and stores the picture, and shows the bytes as they were delivered. A plain app that
returns a PIL image shows a WebP made of it; one that returns a path shows the bytes, and keeps nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from playwright.sync_api import Page, sync_playwright

from .app_servers import serving
from .table import Row, against

SIDE = 2048
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AIMS = {"pil": ("a plain app that returns PIL", 0.4), "path": ("a plain app that returns a path", 1.15)}
"""Who it is compared with, and how many times as long it may take."""

CLICK_TO_DECODED = """async () => {
  const seen = new Set([...document.images].map(one => one.src));
  const large = () => [...document.images].find(one => !seen.has(one.src) && one.src.startsWith('http'));
  const began = performance.now();
  document.querySelector('.f2-generate').click();
  let image;
  while (!(image = large())) await new Promise(done => requestAnimationFrame(done));
  await image.decode();
  return [performance.now() - began, image.naturalWidth];
}"""


def run(quick: bool = False) -> list[Row]:
    """Measure the three apps by turns, in one browser."""
    turns = 4 if quick else 12
    with ExitStack() as stack:
        browser = stack.enter_context(open_browser())
        addresses = {name: stack.enter_context(serving(name, side=SIDE)) for name in ("ours", *AIMS)}
        pages = {name: browser.new_page() for name in addresses}
        for name, address in addresses.items():
            _open(pages[name], address, name == "ours")
        times: dict[str, list[float]] = {name: [] for name in pages}
        for turn in range(turns + 1):
            for name, page in pages.items():
                page.bring_to_front()
                milliseconds, width = page.evaluate(CLICK_TO_DECODED)
                if width != SIDE:
                    raise ValueError(f"{name} shows {width} pixels instead of {SIDE}")
                if turn:
                    times[name].append(milliseconds / 1000)
    title = f"click to decoded picture, {SIDE} x {SIDE}, ours journaled and stored"
    return [against(title, times["ours"], label, times[name], most) for name, (label, most) in AIMS.items()]


def _open(page: Page, address: str, has_form: bool) -> None:
    page.goto(address)
    page.locator(".f2-generate:visible").wait_for()
    if has_form:
        page.get_by_label("Prompt", exact=True).first.fill("A paper lantern on a wet street, blue hour")
        page.locator(".f2-generate:visible:not([disabled])").wait_for()


@contextmanager
def open_browser() -> Iterator[Any]:
    """Start Chromium.

    Raises:
        FileNotFoundError: When there is none.
    """
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise FileNotFoundError("Chromium is not installed. On Debian or Ubuntu: sudo apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
