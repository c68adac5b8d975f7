"""Reference images with Gradio: numbered slots in the order in which the prompt counts them, each with a role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from ..forms import Field
from .fields_gradio import QUIET, Now, SimpleView, Trigger

FIRST_SLOTS = 2
"""Empty slots a person sees to begin with; from then on there is always one more than pictures."""

IMAGE = "image"

A_MOMENT = "() => new Promise(done => setTimeout(done, 20))"
"""A picture that is taken away is reported before it is gone from the values (gradio 6.31): wait until it is."""


class ReferencesView:
    """An ordered list of pictures; the number on a slot is the number in the prompt, so gaps close at once.

    Args:
        field: A field of kind ``references``; its ``most`` is the most slots there will ever be.
        now: The present target, and the field as that narrows it.
    """

    def __init__(self, field: Field, now: Now) -> None:
        self.field = field
        self._now = now
        self._most = field.most or 1
        self._slots: list[gr.Column] = []
        self._images: list[gr.Image] = []
        self._cells: list[list[SimpleView]] = []
        with gr.Column(elem_classes=["f2-references"]):
            with gr.Row(elem_classes=["f2-references-head"]):
                self._title = gr.Markdown(self._heading(now.start), elem_classes=["f2-rows-title"])
                self._add = gr.UploadButton(
                    "Add images", file_count="multiple", file_types=["image"], size="sm", scale=0, min_width=110
                )
            with gr.Row(elem_classes=["f2-slots"], equal_height=False):
                for index in range(self._most):
                    self._build_slot(index)
        pairs = zip(self._images, self._cells, strict=True)
        self.inputs: list[Component] = [
            one for image, cells in pairs for one in (image, *(cell.component for cell in cells))
        ]
        self.outputs: list[Any] = [*self.inputs, *self._slots, self._title, self._add]
        typed = [trigger for cells in self._cells for cell in cells for trigger in cell.triggers]
        self.triggers = [*typed, *self._bind()]

    def read(self, raw: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the pictures in order, each with its role."""
        return [one for one in self._read_all(raw) if one[IMAGE]]

    def updates(self, field: Field, value: Any) -> list[Any]:
        """Return the updates that show these pictures, and the empty slots after them."""
        given: list[Mapping[str, Any]] = [one for one in value or [] if one.get(IMAGE)][: self._most]
        blank = {cell.field.name: cell.field.default for cell in self._cells[0]}
        padded = [*given, *[blank] * (self._most - len(given))]
        inputs = [
            gr.update(value=value)
            for one, cells in zip(padded, self._cells, strict=True)
            for value in (one.get(IMAGE), *(one.get(cell.field.name, cell.field.default) for cell in cells))
        ]
        takes = self._takes(field)
        # Pictures beyond what a new target takes stay in sight: the note says that they are too many.
        seen = max(min(takes, max(FIRST_SLOTS, len(given) + 1)), len(given))
        slots = [gr.update(visible=index < seen and field.is_active) for index in range(self._most)]
        title = gr.update(value=self._heading(field), visible=not field.hidden)
        add = gr.update(visible=field.is_active and len(given) < takes)
        return [*inputs, *slots, title, add]

    def _takes(self, field: Field) -> int:
        return self._most if field.most is None else field.most

    def _heading(self, field: Field) -> str:
        return f"**{field.label}** {field.off or field.help}".strip()

    def _build_slot(self, index: int) -> None:
        number = index + 1
        with gr.Column(
            visible=index < min(FIRST_SLOTS, self._takes(self._now.start)), min_width=150, elem_classes=["f2-slot"]
        ) as slot:
            image = gr.Image(
                type="filepath",
                image_mode=None,
                sources=["upload", "clipboard"],
                label=f"image {number}",
                height=150,
                buttons=["fullscreen"],
                alt_text=f"Reference image {number}",
                placeholder="Drop or choose a picture",
            )
            cells = [SimpleView(column, min_width=120, info=None) for column in self.field.columns]
        self._slots.append(slot)
        self._images.append(image)
        self._cells.append(cells)

    def _read_all(self, raw: Sequence[Any]) -> list[dict[str, Any]]:
        width = 1 + len(self.field.columns)
        slots = [raw[index * width : (index + 1) * width] for index in range(self._most)]
        return [
            {IMAGE: slot[0], **{cell.field.name: cell.read([role]) for cell, role in zip(cells, slot[1:], strict=True)}}
            for slot, cells in zip(slots, self._cells, strict=True)
        ]

    def _bind(self) -> list[Trigger]:
        """Bind adding and taking away; returns what follows them."""

        def close_gaps(target: str, *raw: Any) -> list[Any]:
            return self.updates(self._now.field(target), self.read(raw))

        def add(files: Sequence[str] | None, target: str, *raw: Any) -> list[Any]:
            new = [{IMAGE: str(file)} for file in files or []]
            return self.updates(self._now.field(target), [*self.read(raw), *new])

        inputs = [self._now.target, *self.inputs]
        changed = gr.on([one for image in self._images for one in (image.input, image.clear)], js=A_MOMENT, **QUIET)
        made = [
            changed.then(close_gaps, inputs, self.outputs, **QUIET),
            self._add.upload(add, [self._add, *inputs], self.outputs, **QUIET),
        ]
        return [Trigger(event.then, self.field.drives, is_chained=True) for event in made]
