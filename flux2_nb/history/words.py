"""Text to search words, for prompts in any language.

Words are lower-cased, their accents folded. Scripts written without spaces between words (Chinese, Japanese, Thai, Lao,
Khmer, Burmese), and Korean with its endings, are cut into overlapping pairs of characters instead: a query's pairs in a
row match exactly where the query stands in the prompt. A stretch's last character stands alone, so that a query of a
single character finds it too, as the beginning of a pair.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Japanese kana and their marks
    "\u3100-\u312f\u31a0-\u31bf"  # Bopomofo
    "\u3400-\u9fff\U00020000-\U0003ffff"  # Chinese characters
    "\u1100-\u11ff\uac00-\ud7ff"  # Hangul
)
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"  # no word without them
_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff"
_TOKEN = re.compile(f"(?P<unspaced>[{_UNSPACED}]+)|[{_EMOJI}]|(?:[{_MARKS}]|[^\\W_{_UNSPACED}])+")

# Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel signs and stretcher: all optional in writing.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")

_LONGEST_WORD = 64


def fold(text: str) -> str:
    """Return the text in one form for all its spellings: lower case, no accents, full-width letters made plain."""
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", bare).casefold()


def index_words(*texts: str | None) -> str:
    """Return the words under which texts are found, parted by spaces."""
    return " ".join(word for text in texts if text for phrase, _ in _phrases(text) for word in phrase)


def match_query(text: str) -> str | None:
    """Return the FTS5 query that finds what a person typed; every word counts, the last may be unfinished.

    Returns:
        None when the text holds nothing that could be searched for.
    """
    phrases = [(_without_tail(phrase) if cut else phrase, cut) for phrase, cut in _phrases(text)]
    parts = []
    for number, (phrase, cut) in enumerate(phrases, start=1):
        open_ended = number == len(phrases) or (cut and len(phrase[-1]) == 1)
        parts.append(f'"{" ".join(phrase)}"{" *" if open_ended else ""}')
    return " AND ".join(parts) or None


def facet(kind: str, value: str) -> str:
    """Return the one search word that stands for a property of a picture, such as its owner."""
    return kind + hashlib.blake2s(f"{kind}={value}".encode(), digest_size=10).hexdigest()


def _phrases(text: str) -> Iterator[tuple[list[str], bool]]:
    """Yield each word as a phrase of one, and each unspaced stretch as a phrase of pairs (then True)."""
    for found in _TOKEN.finditer(fold(text)):
        stretch = found["unspaced"]
        if stretch:
            yield [stretch[at : at + 2] for at in range(len(stretch))], True
        else:
            yield [found[0][:_LONGEST_WORD]], False


def _without_tail(pairs: list[str]) -> list[str]:
    """Drop the lone last character of a stretch: the pair before holds it, and is found without trying beginnings."""
    return pairs[:-1] if len(pairs) > 1 else pairs
