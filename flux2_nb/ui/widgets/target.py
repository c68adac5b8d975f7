"""The choice of provider and model in a panel, and what a person should know of it."""

from __future__ import annotations

from typing import Any

from ... import provider
from ...errors import MissingKey
from ...keys import find_account
from ...studio import Studio
from ..view import price_source, price_text, readiness, seconds_text


def provider_choices(studio: Studio) -> list[tuple[str, str]]:
    """Return the providers with the words for them; one that lacks its key says so."""
    names = provider.names()
    return [(provider.get(one).facts.label + ("" if _is_ready(one, studio) else " (no key)"), one) for one in names]


def about(studio: Studio) -> dict[str, Any]:
    """Return what a person should know of a target: readiness, price, time, references, licence."""
    card = studio.card
    is_ready, sentence = readiness(studio)
    usual = "not published" if card.seconds is None else f"about {seconds_text(card.seconds)} at 1 MP"
    facts = [
        ("Price", price_text(card.price), price_source(card.price)),
        ("Usual time", usual, ""),
        ("References", f"up to {card.references.maximum}" if card.references.maximum else "none", ""),
        ("Licence", card.licence or "not stated", ""),
    ]
    return {"is_ready": is_ready, "sentence": sentence, "facts": facts, "notes": list(card.notes)}


def _is_ready(name: str, studio: Studio) -> bool:
    if name == studio.provider.name:
        return studio.is_ready
    try:
        find_account(name, provider.get(name).settings)
    except MissingKey:
        return False
    return True
