"""What texts cost in tokens, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from ..cards import ModelCard
from ..prompting import tokens
from .base import Note

OPEN_FAMILIES = ("dev", "klein")
"""The families that cut a prompt at 512 tokens, each with a vocabulary of its own."""

SHOWN_CUT = 60
"""Characters of the cut part that a cell shows."""


def by_family(heading: str, texts: Sequence[tuple[str, str]], card: ModelCard) -> list[Note]:
    """Return a table with a row for each name and text, and a column for the target's family and each open one."""
    if not texts:
        return []
    own = [card.family] if card.token_limit is not None and _family(card) not in OPEN_FAMILIES else []
    families = [*own, *OPEN_FAMILIES]
    counts = [[tokens.count(text, family) for family in families] for _, text in texts]
    rows = [(name, *(_number(one) for one in row)) for (name, _), row in zip(texts, counts, strict=True)]
    limits = ", ".join(f"{family} {one.limit:,}" for family, one in zip(families, counts[0], strict=True))
    table = ((heading, *families), *rows)
    return [Note("info", f"Tokens, and the most that are read: {limits}.", table=table)]


def by_way(heading: str, texts: Sequence[tuple[str, str]], card: ModelCard) -> list[Note]:
    """Return a table with a row for each name and text, and what the target would cut of it."""
    if card.token_limit is None:
        return by_family(heading, texts, card)
    counts = [tokens.count(text, card.family) for _, text in texts]
    rows = [(name, _number(one), _cut(one)) for (name, _), one in zip(texts, counts, strict=True)]
    sentence = f"{card.label} reads {counts[0].limit:,} tokens."
    return [Note("info", sentence, table=((heading, "tokens", "cut off"), *rows))]


def _family(card: ModelCard) -> str:
    return card.family.removesuffix("-base")


def _number(count: tokens.TokenCount) -> str:
    return f"{count.count:,}" if count.exact else f"about {count.count:,}"


def _cut(count: tokens.TokenCount) -> str:
    cut = " ".join(count.cut.split())
    return "nothing" if not cut else cut if len(cut) <= SHOWN_CUT else f"{cut[:SHOWN_CUT]}…"
