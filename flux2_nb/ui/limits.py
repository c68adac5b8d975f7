"""How often one visitor may have something done: so many times within a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_VISITORS = 2000
"""Visitors remembered; the one who asked longest ago is forgotten."""


class Limit:
    """Counts for each visitor what was done of late.

    Args:
        most: How often within the time.
        seconds: The time.
        clock: Seconds that only ever grow.
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self._seconds = seconds
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, visitor: str) -> float:
        """Count one more, if there is room for it; returns the seconds to wait for where there is none, else 0."""
        with self._lock:
            now = self._clock()
            times = self._times.setdefault(visitor, deque(maxlen=self.most))
            self._times.move_to_end(visitor)
            while len(self._times) > MOST_VISITORS:
                self._times.popitem(last=False)
            wait = times[0] + self._seconds - now if len(times) == self.most else 0.0
            if wait <= 0:
                times.append(now)
            return max(0.0, wait)
