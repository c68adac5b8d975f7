"""The composer of an edit: what to change and what to keep, as one line of the prompt that both show."""

from __future__ import annotations

from typing import Any

from ..forms import Field
from ..prompting.edits import Edit, keep_choices, read_edit, write_edit
from .base import Values

GROUP = "change and keep"
CHANGE = "change"


def fields(why: str) -> list[Field]:
    """Return the change and a tick for everything that may be kept; ``why`` greys them."""
    return [
        Field(
            CHANGE,
            "text",
            "Change",
            help="Writes this, and what is ticked below, into the prompt as a line of its own.",
            default="",
            lines=2,
            placeholder="Replace the bicycle with a black horse",
            group=GROUP,
            off=why,
            drives=True,
        ),
        *(_tick(label, words, why) for label, words in keep_choices()),
    ]


def sync(values: Values, changed: str) -> dict[str, Any]:
    """Write the line anew when the composer changes; show what the line says when the prompt does."""
    prompt = str(values.get("prompt") or "")
    if changed == "prompt":
        found = read_edit(prompt)
        return {} if found.line == _edit(values).line else _shown(found)
    if changed != CHANGE and changed not in _names():
        return {}
    written = write_edit(prompt, _edit(values))
    return {"prompt": written} if written != prompt else {}


def _edit(values: Values) -> Edit:
    kept = tuple(words for name, words in _names().items() if values.get(name))
    return Edit(str(values.get(CHANGE) or ""), kept)


def _shown(edit: Edit) -> dict[str, Any]:
    return {CHANGE: edit.change, **{name: words in edit.keep for name, words in _names().items()}}


def _names() -> dict[str, str]:
    """The name of each tick, and the words it stands for."""
    return {_name(words): words for _, words in keep_choices()}


def _name(words: str) -> str:
    return f"keep_{words.removeprefix('the ').replace(' ', '_')}"


def _tick(label: str, words: str, why: str) -> Field:
    return Field(_name(words), "switch", label, default=False, group=GROUP, off=why, drives=True)
