"""The first page of a history of 10,000 pictures against one of 10: its handler, and from the click to the previews.

The rows are written past the ledger, and the previews of the newest page lie ready, as they do once they were looked
at. The page of 10,000 holds 24 pictures, and so has more to show than the other.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from flux2_nb import Studio, images
from flux2_nb.history import History
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.history_page import PAGE
from flux2_nb.ui.history_tab import HistoryTab
from flux2_nb.ui.pictures import PREVIEW_SIDES
from flux2_nb.ui.visitors import COOKIE, owner_of

from .app_servers import serving
from .browser import open_browser, open_page, seconds_until_decoded
from .doubles import picture
from .history_search import fill
from .table import Row, against
from .timing import Act, by_turns

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MANY, FEW = 10_000, 10
MOST = 1.5

COOKIE_OF_VISITOR = "a-visitor-with-many-pictures".ljust(43, "-")
"""Whose pictures they are."""

SETTLED = 1500
"""Milliseconds after which a page that was just loaded has nothing more to do."""

OPEN = "document.querySelector('[data-tab-id=history]').click()"
IN_SIGHT = "[...document.querySelectorAll('.f2-tile img')].filter(one => one.getBoundingClientRect().top < innerHeight)"


def run(quick: bool = False) -> list[Row]:
    """Fill two folders, then ask the handlers and open the pages by turns."""
    with ExitStack() as stack:
        homes = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        for home, count in zip(homes, (MANY, FEW), strict=True):
            _prepare(home, count)
        with ExitStack() as opened:
            handlers = [opened.enter_context(_handler(home)) for home in homes]
            handled = by_turns(handlers, 20 if quick else 60)
        addresses = [stack.enter_context(serving("ours", home=home)) for home in homes]
        browser = stack.enter_context(open_browser())
        shown = _shown(browser, addresses, 4 if quick else 12)
    return [
        against(f"first page of a history of {MANY:,}, {what}", many, f"of one of {FEW}", few, MOST)
        for what, (many, few) in (("its handler", handled), ("click to decoded previews", shown))
    ]


def _prepare(home: Path, count: int) -> None:
    """Write the rows, and a preview for each picture of the first page."""
    owner = owner_of(COOKIE_OF_VISITOR)
    history = History(home)
    try:
        fill(history, count, (owner,))
        small = images.thumbnail(picture("jpeg"), PREVIEW_SIDES[0], "WEBP")
        files = history._core.open().files
        for item in history.search(limit=PAGE):
            files.keep(files.preview(item.sha256, PREVIEW_SIDES[0]), small)
    finally:
        history.close()


@contextmanager
def _handler(home: Path) -> Iterator[Act]:
    """Give what answers the opening of the tab."""
    studio = Studio("sketch", home=home)
    tab = HistoryTab(Backend(studio, home / "uploads"))
    request: Any = SimpleNamespace(request=SimpleNamespace(state=SimpleNamespace(owner=owner_of(COOKIE_OF_VISITOR))))
    try:
        yield partial(tab._open, request, "", "", "", "", False, "Europe/Paris")
    finally:
        studio.engine.close()


def _shown(browser: Browser, addresses: Sequence[str], turns: int) -> list[list[float]]:
    """Open the tab on a fresh page of a fresh window, turn by turn; the first turn is not counted."""
    times: list[list[float]] = [[] for _ in addresses]
    for turn in range(turns + 1):
        for address, measured in zip(addresses, times, strict=True):
            page = open_page(browser, address, [{"name": COOKIE, "value": COOKIE_OF_VISITOR, "url": address}])
            page.wait_for_timeout(SETTLED)
            taken = seconds_until_decoded(page, OPEN, IN_SIGHT)
            page.context.close()
            if turn:
                measured.append(taken)
    return times


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
