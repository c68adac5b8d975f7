"""A drawing with Gradio: a blank sheet and tools, in one component.

Gradio's own editor sends whole layers as PNG, which takes seconds for each answer of the server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from ..forms import Field
from .fields_gradio import Trigger
from .markup import begin_editor
from .reference_files import GONE, ReferenceFiles, is_id

SHEET = (1024, 768)
"""Width and height of a blank sheet in pixels."""

TEMPLATE = '<div class="f2-drawing-editor f2-settles"></div>'


class DrawingView:
    """A drawing: the path of its file, or None while the sheet is blank.

    Args:
        field: A field of kind ``drawing``.
        start: The same as the first target narrows it.
    """

    def __init__(self, field: Field, start: Field) -> None:
        self.field = field
        # Told again with every update: a component that is updated before it was ever in sight loses all the update
        # does not hold (gradio 6.31).
        self._known: dict[str, Any] = {"sheet": list(SHEET), "title": field.label, "help": field.help}
        self.component = gr.HTML(
            None,
            html_template=TEMPLATE,
            js_on_load=begin_editor("drawing"),
            apply_default_css=False,
            elem_classes=["f2-drawing"],
            visible=start.is_active,
            **self._known,
        )
        self.files = ReferenceFiles(Path(self.component.GRADIO_CACHE))
        self.inputs: list[Component] = [self.component]
        self.outputs: list[Any] = [self.component]
        self.triggers = [Trigger(self.component.input, field.drives)]

    def read(self, raw: Sequence[Any]) -> str | None:
        """Return the drawing's path; None for a blank sheet, and for what no editor of ours would have sent."""
        if not isinstance(raw[0], Mapping) or not is_id(raw[0].get("id")):
            return None
        path = self.files.path_of(raw[0]["id"])
        return GONE if path is None else str(path)  # a drawing that was swept is asked for again, not left out

    def updates(self, field: Field, value: Any) -> list[Any]:
        """Return the update that shows a drawing to go on from; a target that takes none hides it."""
        found = self.files.get(self.files.id_of(value)) if isinstance(value, (str, Path)) else None
        return [gr.update(value=found.shown if found else None, visible=field.is_active, **self._known)]
