"""Reference pictures in a sketch: the first as the ground of an edit, all of them as small numbered prints."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from flux2_nb.prompting.roles import numbered_mentions
from flux2_nb.sketch import lettering
from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.matching import Phrases, tokens
from flux2_nb.sketch.plan import Box
from flux2_nb.sketch.tables import split, table

_SIDE = 0.26  # of a print, as a share of the shorter side
_NEAR = 34  # characters before "image 2" in which its role is named
_NOTE = 110  # characters of an edit's prompt on its slip
_LIGHTS = {
    "night": ((74, 84, 140), 0.85),
    "blue": ((110, 122, 176), 0.75),
    "neon": ((120, 84, 160), 0.75),
    "sunset": ((255, 196, 150), 0.42),
    "dawn": ((255, 218, 198), 0.4),
    "overcast": ((206, 210, 216), 0.6),
}
_LARGEST = 2048


def opened(data: bytes) -> Image.Image:
    """Read a reference, upright and in RGB; a small grey sheet stands in for one that cannot be read."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.draft("RGB", (_LARGEST, _LARGEST))
            upright = ImageOps.exif_transpose(picture)
            return upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return Image.new("RGB", (64, 64), (150, 150, 150))


def ground(canvas: Canvas, picture: Image.Image, frame: Box, light: str) -> None:
    """Fill the frame with a picture, a little faded under what is drawn on it, in the light the prompt asks for."""
    left, top, right, bottom = (round(side) for side in frame)
    filled = ImageOps.fit(picture, (max(1, right - left), max(1, bottom - top)), Image.Resampling.BICUBIC)
    faded = Image.blend(ImageEnhance.Color(filled).enhance(0.9), Image.new("RGB", filled.size, (247, 242, 232)), 0.14)
    if light in _LIGHTS:
        colour, share = _LIGHTS[light]
        faded = Image.blend(faded, ImageChops.multiply(faded, Image.new("RGB", faded.size, colour)), share)
    canvas.image.paste(faded, (left, top))


def which_is_ground(prompt: str, count: int) -> int:
    """The index of the reference that is the ground: one the prompt calls a background or a scene, else the first."""
    for number, start, end in numbered_mentions(prompt):
        near = tokens(prompt[max(0, start - _NEAR) : end])
        if 1 <= number <= count and any(_ground_words().find(near)):
            return number - 1
    return 0


def numbered(canvas: Canvas, pictures: Sequence[Image.Image], ground_index: int, frame: Box, rng: Random) -> None:
    """Number the ground in its corner, and lay the other references on it as small numbered prints."""
    left, top, right, bottom = frame
    others = [index for index in range(len(pictures)) if index != ground_index]
    gap = 0.02 * canvas.unit
    _number(canvas, str(ground_index + 1), (left + 0.05 * canvas.unit, top + 0.05 * canvas.unit), 0.026 * canvas.unit)
    if not others:
        return
    side = min(_SIDE * canvas.unit, (right - left - gap) / len(others) - gap)
    if side < 12:
        return
    for place, index in enumerate(others):
        x, y = left + gap * 1.5 + place * (side + gap), bottom - gap * 1.5 - side
        _print(canvas, pictures[index], (x, y, x + side, y + side), rng.uniform(-4, 4))
        _number(canvas, str(index + 1), (x + 0.06 * side, y + 0.06 * side), max(7.0, 0.12 * side))


def _print(canvas: Canvas, picture: Image.Image, box: Box, turn: float) -> None:
    """A print with a white border, laid down a little askew."""
    side = max(8, round(box[2] - box[0]))
    border = max(2, round(0.05 * side))
    paper = Image.new("RGBA", (side, side), (252, 250, 245, 255))
    paper.paste(ImageOps.fit(picture, (side - 2 * border, side - 2 * border)), (border, border))
    ImageDraw.Draw(paper).rectangle(
        (0, 0, side - 1, side - 1), outline=(60, 57, 66, 255), width=max(1, round(canvas.pen * 0.6))
    )
    laid = paper.rotate(turn, Image.Resampling.BICUBIC, expand=True)
    at = (round((box[0] + box[2] - laid.width) / 2), round((box[1] + box[3] - laid.height) / 2))
    shadow = (
        laid.getchannel("A")
        .filter(ImageFilter.BoxBlur(0.02 * side))
        .point([round(value * 0.35) for value in range(256)])
    )
    canvas.image.paste((20, 18, 30), (at[0] + border, at[1] + border), shadow)
    canvas.image.paste(laid, at, laid)


def _number(canvas: Canvas, number: str, centre: tuple[float, float], radius: float) -> None:
    """A number in a dark disc."""
    canvas.disc(centre, radius, (36, 34, 44))
    box = (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)
    lettering.write(canvas, number, box, (252, 250, 245), 700)


def note(canvas: Canvas, prompt: str, frame: Box) -> None:
    """What the edit asks for, on a slip of paper: much of an edit cannot be drawn, and none of it is left out."""
    left, top, right, _ = frame
    words = " ".join(prompt.split())
    words = words if len(words) <= _NOTE else words[:_NOTE].rsplit(" ", 1)[0] + " …"
    wide = min(0.42 * (right - left), 0.5 * canvas.unit)
    box = (
        right - wide - 0.025 * canvas.unit,
        top + 0.025 * canvas.unit,
        right - 0.025 * canvas.unit,
        top + 0.15 * canvas.unit,
    )
    setting = lettering.fitted(words, 0.88 * wide, 0.105 * canvas.unit, 450, 0.03 * canvas.unit)
    box = (box[0], box[1], box[2], box[1] + setting.height + 0.03 * canvas.unit)
    sheet = [(box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])]
    canvas.wash([(x + 0.006 * canvas.unit, y + 0.008 * canvas.unit) for x, y in sheet], (20, 18, 30), 0.28)
    canvas.wash(sheet, (252, 244, 214))
    inset = 0.06 * wide
    lettering.write(
        canvas, words, (box[0] + inset, box[1], box[2] - inset, box[3]), (45, 43, 51), 450, largest=0.03 * canvas.unit
    )


@lru_cache(maxsize=1)
def _ground_words() -> Phrases[bool]:
    phrases: Phrases[bool] = Phrases()
    for word in split(table("texts")["ground"]["words"]):
        phrases.add(word, True)
    return phrases
