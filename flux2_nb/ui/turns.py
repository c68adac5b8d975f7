"""Who spoke last: answers are made side by side, and one that was overtaken must not show what is no longer so."""

from __future__ import annotations

import threading
from collections import OrderedDict

MOST_PAGES = 2000
"""Pages remembered; the one that was silent longest is forgotten."""


class Turns:
    """Knows the newest question of each page, in whatever order questions arrive and answers are ready."""

    def __init__(self) -> None:
        self._newest: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, page: str, when: float) -> None:
        """Note that a page asked something.

        Args:
            page: Which page.
            when: When, by the page's own clock.
        """
        with self._lock:
            self._newest[page] = max(when, self._newest.get(page, when))
            self._newest.move_to_end(page)
            while len(self._newest) > MOST_PAGES:
                self._newest.popitem(last=False)

    def is_newest(self, page: str, when: float) -> bool:
        """Return whether the page has asked nothing later."""
        with self._lock:
            return self._newest.get(page, when) <= when
