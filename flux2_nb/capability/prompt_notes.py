"""What the prompt checks and the token count have to say about a prompt for one target."""

from __future__ import annotations

from ..cards import ModelCard
from ..prompting import checks, tokens
from .base import Note

SHOWN_CUT = 160
"""Characters of the cut part that a note shows."""


def prompt_notes(prompt: str, card: ModelCard, references: int = 0) -> list[Note]:
    """Return the findings of the checks, and whether the model would cut the prompt."""
    if not prompt.strip():
        return []
    family = "pro" if card.family in ("sketch", "other") else card.family
    found = [
        Note("warning", " ".join(part for part in (finding.message, finding.suggestion) if part))
        for finding in checks.check(prompt, family=family, references=references)
    ]
    return [*found, *token_notes(prompt, card)]


def token_notes(prompt: str, card: ModelCard) -> list[Note]:
    """Return a warning when the model reads only the beginning of the prompt; nothing for a target without a limit."""
    if card.token_limit is None:
        return []
    counted = tokens.count(prompt, card.family)
    if counted.count <= counted.limit:
        return []
    how = "" if counted.exact else "about "
    cut = counted.cut.strip()
    shown = cut if len(cut) <= SHOWN_CUT else f"{cut[:SHOWN_CUT]}…"
    return [
        Note(
            "warning",
            f"The prompt has {how}{counted.count:,} tokens and {card.label} reads {counted.limit:,}. "
            f"This would be cut without a word: {shown}",
        )
    ]
