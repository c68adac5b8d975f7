"""Colours asked for a surface: "a mint green wall", "le fond en couleur #2ECC71"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flux2_nb.prompting.colours import BoundColour
from flux2_nb.sketch.matching import Phrases, tokens
from flux2_nb.sketch.tables import split, table


def asked_surfaces(colours: Sequence[BoundColour]) -> tuple[str | None, str | None]:
    """The colours tied to the sky, wall or background, and to the ground or floor."""
    asked: dict[str, str] = {}
    for colour in colours:
        for match in _surface_words().find(tokens(colour.target or "")):
            asked.setdefault(match.value, colour.hex)
    return asked.get("sky"), asked.get("ground")


@lru_cache(maxsize=1)
def _surface_words() -> Phrases[str]:
    phrases: Phrases[str] = Phrases()
    for surface, row in table("scenes")["colour"].items():
        for word in split(row["words"]):
            phrases.add(word, surface)
    return phrases
