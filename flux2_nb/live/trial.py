"""Doing what was planned: through the real engine, in a data folder of its own, watched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import AuthFailed, Flux2Error
from ..result import ImageResult
from ..studio import Studio
from .comparing import in_end, in_exchanges
from .plan import CAP_USD, Call
from .recording import Cleaner
from .watching import Watcher

PATIENCE = 60.0
"""Seconds to wait beyond the model's own deadline."""


@dataclass
class Report:
    """What came of it.

    Attributes:
        differences: Where the provider differs from what is assumed, in sentences.
        recording: What passed, as JSON values that hold nothing secret.
    """

    differences: list[str] = field(default_factory=list)
    recording: list[dict[str, Any]] = field(default_factory=list)


def carry_out(studio: Studio, calls: Sequence[Call], home: Path, tell: Callable[[str], None]) -> Report:
    """Check the key, then make the calls one after another.

    Args:
        studio: Where keys and addresses come from.
        calls: What to ask for.
        home: An empty folder for the journal.
        tell: Takes one line at a time.
    """
    watcher, report = Watcher(), Report()
    cleaner = Cleaner(studio.account(), studio.provider.settings)
    own = Studio(studio.provider.name, studio.card.model, home=home, budget_usd=CAP_USD)
    own.provider = watcher.over(studio.provider)
    try:
        if _check(own, watcher, cleaner, report, tell):
            for call in calls:
                _make(own, call, watcher, cleaner, report, tell)
    finally:
        own.engine.close()
    return report


def _check(studio: Studio, watcher: Watcher, cleaner: Cleaner, report: Report, tell: Callable[[str], None]) -> bool:
    """Whether the key works; without it there is nothing more to see."""
    found: list[str] = []
    try:
        # The answer names the account; that it came is all that is told.
        studio.check()
        works = True
    except Flux2Error as error:
        found, works = [str(error)], not isinstance(error, AuthFailed)
    exchanges = watcher.take()
    found += in_exchanges(exchanges, studio.provider)
    _note("the key", found, "it works", report, cleaner, tell)
    report.recording.append({"call": "the key", "exchanges": [cleaner.exchange(one) for one in exchanges]})
    return works


def _make(
    studio: Studio, call: Call, watcher: Watcher, cleaner: Cleaner, report: Report, tell: Callable[[str], None]
) -> None:
    studio.card = call.card
    end = _end_of(studio, call)
    exchanges = watcher.take()
    found = in_exchanges(exchanges, studio.provider, call.refused) + in_end(call, end)
    if not any(exchange.kind == "submit" for exchange in exchanges):
        found.append("no answer to the request was seen.")
    _note(call.name, found, _told(call, end), report, cleaner, tell)
    asked = cleaner.value(call.request.to_dict())
    seen = [cleaner.exchange(exchange) for exchange in exchanges]
    report.recording.append(
        {"call": call.name, "asked": asked, "exchanges": seen, "end": cleaner.text(_told(call, end))}
    )


def _end_of(studio: Studio, call: Call) -> ImageResult | Exception:
    try:
        return studio.start(call.request).result(timeout=call.card.deadline + PATIENCE)
    except (Flux2Error, TimeoutError) as error:
        return error


def _told(call: Call, end: ImageResult | Exception) -> str:
    if not isinstance(end, ImageResult):
        return f"refused as expected: {end}" if call.refused else f"{type(end).__name__}: {end}"
    billed = f"billed ${end.cost_usd:g}" if end.cost_is_reported and end.cost_usd is not None else "price not told"
    took = end.timings.get("total", 0.0)
    return f"{end.width} x {end.height} {end.format}, {took:.1f} s, {billed} (estimated ${call.worst_usd:g})"


def _note(
    name: str, found: Sequence[str], otherwise: str, report: Report, cleaner: Cleaner, tell: Callable[[str], None]
) -> None:
    tell(cleaner.text(f"{name}: {otherwise if not found else 'differs'}"))
    for one in found:
        report.differences.append(cleaner.text(f"{name}: {one}"))
        tell(cleaner.text(f"  {one}"))
