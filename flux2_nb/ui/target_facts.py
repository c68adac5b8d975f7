"""What a person should know of a target before choosing it: readiness, price, time, references, licence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import provider
from ..errors import MissingKey
from ..keys import find_account
from ..studio import Studio
from .view import price_source, price_text, readiness, seconds_text


@dataclass(frozen=True)
class TargetFacts:
    """What is said of a target.

    Attributes:
        is_ready: Whether it can be used now.
        sentence: With whose key, or what is missing.
        price: How it is billed, in one line.
        source: Where and when the price was read; empty where there is nothing to tell.
        facts: Names with values, the price first.
        notes: Further sentences.
    """

    is_ready: bool
    sentence: str
    price: str
    source: str
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]


def target_facts(studio: Studio) -> TargetFacts:
    """Return what a person should know of a studio's target."""
    card = studio.card
    is_ready, sentence = readiness(studio)
    usual = "not published" if card.seconds is None else f"about {seconds_text(card.seconds)} at 1 MP"
    price = price_text(card.price)
    facts = [
        ("Price", price),
        ("Usual time", usual),
        ("References", f"up to {card.references.maximum}" if card.references.maximum else "none"),
        ("Licence", card.licence or "not stated"),
    ]
    return TargetFacts(is_ready, sentence, price, price_source(card.price), facts, card.notes)


def is_ready(name: str, studio: Studio) -> bool:
    """Return whether everything a provider needs is there, without asking it for its models.

    Args:
        name: The provider.
        studio: Has settings of its own for its own provider; the environment's count for any other.
    """
    if name == studio.provider.name:
        return studio.is_ready
    try:
        find_account(name, provider.get(name).settings)
    except MissingKey:
        return False
    return True
