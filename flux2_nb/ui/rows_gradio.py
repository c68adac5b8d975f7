"""Lists of rows with Gradio: repeated groups of fields, and palettes, which are rows of a colour and what it is for.

A row is edited in the page, by ``assets/rows.js`` inside one component: a component for every cell would make each
answer of the server hundreds of milliseconds slower, because Gradio rebuilds every output, changed or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from ..forms import Field
from .fields_gradio import Now, Trigger
from .markup import asset

MOST_ROWS = 8
"""Rows of a field that states no limit."""

PALETTE_COLUMNS = (
    Field("colour", "text", "Colour", default="#808080"),
    Field("target", "text", "Used for", default="", placeholder="all of it"),
)

TEMPLATE = """
<p class="f2-rows-title"><strong></strong> <span></span></p>
<div class="f2-list"></div>
<button type="button" class="f2-button f2-add"></button>
"""
"""Holds no values: what stands in a template is compiled as JavaScript. The script puts them in as plain text."""


class RowsView:
    """A list of mappings, one row of editors each.

    Args:
        field: A field of kind ``rows`` or ``palette``.
        now: The same as targets narrow it.
    """

    def __init__(self, field: Field, now: Now) -> None:
        self.field = field
        self._columns = PALETTE_COLUMNS if field.kind == "palette" else field.columns
        self.component = gr.HTML(
            list(now.start.default or []),
            html_template=TEMPLATE,
            js_on_load=asset("rows.js"),
            apply_default_css=False,
            elem_classes=["f2-rows", f"f2-{field.kind}"],
            visible=now.start.is_active,
            columns=[self._column(column) for column in self._columns],
            most=field.most or MOST_ROWS,
            title=field.label,
            help=field.help,
            noun=_one_of(field),
        )
        self.inputs: list[Component] = [self.component]
        self.outputs: list[Any] = [self.component]
        self.triggers = [Trigger(self.component.input, field.drives and any(one.drives for one in self._drivers()))]

    def read(self, raw: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the rows; what no editor of ours would have sent is left out."""
        rows = [row for row in raw[0] or [] if isinstance(row, Mapping)] if isinstance(raw[0], list) else []
        return [{column.name: _value(column, row.get(column.name)) for column in self._columns} for row in rows]

    def updates(self, field: Field, value: Any) -> list[Any]:
        """Return the update that shows these rows; a target that takes none hides them."""
        rows = [{**{column.name: column.default for column in self._columns}, **row} for row in value or []]
        return [gr.update(value=rows, visible=field.is_active)]

    def _drivers(self) -> Sequence[Field]:
        return (self.field,) if self.field.kind == "palette" else self._columns

    def _column(self, column: Field) -> dict[str, Any]:
        is_colour = self.field.kind == "palette" and column.name == "colour"
        return {
            "name": column.name,
            "kind": "colour" if is_colour else column.kind,
            "label": column.label,
            "default": column.default,
            "placeholder": column.placeholder,
            "lines": column.lines,
            "choices": [[str(label), choice] for label, choice in column.choices],
        }


def _value(column: Field, value: Any) -> Any:
    if column.kind == "switch":
        return bool(value)
    if column.kind == "number":
        return _number(value)
    text = "" if value is None else str(value)
    if column.kind == "choice":
        return text if text in [choice for _, choice in column.choices] else column.default
    return text.upper() if column.name == "colour" else text


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _one_of(field: Field) -> str:
    """Return what one row is called: ``subject`` for subjects."""
    if field.kind == "palette":
        return "colour"
    word = field.label.lower()
    return word[:-1] if word.endswith("s") else word
