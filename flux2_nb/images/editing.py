"""Changes a person makes to a reference image: cutting a part out of it, and drawing over it."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image
from PIL.Image import Resampling

from ..errors import InvalidRequest
from .colour import expand
from .container import Unreadable
from .pixels import ENCODERS, Opened, encode, load, open_picture, shrunk

LONGEST_DRAWN = 2048
"""The longest side in pixels of a picture that was drawn on: the models work at 4 megapixels at most."""


@dataclass(frozen=True)
class Box:
    """A part of a picture, in its own pixels as seen upright.

    Attributes:
        left: Distance from the left edge.
        top: Distance from the upper edge.
        width: At least 1.
        height: At least 1.
    """

    left: int
    top: int
    width: int
    height: int

    def scaled(self, factor: float, bounds: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom in a copy of the picture that is smaller by a factor."""
        width, height = (max(1, round(length * factor)) for length in (self.width, self.height))
        left = min(round(self.left * factor), max(0, bounds[0] - width))
        top = min(round(self.top * factor), max(0, bounds[1] - height))
        return left, top, min(bounds[0], left + width), min(bounds[1], top + height)


def crop(data: bytes, box: Box, longest: int | None = None) -> bytes:
    """Return a part of a picture, upright and in sRGB: a photograph as JPEG of quality 95, anything else as PNG.

    Args:
        data: A PNG, JPEG, WebP or GIF file.
        box: Which part; what lies outside the picture is left out.
        longest: The longest side in pixels; a smaller part keeps its size.

    Raises:
        InvalidRequest: When the bytes are no whole picture, or the box lies outside it.
    """
    try:
        opened = open_picture(data)
        inside = _inside(box, opened.size)
        factor = min(1.0, longest / max(inside.width, inside.height)) if longest else 1.0
        size = _scaled(opened.size, factor)
        part = shrunk(opened, size).crop(inside.scaled(factor, size))
        return encode(part, **ENCODERS["png" if _is_lossless(opened, part) else "jpeg"])
    except Unreadable as error:
        raise InvalidRequest(f"The picture {error}.", field="references", next_step=error.remedy) from None


def draw_over(data: bytes, overlay: bytes, longest: int = LONGEST_DRAWN) -> bytes:
    """Return a picture with a transparent drawing laid over the whole of it, upright and in sRGB, as PNG.

    Args:
        data: A PNG, JPEG, WebP or GIF file.
        overlay: The drawing, a file of the same shape; of another size it is scaled.
        longest: The longest side of the outcome in pixels; a smaller picture keeps its size.

    Raises:
        InvalidRequest: When either is no whole picture.
    """
    try:
        opened = open_picture(data)
        size = _scaled(opened.size, min(1.0, longest / max(opened.size)))
        drawing = open_picture(overlay).image
        load(drawing)
        drawn = expand(drawing).convert("RGBA")
        if drawn.size != size:
            drawn = drawn.resize(size, Resampling.LANCZOS)
        ground = shrunk(opened, size)
        together = Image.alpha_composite(ground.convert("RGBA"), drawn)
        return encode(together if ground.mode == "RGBA" else together.convert("RGB"), **ENCODERS["png"])
    except Unreadable as error:
        raise InvalidRequest(f"The picture {error}.", field="references", next_step=error.remedy) from None


def _scaled(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _inside(box: Box, size: tuple[int, int]) -> Box:
    left, top = max(0, box.left), max(0, box.top)
    width = min(size[0], box.left + box.width) - left
    height = min(size[1], box.top + box.height) - top
    if width < 1 or height < 1:
        raise Unreadable("has nothing inside this frame", "Move the frame onto the picture.")
    return Box(left, top, width, height)


def _is_lossless(opened: Opened, part: Image.Image) -> bool:
    return opened.header.lossless or part.mode == "RGBA"
