"""Lists of rows with Gradio: repeated groups of fields, and palettes, which are rows of a colour and what it is for.

A row is edited in the page, by ``assets/rows.js`` inside one component: a component for every cell would make each
answer of the server hundreds of milliseconds slower, because Gradio rebuilds every output, changed or not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from ..forms import Field
from .fields_gradio import Trigger
from .markup import begin_editor
from .repeated import MOST_ROWS, column_properties, columns_of, completed, one_of, read_rows

TEMPLATE = """
<p class="f2-rows-title"><strong></strong> <span></span></p>
<div class="f2-list"></div>
<button type="button" class="f2-button f2-add"></button>
"""
"""Holds no values: what stands in a template is compiled as JavaScript. The script puts them in as plain text."""


class RowsView:
    """A list of mappings, one row of editors each; see `forms.Kind` for rows that are single or follow others.

    Args:
        field: A field of kind ``rows`` or ``palette``.
        start: The same as the first target narrows it.
    """

    def __init__(self, field: Field, start: Field) -> None:
        self.field = field
        is_single = field.most == 1
        is_made = any(column.off for column in columns_of(field))
        looks = (("f2-group", is_single), ("f2-made", is_made))
        self.component = gr.HTML(
            completed(field, start.default),
            html_template=TEMPLATE,
            js_on_load=_script(field, is_single),
            apply_default_css=False,
            elem_classes=["f2-rows", f"f2-{field.kind}", *(name for name, holds in looks if holds)],
            visible=start.is_active,
        )
        self.inputs: list[Component] = [self.component]
        self.outputs: list[Any] = [self.component]
        self.triggers = [Trigger(self.component.input, field.drives and any(one.drives for one in self._drivers()))]

    def read(self, raw: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the rows; what no editor of ours would have sent is left out."""
        return read_rows(self.field, raw[0])

    def updates(self, field: Field, value: Any) -> list[Any]:
        """Return the update that shows these rows; a target that takes none hides them."""
        return [gr.update(value=completed(self.field, value), visible=field.is_active)]

    def _drivers(self) -> Sequence[Field]:
        return (self.field,) if self.field.kind == "palette" else self.field.columns


def _script(field: Field, is_single: bool) -> str:
    """Return the editor with what it has to know of this field.

    Not as properties of the component: one that is updated before it was ever in sight, in a closed section, loses
    all but its value (gradio 6.31).
    """
    known = {
        "columns": [column_properties(field, column) for column in columns_of(field)],
        "most": field.most or MOST_ROWS,
        "title": "" if is_single else field.label,
        "help": field.help,
        "noun": one_of(field),
    }
    value = "get value() { return props.value; }, set value(rows) { props.value = rows; }"
    return begin_editor("rows", f"{{...{json.dumps(known)}, {value}}}")
