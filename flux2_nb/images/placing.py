"""A picture placed on a larger plain canvas, to be continued outwards."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from ..cards import ReferenceRule
from ..errors import InvalidRequest
from ..request import Reference
from ..sizes import MEGAPIXEL, SQUARE
from .colour import flatten
from .container import Unreadable
from .fitting import fitted_size
from .pixels import ENCODERS, encode, open_picture, shrunk
from .reading import read_reference

PLAIN = (128, 128, 128)
"""The gray of the canvas; the prompt speaks of "the plain gray area"."""


@dataclass(frozen=True)
class Margins:
    """How much canvas there is around a picture, as shares of its width and height: 0.5 is half of it."""

    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether there is none at all."""
        return not any((self.left, self.right, self.top, self.bottom))

    def around(self, width: int, height: int) -> tuple[float, float]:
        """Return the size in pixels of a picture of this size with its margins."""
        return width * (1 + self.left + self.right), height * (1 + self.top + self.bottom)


def canvas_size(width: int, height: int, margins: Margins, rule: ReferenceRule, megapixels: float) -> tuple[int, int]:
    """Return the size in pixels of the canvas for a picture of this size.

    Both sides are multiples of 16, so that the model cuts nothing off. It is no larger than the picture asks for, than
    the result will be, than the target takes, and than the model itself reads.

    Args:
        width: Of the picture, as seen upright.
        height: Likewise.
        margins: Around it.
        rule: The target's limits for references.
        megapixels: Of the result.
    """
    whole = margins.around(width, height)
    area = min(megapixels, rule.model_megapixels or math.inf) * MEGAPIXEL
    shrink = min(1.0, math.sqrt(area / (whole[0] * whole[1])))
    wide, high = fitted_size(round(whole[0] * shrink), round(whole[1] * shrink), rule)
    sides = [_squares(wide - less, high, whole[0] / whole[1]) for less in range(0, 4 * SQUARE, SQUARE)]
    return min(sides, key=lambda size: abs(math.log(size[0] / size[1] * whole[1] / whole[0])))


def _squares(wide: int, high: int, ratio: float) -> tuple[int, int]:
    """Return the largest multiples of 16 within a size that come near a ratio."""
    width = min(wide, high * ratio) // SQUARE * SQUARE
    height = min(round(width / ratio / SQUARE) * SQUARE, high // SQUARE * SQUARE)
    return int(max(width, SQUARE)), int(max(height, SQUARE))


@lru_cache(maxsize=4)
def place(reference: Reference, margins: Margins, size: tuple[int, int]) -> Reference:
    """Return the picture on a larger plain canvas, as a reference of its own; the last few are remembered.

    Args:
        reference: Read here when it is not read yet.
        margins: Around it; a side without one is filled to its edge.
        size: Of the canvas, as `canvas_size` gives it.

    Returns:
        A JPEG for a photograph, else a PNG, with the role and the name of the picture.

    Raises:
        InvalidRequest: With the field ``references``, when the picture cannot be read.
    """
    reference = read_reference(reference)
    name = "jpeg" if reference.media_type == "image/jpeg" else "png"
    try:
        data = encode(_placed(reference.data, margins, size), **ENCODERS[name])
    except Unreadable as error:
        what = f"{reference.name or 'A reference image'} {error}."
        raise InvalidRequest(what, field="references", next_step=error.remedy) from None
    made = {"source": data, "sha256": hashlib.sha256(data).hexdigest(), "media_type": f"image/{name}"}
    return reference.model_copy(update={**made, "width": size[0], "height": size[1]})


def _placed(data: bytes, margins: Margins, size: tuple[int, int]) -> Image.Image:
    left, width = _span(size[0], margins.left, margins.right)
    top, height = _span(size[1], margins.top, margins.bottom)
    canvas = Image.new("RGB", size, PLAIN)
    canvas.paste(flatten(shrunk(open_picture(data), (width, height))).convert("RGB"), (left, top))
    return canvas


def _span(length: int, before: float, after: float) -> tuple[int, int]:
    """Return where a picture begins along one side of the canvas, and how long it is there."""
    own = max(1, round(length / (1 + before + after)))
    return (round((length - own) * before / (before + after)) if before + after else 0), own
