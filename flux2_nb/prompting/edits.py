"""An edit in the words Black Forest Labs advises: what changes, and what stays; as one line of a prompt.

The line is found again by its end, so that a form can show it, change it and take it out, and leave all else alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.json_prompt import is_json_prompt
from flux2_nb.prompting.tables import table

NOTHING_ELSE = "Change nothing else."


@dataclass(frozen=True)
class Edit:
    """One line of a prompt.

    Attributes:
        change: The instruction; empty when the line only says what stays.
        keep: What stays, such as "the pose".
    """

    change: str = ""
    keep: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """The edit as it stands in a prompt; empty when it says nothing."""
        if self.change.strip():
            return change_keep(" ".join(self.change.split()), self.keep)
        return _kept(self.keep) if self.keep else ""


def change_keep(change: str, keep: Sequence[str]) -> str:
    """Write an edit as Black Forest Labs advises: what changes, and what stays.

    Args:
        change: The instruction, such as "Replace the bicycle with a black horse".
        keep: What stays, such as "the pose" (see ``keep_choices``).

    Returns:
        The instruction, then "Keep … exactly as in the original." or, with nothing to keep, "Change nothing else."

    Raises:
        InvalidRequest: When the change is empty.
    """
    text = change.strip()
    if not text:
        raise InvalidRequest(
            "The edit says nothing to change.",
            field="change",
            next_step="Name the change, such as: Replace the sky with a sunset.",
        )
    text = text[:1].upper() + text[1:]
    text += "" if text[-1] in ".!?。！？" else "."
    kept = [item.strip() for item in keep if item.strip()]
    return f"{text} {_kept(kept) if kept else NOTHING_ELSE}"


def keep_choices() -> tuple[tuple[str, str], ...]:
    """What an edit usually keeps, for menus: the label, and the words in the prompt."""
    return tuple((row["label"], row["words"]) for row in table("roles")["keep"]["choice"])


def read_edit(prompt: str) -> Edit:
    """Return the first edit that stands on a line of its own; an empty one when there is none."""
    found = None if is_json_prompt(prompt) else _line().search(prompt)
    if found is None:
        return Edit()
    known = [words for _, words in keep_choices()]
    keep = [words for words in known if words in re.split(r", | and ", found["keep"] or found["only"] or "")]
    return Edit(found["change"] or "", tuple(keep))


def write_edit(prompt: str, edit: Edit) -> str:
    """Return the prompt with this edit in place of the one it holds, else on a new line at its end.

    An empty edit takes the line out, and what stands around it is what was there before. A JSON prompt stays as it is.
    """
    if is_json_prompt(prompt):
        return prompt
    found = _line().search(prompt)
    if found is None:
        return "\n".join(part for part in (prompt, edit.line) if part)
    before, after = prompt[: found.start()], prompt[found.end() :]
    if edit.line:
        return f"{before}{edit.line}{after}"
    return before[:-1] + after if before else after[1:]


def _kept(keep: Sequence[str]) -> str:
    listed = f"{', '.join(keep[:-1])} and {keep[-1]}" if len(keep) > 1 else keep[0]
    return f"Keep {listed} exactly as in the original."


@lru_cache(maxsize=1)
def _line() -> re.Pattern[str]:
    """A whole line that is an edit: an instruction and its end, or a sentence that keeps what the menus name."""
    one = f"(?:{'|'.join(re.escape(words) for _, words in keep_choices())})"
    kept = rf"{one}(?:, {one})*(?: and {one})?"
    end = "exactly as in the original\\."
    with_change = rf"(?P<change>(?=\S)[^\n]*?[.!?。！？]) (?:Keep (?P<keep>{kept}) {end}|{re.escape(NOTHING_ELSE)})"
    return re.compile(rf"^(?:{with_change}|Keep (?P<only>{kept}) {end})$", re.MULTILINE)
