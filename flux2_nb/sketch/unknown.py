"""Nouns of a prompt that no drawing stands for: they become labelled boxes, so nothing is left out in silence.

Without a dictionary of every language, a noun is told by its place: after an article or a number, at the head of its
phrase, and not among the words that name no thing (``data/languages.toml``). German nouns show by their capital.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flux2_nb.sketch.lexicon import abstract_stems, abstract_words, function_words, phrase_key
from flux2_nb.sketch.matching import Token, stem
from flux2_nb.sketch.tables import split, table

MOST = 3
"""At most this many labelled boxes in one picture."""

_LONGEST = 5
_BREAK = re.compile(r"[^\s'’\-#]")  # "#" begins a colour, which stands among the adjectives
_ADJECTIVE = {
    "en": re.compile(
        "(?:ed|ing|ly|ful|ous|ive|able|ible|ish|less|esque|like|style|proof|ic|ian)$"
        "|^(?:very|old|new|big|small|tiny|large|huge|tall|young|long|short)$"
    ),
    "de": re.compile("^[a-zäöüß]"),
    "pt": re.compile("(?:ar|er|ir)$"),
}  # fmt: skip


@dataclass(frozen=True)
class Noun:
    """An unknown noun and its tokens."""

    word: str
    first: int
    last: int


def nouns(text: str, words: Sequence[Token], language: str, taken: Collection[int]) -> list[Noun]:
    """Find the nouns of a text that nothing else explains.

    Args:
        text: The prompt, quoted words blanked out.
        words: Its tokens.
        language: Its language.
        taken: Indices of tokens that are already known to be something.

    Returns:
        At most ``MOST``, each once, in order.
    """
    row = table("languages").get(language, {})
    heads = _capitals(text, words, taken) if language == "de" else _after_articles(text, words, language, row, taken)
    found: dict[str, Noun] = {}
    for index in heads:
        token = words[index]
        if _names_a_thing(token, language):
            found.setdefault(token.folded, Noun(token.text, index, index + 1))
    return list(found.values())[:MOST]


def _capitals(text: str, words: Sequence[Token], taken: Collection[int]) -> list[int]:
    """German: words with a capital that do not begin a sentence."""
    return [
        index
        for index in range(1, len(words))
        if index not in taken
        and words[index].text[0].isupper()
        and not re.search("[.!?:\n]", text[words[index - 1].end : words[index].start])
    ]


def _after_articles(
    text: str, words: Sequence[Token], language: str, row: dict[str, str], taken: Collection[int]
) -> list[int]:
    articles = frozenset(split(row.get("articles", "")))
    heads = []
    for index, token in enumerate(words):
        if token.folded in articles and index not in taken:
            phrase = _phrase(text, words, index + 1, language, articles, taken)
            if phrase:
                heads.append(phrase[-1] if row.get("head") == "last" else phrase[0])
    return heads


def _phrase(
    text: str, words: Sequence[Token], first: int, language: str, articles: frozenset[str], taken: Collection[int]
) -> list[int]:
    """The tokens of the noun phrase that begins at ``first``; empty when it holds a word that is already explained."""
    phrase: list[int] = []
    for index in range(first, min(len(words), first + _LONGEST)):
        token = words[index]
        broken = index > first and _BREAK.search(text[words[index - 1].end : token.start])
        if (
            broken
            or token.folded in function_words(language)
            or token.folded in articles
            or _is_verb(words, index, first, language)
        ):
            break
        if index in taken:
            return []
        if token.folded not in abstract_words(language) or phrase:
            phrase.append(index)
    return phrase


def _is_verb(words: Sequence[Token], index: int, first: int, language: str) -> bool:
    """English verbs that end a phrase: "walking" in "a fox walking", "follows" in "the composition follows"."""
    word = words[index].folded
    if language != "en" or index == first:
        return False
    after_abstract = words[index - 1].folded in abstract_words(language)
    return (word.endswith("ing") and len(word) > 5) or (word.endswith("s") and after_abstract)


def _names_a_thing(token: Token, language: str) -> bool:
    word = token.folded
    if len(word) < 3 or any(c.isdigit() for c in word):
        return False
    if (
        word in function_words(language)
        or phrase_key(word) in abstract_words(language)
        or stem(word, language) in abstract_stems(language)
    ):
        return False
    adjective = _ADJECTIVE.get(language)
    return adjective is None or not adjective.search(token.text)
