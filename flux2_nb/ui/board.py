"""What one visitor asked for on one tab since the app was started: batches of runs, newest first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..run import Run
from .shots import Shot, shot

MOST_BATCHES = 6
"""Finished batches that stay on a board; older pictures are in the history."""

MOST_BOARDS = 500
"""Boards kept in memory; the least recently used idle ones are forgotten."""


@dataclass
class _Place:
    """A run on the board; once it is over, only what is shown of it is kept, and its bytes are let go."""

    run: Run | None
    label: str
    last: Shot | None = None

    def look(self) -> Shot:
        if self.run is not None:
            self.last = shot(self.run, self.label)
            if self.last.is_over:
                self.run = None
        assert self.last is not None
        return self.last


@dataclass
class Board:
    """The runs of one visitor on one tab.

    Attributes:
        problem: Why the last click began nothing; empty when it did.
    """

    problem: str = ""
    _batches: list[list[_Place]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, runs: Sequence[Run], labels: Sequence[str] = ()) -> None:
        """Put a batch of runs on top."""
        padded = [*labels, *[""] * (len(runs) - len(labels))]
        batch = [_Place(run, label) for run, label in zip(runs, padded, strict=True)]
        with self._lock:
            self.problem = ""
            self._batches.insert(0, batch)
            self._trim()

    def batches(self) -> list[list[Shot]]:
        """Return what to show now, newest batch first."""
        with self._lock:
            return [[place.look() for place in batch] for batch in self._batches]

    def running(self) -> list[Run]:
        """Return the runs that are under way."""
        with self._lock:
            places = [place for batch in self._batches for place in batch]
            return [place.run for place in places if place.run is not None and not place.run.latest.is_end]

    def forget(self, image_id: str) -> None:
        """Take a deleted picture off the board."""
        with self._lock:
            for batch in self._batches:
                batch[:] = [place for place in batch if image_id not in {one.id for one in place.look().pictures}]
            self._batches = [batch for batch in self._batches if batch]

    def _trim(self) -> None:
        idle = [batch for batch in self._batches if all(place.look().is_over for place in batch)]
        for batch in idle[MOST_BATCHES:]:
            self._batches.remove(batch)


class Boards:
    """All boards of an app, by visitor and tab."""

    def __init__(self) -> None:
        self._boards: OrderedDict[tuple[str, str], Board] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, owner: str, capability: str) -> Board:
        """Return a visitor's board on a tab."""
        with self._lock:
            board = self._boards.setdefault((owner, capability), Board())
            self._boards.move_to_end((owner, capability))
            idle = [key for key, one in self._boards.items() if not one.running()]
            for key in idle[: max(0, len(self._boards) - MOST_BOARDS)]:
                del self._boards[key]
            return board

    def forget(self, owner: str, image_id: str) -> None:
        """Take a deleted picture off all boards of a visitor."""
        with self._lock:
            boards = [board for (whose, _), board in self._boards.items() if whose == owner]
        for board in boards:
            board.forget(image_id)
