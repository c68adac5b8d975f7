"""How many of a thing a prompt asks for: "three apples", "deux chats", "三只猫", "แมวสามตัว"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from flux2_nb.sketch.lexicon import function_words
from flux2_nb.sketch.matching import Phrases, Token
from flux2_nb.sketch.tables import split, table

MOST = 12
"""More than this many of one thing are drawn as this many."""

A_FEW = 3
"""What a plural without a number is drawn as."""

_REACH = 4  # words between a number and its noun ("three very small red apples")
_AFTER = {"ja", "ko", "th"}  # the number follows the noun ("แมวสามตัว", "고양이 세 마리")
_BREAK = re.compile("[,.;:!?、。，；：！？\n]")
_KOREAN_AND = re.compile("[\uac00-\ud7af](?:와|과|랑|하고)$")
_SINGULAR_S = re.compile("(?:ss|us|is|ous|glass|bus|cactus|lens)$")


def count(text: str, words: Sequence[Token], span: tuple[int, int], bounds: tuple[int, int], language: str) -> int:
    """The number of the noun at ``span``.

    Args:
        text: The prompt.
        words: Its tokens.
        span: First and past-the-last token of the noun.
        bounds: Tokens of the neighbouring nouns: the number is looked for between them.
        language: The language's code.

    Returns:
        From 1 to ``MOST``.
    """
    found = None if language == "th" else _before(text, words, span[0], bounds[0], language)
    if found is None and language in _AFTER:
        found = _after(text, words, span[1], bounds[1], language)
    if found is None:
        found = A_FEW if language == "en" and _is_plural(words[span[1] - 1].folded) else 1
    return max(1, min(MOST, found))


def number_before(text: str, words: Sequence[Token], index: int, language: str) -> int | None:
    """The number that stands before a word ("in 4 steps", "three-panel"), or None."""
    return _before(text, words, index, 0, language)


def is_definite(text: str, words: Sequence[Token], first: int, bound: int, language: str) -> bool:
    """Whether the noun at a token is named as something known: "the sofa", "le canapé", "الأريكة"."""
    if language == "ar":
        return words[first].text.startswith("ال")
    definite = frozenset(split(table("languages").get(language, {}).get("definite", "")))
    for index in range(first - 1, max(bound, first - 1 - _REACH) - 1, -1):
        if words[index].folded in definite:
            return True
        if _BREAK.search(text[words[index].end : words[index + 1].start]) or words[index].folded in function_words(
            language
        ):
            return False
    return False


@cache
def _numbers(language: str) -> Phrases[int]:
    phrases: Phrases[int] = Phrases()
    for entry in split(table("languages").get(language, {}).get("numbers", "")):
        word, value = entry.split("=")
        phrases.add(word, int(value))
    return phrases


@cache
def _plural_articles(language: str) -> frozenset[str]:
    return frozenset(split(table("languages").get(language, {}).get("plural", "")))


def _before(text: str, words: Sequence[Token], first: int, bound: int, language: str) -> int | None:
    reach = _REACH if language not in ("zh", "ja", "th") else 6
    for index in range(first - 1, max(bound, first - 1 - reach) - 1, -1):
        if _BREAK.search(text[words[index].end : words[index + 1].start]) or _KOREAN_AND.search(words[index].text):
            return None
        value = _value(words, index, language)
        if value is not None:
            return value
        if words[index].folded in _plural_articles(language):
            return A_FEW
        if words[index].folded in function_words(language) - {"of", "de", "的", "の"}:
            return None
    return None


def _after(text: str, words: Sequence[Token], last: int, bound: int, language: str) -> int | None:
    for index in range(last, min(bound, last + 2)):
        if _BREAK.search(text[words[index - 1].end : words[index].start]):
            return None
        value = _value(words, index, language)
        if value is not None:
            return value
        if words[index].folded not in function_words(language):
            return None
    return None


def _value(words: Sequence[Token], index: int, language: str) -> int | None:
    folded = words[index].folded
    if folded.isdecimal() and len(folded) <= 2:
        return int(folded)
    match = _numbers(language).at(words, index)
    return None if match is None else match.value


def _is_plural(word: str) -> bool:
    irregular = split(table("languages")["en"]["irregular"])
    return word in irregular or (word.endswith("s") and len(word) > 3 and not _SINGULAR_S.search(word))
