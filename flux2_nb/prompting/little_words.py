"""Which of our languages a prompt may be read in, by its script and its little words. Not a language detector."""

from __future__ import annotations

import re
from functools import lru_cache

from flux2_nb.prompting.tables import table

# Python's \w leaves out the vowel signs of Arabic, Devanagari and Thai.
WORD = r"\w\u0300-\u036f\u064b-\u0655\u0900-\u0903\u093a-\u094f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"

OTHER_SCRIPTS = ("zh", "ja", "ko", "th", "ar", "hi")


def likely_languages(text: str) -> list[str]:
    """The languages whose words are worth looking for in a text.

    Args:
        text: A prompt.

    Returns:
        The Latin-script languages with the most little words in the text (all of them, English first, when there
        are none), then those of other scripts, whose words cannot be mistaken.
    """
    words = re.findall(f"[{WORD}]+", text.lower())
    scores = {language: sum(map(little.__contains__, words)) for language, little in _little_words().items()}
    best = max(scores.values())
    return [language for language, score in scores.items() if score == best] + list(OTHER_SCRIPTS)


@lru_cache(maxsize=1)
def _little_words() -> dict[str, frozenset[str]]:
    return {language: frozenset(words) for language, words in table("little_words").items()}
