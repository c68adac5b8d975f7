"""Questions to the history: which pictures, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal_column, select

from .schema import IMAGES, RUNS, WORDS
from .words import facet, match_query

COLUMNS = (
    *(column for column in IMAGES.c if column.name not in ("flags", "position")),
    *(RUNS.c[name] for name in ("prompt", "template", "values", "capability", "provider", "model", "state")),
)
"""What a line of the history shows."""


@dataclass(frozen=True)
class Filters:
    """What a page of the history is narrowed to; None means any.

    Attributes:
        text: Words that must all occur; the last may be unfinished.
        owner: Whose pictures.
        provider: Who made them.
        model: Which model.
        capability: The form they were asked with.
        starred: Only those with, or only those without, a star.
        since: Stored at this time or later.
        until: Stored before this time.
        before: The id of the last picture of the page before.
        after: The id of the first picture of the page that follows; the page then comes oldest first.
        limit: Pictures on a page.
    """

    text: str = ""
    owner: str | None = None
    provider: str | None = None
    model: str | None = None
    capability: str | None = None
    starred: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: str | None = None
    after: str | None = None
    limit: int = 50

    @property
    def finds_nothing(self) -> bool:
        """Whether the text holds nothing that could be searched for."""
        return bool(self.text.strip()) and match_query(self.text) is None

    def select(self) -> Select[Any]:
        """Return the query of the page; every row is checked for its owner, whatever the word index says."""
        query = select(*COLUMNS).join(RUNS, RUNS.c.id == IMAGES.c.run_id).where(*self._conditions())
        number: ColumnElement[int] = IMAGES.c.number
        words = self._match()
        if words:
            query = query.join(WORDS, WORDS.c.rowid == IMAGES.c.number).where(_matches(words))
            # Walking down the word index gives its matches in order; any other order would sort them all.
            number = WORDS.c.rowid
        if self.before is not None:
            query = query.where(number < _number_of(self.before))
        if self.after is not None:
            query = query.where(number > _number_of(self.after))
        return query.order_by(number.desc() if self.after is None else number.asc()).limit(self.limit)

    def count(self) -> Select[int]:
        """Return the query of how many pictures match, on all pages together."""
        query = select(func.count()).select_from(IMAGES).where(*self._conditions())
        words = self._match()
        if not words:
            return query
        # As a set: in a join SQLite 3.40 would ask the word index anew for each picture of the owner.
        return query.where(IMAGES.c.number.in_(select(WORDS.c.rowid).where(_matches(words))))

    def _match(self) -> str:
        """Return the full-text query; the properties of a picture are words too, so that every filter is as fast."""
        facets = {"p": self.provider, "m": self.model, "c": self.capability}
        parts = [f"facets : {facet(kind, value)}" for kind, value in facets.items() if value is not None]
        words = match_query(self.text)
        if words:
            parts.append(f"words : ({words})")
        if parts and self.owner is not None:
            parts.append(f"facets : {facet('o', self.owner)}")
        return " AND ".join(parts)

    def _conditions(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = [IMAGES.c.deleted == literal_column("0")]
        if self.owner is not None:
            conditions.append(IMAGES.c.owner == self.owner)
        if self.starred is not None:
            # Written out, as an index on a part of the rows is only taken for a literal.
            conditions.append(IMAGES.c.starred == literal_column(str(int(self.starred))))
        if self.since is not None:
            conditions.append(IMAGES.c.created >= self.since.timestamp())
        if self.until is not None:
            conditions.append(IMAGES.c.created < self.until.timestamp())
        return conditions


def _matches(words: str) -> ColumnElement[bool]:
    return literal_column("image_words").op("MATCH")(words)


def _number_of(image_id: str) -> ScalarSelect[int]:
    return select(IMAGES.c.number).where(IMAGES.c.id == image_id).scalar_subquery()
