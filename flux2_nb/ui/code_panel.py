"""The very request a form would make, as code to copy: curl, Python, JavaScript."""

from __future__ import annotations

from typing import Literal

import gradio as gr

from ..cards import ModelCard
from ..errors import Flux2Error
from ..request import ImageRequest

LANGUAGES: dict[str, Literal["shell", "python", "javascript"]] = {
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
        texts = snippets(request, card)
        with gr.Accordion("Code", open=False, elem_classes=["f2-code"]), gr.Tabs():
            self.outputs = [self._build(language, text) for language, text in zip(LANGUAGES, texts, strict=True)]

    def _build(self, language: str, text: str) -> gr.Code:
        with gr.Tab(language):
            return gr.Code(
                text,
                language=LANGUAGES[language],
                interactive=False,
                show_label=False,
                show_line_numbers=False,
                wrap_lines=True,
                buttons=["copy"],
                lines=4,
            )


def snippets(request: ImageRequest | None, card: ModelCard) -> list[str]:
    """Return the code for a request in each of `LANGUAGES`; a sentence where a target has no such code."""
    if request is None:
        return ["" for _ in LANGUAGES]
    # Loaded when it is first needed: writing code takes encoders that the page does not.
    from ..snippets import snippet

    def code(language: str) -> str:
        try:
            return snippet(request, card.provider, card.model, language.lower())
        except Flux2Error as error:
            return str(error)

    return [code(language) for language in LANGUAGES]
