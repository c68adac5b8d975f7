"""What came of some runs and what they cost, added up: for a batch, and for a visitor's whole session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from ..figures import cost_text, dollars
from ..run import Run


@dataclass(frozen=True)
class Tally:
    """Pictures and money.

    Attributes:
        pictures: How many came.
        usd: What is known to have been spent, estimates among it.
        estimated: How many of the pictures have an estimate where the provider named no cost.
        unpriced: How many have not even that.
        failed: Runs that ended without a picture because something went wrong.
        stopped: Runs that ended because their owner stopped them.
        doubtful: Runs without a picture that may have been billed, or were.
        doubtful_usd: What those come to by their estimates.
    """

    pictures: int = 0
    usd: float = 0.0
    estimated: int = 0
    unpriced: int = 0
    failed: int = 0
    stopped: int = 0
    doubtful: int = 0
    doubtful_usd: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})

    @property
    def spent_text(self) -> str:
        """The money in words: ``free``, ``$0.31``, ``about $0.31``, and what may come to it."""
        return ", ".join(part for part in (self._known_text, self._doubt_text) if part)

    @property
    def _known_text(self) -> str:
        if not self.pictures:
            return "" if self.doubtful else "nothing spent"
        if self.unpriced == self.pictures:
            return "cost not known"
        text = cost_text(self.usd, is_reported=not self.estimated)
        return f"{text} and {_counted(self.unpriced, 'picture')} whose cost is not known" if self.unpriced else text

    @property
    def _doubt_text(self) -> str:
        if not self.doubtful:
            return ""
        if not self.doubtful_usd:
            return "something may have been billed"
        return f"up to {dollars(self.doubtful_usd)}{' more' if self.pictures else ''} may have been billed"

    @property
    def pictures_text(self) -> str:
        """How many pictures came, and what became of the rest."""
        rest = [f"{count} {word}" for count, word in ((self.failed, "failed"), (self.stopped, "stopped")) if count]
        return ", ".join([_counted(self.pictures, "picture"), *rest])


def tally_of(run: Run) -> Tally:
    """Return what a run that has ended comes to; nothing for one that is under way."""
    event = run.latest
    if event.kind == "done":
        costs = [one.cost_usd for one in event.results]
        guessed = [one for one in event.results if one.cost_usd and not one.cost_is_reported]
        return Tally(len(costs), sum(cost or 0.0 for cost in costs), len(guessed), costs.count(None))
    if not event.is_end:
        return Tally()
    is_doubtful = event.error is not None and event.error.money in ("maybe", "spent")
    return Tally(
        failed=int(event.kind != "cancelled"),
        stopped=int(event.kind == "cancelled"),
        doubtful=int(is_doubtful),
        doubtful_usd=(run.order.card.estimate(run.request) or 0.0) if is_doubtful else 0.0,
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """Return all of them together."""
    return sum(tallies, Tally())


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"
