"""Pictures that came and could not be stored: they stay in memory, for their owner, as long as the program runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock

from ..request import ImageRequest
from ..result import NOTES, UNSAVED, ImageResult
from .records import RunRecord, Stored, new_id
from .rows import Clean, picture_rows, result_from

MOST_BYTES = 256 * 1024 * 1024
"""How much is kept; of more, the oldest goes, and is then only with whoever holds its run."""


class Unsaved:
    """The pictures of a home folder that could not be written."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, ImageResult]] = {}
        self._lock = Lock()

    def keep(self, owner: str, results: Sequence[ImageResult]) -> None:
        """Keep pictures of an owner."""
        with self._lock:
            self._kept |= {result.id: (owner, result) for result in results}
            while len(self._kept) > 1 and sum(len(result.data) for _, result in self._kept.values()) > MOST_BYTES:
                del self._kept[next(iter(self._kept))]

    def find(self, image_id: str, owner: str | None) -> ImageResult | None:
        """Return a picture, unless it is another owner's; None stands for all owners."""
        with self._lock:
            whose, result = self._kept.get(image_id, ("", None))
        return result if owner in (None, whose) else None

    def forget(self, owner: str) -> None:
        """Let go of all pictures of an owner."""
        with self._lock:
            self._kept = {name: kept for name, kept in self._kept.items() if kept[0] != owner}


def unsaved_results(
    run: RunRecord,
    stored: Sequence[Stored],
    timings: Mapping[str, float],
    reported_usd: float | None,
    why: str,
    clean: Clean,
    now: float,
) -> list[ImageResult]:
    """Return the pictures of a run as they would have been stored, each with a note that it was not, and why."""
    run = replace(run, request=ImageRequest.from_dict(clean(run.request.to_dict())), timings=clean(timings))
    made = []
    for row, picture in zip(picture_rows(run, stored, reported_usd, clean), stored, strict=True):
        notes = [*row["flags"].get(NOTES, ()), why]
        flags = {**row["flags"], NOTES: notes, UNSAVED: True}
        row |= {"id": new_id(), "run_id": run.id, "created": now, "flags": flags}
        made.append(result_from(row, run, picture.delivery.data, None))
    return made
