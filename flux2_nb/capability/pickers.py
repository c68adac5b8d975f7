"""Pickers for camera, film and light: each shows the term whose phrase the prompt holds, and writes the one chosen."""

from __future__ import annotations

from typing import Any

from ..forms import Field
from ..prompting.vocabulary import choose, chosen, vocabulary
from .base import Values

GROUP = "camera, film and light"
"""The section of the form the pickers stand in."""

NONE = ""
"""The choice that puts nothing into the prompt."""


def fields() -> list[Field]:
    """Return a field for every picker of the vocabulary; its values are the labels of terms, or `NONE`."""
    return [
        Field(
            group.name,
            "choice",
            group.label,
            help=group.help,
            default=NONE,
            choices=(("none", NONE), *((term.label, term.label) for term in group.terms)),
            group=GROUP,
            drives=True,
        )
        for group in vocabulary()
    ]


def sync(values: Values, changed: str) -> dict[str, Any]:
    """Return the prompt with the term just chosen, or the pickers that no longer tell what the prompt holds.

    What is sent is the prompt alone: a picker only helps to write it.

    Args:
        values: The form's values, the prompt among them.
        changed: The field that a person changed; nothing follows from one that is neither prompt nor picker.
    """
    prompt = str(values.get("prompt") or "")
    if changed == "prompt":
        return {name: label for name, label in chosen(prompt).items() if values.get(name, NONE) != label}
    offered = {field.name: [value for _, value in field.choices] for field in fields()}
    label = values.get(changed) or NONE
    if label not in offered.get(changed, ()):
        return {}
    written = choose(prompt, changed, label)
    return {"prompt": written} if written != prompt else {}
