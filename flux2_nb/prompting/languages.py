"""Languages a prompt may be written in, the same briefs in each, and what is known of FLUX.2's text in pictures.

Black Forest Labs says FLUX.2 "understands multiple languages" and publishes no list of them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from flux2_nb.errors import InvalidRequest, nearest
from flux2_nb.prompting.tables import table

# The first word of a letter's Unicode name, and what we call its script.
_SCRIPTS = {
    "LATIN": "latin",
    "CJK": "han",
    "HIRAGANA": "japanese",
    "KATAKANA": "japanese",
    "HANGUL": "hangul",
    "THAI": "thai",
    "ARABIC": "arabic",
    "DEVANAGARI": "devanagari",
    "CYRILLIC": "cyrillic",
    "GREEK": "greek",
    "HEBREW": "hebrew",
}


_NO_MODELS = ("sketch", "other")


@dataclass(frozen=True)
class Language:
    """A language of our briefs.

    Attributes:
        code: Its ISO 639-1 code.
        name: Its name in English.
        own_name: Its name in itself.
        script: latin, han, japanese, hangul, thai, arabic, devanagari or cyrillic.
        direction: ``rtl`` for Arabic, ``ltr`` otherwise.
    """

    code: str
    name: str
    own_name: str
    script: str
    direction: Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Brief:
    """One picture described in every language.

    Attributes:
        key: A short name.
        title: What it is, in English.
        text: The prompt by language code.
    """

    key: str
    title: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class TextMeasure:
    """A published measurement of text written in pictures (LongText-Bench; 1 is perfect).

    Attributes:
        language: The language's code.
        families: The families it speaks for.
        model: What was measured.
        score: The score in that language.
        english: The score in English in the same table.
        source: Where it was published.
    """

    language: str
    families: list[str]
    model: str
    score: float
    english: float
    source: str


@lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    """Every language the briefs are written in."""
    return tuple(Language(**row) for row in table("languages")["language"])


@lru_cache(maxsize=1)
def briefs() -> tuple[Brief, ...]:
    """Our own briefs, each in every language."""
    return tuple(Brief(**row) for row in table("languages")["brief"])


@lru_cache(maxsize=1)
def text_measures() -> tuple[TextMeasure, ...]:
    """What has been measured of text in pictures beyond English."""
    return tuple(TextMeasure(**row) for row in table("languages")["text_measure"])


def language(code: str) -> Language:
    """One language by its code.

    Raises:
        InvalidRequest: When there are no briefs in it.
    """
    known = {row.code: row for row in languages()}
    if code not in known:
        raise InvalidRequest(
            f'There are no briefs in "{code}".',
            field="language",
            next_step=nearest(code, known) or f"Use one of {', '.join(known)}.",
        )
    return known[code]


def text_warning(language: str, family: str) -> str | None:
    """What to know before asking for text in a picture in this language.

    Args:
        language: A language code.
        family: pro, flex, dev, max, klein or klein-base; the sketch is none of them.

    Returns:
        One or two sentences with the figures and their source; for other scripts than Latin a sentence that nothing
        has been published; None where there is nothing to say.
    """
    known = [measure for measure in text_measures() if measure.language == language]
    exact = next((measure for measure in known if family in measure.families), None)
    if exact is not None:
        return (
            f"{exact.model} scores {exact.score:.3g} for {_name(language)} text in pictures, "
            f"against {exact.english:.3g} for English "
            f"(LongText-Bench; {exact.source}). Keep such text short and check it."
        )
    if known:
        figures = " and ".join(f"{measure.score:.3g} for {measure.model} ({measure.source})" for measure in known)
        unmeasured = "" if family in _NO_MODELS else f" They do not speak for {family}."
        return (
            f"Published scores for {_name(language)} text in pictures are {figures}, of 1 in LongText-Bench."
            f"{unmeasured} Keep such text short and check it."
        )
    return _not_known([_name(language)]) if _script_of_language(language) != "latin" else None


def text_warnings(codes: Sequence[str], family: str) -> list[str]:
    """What to know before asking for text in a picture in several languages, each thing once.

    Args:
        codes: Language codes; unknown ones are passed over.
        family: pro, flex, dev, max, klein or klein-base.

    Returns:
        A sentence for each language with published figures, then one that names those nothing is known of.
    """
    measured = {measure.language for measure in text_measures()}
    different = dict.fromkeys(codes)
    known = [text_warning(code, family) for code in different if code in measured]
    unknown = [_name(code) for code in different if code not in measured and _script_of_language(code) != "latin"]
    warnings = [warning for warning in known if warning is not None]
    return [*warnings, _not_known(unknown)] if unknown else warnings


def detect_script(text: str) -> str | None:
    """The script most letters of a text are in.

    Args:
        text: Any text. Any kana makes Han characters Japanese.

    Returns:
        latin, han, japanese, hangul, thai, arabic, devanagari, cyrillic, greek, hebrew or other; None when the text
        has no letters.
    """
    letters = Counter(script_of(char) for char in text if char.isalpha())
    if letters["japanese"]:
        letters["japanese"] += letters.pop("han", 0)
    return letters.most_common(1)[0][0] if letters else None


@lru_cache(maxsize=8192)
def script_of(char: str) -> str:
    """The script of one character, by its Unicode name; "other" where it has none of those above."""
    return _SCRIPTS.get(unicodedata.name(char, "?").split(" ")[0], "other")


def _not_known(names: Sequence[str]) -> str:
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return f"How well FLUX.2 writes {listed} text in pictures is not known. Keep it short and check it."


def _name(code: str) -> str:
    return next((row.name for row in languages() if row.code == code), code)


def _script_of_language(code: str) -> str:
    return next((row.script for row in languages() if row.code == code), "latin")
