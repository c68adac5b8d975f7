"""A panel where no kernel runs: its values and its last picture, in elements that GitHub and nbviewer leave alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from ...forms import MAIN, Field
from ..showing import figure

if TYPE_CHECKING:
    from .panel import Panel

LONGEST = 400
"""Characters of a value that are shown."""


def still(panel: Panel) -> dict[str, str]:
    """Return the panel as text and as HTML: what is filled in, what that comes to, and the picture there is."""
    rows = list(_rows(panel))
    head = f"{panel.capability.title}, on {panel.card.label or panel.card.model} ({panel.card.provider})"
    plan = panel.plan
    comes_to = plan.problem or f"{plan.size_text}, {plan.cost_text}"
    result = panel.result
    picture = figure(result) if result is not None else ""
    lines = "".join(
        f"<tr><th align='left' valign='top'>{escape(label)}</th><td align='left'>{escape(text)}</td></tr>"
        for label, text in rows
    )
    html = (
        f"<p><strong>{escape(head)}</strong></p><table>{lines}</table><p>{escape(comes_to)}</p>{picture}"
        "<p><em>Run the notebook to use this panel.</em></p>"
    )
    text = "\n".join([head, *(f"{label}: {text}" for label, text in rows), comes_to])
    return {"text/html": html, "text/plain": text}


def _rows(panel: Panel) -> Iterator[tuple[str, str]]:
    """Yield label and value of every field beside the prompt, and of every other that was changed."""
    defaults = panel.state.defaults()
    for field in panel.state.fields.values():
        value = panel.state.values[field.name]
        is_told = field.group == MAIN or value != defaults[field.name]
        text = in_words(field, value)
        if field.is_active and is_told and text:
            yield field.label, text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def in_words(field: Field, value: Any) -> str:
    """Return a value as people read it; empty for one that is not set."""
    if value in (None, "", [], ()):
        return ""
    if field.kind == "choice":
        return next((str(label) for label, choice in field.choices if choice == value), str(value))
    if field.kind == "switch":
        return "yes" if value else "no"
    if field.kind == "drawing":
        return "a drawing"
    if field.kind == "references":
        return f"{len(value)} picture{'s' if len(value) != 1 else ''}"
    if field.kind in ("rows", "palette"):
        return "; ".join(_row_in_words(row) for row in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _row_in_words(row: Mapping[str, Any]) -> str:
    return ", ".join(str(cell) for cell in row.values() if cell not in (None, ""))
