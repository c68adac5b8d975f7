"""What a noun means beside its neighbours: a thing, what another is made of, light, a part of a building, contents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from flux2_nb.sketch import figures, places
from flux2_nb.sketch.lexicon import function_words
from flux2_nb.sketch.matching import Phrases, Token
from flux2_nb.sketch.mention import Mention
from flux2_nb.sketch.plan import Subject
from flux2_nb.sketch.scene import SceneWord, icon_of
from flux2_nb.sketch.tables import split, table

_MADE_OF = {"de", "d", "en", "di", "em", "da", "aus", "van"}
_CONTAINING = {"of", "de", "d", "du", "di", "von", "van", "da", "do", "の", "के", "की", "的"}
_LIST_BEFORE = re.compile(r"[,:;、，：；]\s*(?:an? |the )?$|(?:\band|&)\s+(?:an? |the )?$")
_LIST_AFTER = re.compile(r"^\s*(?:[,;.、，；。]|$|and\b|&)")


@cache
def homonyms(language: str) -> Phrases[str]:
    """The words of a language spelt like a noun that name no thing."""
    phrases: Phrases[str] = Phrases()
    for words in split(table("languages")["homonyms"].get(language, "")):
        phrases.add(words, words)
    return phrases


def is_material(text: str, words: Sequence[Token], mention: Mention, language: str) -> bool:
    """Whether a noun says what another is made of: "oak floor", "un four en pierre"."""
    if words[mention.last - 1].folded not in _words("materials", language):
        return False
    if table("languages").get(language, {}).get("head") == "first":
        return mention.first > 1 and words[mention.first - 1].folded in _MADE_OF
    if mention.last >= len(words) or not _touch(text, words, mention.last):
        return False
    following = words[mention.last].folded
    return following not in function_words(language) and not following.endswith("ing")


def is_light(text: str, words: Sequence[Token], mention: Mention, language: str) -> bool:
    """Whether a noun only says where light comes from: "window light"."""
    return (
        mention.last < len(words)
        and _touch(text, words, mention.last)
        and words[mention.last].folded in _words("lights", language)
    )


def without_parts(mentions: Sequence[Mention]) -> list[Mention]:
    """Leave out the door and the window of a building that is drawn: its drawing has them."""
    named = {mention.subject.figure for mention in mentions}
    if not named & figures.buildings():
        return list(mentions)
    return [mention for mention in mentions if not figures.is_part(mention.subject.figure)]


def without_contents(text: str, words: Sequence[Token], mentions: Sequence[Mention], language: str) -> list[Mention]:
    """Leave out what is in a closed container and so not seen: the tea of "a tin of green tea", "緑茶の缶"."""
    hidden: set[int] = set()
    numbers = {entry.split("=")[0] for entry in split(table("languages").get(language, {}).get("numbers", ""))}
    for index in range(len(mentions) - 1):
        first, second = mentions[index], mentions[index + 1]
        gap = words[first.last : second.first]
        if len(gap) > 2 or re.search(r"[,.;:、。，：]", text[words[first.last - 1].end : words[second.first].start]):
            continue
        placed = any(places.at(words, spot) for spot in range(first.last, second.first))
        of = [word.folded in _CONTAINING for word in gap]
        small = any(word.folded in _SMALL_WORDS or word.folded in numbers for word in gap)
        if figures.is_closed(first.subject.figure) and not small and not placed:
            hidden.add(index + 1)
        elif figures.is_closed(second.subject.figure) and all(of):
            hidden.add(index)
    return [mention for index, mention in enumerate(mentions) if index not in hidden]


_SMALL_WORDS = {
    "and",
    "with",
    "on",
    "et",
    "avec",
    "und",
    "mit",
    "y",
    "con",
    "e",
    "com",
    "и",
    "с",
    "ve",
    "dan",
    "en",
    "met",
}


def merged(mentions: Sequence[Mention]) -> list[Mention]:
    """Take a thing named twice for one: "a tin …, a leaf below the tin", "a mountain lake, snow on the peaks"."""
    aimed_at = {mention.subject.relation.other for mention in mentions if mention.subject.relation}
    stands_for: dict[int, int] = {}
    for index, mention in enumerate(mentions):
        subject = mention.subject
        twin = next((i for i in range(index) if _same(mentions[i].subject, subject) and i not in stands_for), None)
        again = subject.known or index in aimed_at or figures.belongs(subject.figure) in ("far", "celestial")
        if twin is not None and again:
            stands_for[index] = twin
    return _renumbered(_with_counts(mentions, stands_for), stands_for)


def _with_counts(mentions: Sequence[Mention], stands_for: dict[int, int]) -> list[Mention]:
    """The larger number of each thing named twice."""
    most = [mention.subject.count for mention in mentions]
    for index, twin in stands_for.items():
        most[twin] = max(most[twin], most[index])
    return [replace(m, subject=replace(m.subject, count=count)) for m, count in zip(mentions, most, strict=True)]


def _same(earlier: Subject, later: Subject) -> bool:
    if not (later.figure and earlier.figure):
        return False
    if later.known and later.word.casefold() == earlier.word.casefold().split()[0]:
        return True  # "une boîte de thé … sous la boîte"
    if earlier.figure != later.figure:
        return False
    return figures.belongs(later.figure) == "far" or (
        earlier.count == later.count == 1 and later.colour in (None, earlier.colour)
    )


def _renumbered(mentions: Sequence[Mention], stands_for: dict[int, int]) -> list[Mention]:
    kept = [index for index in range(len(mentions)) if index not in stands_for]
    result = []
    for index in kept:
        subject = mentions[index].subject
        if subject.relation:
            other = stands_for.get(subject.relation.other, subject.relation.other)
            relation = None if other == index else replace(subject.relation, other=kept.index(other))
            subject = replace(subject, relation=relation)
        result.append(replace(mentions[index], subject=subject))
    return result


def listed_icon(text: str, start: int, end: int, words: Sequence[SceneWord]) -> str | None:
    """The figure of a scene word that stands by itself in a list ("icons: rain, river, kettle"), or None."""
    if _LIST_BEFORE.search(text[:start]) and _LIST_AFTER.search(text[end:]):
        return icon_of(words)
    return None


@cache
def _words(group: str, language: str) -> frozenset[str]:
    return frozenset(split(table("languages")[group].get(language, "")))


def _touch(text: str, words: Sequence[Token], index: int) -> bool:
    """Whether nothing but a blank or a hyphen stands before a token."""
    return text[words[index - 1].end : words[index].start].strip(" -") == ""
