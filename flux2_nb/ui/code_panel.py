"""The code of the request that a form makes now, on the page."""

from __future__ import annotations

from typing import Literal

import gradio as gr

from ..cards import ModelCard
from ..request import ImageRequest
from .request_code import request_code

HIGHLIGHTED: dict[str, Literal["shell", "python", "javascript"]] = {
    "curl": "shell",
    "Python": "python",
    "JavaScript": "javascript",
}
"""What is on offer -> how it is highlighted."""


class CodePanel:
    """A folded section with the code of the request that the form makes now.

    Args:
        request: What an untouched form makes; None when it makes nothing.
        card: The target.
    """

    def __init__(self, request: ImageRequest | None, card: ModelCard) -> None:
        texts = request_code(request, card)
        with gr.Accordion("Code", open=False, elem_classes=["f2-code"]), gr.Tabs():
            self.outputs = [self._build(language, text) for language, text in texts.items()]

    def _build(self, language: str, text: str) -> gr.Code:
        with gr.Tab(language):
            return gr.Code(
                text,
                language=HIGHLIGHTED[language],
                interactive=False,
                show_label=False,
                show_line_numbers=False,
                wrap_lines=True,
                buttons=["copy"],
                lines=4,
            )
