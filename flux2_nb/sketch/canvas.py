"""Pen and wash: the picture being drawn, with hand-drawn lines and soft flat washes, anti-aliased and cheap."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from flux2_nb.sketch.masks import stroke
from flux2_nb.sketch.palette import Colour, Palette
from flux2_nb.sketch.plan import Box

Point = tuple[float, float]

_SMALL_WASH = 150_000  # pixels
_GRAIN = 7  # how far the grain of the paper goes up and down, in 255ths


class Canvas:
    """A picture being drawn.

    Attributes:
        image: The RGB picture.
        palette: The scene's colours.
        rng: Where the hand's irregularities come from.
        unit: The shorter side in pixels: lengths are given as shares of it.
        pen: Thickness of an ordinary line in pixels.
        light: Where the sun or moon stands, once it is drawn.
    """

    def __init__(self, size: tuple[int, int], palette: Palette, rng: Random) -> None:
        self.image = Image.new("RGB", size, palette.paper)
        self.palette = palette
        self.rng = rng
        self.unit = min(size)
        self.pen = max(1.0, 0.0034 * self.unit + 0.35)
        self.light: Point | None = None
        self._lines: list[tuple[list[Point], float]] = []

    def gradient(self, box: Box, top: Colour, bottom: Colour) -> None:
        """A wash from one colour to another, downwards."""
        left, up, right, down = (round(side) for side in box)
        if right <= left or down <= up:
            return
        column = Image.new("RGB", (1, 2))
        column.putpixel((0, 0), top)
        column.putpixel((0, 1), bottom)
        # Pillow puts the two centres at a quarter and three quarters; taking the middle half gives the whole run.
        shade = column.resize((1, down - up), Image.Resampling.BILINEAR, box=(0, 0.5, 1, 1.5))
        self.image.paste(shade.resize((right - left, down - up), Image.Resampling.NEAREST), (left, up))

    def wash(self, shape: Sequence[Point], colour: Colour, opacity: float = 1.0) -> None:
        """Fill a polygon with a smooth edge: drawn at twice its size where small, softly at half where large."""
        xs, ys = [x for x, _ in shape], [y for _, y in shape]
        left, top = math.floor(max(0, min(xs)) / 2) * 2, math.floor(max(0, min(ys)) / 2) * 2
        right, bottom = min(self.image.width, max(xs) + 2), min(self.image.height, max(ys) + 2)
        width, height = 2 * math.ceil((right - left) / 2), 2 * math.ceil((bottom - top) / 2)
        if width < 1 or height < 1:
            return
        factor = 2 if width * height < _SMALL_WASH else 1
        mask = Image.new("L", (factor * width, factor * height), 0)
        ImageDraw.Draw(mask).polygon(
            [(factor * (x - left), factor * (y - top)) for x, y in shape], fill=round(255 * opacity)
        )
        mask = mask.reduce(2)
        self.image.paste(
            colour, (left, top), mask if factor == 2 else mask.resize((width, height), Image.Resampling.BILINEAR)
        )

    def disc(self, centre: Point, radius: float, colour: Colour, opacity: float = 1.0) -> None:
        """A washed disc."""
        turns = [2 * math.pi * step / 60 for step in range(60)]
        self.wash(
            [(centre[0] + radius * math.cos(t), centre[1] + radius * math.sin(t)) for t in turns], colour, opacity
        )

    def glow(self, centre: Point, radius: float, colour: Colour, opacity: float) -> None:
        """A soft round light that fades outwards."""
        size = max(2, round(2 * radius))
        mask = (
            _falloff().resize((size, size), Image.Resampling.BILINEAR).point([round(v * opacity) for v in range(256)])
        )
        self.image.paste(colour, (round(centre[0] - radius), round(centre[1] - radius)), mask)

    def calm(self, box: Box) -> None:
        """Blur away what is drawn in a box, softly at its edges, so that lettering stands on a quiet ground."""
        tall = 0.3 * (box[3] - box[1])
        left, right = max(0, round(box[0])), min(self.image.width, round(box[2]))
        top, bottom = max(0, round(box[1] - tall)), min(self.image.height, round(box[3] + tall))
        if right - left < 8 or bottom - top < 8:
            return
        part = self.image.crop((left, top, right, bottom))
        blurred = part.resize((4, 4), Image.Resampling.BOX).resize(part.size, Image.Resampling.BICUBIC)
        edge = max(2, min(part.size) // 6)
        mask = Image.new("L", part.size, 0)
        mask.paste(255, (edge, edge, part.width - edge, part.height - edge))
        self.image.paste(blurred, (left, top), mask.filter(ImageFilter.BoxBlur(edge)))

    def line(self, points: Sequence[Point], thickness: float = 1.0, *, hand: float = 1.0) -> None:
        """Remember a line for the next ``ink``; ``hand`` is how unsteady it is drawn."""
        drawn = list(points) if hand == 0 else self._by_hand(points, hand)
        self._lines.append((drawn, thickness * self.pen))

    def ink(self, colour: Colour | None = None, opacity: float = 1.0) -> None:
        """Draw the remembered lines in one colour."""
        if not self._lines:
            return
        room = 2 + max(thickness for _, thickness in self._lines)
        xs = [x for points, _ in self._lines for x, _ in points]
        ys = [y for points, _ in self._lines for _, y in points]
        left, top = math.floor(max(0, min(xs) - room)), math.floor(max(0, min(ys) - room))
        width = math.ceil(min(self.image.width, max(xs) + room)) - left
        height = math.ceil(min(self.image.height, max(ys) + room)) - top
        lines, self._lines = self._lines, []
        if width < 1 or height < 1:
            return
        mask = Image.new("L", (2 * width, 2 * height), 0)
        draw = ImageDraw.Draw(mask)
        for points, thickness in lines:
            stroke(draw, [(2 * (x - left), 2 * (y - top)) for x, y in points], 2 * thickness, round(255 * opacity))
        self.image.paste(colour or self.palette.ink, (left, top), mask.reduce(2))

    def grain(self) -> None:
        """The tooth of the paper, over everything."""
        tile = _grain_tile()
        field = Image.new("L", self.image.size)
        for x in range(0, field.width, tile.width):
            for y in range(0, field.height, tile.height):
                field.paste(tile, (x, y))
        self.image = ImageChops.add(self.image, Image.merge("RGB", (field, field, field)), 1, -_GRAIN)

    def _by_hand(self, points: Sequence[Point], hand: float) -> list[Point]:
        """A line with more points, each a little off."""
        step, off = 0.045 * self.unit, 0.0014 * self.unit * hand
        drawn: list[Point] = []
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            parts = max(1, round(math.hypot(x1 - x0, y1 - y0) / step))
            for part in range(parts):
                share = part / parts
                drawn.append(
                    (x0 + (x1 - x0) * share + self.rng.gauss(0, off), y0 + (y1 - y0) * share + self.rng.gauss(0, off))
                )
        drawn.append(points[-1])
        return drawn


@lru_cache(maxsize=1)
def _falloff() -> Image.Image:
    """A round light of 96 pixels: 255 in the middle, 0 at the edge."""
    return (
        Image.radial_gradient("L").resize((96, 96)).point([max(0, 255 - round(value * 1.42)) for value in range(256)])
    )


@lru_cache(maxsize=1)
def _grain_tile() -> Image.Image:
    noise = Random("grain").randbytes(256 * 256)
    fine = Image.frombytes("L", (256, 256), noise).point([round(value * 2 * _GRAIN / 255) for value in range(256)])
    coarse = (
        Image.frombytes("L", (256, 256), Random("tooth").randbytes(256 * 256)).resize((128, 128)).resize((256, 256))
    )
    return Image.blend(fine, coarse.point([round(value * 2 * _GRAIN / 255) for value in range(256)]), 0.5)
