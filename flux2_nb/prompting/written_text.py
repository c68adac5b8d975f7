"""Text that should be written in the picture and is not in quotation marks.

FLUX.2 writes text best when the prompt quotes it exactly (Black Forest Labs' prompting guide).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from flux2_nb.prompting.findings import Finding
from flux2_nb.prompting.little_words import likely_languages
from flux2_nb.prompting.tables import table

_WORD = re.compile(r"[^\W_][\w'’&-]*[!?]?")
_JOINERS = frozenset(("and", "of", "the", "a", "for", "in", "to"))
_LONGEST = 5


def unquoted_texts(text: str) -> Iterator[Finding]:
    """Find text to be written that is not quoted: "a sign that says OPEN".

    Args:
        text: An English prompt with its quoted text blanked out; other languages yield nothing.
    """
    if "en" not in likely_languages(text):
        return
    seen: set[int] = set()
    for pattern, needs_capital in _introductions():
        for match in pattern.finditer(text):
            end = _end_of_text(text, match.end(), needs_capital)
            if end is not None and match.end() not in seen and not _is_an_adjective(text, match):
                seen.add(match.end())
                words = text[match.end() : end]
                yield Finding(
                    "unquoted_text",
                    f'"{words}" reads as text for the picture, and FLUX.2 writes text best in quotation marks.',
                    match.end(),
                    end,
                    f'"{words}"',
                )


@lru_cache(maxsize=1)
def _introductions() -> tuple[tuple[re.Pattern[str], bool], ...]:
    """What comes before text to be written, and whether that text must begin with a capital letter."""
    words = {
        key: "|".join(re.escape(word) for word in sorted(table("checks")["text"][key], key=len, reverse=True))
        for key in table("checks")["text"]
    }
    carrier = rf"\b(?:{words['carriers']})\b(?:\s+[\w'-]+){{0,3}}?\s+"
    return (
        (re.compile(rf"{carrier}(?:{words['says']})\s*:?\s+", re.I), False),
        (re.compile(rf"{carrier}(?:{words['reads']})\s*:?\s+", re.I), True),
        (re.compile(rf"(?<=\w)\s+(?P<participle>{words['titled']})\s*:?\s+", re.I), False),
        (re.compile(rf"\bthe\s+(?:{words['words']})\s*:?\s+", re.I), False),
        (re.compile(rf"\bthe\s+(?:{words['nouns']})\s*:?\s+", re.I), True),
        (re.compile(rf"\b(?:{words['carriers']})\s+with\s+(?:the\s+)?(?=[A-Z]{{2,}})"), True),
    )


def _end_of_text(text: str, start: int, needs_capital: bool) -> int | None:
    """Where the words end: at the last capitalised one, or before a little word; None when there are none."""
    first = _WORD.match(text, start)
    if (
        first is None
        or first.group().lower() in _not_text()
        or first.group().upper() in table("checks")["text"]["acronyms"]
    ):
        return None
    is_capital = first.group()[0].isupper() or first.group()[0].isdigit()
    if needs_capital and not is_capital:
        return None
    end, position = first.end(), first.end()
    for _ in range(_LONGEST * 2):
        following = re.compile(r"[ ]+").match(text, position)
        word = _WORD.match(text, following.end()) if following else None
        if word is None:
            break
        continues = (
            word.group()[0].isupper() or word.group()[0].isdigit()
            if is_capital
            else word.group().lower() not in _not_text()
        )
        if not continues and not (is_capital and word.group() in _JOINERS):
            break
        position = word.end()
        end = word.end() if continues else end
    return end


def _is_an_adjective(text: str, match: re.Match[str]) -> bool:
    """Whether the participle describes what follows it: "a labelled diagram", "neatly labelled jars"."""
    if not match.groupdict().get("participle"):
        return False
    before = re.search(r"([\w-]+)$", text[: match.start()])
    return before is not None and (
        before.group().lower() in {"a", "an", "the", "and", "with"} or before.group().lower().endswith("ly")
    )


@lru_cache(maxsize=1)
def _not_text() -> frozenset[str]:
    return frozenset(table("checks")["text"]["not_text"])
