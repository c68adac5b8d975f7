"""What one visitor asked for on one tab since the app was started: batches of runs, newest first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..run import Run
from .repeats import Repeats
from .shots import Batch, Shot, queue_text, shot
from .tally import Tally, total

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
class _Asked:
    """What one press began."""

    id: str
    places: list[_Place]
    asked: str


@dataclass
class Board:
    """The runs of one visitor on one tab.

    Attributes:
        problem: Why the last click began nothing; empty when it did.
        repeats: Notices when the same is asked for twice.
    """

    problem: str = ""
    repeats: Repeats = field(default_factory=Repeats)
    _batches: list[_Asked] = field(default_factory=list)
    _gone: Tally = field(default_factory=Tally)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, runs: Sequence[Run], labels: Sequence[str] = (), asked: str = "") -> None:
        """Put a batch of runs on top; a run that is collected once more is shown and counted once.

        Args:
            runs: At least one.
            labels: What tells one from another; may be left out.
            asked: The `repeats.fingerprint` of what was asked for.
        """
        padded = [*labels, *[""] * (len(runs) - len(labels))]
        places = [_Place(run, label) for run, label in zip(runs, padded, strict=True)]
        with self._lock:
            self.problem = ""
            self._take_off({run.id for run in runs})
            self._batches.insert(0, _Asked(runs[0].id, places, asked))
            self._trim()

    def batches(self) -> list[Batch]:
        """Return what to show now, newest batch first."""
        with self._lock:
            return [Batch(batch.id, [place.look() for place in batch.places]) for batch in self._batches]

    def running(self) -> list[Run]:
        """Return the runs that are under way."""
        with self._lock:
            places = [place for batch in self._batches for place in batch.places]
            return [place.run for place in places if place.run is not None and not place.run.latest.is_end]

    def is_under_way(self, asked: str) -> bool:
        """Whether exactly this was asked for and has not ended."""
        with self._lock:
            same = [batch for batch in self._batches if batch.asked == asked]
            return any(not place.look().is_over for batch in same for place in batch.places)

    def queue_text(self) -> str:
        """How many runs are running and waiting; empty when none is under way."""
        return queue_text([shot for batch in self.batches() for shot in batch.shots])

    def tally(self) -> Tally:
        """What came of everything that was asked for here since the app was started."""
        with self._lock:
            places = [place for batch in self._batches for place in batch.places]
            return total((self._gone, *(place.look().tally for place in places)))

    def forget(self, image_id: str) -> None:
        """Take a deleted picture off the board."""
        with self._lock:
            for batch in self._batches:
                for place in [one for one in batch.places if image_id in {each.id for each in one.look().pictures}]:
                    self._drop(place)
                    batch.places.remove(place)
            self._batches = [batch for batch in self._batches if batch.places]

    def _take_off(self, run_ids: set[str]) -> None:
        """Take runs off as if they had never been here."""
        for batch in self._batches:
            batch.places = [place for place in batch.places if place.look().run_id not in run_ids]
        self._batches = [batch for batch in self._batches if batch.places]

    def _trim(self) -> None:
        idle = [batch for batch in self._batches if all(place.look().is_over for place in batch.places)]
        for batch in idle[MOST_BATCHES:]:
            for place in batch.places:
                self._drop(place)
            self._batches.remove(batch)

    def _drop(self, place: _Place) -> None:
        """Remember what came of a run that is no longer shown: what it cost stays counted."""
        self._gone += place.look().tally


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

    def session(self, owner: str) -> tuple[Tally, str]:
        """Return what came of everything a visitor asked for, and how much is running and waiting, on all tabs."""
        with self._lock:
            boards = [board for (whose, _), board in self._boards.items() if whose == owner]
        shots = [shot for board in boards for batch in board.batches() for shot in batch.shots]
        return total(board.tally() for board in boards), queue_text(shots)

    def forget(self, owner: str, image_id: str) -> None:
        """Take a deleted picture off all boards of a visitor."""
        with self._lock:
            boards = [board for (whose, _), board in self._boards.items() if whose == owner]
        for board in boards:
            board.forget(image_id)
