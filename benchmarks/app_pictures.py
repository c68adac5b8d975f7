"""From the click to the decoded picture in a browser: 2048 x 2048 pixels, a PNG of 6 MB, against plain Gradio.

Ours checks, journals, verifies and stores the picture, and shows the bytes as they were delivered. A plain app that
returns a PIL image shows a WebP made of it; one that returns a path shows the bytes, and keeps nothing.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from .app_servers import serving
from .browser import open_browser, open_page, seconds_until_decoded
from .table import Row, against

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIDE = 2048
PAUSE = 1500
"""Milliseconds before a click: whatever the one before still has to do, such as a preview, is over then."""

AIMS = {"pil": ("a plain app that returns PIL", 0.4), "path": ("a plain app that returns a path", 1.15)}
"""Who it is compared with, and how many times as long it may take."""

CLICKS = 3
"""Counted clicks on one page."""

PROMPT = "A paper lantern on a wet street, blue hour"
CLICK = "document.querySelector('.f2-generate').click()"
NEW = "[...document.images].filter(one => one.src.startsWith('http') && !shown.has(one.src))"
SIZES = "[...document.images].map(one => one.naturalWidth)"


def run(quick: bool = False) -> list[Row]:
    """Measure the three apps by turns, one page open at a time: Chromium paints a page anew that was behind another."""
    turns = 2 if quick else 5
    with ExitStack() as stack:
        browser = stack.enter_context(open_browser())
        addresses = {name: stack.enter_context(serving(name, side=SIDE)) for name in ("ours", *AIMS)}
        times: dict[str, list[float]] = {name: [] for name in addresses}
        for _ in range(turns):
            for name, address in addresses.items():
                times[name] += _clicks(browser, name, address)
    title = f"click to decoded picture, {SIDE} x {SIDE}, ours journaled and stored"
    return [against(title, times["ours"], label, times[name], most) for name, (label, most) in AIMS.items()]


def _clicks(browser: Browser, name: str, address: str) -> list[float]:
    """Return how long each click took on a fresh page; the first is not counted."""
    page = open_page(browser, address)
    if name == "ours":
        page.get_by_label("Prompt", exact=True).first.fill(PROMPT)
    times = []
    for _ in range(1 + CLICKS):
        page.wait_for_timeout(PAUSE)
        times.append(seconds_until_decoded(page, CLICK, NEW))
        if SIDE not in page.evaluate(SIZES):
            raise ValueError(f"{name} shows no picture of {SIDE} pixels")
    page.context.close()
    return times[1:]


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
