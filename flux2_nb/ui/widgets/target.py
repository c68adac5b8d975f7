"""The choice of provider in a panel, and what a person should know of the target."""

from __future__ import annotations

from typing import Any

from ... import provider
from ...studio import Studio
from ..target_facts import is_ready, target_facts


def provider_choices(studio: Studio) -> list[tuple[str, str]]:
    """Return the providers with the words for them; one that lacks its key says so."""
    names = provider.names()
    return [(provider.get(one).facts.label + ("" if is_ready(one, studio) else " (no key)"), one) for one in names]


def about(studio: Studio) -> dict[str, Any]:
    """Return what a person should know of a target as JSON values: each fact with its source, empty where none."""
    told = target_facts(studio)
    sources = {"Price": told.source}
    facts = [(name, value, sources.get(name, "")) for name, value in told.facts]
    return {"is_ready": told.is_ready, "sentence": told.sentence, "facts": facts, "notes": list(told.notes)}
