"""Drawing a subject: shadow, wash, deeper tone, a few hatched strokes on the far side, and the ink lines over it."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from flux2_nb.sketch import figures, masks
from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.palette import Colour, luminance, mix
from flux2_nb.sketch.plan import Box, Scene, Subject
from flux2_nb.sketch.tints import wash_colour

_ROUND = 24  # pixels
_LARGEST_OWN = 504  # pixels: our own drawings cost time, and are enlarged from this height on
_WARP = 4  # cells of the mesh a figure is bent by
_DEPTH_PEN = {"foreground": 1.35, "midground": 1.0, "background": 0.62}
_HATCH = 7
_SOLID = 0.42  # a figure with a larger share of deep tone is that tone all over (a red apple)
_DARK_INK = (20, 18, 32)  # things keep dark lines at night, with a rim of light


def subject(canvas: Canvas, scene: Scene, what: Subject, box: Box, rng: Random) -> None:
    """Draw one of a subject in its box.

    Args:
        canvas: Where to draw.
        scene: Its light casts on colours, its mood strengthens them.
        what: The subject; it must have a figure.
        box: Where it stands.
        rng: Where the hand's irregularities come from.
    """
    left, top, right, bottom = (round(side) for side in box)
    width, height = max(6, right - left), max(6, bottom - top)
    # The font's lines grow with its size and cannot be thinner than this: our own drawings keep step.
    pen = max(
        canvas.pen * _DEPTH_PEN[what.depth], 0.0185 * min(height, 1.4 * width) * (0.8 + 0.2 * _DEPTH_PEN[what.depth])
    )
    pad = max(2, round(0.03 * max(width, height)))
    drawn = _bent(_rasterised(what.figure, width, height, pen), (width, height), pad, rng)
    at = (left - pad, top - pad)
    colour = wash_colour(canvas.palette, scene, what)
    if _casts_shadow(scene, what):
        _shadow(canvas, box)
    light = figures.light_of(what.figure)
    if light and canvas.palette.dark:
        spot = (left + light[0] * width, top + light[1] * height)
        canvas.glow(spot, 0.75 * max(width, min(height, 2 * width)), mix(canvas.palette.glow, colour, 0.2), 0.75)
    _colour(canvas, what, drawn, at, colour, rng)
    far = what.depth == "background" or figures.belongs(what.figure) == "far"
    line = _DARK_INK if canvas.palette.dark else canvas.palette.ink
    canvas.image.paste(mix(line, canvas.palette.sky_low, 0.4) if far else line, at, drawn.ink)


def _casts_shadow(scene: Scene, what: Subject) -> bool:
    """Whether a thing stands on the ground itself."""
    carried = what.relation is not None and what.relation.kind in ("on", "inside", "holding", "above")
    afloat = scene.horizon > 1 or scene.ground == "underwater"
    return figures.belongs(what.figure) in ("ground", "water") and not carried and not afloat


def _shadow(canvas: Canvas, box: Box) -> None:
    """A loose patch on the ground, to the right of the feet."""
    left, _, right, bottom = box
    width = right - left
    x, y = (left + right) / 2 + 0.07 * width, bottom - 0.004 * canvas.unit
    size = (max(4, round(width * 1.06)), max(3, round(min(width * 0.13, canvas.unit * 0.05))))
    mask = _ellipse().resize(size, Image.Resampling.BILINEAR).point([round(value * 0.26) for value in range(256)])
    tone = mix(canvas.palette.ground, (18, 16, 30), 0.7)
    canvas.image.paste(tone, (round(x - size[0] / 2), round(y - size[1] / 2)), mask)


def _colour(
    canvas: Canvas, what: Subject, drawn: masks.Masks, at: tuple[int, int], colour: Colour, rng: Random
) -> None:
    """The wash, slightly off its lines as by hand, with a tone and hatching; what it leaves free stays paper."""
    palette = canvas.palette
    paper = mix(palette.paper, (255, 255, 255), 0.35) if not palette.dark else mix(palette.ink, palette.sky_low, 0.25)
    solid = _share(drawn.tone) > _SOLID * _share(drawn.body)
    wash = _wet(drawn.body, rng, 0.0 if solid else 0.005)
    if palette.dark:
        rim = ImageChops.lighter(drawn.cover, drawn.ink).filter(ImageFilter.BoxBlur(max(1.0, 0.0022 * canvas.unit)))
        canvas.image.paste(palette.ink, at, rim.point([min(215, value * 4) for value in range(256)]))
    canvas.image.paste(paper, at, drawn.cover)
    canvas.image.paste(colour, at, wash)
    if not solid:
        deep = mix(colour, (24, 22, 34), 0.55 if luminance(colour) > 0.22 else 0.25)
        _stain(canvas, deep, at, drawn.tone)
    shift = max(2, round(0.075 * min(drawn.body.size)))
    inner = ImageChops.offset(drawn.body, -shift, -round(shift * 0.75))
    shade = ImageChops.multiply(ImageChops.subtract(drawn.body, inner), _hatching(drawn.body.size))
    _stain(canvas, mix(colour, (24, 22, 34), 0.55), at, shade.point([round(value * 0.55) for value in range(256)]))


def _stain(canvas: Canvas, colour: Colour, at: tuple[int, int], mask: Image.Image) -> None:
    """Paste a colour where a mask has something; most masks are empty but for a corner."""
    area = mask.getbbox()
    if area is not None:
        canvas.image.paste(colour, (at[0] + area[0], at[1] + area[1]), mask.crop(area))


def _wet(body: Image.Image, rng: Random, off: float) -> Image.Image:
    """A wash as a brush leaves it: uneven in strength, and a little beside the lines."""
    mottle = _mottle()
    x, y = rng.randrange(64), rng.randrange(64)
    uneven = mottle.resize(body.size, Image.Resampling.BILINEAR, box=(x, y, x + 128, y + 128))
    shift = round(off * max(body.size))
    return ImageChops.multiply(ImageChops.offset(body, shift, -shift // 2), uneven)


def _share(mask: Image.Image) -> float:
    small = mask.resize((24, 24), Image.Resampling.BOX)
    return sum(small.tobytes()) / (255 * 576)


def _rasterised(figure: str, width: int, height: int, pen: float) -> masks.Masks:
    """The masks of a figure at a round size, so that several of one thing share them; bending takes them to theirs."""
    tall = -(-height // _ROUND) * _ROUND
    if masks.is_own(figure):
        tall = min(tall, _LARGEST_OWN)
    return masks.masks(
        figure, max(1, round(width * tall / height)) // 4 * 4 + 4, tall, round(pen * tall / height * 2) / 2
    )


def _bent(drawn: masks.Masks, size: tuple[int, int], pad: int, rng: Random) -> masks.Masks:
    """The masks at a size, bent a little together, so that no two of one thing are drawn alike."""
    margins = (round(pad * drawn.ink.width / size[0]), round(pad * drawn.ink.height / size[1]))
    together = Image.new("CMYK", (drawn.ink.width + 2 * margins[0], drawn.ink.height + 2 * margins[1]))  # four channels
    together.paste(Image.merge("CMYK", (drawn.ink, drawn.body, drawn.tone, drawn.cover)), margins)
    out = (size[0] + 2 * pad, size[1] + 2 * pad)
    off = 0.3 * pad
    xs, ys = ([side * i / _WARP for i in range(_WARP + 1)] for side in together.size)
    moved = {
        (i, j): (xs[i] + rng.uniform(-off, off) * (0 < i < _WARP), ys[j] + rng.uniform(-off, off) * (0 < j < _WARP))
        for i in range(_WARP + 1)
        for j in range(_WARP + 1)
    }
    to_x, to_y = ([round(side * i / _WARP) for i in range(_WARP + 1)] for side in out)
    mesh = [
        (
            (to_x[i], to_y[j], to_x[i + 1], to_y[j + 1]),
            (*moved[i, j], *moved[i, j + 1], *moved[i + 1, j + 1], *moved[i + 1, j]),
        )
        for i in range(_WARP)
        for j in range(_WARP)
    ]
    bent = together.transform(out, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    return masks.Masks(*bent.split())


@lru_cache(maxsize=1)
def _ellipse() -> Image.Image:
    mask = Image.new("L", (256, 64), 0)
    ImageDraw.Draw(mask).ellipse((6, 4, 250, 60), fill=255)
    return mask.resize((128, 32), Image.Resampling.BICUBIC)


@lru_cache(maxsize=1)
def _mottle() -> Image.Image:
    """How uneven a wash is: 192 by 192, from thin to full."""
    noise = Image.frombytes("L", (12, 12), Random("mottle").randbytes(144))
    return noise.resize((192, 192), Image.Resampling.BICUBIC).point(
        [round(214 + value * 41 / 255) for value in range(256)]
    )


@lru_cache(maxsize=16)
def _hatching(size: tuple[int, int]) -> Image.Image:
    """Slanted strokes over an area, a few pixels apart."""
    gap = max(_HATCH, round(max(size) / 34))
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    for x in range(-size[1], size[0], gap):
        draw.line([(x, size[1]), (x + size[1] * 0.8, 0)], fill=255, width=max(1, gap // 5))
    return mask
