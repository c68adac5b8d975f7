"""A page of the history: which pictures, from where, of how many, and under which day each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from zoneinfo import ZoneInfo

from ..history import HistoryItem, HistoryView
from ..history.view import Narrowing

PAGE = 24
"""Pictures on a page."""

NEWEST = ""
"""The place of the first page; any other is ``before:`` or ``after:`` with the id of a picture of the next page."""


@dataclass(frozen=True)
class Wanted:
    """What the history is narrowed to.

    Attributes:
        text: Words of the prompt.
        capability: The form; empty for all.
        target: Such as ``bfl/flux-2-pro``; empty for all.
        starred: Only those with a star.
    """

    text: str = ""
    capability: str = ""
    target: str = ""
    starred: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.text.strip() or self.capability or self.target or self.starred)

    @property
    def narrowing(self) -> Narrowing:
        """The same as `HistoryView.search` takes it."""
        provider, _, model = self.target.partition("/")
        return Narrowing(
            capability=self.capability or None,
            provider=provider or None,
            model=model or None,
            starred=True if self.starred else None,
        )

    def page(self, before: str | None = None, after: str | None = None) -> Narrowing:
        """The same for one page, with one picture more than it shows: that tells whether there is another."""
        return {**self.narrowing, "before": before, "after": after, "limit": PAGE + 1}


@dataclass(frozen=True)
class HistoryPage:
    """What is shown.

    Attributes:
        items: The pictures, newest first.
        total: How many match on all pages together.
        place: Where this page is.
        newer: The place of the page before; None on the first.
        older: The place of the next page; None on the last.
    """

    items: Sequence[HistoryItem]
    total: int
    place: str = NEWEST
    newer: str | None = None
    older: str | None = None


def load_page(history: HistoryView, wanted: Wanted, place: str = NEWEST) -> HistoryPage:
    """Return the page at a place; the first one where nothing is left there.

    Raises:
        StoreError: When the history cannot be read.
    """
    total = history.count(text=wanted.text, **wanted.narrowing)
    direction, _, image_id = place.partition(":")
    load = _AT.get(direction, _first)
    return load(history, wanted, total, image_id)


def _first(history: HistoryView, wanted: Wanted, total: int, image_id: str = "") -> HistoryPage:
    found = history.search(wanted.text, **wanted.page())
    items = found[:PAGE]
    return HistoryPage(items, total, older=f"before:{items[-1].id}" if len(found) > PAGE else None)


def _before(history: HistoryView, wanted: Wanted, total: int, image_id: str) -> HistoryPage:
    found = history.search(wanted.text, **wanted.page(before=image_id))
    items = found[:PAGE]
    if not items:
        return _first(history, wanted, total)
    older = f"before:{items[-1].id}" if len(found) > PAGE else None
    return HistoryPage(items, total, f"before:{image_id}", f"after:{items[0].id}", older)


def _after(history: HistoryView, wanted: Wanted, total: int, image_id: str) -> HistoryPage:
    found = history.search(wanted.text, **wanted.page(after=image_id))
    if len(found) <= PAGE:  # the newest page is shown full, not with what is left over
        return _first(history, wanted, total)
    items = found[-PAGE:]
    return HistoryPage(items, total, f"after:{image_id}", f"after:{items[0].id}", f"before:{items[-1].id}")


_AT = {"before": _before, "after": _after}


def zone_of(name: str) -> tzinfo:
    """Return a time zone by the name a browser gives it; UTC where it is not known here."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def by_day(items: Sequence[HistoryItem], zone: tzinfo, now: datetime) -> list[tuple[str, list[HistoryItem]]]:
    """Return the pictures in groups of a day, each under its heading."""
    today = now.astimezone(zone).date()
    days = groupby(items, key=lambda item: item.created.astimezone(zone).date())
    return [(day_text(day, today), list(of_day)) for day, of_day in days]


def day_text(day: date, today: date) -> str:
    """Return a day as people say it: ``Today``, ``Yesterday``, ``Monday 16 November``; with another year's number."""
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%A} {day.day} {day:%B}{year}"
