"""Words of place: positions ("on the left", "au premier plan", "前景") and relations ("a cat on a table")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flux2_nb.sketch.matching import Match, Phrases, Token, tokens
from flux2_nb.sketch.tables import split, table

Found = Match[tuple[str, str]]
"""A word of place: the group ("position", "relation", "relation_after") and the kind in it ("left", "on")."""

Span = tuple[int, int]

_OF = {"of", "de", "d", "du", "des", "della", "del", "dell", "von", "da", "do", "от", "van"}
_AND = {"and", "et", "und", "y", "e", "и", "ve", "en", "och", "og", "和", "与", "と", "و", "और", "และ"}
_SHARED = {"on", "inside"}
_SENTENCE = re.compile("[.;!?。；！？\n]")
_COMMA = re.compile("[,:、，：]")
_CLAUSE = re.compile("[,;:.!?。、，：；！？،؛\n]")
_QUOTED = "··"
_FAR = 9
_REACH_OF_RELATION = 5


@dataclass(frozen=True)
class Spot:
    """A position and the subject (by index) it belongs to."""

    subject: int
    kind: str


@dataclass(frozen=True)
class Bond:
    """A relation of one subject (by index) to another."""

    subject: int
    kind: str
    other: int


@lru_cache(maxsize=1)
def _place_words() -> Phrases[tuple[str, str]]:
    phrases: Phrases[tuple[str, str]] = Phrases()
    for group in ("position", "relation", "relation_after"):
        for kind, words in table("places")[group].items():
            for word in split(words):
                phrases.add(word, (group, kind))
    return phrases


def at(text: Sequence[Token], position: int) -> Found | None:
    """The longest word of place that begins at a token."""
    return _place_words().at(text, position)


def positions(
    text: str, words: Sequence[Token], found: Sequence[Found], subjects: Sequence[Span], scenery: Sequence[Span] = ()
) -> Iterator[Spot]:
    """Tie each position to a subject: the one before "left of", else the nearest, where a comma counts for distance.

    "The sea in the distance" says nothing of a subject, nor does "the headline “LUMARA” at the top".
    """
    for place in found:
        group, kind = place.value
        if group != "position" or not subjects or _of_lettering(text, words, place, subjects):
            continue
        previous = [i for i, span in enumerate(subjects) if span[1] <= place.first]
        if previous and place.last < len(words) and words[place.last].folded in _OF and kind in ("left", "right"):
            yield Spot(previous[-1], kind)
            following = next((i for i, span in enumerate(subjects) if span[0] >= place.last), None)
            if following is not None:
                yield Spot(following, "right" if kind == "left" else "left")
            continue
        distance, nearest = min((_distance(text, words, place, span), i) for i, span in enumerate(subjects))
        if kind == "background" and any(_distance(text, words, place, span) < distance for span in scenery):
            continue
        if distance < _FAR + 3:
            yield Spot(nearest, kind)


def _of_lettering(text: str, words: Sequence[Token], place: Found, subjects: Sequence[Span]) -> bool:
    """Whether a position stands between commas with a quotation (dots in the middle) or light, and with no subject."""
    start, end = words[place.first].start, words[place.last - 1].end
    first = max((found.end() for found in _CLAUSE.finditer(text, 0, start)), default=0)
    following = _CLAUSE.search(text, end)
    last = following.start() if following else len(text)
    inside = any(first <= words[span[0]].start < last for span in subjects)
    clause = text[first:last]
    return not inside and (_QUOTED in clause or any(word.folded in _lights() for word in tokens(clause)))


@lru_cache(maxsize=1)
def _lights() -> frozenset[str]:
    return frozenset(word for words in table("languages")["lights"].values() for word in split(words))


def _distance(text: str, words: Sequence[Token], place: Found, span: Span) -> float:
    if span[1] <= place.first:
        steps, gap = place.first - span[1], text[words[span[1] - 1].end : words[place.first].start]
    else:
        steps, gap = span[0] - place.last, text[words[place.last - 1].end : words[span[0]].start]
    return max(0, steps) + 3.5 * len(_COMMA.findall(gap)) + 100 * bool(_SENTENCE.search(gap))


def relations(
    text: str, words: Sequence[Token], found: Sequence[Found], subjects: Sequence[Span], holders: Sequence[bool]
) -> Iterator[Bond]:
    """Tie subjects to each other by the relation words between them, and "a bowl of cherries" to its bowl."""
    contents: dict[int, int] = {}
    for i in range(len(subjects) - 1):
        gap = [word.folded for word in words[subjects[i][1] : subjects[i + 1][0]]]
        if holders[i] and gap and gap[0] in _OF and len(gap) <= 3:
            contents[i + 1] = i
            yield Bond(i + 1, "inside", i)
    held: set[int] = set()
    for place in found:
        group, kind = place.value
        commas = kind == "holding"
        before = [
            i
            for i, span in enumerate(subjects)
            if span[1] <= place.first and _joined(text, words, span[1], place.first, commas)
        ]
        after = [
            i
            for i, span in enumerate(subjects)
            if span[0] >= place.last and _joined(text, words, place.last, span[0], commas)
        ]
        if group == "relation" and before and after:
            if before[-1] in held:
                continue  # "reading a book under a lamp": it is the reader who is under the lamp
            held.update(after[:1] if kind == "holding" else ())
            for subject in (
                _list_ending(text, words, subjects, contents, before[-1]) if kind in _SHARED else [before[-1]]
            ):
                yield Bond(subject, kind, after[0])
        elif group == "relation_after" and before and subjects[before[-1]][1] == place.first:
            other = after[0] if after else _earlier(text, words, subjects, before[-1])
            if other is not None:
                yield Bond(other, kind, before[-1])


def _list_ending(
    text: str, words: Sequence[Token], subjects: Sequence[Span], contents: dict[int, int], last: int
) -> list[int]:
    """The subjects of a list that ends at one: all of "a teapot, two mugs and a vase of flowers" stand on the table."""
    chain = [contents.get(last, last)]
    while chain[-1] > 0:
        earlier = chain[-1] - 1
        end, start = subjects[earlier][1], subjects[chain[-1]][0]
        gap = [word.folded for word in words[end:start]]
        comma = bool(_COMMA.search(text[words[end - 1].end : words[end].start])) if end < len(words) else False
        if len(gap) > _REACH_OF_RELATION or not (comma or (gap and gap[0] in _AND)):
            break
        if any(at(words, index) for index in range(end, start)) or _SENTENCE.search(
            text[words[end - 1].end : words[start].start]
        ):
            break
        chain.append(contents.get(earlier, earlier))
    return chain


def _earlier(text: str, words: Sequence[Token], subjects: Sequence[Span], index: int) -> int | None:
    """The subject before one, where they are close ("一只猫坐在长椅上": the cat is on the bench)."""
    if index == 0 or not _joined(text, words, subjects[index - 1][1], subjects[index][0], reach=9):
        return None
    return index - 1


def _joined(
    text: str, words: Sequence[Token], first: int, last: int, commas: bool = False, reach: int = _REACH_OF_RELATION
) -> bool:
    """Whether the tokens between two places are few and in one sentence."""
    if last - first > reach:
        return False
    gap = text[words[first - 1].end : words[last].start] if first else ""
    return not _SENTENCE.search(gap) and (commas or not _COMMA.search(gap))
