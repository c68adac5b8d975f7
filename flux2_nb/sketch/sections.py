"""The parts of a page: what an infographic's steps, a comic's panels and a page's cards say and show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from flux2_nb.sketch.counting import number_before
from flux2_nb.sketch.formats import MOST_PANELS
from flux2_nb.sketch.matching import tokens
from flux2_nb.sketch.plan import Section, Subject
from flux2_nb.sketch.reading import read
from flux2_nb.sketch.tables import split, table

_USUAL = {"infographic": 4, "comic": 3}


def panel_count(prompt: str, language: str, kind: str, named: int) -> int:
    """How many parts a prompt asks for: its own number, else as many as it names, else the usual.

    Args:
        prompt: The prompt.
        language: Its language.
        kind: infographic or comic.
        named: How many parts the prompt names by text or subject.

    Returns:
        From 2 to ``MOST_PANELS``.
    """
    words = tokens(prompt)
    for index, word in enumerate(words):
        if word.folded in _panel_words():
            number = number_before(prompt, words, index, language)
            if number is not None and number > 1:
                return min(MOST_PANELS, number)
    return min(MOST_PANELS, max(3, named)) if named > 1 else _USUAL[kind]


@cache
def _panel_words() -> frozenset[str]:
    return frozenset(split(table("texts")["parts"]["words"]))


def from_json(rows: Sequence[dict[str, Any]], language: str) -> tuple[Section, ...]:
    """The sections of a JSON infographic: heading, content, and the thing its visual names."""
    sections = []
    for row in rows[:MOST_PANELS]:
        content = row.get("content")
        words = " · ".join(map(str, content)) if isinstance(content, list) else str(content or "")
        heading = str(row.get("heading") or "")
        shown = next(
            (found for text in (row.get("visual"), heading, words) if text and (found := _first(str(text), language))),
            (),
        )
        sections.append(Section(heading, words, shown))
    return tuple(sections)


def _first(text: str, language: str) -> tuple[Subject, ...]:
    return tuple(_icon(subject) for subject in read(text, language).subjects if subject.figure)[:1]


def _icon(subject: Subject) -> Subject:
    """One of a subject by itself."""
    return Subject(subject.word, subject.figure, colour=subject.colour)


def from_prose(texts: Sequence[str], subjects: Sequence[Subject], count: int, language: str) -> tuple[Section, ...]:
    """Sections of an infographic in prose: the texts after the title head them, the subjects illustrate them."""
    headings = list(texts[1:])
    sections = []
    for index in range(count):
        heading = headings[index] if index < len(headings) else ""
        shown = tuple(_icon(subject) for subject in subjects[index : index + 1]) or _first(heading, language)
        sections.append(Section(heading, "", shown))
    return tuple(sections)


def is_right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    return language in ("ar", "fa", "he", "ur")


def numbered_parts(prompt: str) -> list[str]:
    """What a prompt says after each "Panel 1:", "Step 2:"."""
    parts = re.split(r"(?:panel|step|scene|case|étape|schritt|paso)\s*\d\s*[:.\-–—]", prompt, flags=re.I)
    return [part.strip(" \n;") for part in parts[1:]]
