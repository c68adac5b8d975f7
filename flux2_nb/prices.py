"""Prices: how a provider counts, and what a request would cost. Read from pages with a date; the reply is the truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from .sizes import MEGAPIXEL

TILE = 512


class Price(BaseModel):
    """How one target is billed, in US dollars.

    Attributes:
        kind: ``megapixels`` counts started megapixels out and in; ``tiles`` counts 512 x 512 tiles; ``free`` is free;
            ``unknown`` is not published.
        run: Per run, whatever the size.
        first: The first output megapixel (or each output tile).
        further: Each further output megapixel.
        input: Each input megapixel (or tile).
        per_step: Tile prices are per step.
        source: Where the price was read.
        date: When it was read, ISO 8601.
        confirmed: False when only a third party states it, or pages disagree.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["megapixels", "tiles", "free", "unknown"] = "unknown"
    run: float = 0.0
    first: float = 0.0
    further: float = 0.0
    input: float = 0.0
    per_step: bool = False
    source: str = ""
    date: str = ""
    confirmed: bool = True

    def estimate(self, width: int, height: int, inputs: Sequence[tuple[int, int]] = (), steps: int = 1) -> float | None:
        """Return the price of one image in US dollars, rounding up as a bill would; None when it is not published.

        Args:
            width: Output pixels.
            height: Output pixels.
            inputs: Width and height of each reference image, as sent.
            steps: Denoising steps, for prices per step.
        """
        if self.kind == "unknown":
            return None
        if self.kind == "free":
            return 0.0
        count = _tiles if self.kind == "tiles" else _megapixels
        into = sum(count(*size) for size in inputs) * self.input
        out = count(width, height)
        if self.kind == "tiles":
            return (out * self.first + into) * (steps if self.per_step else 1)
        return self.run + self.first + (out - 1) * self.further + into


def _megapixels(width: int, height: int) -> int:
    return max(1, math.ceil(width * height / MEGAPIXEL))


def _tiles(width: int, height: int) -> int:
    return math.ceil(width / TILE) * math.ceil(height / TILE)
