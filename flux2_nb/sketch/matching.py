"""Finding known words and phrases in running text of any language, longest first.

A word of a script that puts spaces between words is one token; a Chinese, Japanese or Thai character is one token. So
one rule, "the longest run of tokens that is in the table", serves all of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Generic, TypeVar

import snowballstemmer

T = TypeVar("T")

_UNSPACED = "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[\w\u0300-\u036f\u064b-\u0655\u0900-\u0903\u093a-\u094f])+")
_ARABIC_PREFIX = re.compile("^[وفبكل]?ال(?=..)|^لل(?=..)")
_ARABIC_LETTERS = str.maketrans("أإآٱىة", "اااايه", "ـ\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652")
_KOREAN_PARTICLE = re.compile(
    "(?<=[\uac00-\ud7af])(?:에서는|에는|에도|에서|에게|으로|들이|들은|들을|들의|이랑|까지|부터|처럼|들|가|는|를|은|을|의|에|와|과|도|로|이|만)$"
)
_FOREIGN_PLURAL = re.compile("(?<=[aioyãáéíóú])s$")
_ARABIC_DUAL = re.compile("(?:ان|ين)$")
_ARABIC_JOINED = re.compile("^[وبل](?=...)")  # and, with, for: written as one word with the next
_NUKTA = "\u093c"  # written or left out at will in Hindi
_THAI_MARK = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")  # belongs to the letter before it
_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "nl": "dutch",
    "en": "english",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "el": "greek",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "es": "spanish",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}


@dataclass(frozen=True)
class Token:
    """A word, or a character of a script without spaces: as written, folded for comparing, and where it stands."""

    text: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True)
class Match(Generic[T]):
    """A phrase found: tokens ``first`` up to but not including ``last``, and what the table holds for it."""

    first: int
    last: int
    value: T

    @property
    def length(self) -> int:
        """How many tokens it spans."""
        return self.last - self.first


def tokens(text: str) -> list[Token]:
    """Split a text into tokens, in order."""
    return [Token(found.group(), fold(found.group()), found.start(), found.end()) for found in _WORD.finditer(text)]


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """A word without case, compatibility forms, and for Arabic without article and marks."""
    folded = unicodedata.normalize("NFKC", word).casefold().replace(_NUKTA, "")
    if "\u0600" <= folded[:1] <= "\u06ff":
        folded = _ARABIC_PREFIX.sub("", folded.translate(_ARABIC_LETTERS))
    return folded


@lru_cache(maxsize=8192)
def stem(word: str, language: str) -> str:
    """The stem of a folded word by Snowball's rules for its language; a word of another language stays as it is."""
    if language not in _STEMMERS or len(word) < 3:
        return word
    if language in ("de", "pt"):  # Snowball keeps the s of "Autos" and "maçãs"
        word = _FOREIGN_PLURAL.sub("", word)
    if language == "ar" and len(word) > 4:
        word = _ARABIC_DUAL.sub("", word)
    # A stemmer keeps the word it is at, so threads cannot share one; making one is cheaper than a lock around it.
    stemmed: str = snowballstemmer.stemmer(_STEMMERS[language]).stemWord(word)
    return _without_accents(stemmed)


def _beginning(folded: str) -> str:
    return _without_accents(folded[:2])[:2]


def _without_accents(word: str) -> str:
    if not word or not (word[0].isascii() or "\u00c0" <= word[0] <= "\u024f"):
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


@dataclass
class _Node(Generic[T]):
    children: dict[str, _Node[T]] = field(default_factory=dict)
    value: T | None = None


class Phrases(Generic[T]):
    """A table of phrases that finds the longest one at each place of a text.

    A phrase written with a capital matches only a word with one (German "See" is not English "see"). With a language,
    words also match by stem; where the phrases are many and nobody has read them all, ``shortest_stem`` keeps short
    stems from matching unlike words (Arabic "ponds" and "volcano" have one of three letters).
    """

    def __init__(self, language: str = "", shortest_stem: int = 0) -> None:
        self._root: _Node[T] = _Node()
        self._language = language
        self._shortest_stem = shortest_stem
        # Stemming a whole dictionary takes most of a second: phrases wait here, by how they begin, until needed.
        self._waiting: dict[str, list[tuple[list[Token], T]]] = {}
        self._ripening = Lock()

    def add(self, phrase: str, value: T) -> None:
        """Add a phrase; the first to claim a wording keeps it."""
        parts = tokens(phrase)
        if not parts:
            return
        exact = [part.text if part.text[0].isupper() and not self._language else part.folded for part in parts]
        self._put(exact, value)
        if self._language and len(parts) < 3:
            self._waiting.setdefault(_beginning(parts[0].folded), []).append((parts, value))

    def find(self, text: Sequence[Token]) -> Iterator[Match[T]]:
        """The phrases of a text from left to right, longest first, without overlaps."""
        position = 0
        while position < len(text):
            match = self.at(text, position)
            if match is not None:
                yield match
            position = match.last if match is not None else position + 1

    def at(self, text: Sequence[Token], position: int) -> Match[T] | None:
        """The longest phrase that begins at a token, or None."""
        best: Match[T] | None = None
        nodes = [self._root]
        if self._waiting:
            for key in {text[position].folded, _ARABIC_JOINED.sub("", text[position].folded)}:
                self._ripen(_beginning(key))
        for index in range(position, len(text)):
            keys = self._keys(text[index])
            nodes = [node.children[key] for node in nodes for key in dict.fromkeys(keys) if key in node.children]
            if not nodes:
                break
            value = next((node.value for node in nodes if node.value is not None), None)
            if value is not None and not (index + 1 < len(text) and _THAI_MARK.match(text[index + 1].text)):
                best = Match(position, index + 1, value)
        return best

    def _keys(self, token: Token) -> tuple[str, ...]:
        """What a token may be called in the table, the surest first."""
        keys: tuple[str, ...] = (token.text, token.folded, self._bare(token.folded))
        if not self._language:
            keys = (*keys, _KOREAN_PARTICLE.sub("", token.folded))
        free = _ARABIC_JOINED.sub("", token.folded)
        return keys if free == token.folded else (*keys, free, self._bare(free))

    def _ripen(self, beginning: str) -> None:
        """Put the phrases that begin so into the table by their stems."""
        with self._ripening:
            for parts, value in self._waiting.get(beginning, ()):
                self._put([self._stem_key(part.folded) for part in parts], value)
            self._waiting.pop(beginning, None)

    def _stem_key(self, folded: str) -> str:
        stemmed = stem(folded, self._language)
        return "~" + (stemmed if len(stemmed) >= self._shortest_stem else folded)

    def _bare(self, folded: str) -> str:
        """The key of a word without its ending; of a Korean word without its particle, as dictionaries have it."""
        if self._language == "ko":
            return _KOREAN_PARTICLE.sub("", folded)
        if self._language == "en" and folded.endswith(("ing", "ed")):
            return folded  # "planting" is no plant
        return self._stem_key(folded) if self._language else folded

    def _put(self, keys: list[str], value: T) -> None:
        node = self._root
        for key in keys:
            node = node.children.setdefault(key, _Node())
        if node.value is None:
            node.value = value
