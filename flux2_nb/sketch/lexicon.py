"""Words to figures: which drawing stands for a noun, in some forty languages.

A figure is a character of Noto Emoji or the name of one of our own drawings. The hand-made table
(``data/nouns.toml``) wins over the one made from Unicode CLDR (``data/words.json.gz``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from flux2_nb.sketch.matching import Match, Phrases, Token, fold, stem, tokens
from flux2_nb.sketch.tables import split, table, words_table

_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "zh": re.compile("[\u3400-\u9fff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "bn": re.compile("[\u0980-\u09ff]"),
    "ta": re.compile("[\u0b80-\u0bff]"),
    "te": re.compile("[\u0c00-\u0c7f]"),
}
_KIN = {"ar": ("ar", "fa", "ur"), "hi": ("hi", "mr"), "ru": ("ru", "uk", "bg", "sr"), "zh": ("zh", "zh-Hant")}
_LATIN = (
    "en",
    "fr",
    "de",
    "es",
    "it",
    "pt",
    "nl",
    "tr",
    "pl",
    "sv",
    "da",
    "no",
    "fi",
    "cs",
    "sk",
    "hu",
    "ro",
    "hr",
    "vi",
    "id",
    "ms",
    "ca",
    "sw",
)


_SHORTEST_STEM = 4  # letters


def language_of(text: str) -> str:
    """Guess the language of a prompt, as a two-letter code; "en" when nothing speaks for another.

    The script decides first (kana before Han, so that Japanese is not taken for Chinese); among languages of one
    script, the one that knows most of the words.
    """
    counts = Counter({language: len(script.findall(text)) for language, script in _SCRIPTS.items()})
    if counts["ja"]:
        counts["ja"] += counts.pop("zh", 0)
    script, letters = counts.most_common(1)[0]
    latin = sum(c.isalpha() and c < "\u0250" for c in text)
    if letters * 3 <= latin:
        return _most_known(text, _LATIN)
    return _most_known(text, _KIN.get(script, (script,)))


def _most_known(text: str, languages: tuple[str, ...]) -> str:
    words = [token.folded for token in tokens(text[:2000])]

    def score(language: str) -> float:
        small, nouns = function_words(language), _known_words(language)
        return sum(
            2.0 if word in small else 1.0 if word in nouns or word.removesuffix("s") in nouns else 0.0 for word in words
        )

    return max(languages, key=score)


@cache
def function_words(language: str) -> frozenset[str]:
    """The small words of a language: they show it, and never name a thing to draw."""
    row = table("languages").get(language, {})
    words = [tokens(word) for kind in ("function", "articles") for word in split(row.get(kind, ""))]
    return frozenset(word[0].folded for word in words if len(word) == 1)


@cache
def abstract_words(language: str) -> frozenset[str]:
    """Nouns and adjectives of a language that name no thing to draw: "mood", "close-up", "shadow"."""
    return frozenset(map(phrase_key, split(table("languages")["abstract"].get(language, "").replace("\n", " "))))


class Lexicon:
    """The nouns of one language with the figure of each; the hand-made table wins over the other at equal length."""

    def __init__(self, language: str) -> None:
        self._own: Phrases[str] = Phrases(language)
        for figure, rows in table("nouns").items():
            for word in split(rows.get(language, "")):
                self._own.add(word, figure)
        self._cldr: Phrases[str] = Phrases(language, _SHORTEST_STEM)
        self._language = language
        numbers = split(table("languages").get(language, {}).get("numbers", ""))
        left_out = (
            function_words(language) | abstract_words(language) | {fold(entry.split("=")[0]) for entry in numbers}
        )
        for figure, words in words_table()["words"].get(language, {}).items():
            for word in words.split("|"):
                key = phrase_key(word)
                if key not in left_out and not _too_short(word):
                    self._cldr.add(word, figure)

    def at(self, text: Sequence[Token], position: int) -> Match[str] | None:
        """The longest known noun that begins at a token, or None."""
        own, other = self._own.at(text, position), self._cldr.at(text, position)
        if other is not None and other.length == 1 and self._is_abstract(text[position].folded):
            other = None
        if own is None or (other is not None and other.length > own.length):
            return other
        return own

    def _is_abstract(self, folded: str) -> bool:
        return stem(folded, self._language) in abstract_stems(self._language)


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language, made once."""
    return Lexicon(language)


@cache
def abstract_stems(language: str) -> frozenset[str]:
    """The stems of the words of a language that name no thing to draw."""
    return frozenset(stem(word, language) for word in abstract_words(language) if " " not in word)


def phrase_key(phrase: str) -> str:
    """A phrase as its folded tokens with blanks between, for looking it up in a set."""
    return " ".join(token.folded for token in tokens(phrase))


def _too_short(word: str) -> bool:
    """One character of a script without spaces is part of too many words; the hand-made table lists safe ones."""
    return len(word) < 2 or (len(word) == 2 and "\u0e00" <= word[0] <= "\u0e7f")


@cache
def _known_words(language: str) -> frozenset[str]:
    rows = words_table()["words"].get(language, {}).values()
    hand = (split(row.get(language, "")) for row in table("nouns").values())
    return frozenset(word.casefold() for row in rows for word in row.split("|")) | {
        word.casefold() for row in hand for word in row
    }
