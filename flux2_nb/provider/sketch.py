"""The offline provider: draws a storyboard of the prompt in this process. No key, no cost, no FLUX.2."""

from __future__ import annotations

from typing import ClassVar

from ..cards import ModelCard
from ..request import ImageRequest
from ..wire import Delivery
from .base import Provider, Report

CAPTION = "A sketch drawn by flux2_nb on this machine. Not a FLUX.2 image and not made by AI."


class Sketch(Provider):
    """Shows layout, palette, ratio, text and references of a request before a cent is spent."""

    name: ClassVar[str] = "sketch"
    runs_here: ClassVar[bool] = True

    def render(self, request: ImageRequest, card: ModelCard, report: Report) -> list[Delivery]:
        """Draw the request; equal requests give equal pixels."""
        from .. import images, sketch

        report(0.0)
        references = [reference.data for reference in request.references]
        picture = sketch.draw(request.prompt, request.width or 0, request.height or 0, request.seed or 0, references)
        report(0.8)
        data = images.encode_picture(picture, request.output_format or "png", "algorithmicMedia", CAPTION)
        return [Delivery(data, seed=request.seed)]
