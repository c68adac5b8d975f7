"""Drawing a subject with what is written on it, or as a labelled box where there is no drawing."""

from __future__ import annotations

import math
from random import Random

from flux2_nb.sketch import figures, ink, lettering
from flux2_nb.sketch.canvas import Canvas, Point
from flux2_nb.sketch.palette import Colour, luminance, mix, parse
from flux2_nb.sketch.plan import Box, Scene, SketchPlan, Subject

DARK_TYPE: Colour = (35, 33, 42)
LIGHT_TYPE: Colour = (250, 246, 238)


def draw_thing(canvas: Canvas, scene: Scene, subject: Subject, box: Box, rng: Random) -> None:
    """Draw one of a subject in its box."""
    if not subject.drawn:
        labelled(canvas, subject.word, box)
        return
    ink.subject(canvas, scene, subject, box, rng)
    area = figures.writing_area(subject.figure)
    if subject.writing and area:
        inner = inside(box, area)
        lettering.write(canvas, subject.writing, inner, type_on(canvas, inner), 600)


def inside(box: Box, shares: tuple[float, float, float, float]) -> Box:
    """A part of a box, by shares of its width and height."""
    wide, tall = box[2] - box[0], box[3] - box[1]
    return (box[0] + shares[0] * wide, box[1] + shares[1] * tall, box[0] + shares[2] * wide, box[1] + shares[3] * tall)


def type_on(canvas: Canvas, box: Box) -> Colour:
    """Dark or light type, whichever reads on what is drawn in a box."""
    left, top, right, bottom = (round(side) for side in box)
    patch = canvas.image.crop((left, top, max(left + 1, right), max(top + 1, bottom))).resize((1, 1))
    red, green, blue = patch.tobytes()[:3]
    return DARK_TYPE if luminance((red, green, blue)) > 0.45 else LIGHT_TYPE


def labelled(canvas: Canvas, word: str, box: Box) -> None:
    """A thing without a drawing: its word in a rounded frame ruled by hand."""
    left, top, right, bottom = box
    palette = canvas.palette
    corner = 0.16 * min(right - left, bottom - top)
    outline = rounded(box, corner)
    fill = mix(palette.paper, (255, 255, 255), 0.4) if not palette.dark else mix(palette.paper, palette.ink, 0.12)
    canvas.wash(outline, fill, 0.95)
    canvas.line(outline, 0.9, hand=0.4)
    canvas.line([(left + corner, bottom - corner), (right - corner, top + corner)], 0.3, hand=0.5)
    canvas.line([(left + corner, top + corner), (right - corner, bottom - corner)], 0.3, hand=0.5)
    canvas.ink(opacity=0.85)
    band = inside(box, (0.1, 0.3, 0.9, 0.7))
    canvas.wash([(band[0], band[1]), (band[2], band[1]), (band[2], band[3]), (band[0], band[3])], fill)
    lettering.write(canvas, word, band, palette.ink, 500, largest=0.05 * canvas.unit)


def rounded(box: Box, radius: float) -> list[Point]:
    """The outline of a box with round corners, closed."""
    left, top, right, bottom = box
    radius = max(0.0, min(radius, (right - left) / 2, (bottom - top) / 2))
    corners = (
        (right - radius, bottom - radius),
        (left + radius, bottom - radius),
        (left + radius, top + radius),
        (right - radius, top + radius),
    )
    quarter = math.pi / 2
    points = [
        (x + radius * math.cos(quarter * (turn + step / 6)), y + radius * math.sin(quarter * (turn + step / 6)))
        for turn, (x, y) in enumerate(corners)
        for step in range(7)
    ]
    return [*points, points[0]]


_PALE = 0.82


def accent_of(plan: SketchPlan, canvas: Canvas) -> Colour:
    """The colour a page is built on: the first the prompt names that is not pale, else one that goes with its light."""
    named = [parse(hex_) for hex_ in plan.palette]
    strong = [colour for colour in named if luminance(colour) < _PALE]  # a button in cream on cream is not seen
    if named:
        return (strong or named)[0]
    return mix(canvas.palette.glow, (196, 98, 68), 0.55)


def greek(canvas: Canvas, box: Box, lines: int, thickness: float, colour: Colour | None = None) -> None:
    """Lines that stand for words, as a designer draws text that is not written yet."""
    left, top, right, bottom = box
    for index in range(lines):
        y = top + (bottom - top) * (index + 0.5) / lines
        end = right if index < lines - 1 else left + 0.68 * (right - left)
        canvas.line([(left, y), (end, y)], thickness, hand=0.5)
    canvas.ink(colour, 0.32)
