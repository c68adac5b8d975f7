"""Compounds written as one word: "Holztisch" ends in a thing, "Nachtmarkt" and "Bergsee" in a place."""

from __future__ import annotations

from dataclasses import dataclass

from flux2_nb.sketch.lexicon import abstract_words, lexicon
from flux2_nb.sketch.matching import tokens
from flux2_nb.sketch.scene import SceneWord, scene_words

_LANGUAGES = ("de", "nl", "sv", "da", "no", "fi", "hu")
_SHORTEST = 3  # letters of a part


@dataclass(frozen=True)
class Compound:
    """What the parts of a compound stand for: a figure, or words of scene; neither where it names no thing."""

    figure: str | None = None
    scene: tuple[SceneWord, ...] = ()


def compound(word: str, language: str) -> Compound | None:
    """Read a compound by its last part; None where it has no part that is known.

    Args:
        word: As written, with a capital where German puts one.
        language: Its language; only those that write compounds as one word have any.
    """
    if language not in _LANGUAGES or (language == "de" and not word[0].isupper()):
        return None
    shortest = _SHORTEST if language == "de" else _SHORTEST + 2  # without capitals, any word may end like a short noun
    for cut in range(_SHORTEST, len(word) - shortest + 1):
        head, tail = word[:cut], word[cut:]
        before = _scene(head, language) or _scene(head.removesuffix("s").removesuffix("n"), language)
        figure = _figure(tail, language) if len(tail) > _SHORTEST else None
        if figure is not None:
            return Compound(figure, before)
        setting = _scene(tail, language)
        if setting:
            return Compound(None if before else _figure(head, language), (*before, *setting))
        if tail in abstract_words(language):
            return Compound(None, before)
    return None


def _figure(part: str, language: str) -> str | None:
    match = lexicon(language).at(tokens(part), 0)
    return None if match is None else match.value


def _scene(part: str, language: str) -> tuple[SceneWord, ...]:
    match = scene_words().at(tokens(part.capitalize() if language == "de" else part), 0)
    return () if match is None else match.value
