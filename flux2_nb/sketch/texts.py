"""The words a prompt wants written, and what each is for: title, subtitle, button, brand or just words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from flux2_nb.prompting.quotes import quoted_spans
from flux2_nb.sketch.matching import Phrases, tokens
from flux2_nb.sketch.tables import split, table

_REACH = 40  # characters before a quotation in which its role is named
_MARKS = "\"'“”„«»「」『』《》＂‘’` \u00a0"


@dataclass(frozen=True)
class Text:
    """Words to write, and their role: title, subtitle, button, brand, or "" when the prompt does not say."""

    words: str
    role: str = ""


def quoted_texts(text: str) -> list[Text]:
    """The quotations of a prompt with their roles, in order."""
    found = []
    end = 0
    for start, stop in quoted_spans(text):
        words = unquoted(text[start:stop])
        if words:
            found.append(Text(words, _role(text[max(end, start - _REACH) : start])))
        end = stop
    return found


def unquoted(text: str) -> str:
    """A quotation without its marks."""
    return text.strip(_MARKS)


def in_order(found: list[Text]) -> list[Text]:
    """Titles first, then the rest as they come."""
    return sorted(found, key=lambda text: text.role != "title")


def _role(before: str) -> str:
    roles = [match.value for match in _role_words().find(tokens(before))]
    return roles[-1] if roles else ""


@lru_cache(maxsize=1)
def _role_words() -> Phrases[str]:
    phrases: Phrases[str] = Phrases()
    for role, words in table("texts")["role"].items():
        for word in split(words):
            phrases.add(word, role)
    return phrases
