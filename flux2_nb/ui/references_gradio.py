"""Reference images with Gradio: numbered slots in the order in which the prompt counts them, each with a role.

All slots are edited in the page, by scripts inside one component: a component for every picture and role would make
each answer of the server slower, and Gradio's own picture field can be neither moved, cropped nor drawn on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from ..errors import Flux2Error
from ..forms import Field
from .fields_gradio import Trigger
from .markup import begin_editor
from .reference_files import GONE, GONE_ID, ReferenceFiles, is_id

IMAGE = "image"

LOST = "This picture is no longer here: what is put in is kept for a day. Add it again."

NO_PICTURE = "This picture could not be put in here. Add it yourself."

TEMPLATE = '<div class="f2-slots-editor f2-settles"></div>'
"""Holds no values: what stands in a template is compiled as JavaScript. The script puts them in as plain text."""


class ReferencesView:
    """An ordered list of pictures; the number on a slot is the number in the prompt.

    The page knows a picture by its id only, and Python by the path of its file: `read` and `updates` turn one into the
    other, and nothing but an id of ours leads to a file.

    Args:
        field: A field of kind ``references``; its ``most`` is the most slots there will ever be.
        start: The same as the first target narrows it.
    """

    def __init__(self, field: Field, start: Field) -> None:
        self.field = field
        # Told again with every update: a component that is updated before it was ever in sight loses all the update
        # does not hold (gradio 6.31).
        self._known: dict[str, Any] = {
            "columns": [_column(column) for column in field.columns],
            "room": field.most or 1,
        }
        self.component = gr.HTML(
            [],
            html_template=TEMPLATE,
            js_on_load=begin_editor("references"),
            apply_default_css=False,
            elem_classes=["f2-references"],
            visible=not start.hidden,
            **self._known,
            **self._narrowed(start),
        )
        self.files = ReferenceFiles(Path(self.component.GRADIO_CACHE))
        self.inputs: list[Component] = [self.component]
        self.outputs: list[Any] = [self.component]
        self.triggers = [Trigger(self.component.input, field.drives)]

    def read(self, raw: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the pictures in order, each with its role; what no editor of ours would have sent is left out."""
        slots = [slot for slot in raw[0] if isinstance(slot, Mapping)] if isinstance(raw[0], list) else []
        return [self._read(slot) for slot in slots if is_id(slot.get("id"))]

    def updates(self, field: Field, value: Any) -> list[Any]:
        """Return the update that shows these pictures; those that a target takes no more stay in sight, and say so."""
        given: Sequence[Mapping[str, Any]] = value or []
        slots = [self._slot(one) for one in given if one.get(IMAGE)]
        return [gr.update(value=slots, visible=not field.hidden, **self._known, **self._narrowed(field))]

    def _narrowed(self, field: Field) -> dict[str, Any]:
        most = (self.field.most or 1) if field.most is None else field.most
        return {"title": field.label, "help": field.off or field.help, "most": most if field.is_active else 0}

    def _read(self, slot: Mapping[str, Any]) -> dict[str, Any]:
        path = self.files.path_of(slot["id"])
        roles = {column.name: _value(column, slot.get(column.name)) for column in self.field.columns}
        return {IMAGE: GONE if path is None else str(path), **roles}

    def _slot(self, one: Mapping[str, Any]) -> dict[str, Any]:
        roles = {column.name: one.get(column.name) or column.default for column in self.field.columns}
        return {**self._picture(one[IMAGE]), **roles}

    def _picture(self, image: Any) -> dict[str, Any]:
        """Return what the page needs to show a picture, or the sentence that stands in its place.

        What is not there keeps an id too: sent back, it is missed, and no request goes with one picture fewer.
        """
        if image == GONE:
            return {"id": GONE_ID, "error": LOST}
        try:
            path = self.files.keep_sample(Path(image)) if not self.files.id_of(image) else image
        except (Flux2Error, TypeError, OSError, ValueError):
            return {"id": GONE_ID, "error": NO_PICTURE}
        file_id = self.files.id_of(path)
        found = self.files.get(file_id)
        return {"id": file_id, "error": LOST} if found is None else found.shown


def _column(column: Field) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": column.label,
        "default": column.default,
        "placeholder": column.placeholder,
        "choices": [[str(label), choice] for label, choice in column.choices],
    }


def _value(column: Field, value: Any) -> Any:
    text = "" if value is None else str(value)
    known = [choice for _, choice in column.choices]
    return text if column.kind != "choice" or text in known else column.default
