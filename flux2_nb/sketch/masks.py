"""The masks a figure is drawn from: its ink lines, its silhouette for the wash, and the parts of a deeper tone.

A character of Noto Emoji is rasterised by its font at the size and weight asked for; what it encloses is found by
flooding from outside at a small size, once per character. Our own drawings (``data/drawings.toml``) are rasterised at
twice the size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from flux2_nb.sketch import paths
from flux2_nb.sketch.tables import table

_SMALL = 128
_LINE = 0.021  # thickness of a line of the font at its lightest, as a share of its size (measured)
_LINE_GROWTH = 0.030  # what it gains up to the boldest


@dataclass(frozen=True)
class Masks:
    """What a figure is drawn from: ``L`` images of one size, 255 where there is something.

    Attributes:
        ink: Its lines.
        body: What the wash covers.
        tone: The parts of a deeper tone.
        cover: What hides the background: the body, and the parts left white.
    """

    ink: Image.Image
    body: Image.Image
    tone: Image.Image
    cover: Image.Image


def is_own(figure: str) -> bool:
    """Whether a figure is one of our own drawings."""
    return figure in table("drawings")


@lru_cache(maxsize=512)
def aspect(figure: str) -> float:
    """Width by height of a figure."""
    if is_own(figure):
        return float(table("drawings")[figure]["width"]) / 100
    left, top, right, bottom = _extent(figure)
    return (right - left) / max(1, bottom - top)


@lru_cache(maxsize=32)
def masks(figure: str, width: int, height: int, pen: float) -> Masks:
    """Rasterise a figure.

    Args:
        figure: A character of Noto Emoji or the name of one of our drawings.
        width: In pixels.
        height: In pixels.
        pen: Thickness of the line, in pixels.

    Returns:
        Its masks, of that size.
    """
    if is_own(figure):
        return _own(figure, width, height, pen)
    ink = glyph(figure, width, height, pen)
    body, tone = (_enlarged(mask, (width, height)) for mask in _small_masks(figure))
    return Masks(ImageChops.subtract(ink, tone), body, tone, body)


def glyph(figure: str, width: int, height: int, pen: float) -> Image.Image:
    """A character of the emoji font that fills a box, with lines about ``pen`` pixels thick."""
    _left, top, _right, bottom = _extent(figure)
    size = max(4, round(_SMALL * height / max(1, bottom - top)))
    weight = 300 + (pen / size - _LINE) / _LINE_GROWTH * 400
    font = emoji_font(size, int(min(700, max(300, round(weight, -1)))))
    box = font.getbbox(figure)
    drawn = Image.new("L", (max(1, int(box[2] - box[0])), max(1, int(box[3] - box[1]))), 0)
    ImageDraw.Draw(drawn).text((-box[0], -box[1]), figure, font=font, fill=255)
    tight = drawn.getbbox()
    cropped = drawn.crop(tight) if tight else drawn
    return cropped.resize((width, height), Image.Resampling.BICUBIC) if cropped.size != (width, height) else cropped


@lru_cache(maxsize=64)
def emoji_font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Noto Emoji at a size in pixels and a weight from 300 to 700."""
    with resources.as_file(resources.files("manimgx_fonts") / "NotoEmoji[wght].ttf") as path:
        font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.RAQM)
    font.set_variation_by_axes([weight])
    return font


@lru_cache(maxsize=512)
def _extent(figure: str) -> tuple[int, int, int, int]:
    """Where the ink of a character lies at the small size."""
    drawn = Image.new("L", (_SMALL * 3, _SMALL * 2), 0)
    ImageDraw.Draw(drawn).text((_SMALL // 2, _SMALL // 4), figure, font=emoji_font(_SMALL, 300), fill=255)
    return drawn.getbbox() or (0, 0, _SMALL, _SMALL)


@lru_cache(maxsize=512)
def _small_masks(figure: str) -> tuple[Image.Image, Image.Image]:
    """Silhouette and deep parts of a character, at the small size."""
    left, top, right, bottom = _extent(figure)
    drawn = Image.new("L", (_SMALL * 3, _SMALL * 2), 0)
    ImageDraw.Draw(drawn).text((_SMALL // 2, _SMALL // 4), figure, font=emoji_font(_SMALL, 300), fill=255)
    ink = drawn.crop((left, top, right, bottom))
    closed = _padded(ink, 4).filter(ImageFilter.MaxFilter(3)).point(lambda value: 255 if value > 60 else 0)
    body = _filled(closed).filter(ImageFilter.MinFilter(5))
    # Blurred, its edge stays smooth when it is enlarged: at full size a stair would stand outside the ink line.
    body = body.filter(ImageFilter.GaussianBlur(1.3)).crop((4, 4, 4 + ink.width, 4 + ink.height))
    tone = ink.point(lambda value: 255 if value > 200 else 0).filter(ImageFilter.MinFilter(7))
    tone = tone.filter(ImageFilter.GaussianBlur(0.8))
    return body, tone


def _padded(mask: Image.Image, margin: int) -> Image.Image:
    padded = Image.new("L", (mask.width + 2 * margin, mask.height + 2 * margin), 0)
    padded.paste(mask, (margin, margin))
    return padded


def _filled(lines: Image.Image) -> Image.Image:
    """Everything that cannot be reached from the corner without crossing a line."""
    width, height = lines.size
    cells = bytearray(lines.tobytes())
    waiting = [0]
    while waiting:
        spot = waiting.pop()
        if cells[spot]:
            continue
        row = spot - spot % width
        first = last = spot
        while first > row and not cells[first - 1]:
            first -= 1
        while last < row + width - 1 and not cells[last + 1]:
            last += 1
        cells[first : last + 1] = b"\x01" * (last + 1 - first)
        for neighbour in (first - width, first + width):
            if 0 <= neighbour < len(cells):
                span = cells[neighbour : neighbour + last + 1 - first]
                offset = span.find(0)
                while offset >= 0:
                    waiting.append(neighbour + offset)
                    stop = min((at for at in (span.find(1, offset), span.find(255, offset)) if at >= 0), default=-1)
                    offset = span.find(0, stop) if stop >= 0 else -1
    return Image.frombytes("L", (width, height), bytes(cells)).point(lambda value: 0 if value == 1 else 255)


def _enlarged(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A small mask at full size with crisp, smooth edges."""
    scale = size[1] / max(1, mask.height)
    gain = max(1.0, scale * 0.7)
    soft = mask.resize(size, Image.Resampling.BICUBIC)
    return soft.point([max(0, min(255, round((value - 128) * gain + 128))) for value in range(256)])


def _own(figure: str, width: int, height: int, pen: float) -> Masks:
    """Draw one of our own drawings at twice the size and halve it."""
    row = table("drawings")[figure]
    scale = (2 * width / float(row["width"]), 2 * height / 100)
    layers = {name: Image.new("L", (2 * width, 2 * height), 0) for name in _LAYERS}
    draws = {name: ImageDraw.Draw(layer) for name, layer in layers.items()}
    for shape in row["shapes"]:
        fill, _, path = shape.partition(" ")
        if fill == "glyph":
            _set_head(layers, path, scale, 2 * pen)
        else:
            _shape(draws, fill, paths.flatten(path, scale), 2 * pen)
    return Masks(*(layers[name].reduce(2) for name in _LAYERS))


_LAYERS = ("ink", "body", "tone", "cover")
_FILLS = {"wash": (0, 255, 0, 255), "deep": (0, 255, 255, 255), "ink": (255, 255, 0, 255), "paper": (0, 0, 0, 255)}
"""What a filled shape puts on each layer."""


def _shape(draws: dict[str, ImageDraw.ImageDraw], fill: str, lines: list[paths.Line], pen: float) -> None:
    for line in lines:
        if fill != "line" and len(line) > 2:
            for draw, value in zip(draws.values(), _FILLS[fill], strict=True):
                draw.polygon(line, fill=value)
    for line in lines:
        stroke(draws["ink"], line, pen)


def stroke(draw: ImageDraw.ImageDraw, line: paths.Line, pen: float, fill: int = 255) -> None:
    """A line with round joints and ends."""
    draw.line(line, fill=fill, width=max(1, round(pen)), joint="curve")
    radius = pen / 2
    if radius >= 1:
        for x, y in (line[0], line[-1]):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _set_head(layers: dict[str, Image.Image], path: str, scale: tuple[float, float], pen: float) -> None:
    """Set a character of the font on top: what lies under its silhouette is cleared first."""
    character, left, top, breadth = path.split()
    width = max(1, round(float(breadth) * scale[0]))
    height = max(1, round(float(breadth) * scale[0] / aspect(character)))
    at = (round(float(left) * scale[0]), round(float(top) * scale[1]))
    ink = glyph(character, width, height, pen)
    body, tone = (_enlarged(mask, (width, height)) for mask in _small_masks(character))
    cover = ImageChops.lighter(body, ink)
    human = character in _PAPER_FACES
    parts = (
        ink if human else ImageChops.subtract(ink, tone),
        _nothing(body) if human else body,
        _nothing(tone) if human else tone,
        body,
    )
    for name, part in zip(_LAYERS, parts, strict=True):
        layers[name].paste(part, at, cover)


_PAPER_FACES = frozenset(("👩", "👨", "👧", "👦", "👵", "👴", "🧑", "🐼", "🧑‍🍳"))
"""Faces left the colour of paper, with their dark parts in ink."""


def _nothing(mask: Image.Image) -> Image.Image:
    return Image.new("L", mask.size, 0)
