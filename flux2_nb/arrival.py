"""What arrived: whether it is whole pictures, how it differs from what was asked for, and what is kept of the rest."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from . import images
from .errors import BadReply
from .figures import dollars
from .history import Stored
from .result import NOTES
from .run import Run
from .wire import Delivery

SET_ASIDE = "set-aside"
"""The folder, in the history's home, for bytes that should have been a picture."""

MOST_SET_ASIDE = 20
"""How many such files are kept; the oldest goes first."""

MOST_BYTES = 10 * 1024 * 1024
"""How much of each is kept."""

PRICE_TOLERANCE = 0.02
"""The part by which a charge may differ from the table without a note: providers round megapixels in their own way."""

SMALLEST_DIFFERENCE_USD = 0.0005

RATIO_TOLERANCE = 0.05
"""The part by which the shape may differ where only a ratio was asked for."""


@dataclass(frozen=True)
class Arrival:
    """What a provider delivered, looked at.

    Attributes:
        pictures: Those that are whole.
        damaged: The bytes of the others; empty bytes for one that could not be fetched.
        problem: What is wrong with the first of those, one sentence.
    """

    pictures: Sequence[Stored] = ()
    damaged: Sequence[bytes] = ()
    problem: str = ""

    @property
    def count(self) -> int:
        """How many came, whole or not."""
        return len(self.pictures) + len(self.damaged)


def look_at(deliveries: Sequence[Delivery], run: Run) -> Arrival:
    """Tell whole pictures from other bytes by opening them; takes some milliseconds for each."""
    pictures: list[Stored] = []
    damaged: list[bytes] = []
    problem = ""
    for delivery in deliveries:
        try:
            found = images.sniff(delivery.data)
        except BadReply as error:
            problem = problem or error.what
            damaged.append(delivery.data)
        else:
            rewritten = delivery.prompt_used if delivery.prompt_used != run.request.prompt else None
            seed = delivery.seed if delivery.seed is not None else run.request.seed
            told = replace(delivery, seed=seed, prompt_used=rewritten)
            pictures.append(Stored(told, found.format, found.width, found.height))
    return Arrival(pictures, damaged, problem)


def with_notes(arrival: Arrival, run: Run, quoted_usd: float | None) -> list[Stored]:
    """Return the whole pictures, each with what differs from what was asked for or expected among its flags.

    Args:
        arrival: What came.
        run: The run, with its request completed and its estimate.
        quoted_usd: The price the provider told when it accepted the job, if it did.
    """
    shared = [*_count_notes(arrival), *_price_notes(arrival.pictures, run, quoted_usd)]
    noted = []
    for picture in arrival.pictures:
        notes = [*_size_notes(picture, run), *shared]
        flags = {**picture.delivery.flags, **({NOTES: notes} if notes else {})}
        noted.append(replace(picture, delivery=replace(picture.delivery, flags=flags)))
    return noted


def _count_notes(arrival: Arrival) -> list[str]:
    if arrival.damaged:
        return [f"{len(arrival.damaged)} of {arrival.count} pictures that came could not be read."]
    return [f"{arrival.count} pictures came where one was asked for."] if arrival.count > 1 else []


def _size_notes(picture: Stored, run: Run) -> list[str]:
    width, height = run.request.width, run.request.height
    if not width or not height or (picture.width, picture.height) == (width, height):
        return []
    if run.order.card.size.kind == "ratio":  # the provider chooses the pixels itself
        asked = width / height
        if abs(picture.width / picture.height - asked) <= RATIO_TOLERANCE * asked:
            return []
    return [f"It came in {picture.width} x {picture.height} pixels; {width} x {height} were asked for."]


def _price_notes(pictures: Sequence[Stored], run: Run, quoted_usd: float | None) -> list[str]:
    told = [one.delivery.cost_usd for one in pictures if one.delivery.cost_usd is not None]
    charged, expected = sum(told) if told else quoted_usd, run.estimate_usd
    if charged is None or expected is None:
        return []
    if abs(charged - expected) <= max(SMALLEST_DIFFERENCE_USD, PRICE_TOLERANCE * expected):
        return []
    label = run.order.provider.facts.label
    return [f"{label} charged {dollars(charged)}; {dollars(expected)} was expected from its list of prices."]


def keep_aside(home: Path, name: str, data: bytes, redact: Callable[[str], str]) -> Path:
    """Keep bytes that should have been a picture, for the provider's support, and forget the oldest of many.

    Args:
        home: The history's home.
        name: The file's name without an ending: the id of the run.
        data: The bytes; cut after 10 MB, and any key in them masked.
        redact: Masks keys.

    Raises:
        OSError: When they cannot be written.
    """
    folder = home / SET_ASIDE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Latin-1 gives every byte a character and back, so that a page that shows the key is masked like any text.
    masked = redact(data[: MOST_BYTES + 4096].decode("latin-1")).encode("latin-1", "replace")
    descriptor, part = tempfile.mkstemp(suffix=".part", dir=folder)
    with os.fdopen(descriptor, "wb") as file:
        file.write(masked[:MOST_BYTES])
    path = folder / f"{name}.bin"
    os.replace(part, path)
    kept = sorted(folder.glob("*.bin"), key=lambda one: one.stat().st_mtime_ns)
    for old in kept[:-MOST_SET_ASIDE]:
        old.unlink(missing_ok=True)
    return path
