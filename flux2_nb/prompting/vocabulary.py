"""Camera, lens, film, light, framing and style, as tables a picker can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flux2_nb.prompting.tables import table


@dataclass(frozen=True)
class Term:
    """One choice of a picker.

    Attributes:
        label: What the picker shows.
        phrase: What it appends to the prompt.
    """

    label: str
    phrase: str


@dataclass(frozen=True)
class Vocabulary:
    """One picker.

    Attributes:
        name: Its key: era, camera, lens, aperture, iso, light, framing, composition or style.
        label: What stands above it.
        help: One sentence.
        terms: Its choices.
    """

    name: str
    label: str
    help: str
    terms: tuple[Term, ...]


@lru_cache(maxsize=1)
def vocabulary() -> tuple[Vocabulary, ...]:
    """Every picker, in the order a form shows them."""
    return tuple(
        Vocabulary(row["name"], row["label"], row["help"], tuple(Term(**term) for term in row["terms"]))
        for row in table("vocabulary")["group"]
    )


def append(prompt: str, phrases: Sequence[str]) -> str:
    """Put chosen phrases behind a prompt, leaving out those it holds already.

    Args:
        prompt: The prompt, in prose.
        phrases: Phrases of the vocabulary.

    Returns:
        Such as "A fox in snow. 85mm portrait lens, soft overcast light."
    """
    new = [phrase for phrase in dict.fromkeys(phrases) if phrase and phrase.lower() not in prompt.lower()]
    if not new:
        return prompt
    text = prompt.rstrip()
    joint = "" if not text else " " if text[-1] in ".!?,;:。！？" else ". "
    added = ", ".join(new)
    return f"{text}{joint}{added[:1].upper() + added[1:] if joint != ' ' or text[-1] not in ',;:' else added}."
