"""Posters: large type over one strong picture."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from flux2_nb.sketch import lettering, paper, pictures
from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.formats import Regions, share
from flux2_nb.sketch.palette import Colour, luminance, mix, parse
from flux2_nb.sketch.plan import Box, SketchPlan
from flux2_nb.sketch.things import DARK_TYPE, LIGHT_TYPE, accent_of, greek, rounded, type_on


def poster(canvas: Canvas, plan: SketchPlan, frame: Box, where: Regions, references: Sequence[Image.Image]) -> None:
    """Large type over one strong picture, small type at the foot."""
    pictures.landscape(canvas, plan, frame)
    if plan.scene.ground == "plain":
        _poster_ground(canvas, plan, frame, where)
    for words in [where.title, *where.words][: len(plan.texts)]:
        if words is not None:
            canvas.calm(words)
    pictures.subjects(canvas, plan)
    paper.weather(canvas, plan, frame)
    inner = share(frame, 0.03, 0.02, 0.97, 0.98)
    canvas.line(rounded(inner, 0), 0.5, hand=0.3)
    canvas.ink(opacity=0.55)
    if where.title is not None:
        if plan.texts:
            lettering.write(canvas, plan.texts[0], where.title, _type(canvas, plan, where.title), 850)
        else:
            greek(canvas, where.title, 2, 2.6)
    for text, box in zip(plan.texts[1:], where.words, strict=False):
        lettering.write(canvas, text, box, type_on(canvas, box), 550, largest=0.042 * canvas.unit)


def _poster_ground(canvas: Canvas, plan: SketchPlan, frame: Box, where: Regions) -> None:
    """A field of one colour with a large disc behind the subject."""
    accent = accent_of(plan, canvas)
    field = mix(accent, canvas.palette.paper, 0.72) if not plan.scene.sky_colour else parse(plan.scene.sky_colour)
    canvas.gradient(frame, field, mix(field, canvas.palette.paper, 0.25))
    box = where.picture
    radius = 0.46 * min(box[2] - box[0], box[3] - box[1])
    disc = mix(accent, canvas.palette.paper, 0.28) if luminance(accent) < 0.8 else mix(accent, canvas.palette.glow, 0.5)
    canvas.disc(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), radius, disc, 0.85)


def _type(canvas: Canvas, plan: SketchPlan, box: Box) -> Colour:
    """The colour of a title: one the prompt names, where it reads on its ground; else dark or light type."""
    ground = luminance(LIGHT_TYPE if type_on(canvas, box) == DARK_TYPE else DARK_TYPE)
    named = [parse(hex_) for hex_ in plan.palette]
    return next((colour for colour in named if abs(luminance(colour) - ground) > 0.45), type_on(canvas, box))
