"""What a prompt check found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["negation", "unquoted_text", "unbound_hex", "vague", "length", "reference", "stripped", "key"]


@dataclass(frozen=True)
class Finding:
    """One thing worth changing in a prompt.

    Attributes:
        kind: What was looked for.
        message: One plain sentence.
        start: Where it begins in the prompt; equal to ``end`` when it concerns the prompt as a whole.
        end: Where it ends.
        suggestion: What to write in the place of ``prompt[start:end]``, or what to do; may be empty.
    """

    kind: Kind
    message: str
    start: int
    end: int
    suggestion: str
