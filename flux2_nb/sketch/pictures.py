"""A picture: sky, ground, subjects from back to front, weather; in the whole frame or in a cell of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from PIL import Image

from flux2_nb.sketch import figures, grounds, lettering, paper, references
from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.formats import Regions
from flux2_nb.sketch.palette import mix
from flux2_nb.sketch.plan import Box, SketchPlan, Subject
from flux2_nb.sketch.things import draw_thing, type_on


def whole(canvas: Canvas, plan: SketchPlan, frame: Box, where: Regions, pictures: Sequence[Image.Image]) -> None:
    """The picture in the frame; with references, an edit of one of them."""
    if pictures:
        edit(canvas, plan, frame, pictures)
        return
    landscape(canvas, plan, frame)
    subjects(canvas, plan)
    paper.weather(canvas, plan, frame)
    titles(canvas, plan, where)


def edit(canvas: Canvas, plan: SketchPlan, frame: Box, pictures: Sequence[Image.Image]) -> None:
    """A reference as the ground, what is added drawn on it, the other references as prints, the request on a slip."""
    ground = references.which_is_ground(plan.prompt, len(pictures))
    references.ground(canvas, pictures[ground], frame, plan.scene.light)
    subjects(canvas, plan)
    paper.weather(canvas, plan, frame)
    references.numbered(canvas, pictures, ground, frame, Random(f"prints {plan.seed}"))
    references.note(canvas, plan.prompt, frame)


def landscape(canvas: Canvas, plan: SketchPlan, frame: Box) -> None:
    """Sky and ground."""
    lettered = plan.format == "poster" and bool(plan.texts)  # its title stands where the moon would
    has_sun = lettered or any(figures.belongs(subject.figure) == "celestial" for subject in plan.subjects)
    paper.sky(canvas, plan, frame, has_sun=has_sun)
    grounds.ground(canvas, frame, plan.scene)
    if "fog" in plan.scene.weather:
        paper.fog(canvas, frame)


def subjects(canvas: Canvas, plan: SketchPlan) -> None:
    """All subjects of a plan, from back to front."""
    for index, place in plan.order:
        subject = plan.subjects[index]
        draw_thing(
            canvas, plan.scene, subject, subject.boxes[place], Random(f"{plan.seed} {subject.word} {index} {place}")
        )


def titles(canvas: Canvas, plan: SketchPlan, where: Regions) -> None:
    """The texts of a picture, the first the largest."""
    boxes = (where.title, *where.words) if where.title else ()
    for place, (text, box) in enumerate(zip(plan.texts, boxes, strict=False)):
        if box is not None:
            lettering.write(canvas, text, box, type_on(canvas, box), 750 if place == 0 else 500)


def inset(canvas: Canvas, plan: SketchPlan, area: Box) -> None:
    """The picture of a plan in a cell: drawn on a sheet of its own and pasted."""
    left, top, right, bottom = (round(side) for side in area)
    if right - left < 8 or bottom - top < 8:
        return
    cell = Canvas((right - left, bottom - top), canvas.palette, canvas.rng)
    cell.pen = max(1.0, 0.8 * canvas.pen)
    shifted = replace(plan, subjects=tuple(_shifted(subject, -left, -top) for subject in plan.subjects))
    frame = (0.0, 0.0, float(right - left), float(bottom - top))
    landscape(cell, shifted, frame)
    subjects(cell, shifted)
    paper.weather(cell, shifted, frame)
    canvas.image.paste(cell.image, (left, top))
    canvas.line([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], 0.8, hand=0.35)
    canvas.ink(mix(canvas.palette.ink, canvas.palette.paper, 0.1))


def _shifted(subject: Subject, x: float, y: float) -> Subject:
    return replace(subject, boxes=tuple((b[0] + x, b[1] + y, b[2] + x, b[3] + y) for b in subject.boxes))
