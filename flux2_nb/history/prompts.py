"""Prompts that were sent before, so that one can be taken up again; also those of pictures deleted since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, literal_column, select

from .records import utc
from .schema import RUNS
from .words import fold

NEWEST = 1000
"""Runs that are looked through: what is older is found by searching for its picture."""


@dataclass(frozen=True)
class PastPrompt:
    """A prompt as it was typed, with the newest run it was used for.

    Attributes:
        run_id: That run.
        capability: The form it was asked with; empty for a plain call.
        text: The prompt before its variables were filled in, else as it was sent.
        created: When it was journaled, in UTC.
    """

    run_id: str
    capability: str
    text: str
    created: datetime


def past_prompts(connection: Connection, owner: str | None, text: str, limit: int) -> list[PastPrompt]:
    """Return the different prompts of an owner that hold all words of a text, newest first."""
    query = select(*RUNS.c["id", "capability", "prompt", "template", "created"]).where(
        RUNS.c.deleted == literal_column("0")
    )
    if owner is not None:
        query = query.where(RUNS.c.owner == owner)
    # By the row's number, which the index of owners holds: no sorting, and it ends as soon as enough are found.
    newest_first = query.order_by(literal_column("runs.rowid").desc()).limit(NEWEST)
    words = fold(text).split()
    found: dict[tuple[str, str], PastPrompt] = {}
    for row in connection.execute(newest_first):
        typed = row.template or row.prompt
        if (row.capability, typed) in found or not _holds(typed, words):
            continue
        found[row.capability, typed] = PastPrompt(row.id, row.capability, typed, utc(row.created))
        if len(found) == limit:
            break
    return list(found.values())


def _holds(text: str, words: list[str]) -> bool:
    folded = fold(text) if words else ""
    return all(word in folded for word in words)
