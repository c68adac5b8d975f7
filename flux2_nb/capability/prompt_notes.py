"""What the prompt checks and the token count have to say about a prompt for one target.

Both are loaded with the first prompt: a panel is shown before there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cards import ModelCard
from .base import Note

if TYPE_CHECKING:
    from ..prompting.tokens import TokenCount

SHOWN_START = 40
"""Characters that show where an estimated cut begins."""

NO_VOCABULARY = ("sketch", "other")
"""Families whose way to count is not known."""


def prompt_notes(prompt: str, card: ModelCard, references: int = 0) -> list[Note]:
    """Return the findings of the checks, and the tokens against the model's limit or what that would cut."""
    if not prompt.strip():
        return []
    from ..prompting import checks

    family = "pro" if card.family in NO_VOCABULARY else card.family
    found = [
        Note("warning", " ".join(part for part in (finding.message, finding.suggestion) if part))
        for finding in checks.check(prompt, family=family, references=references)
    ]
    counted = _counted(prompt, card)
    return [*found, *([] if counted is None else [_cut_note(counted, card) or Note("info", _of_limit(counted))])]


def token_notes(prompt: str, card: ModelCard) -> list[Note]:
    """Return a warning when the model reads only the beginning of the prompt; nothing for a target without a limit."""
    counted = _counted(prompt, card)
    cut = counted and _cut_note(counted, card)
    return [cut] if cut else []


def _counted(prompt: str, card: ModelCard) -> TokenCount | None:
    if card.token_limit is None or card.family in NO_VOCABULARY:
        return None
    from ..prompting import tokens

    return tokens.count(prompt, card.family)


def _of_limit(counted: TokenCount) -> str:
    return f"{'' if counted.exact else 'about '}{counted.count:,} of {counted.limit:,} tokens"


def _cut_note(counted: TokenCount, card: ModelCard) -> Note | None:
    """Return what is cut: word for word where the count is exact, else where the cut would begin."""
    if counted.count <= counted.limit:
        return None
    cut = counted.cut.strip()
    if not cut:
        return Note("warning", f"{_of_limit(counted)}: every word is read, but not the marks that close the prompt.")
    if counted.exact:
        return Note("warning", f"{_of_limit(counted)}. {card.label} would not read the end of the prompt:", cut=cut)
    start = cut if len(cut) <= SHOWN_START else f"{cut[:SHOWN_START]}…"
    told = f"By estimate {_of_limit(counted)}. {card.label} would not read the end of the prompt"
    return Note("warning", f'{told}, from about "{start}" on.')
