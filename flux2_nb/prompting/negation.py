"""Negations in a prompt. FLUX.2 has no negative prompt, and what is named tends to be drawn.

Black Forest Labs' advice is to ask "what would I see there instead?"; the answers are in ``data/checks.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from flux2_nb.prompting.findings import Finding
from flux2_nb.prompting.little_words import OTHER_SCRIPTS, WORD, likely_languages
from flux2_nb.prompting.tables import table

_GENERAL = "Say what would be seen there instead."
_SPACED = frozenset(("ar", "hi"))


def negations(text: str) -> Iterator[Finding]:
    """Find negations.

    Args:
        text: A prompt with its quoted text blanked out.

    Yields:
        For English the thing wished away with its positive wording; for other languages the negation word with a
        general hint.
    """
    languages = likely_languages(text)
    latin = ["en"] if "en" in languages else [language for language in languages if language not in OTHER_SCRIPTS]
    for language in [*latin, *OTHER_SCRIPTS]:
        yield from _english(text) if language == "en" else _elsewhere(text, language)


def _english(text: str) -> Iterator[Finding]:
    text = _harmless("en").sub(lambda match: "." * len(match.group()), text)
    taken: list[Finding] = []
    for pattern in (_denied_things(), _denied_qualities(), _denied_phrases()):
        for match in pattern.finditer(text):
            taken.append(_finding(text, match.start(), match.end(), _instead()[match["said"].lower()]))
            taken += _others_of_list(text, match.end()) if pattern is _denied_things() else ()
    starts = {position for finding in taken for position in range(finding.start, finding.end)}
    for match in _anything_denied().finditer(text):
        if match.start() not in starts:
            taken.append(_finding(text, match.start(), match.end(), ""))
    yield from taken


def _others_of_list(text: str, start: int) -> Iterator[Finding]:
    """The things behind an "or" are denied as well: "no text or logos"."""
    match = re.compile(rf"\s*,?\s+n?or\s+(?:[a-z'-]+\s+)?(?P<said>{_alternatives(_instead())})\b", re.I).match(
        text, start
    )
    if match:
        yield _finding(text, match.start("said"), match.end("said"), _instead()[match["said"].lower()])


def _elsewhere(text: str, language: str) -> Iterator[Finding]:
    text = _harmless(language).sub(lambda match: "." * len(match.group()), text)
    words = _alternatives(table("checks")["negation"]["words"][language])
    is_bounded = language in _SPACED or language not in OTHER_SCRIPTS
    pattern = rf"(?<![{WORD}])(?:{words})(?![{WORD}])" if is_bounded else f"(?:{words})"
    if "'" in words:
        pattern = pattern.replace(f"(?![{WORD}])", f"(?:(?<=')|(?![{WORD}]))")
    for match in re.finditer(pattern, text, re.I):
        yield _finding(text, match.start(), match.end(), "")


def _finding(text: str, start: int, end: int, instead: str) -> Finding:
    said = " ".join(text[start:end].split())
    return Finding(
        "negation",
        f'"{said}" tends to bring in what it names, because FLUX.2 has no negative prompt.',
        start,
        end,
        instead or _GENERAL,
    )


@lru_cache(maxsize=1)
def _instead() -> dict[str, str]:
    """Every thing, quality and phrase with the words to write in its place."""
    rows: list[dict[str, Any]] = table("checks")["positive"] + table("checks")["quality"]
    return {word: row["instead"] for row in rows for key in ("things", "words", "phrases") for word in row.get(key, ())}


@lru_cache(maxsize=1)
def _denied_things() -> re.Pattern[str]:
    things = _alternatives(word for row in table("checks")["positive"] for word in row["things"])
    return re.compile(rf"(?:{_negator()})\s+(?:[a-z'-]+\s+){{0,2}}?(?P<said>{things})\b(?![-'])", re.I)


@lru_cache(maxsize=1)
def _denied_qualities() -> re.Pattern[str]:
    qualities = _alternatives(word for row in table("checks")["quality"] for word in row["words"])
    return re.compile(rf"\bnot\s+(?:very\s+|overly\s+|at\s+all\s+)?(?P<said>{qualities})\b", re.I)


@lru_cache(maxsize=1)
def _denied_phrases() -> re.Pattern[str]:
    phrases = _alternatives(phrase for row in table("checks")["positive"] for phrase in row.get("phrases", ()))
    return re.compile(rf"\b(?P<said>{phrases})\b", re.I)


@lru_cache(maxsize=1)
def _anything_denied() -> re.Pattern[str]:
    """A negator before a word in small letters ("No. 5" and "No Country" are names)."""
    return re.compile(rf"(?i:{_negator()})\s+(?:(?:a|an|the|any)\s+)?[a-z][\w'-]*")


@lru_cache(maxsize=1)
def _negator() -> str:
    negation = table("checks")["negation"]
    anywhere, first = _alternatives(negation["negators"]), _alternatives(negation["imperatives"])
    return rf"\b(?:{anywhere})\b(?!-)|(?:^|(?<=[.;:,\n])|(?<=[.;:,]\s))(?:{first})\b"


@cache
def _harmless(language: str) -> re.Pattern[str]:
    negation = table("checks")["negation"]
    phrases = negation["harmless"] if language == "en" else negation["harmless_elsewhere"].get(language, [])
    return re.compile(_alternatives(phrases) or "(?!)", re.I)


def _alternatives(words: Any) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
