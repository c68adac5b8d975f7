"""The same request twice: a double click, or a kept seed whose picture is already on its way, is not billed unasked."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

A_MOMENT = 1.0
"""Seconds after a press in which another is taken for the same one."""

JUST_MADE = "This very request was made a moment ago."
UNDER_WAY = "This very request is already under way, with the same seed."
WAY_ON = "Change the seed, or press again to make it anyway."


def fingerprint(targets: Sequence[str], values: Mapping[str, Any]) -> str:
    """Return a hash that is the same for the same values on the same targets."""
    text = json.dumps([*targets, values], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Repeats:
    """Remembers what one visitor last began on one tab, and what the visitor was warned of.

    Attributes:
        turn: Held from `problem` until `began`: of two presses in a moment, the second sees what became of the first.
    """

    turn: threading.Lock = field(default_factory=threading.Lock)
    _last: str = ""
    _when: float = float("-inf")
    _warned: str = ""

    def problem(self, asked: str, *, is_same_picture: bool, now: float) -> str:
        """Return why a press should not begin anything yet; empty when it should.

        Args:
            asked: The `fingerprint` of what is asked for.
            is_same_picture: Whether exactly this is under way already, with a seed that is fixed.
            now: Any clock, in seconds.
        """
        is_double = asked == self._last and now - self._when < A_MOMENT
        if is_double or (is_same_picture and asked != self._warned):
            self._warned = asked
            return f"{JUST_MADE if is_double else UNDER_WAY} {WAY_ON}"
        return ""

    def began(self, asked: str, now: float) -> None:
        """Remember that this was begun; what was refused is not remembered, and may be pressed again at once."""
        self._last, self._when, self._warned = asked, now, ""
