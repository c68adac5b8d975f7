"""Output sizes: what a target takes, and the exact size a request comes to."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict

MEGAPIXEL = 1024 * 1024
"""Pixels in what the providers' price lists and menus call one megapixel (1024 x 1024 is "1 MP" on all of them)."""

SQUARE = 16
"""The open weights see a picture in squares of so many pixels a side: sizes are multiples of it, and a reference is
cropped to whole squares (flux2 and diffusers 0.42)."""


class Size(BaseModel):
    """The size one request comes to on one target.

    Attributes:
        width: Pixels.
        height: Pixels.
        aspect_ratio: The ratio by name, where the target takes sizes by ratio.
        megapixels: The amount by name, where the target takes sizes by ratio.
    """

    model_config = ConfigDict(frozen=True)

    width: int
    height: int
    aspect_ratio: str = ""
    megapixels: float = 0.0


class SizeRule(BaseModel):
    """Which output sizes a target takes.

    Attributes:
        kind: ``pixels`` takes any width and height in the bounds; ``ratio`` a named ratio and an amount of pixels.
        minimum: Shortest side in pixels.
        maximum: Longest side in pixels.
        multiple: Both sides are multiples of this many pixels.
        max_megapixels: Largest area, of 1024 x 1024 pixels.
        ratios: The ratios on offer; for ``pixels`` a suggestion, for ``ratio`` all there are.
        megapixels: The amounts on offer, likewise.
        default_megapixels: The amount when a request says nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["pixels", "ratio"] = "pixels"
    minimum: int = 64
    maximum: int = 2048
    multiple: int = 16
    max_megapixels: float = 4.0
    ratios: tuple[str, ...] = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "4:5", "5:4", "21:9")
    megapixels: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
    default_megapixels: float = 1.0

    def by_ratio(self, ratio: str, megapixels: float) -> Size:
        """Return the size of a ratio such as ``16:9`` at an amount of pixels, rounded and clamped into the bounds."""
        size = self.within(_value(ratio), megapixels)
        return (
            size.model_copy(update={"aspect_ratio": ratio, "megapixels": megapixels}) if self.kind == "ratio" else size
        )

    def within(self, ratio: float, megapixels: float) -> Size:
        """Return the allowed size nearest to a ratio (width over height) and an amount of pixels, not above the amount.

        A few pixels more would be billed as another megapixel. Only the bounds can force more; and where sizes have
        names, the provider rounds them itself.
        """
        size = self.nearest(*_sides(ratio, megapixels))
        if self.kind == "ratio" or size.width * size.height <= megapixels * MEGAPIXEL:
            return size
        widths, heights = (size.width, size.width - self.multiple), (size.height, size.height - self.multiple)
        near = [self.nearest(width, height) for width in widths for height in heights if width > 0 and height > 0]
        fitting = [one for one in near if one.width * one.height <= megapixels * MEGAPIXEL]
        return min(fitting, key=lambda one: abs(math.log(one.width / one.height / ratio)), default=size)

    def nearest(self, width: float, height: float) -> Size:
        """Return the allowed size that comes nearest to ``width`` x ``height``, keeping the ratio where it can."""
        if self.kind == "ratio":
            return self._nearest_named(width, height)
        shrink = min(
            1.0, self.maximum / max(width, height), math.sqrt(self.max_megapixels * MEGAPIXEL / (width * height))
        )
        grow = max(1.0, self.minimum / (min(width, height) * shrink))
        sides = [self._round(side * shrink * grow) for side in (width, height)]
        while sides[0] * sides[1] > self.max_megapixels * MEGAPIXEL:
            sides[sides.index(max(sides))] -= self.multiple
        return Size(width=sides[0], height=sides[1])

    def allows(self, width: int, height: int) -> bool:
        """Whether the target takes exactly this size."""
        nearest = self.nearest(width, height)
        return (nearest.width, nearest.height) == (width, height)

    def sizes(self) -> list[Size]:
        """Every size on the menu: each ratio at each amount, smallest amount first."""
        return [self.by_ratio(ratio, amount) for amount in self.megapixels for ratio in self.ratios]

    def describe(self) -> str:
        """Say the rule in words, for an error or a help text."""
        if self.kind == "ratio":
            return f"one of the ratios {', '.join(self.ratios)} at {', '.join(f'{m:g}' for m in self.megapixels)} MP"
        return (
            f"{self.minimum} to {self.maximum} pixels a side, multiples of {self.multiple}, "
            f"at most {self.max_megapixels:g} MP"
        )

    def _round(self, side: float) -> int:
        lowest = math.ceil(self.minimum / self.multiple) * self.multiple
        highest = self.maximum // self.multiple * self.multiple
        return min(max(round(side / self.multiple) * self.multiple, lowest), highest)

    def _nearest_named(self, width: float, height: float) -> Size:
        ratio = min(self.ratios, key=lambda name: abs(math.log(_value(name) * height / width)))
        area = width * height / MEGAPIXEL
        amount = min(self.megapixels, key=lambda megapixels: abs(math.log(megapixels / area)))
        sides = _sides(_value(ratio), amount)
        rounded = [self._round(side) for side in sides]
        return Size(width=rounded[0], height=rounded[1], aspect_ratio=ratio, megapixels=amount)


def _value(ratio: str) -> float:
    width, height = ratio.split(":")
    return int(width) / int(height)


def _sides(ratio: float, megapixels: float) -> tuple[float, float]:
    height = math.sqrt(megapixels * MEGAPIXEL / ratio)
    return height * ratio, height
