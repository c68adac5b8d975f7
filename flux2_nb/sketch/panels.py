"""Infographics and comics: a page of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from PIL import Image

from flux2_nb.sketch import lettering, pictures
from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.formats import Regions, share
from flux2_nb.sketch.palette import Colour, luminance, mix, parse
from flux2_nb.sketch.plan import Box, Section, SketchPlan
from flux2_nb.sketch.planning import icon_box
from flux2_nb.sketch.things import DARK_TYPE, LIGHT_TYPE, accent_of, greek, rounded


def infographic(
    canvas: Canvas, plan: SketchPlan, frame: Box, where: Regions, references: Sequence[Image.Image]
) -> None:
    """A title over numbered cells, each with a drawing, a heading and a line of text."""
    canvas.gradient(frame, mix(canvas.palette.paper, (255, 255, 255), 0.3), canvas.palette.paper)
    if where.title is not None:
        if plan.texts:
            lettering.write(canvas, plan.texts[0], where.title, canvas.palette.ink, 800)
        else:
            greek(canvas, where.title, 1, 3.0)
    under = where.words[0]
    canvas.line(
        [
            ((under[0] + under[2]) / 2 + d * 0.06 * canvas.unit, under[1] + 0.35 * (under[3] - under[1]))
            for d in (-1, 0, 1)
        ],
        1.6,
        hand=0.3,
    )
    canvas.ink(accent_of(plan, canvas))
    colours = [parse(hex_) for hex_ in plan.palette] or [
        (214, 139, 92),
        (122, 158, 126),
        (107, 142, 173),
        (201, 162, 75),
        (176, 122, 140),
        (125, 128, 168),
    ]
    for index, (section, cell) in enumerate(zip(plan.sections, where.panels, strict=True)):
        _cell(canvas, plan, section, cell, index, colours[index % len(colours)])
    for cell, following in pairwise(where.panels):
        if abs(following[1] - cell[1]) < 1:
            _arrow(canvas, cell, following)


def _cell(canvas: Canvas, plan: SketchPlan, section: Section, cell: Box, index: int, colour: Colour) -> None:
    outline = rounded(cell, 0.05 * canvas.unit)
    canvas.wash(outline, mix(colour, canvas.palette.paper, 0.78), 1.0)
    canvas.line(outline, 0.7, hand=0.35)
    canvas.ink(opacity=0.8)
    icon = icon_box(cell)
    radius = 0.44 * min(icon[2] - icon[0], icon[3] - icon[1])
    canvas.disc(
        ((icon[0] + icon[2]) / 2, (icon[1] + icon[3]) / 2), radius * 1.12, mix(colour, canvas.palette.paper, 0.45), 0.7
    )
    if section.subjects:
        pictures.subjects(
            canvas,
            replace(plan, scene=replace(plan.scene, ground="plain"), subjects=section.subjects, order=section.order),
        )
    badge = 0.032 * canvas.unit
    centre = (cell[0] + badge * 1.5, cell[1] + badge * 1.5)
    canvas.disc(centre, badge, colour)
    number = (centre[0] - badge, centre[1] - badge * 0.95, centre[0] + badge, centre[1] + badge * 0.95)
    lettering.write(canvas, str(index + 1), number, DARK_TYPE if luminance(colour) > 0.55 else LIGHT_TYPE, 700)
    heading, below = share(cell, 0.06, 0.67, 0.94, 0.80 if section.words else 0.84), share(cell, 0.08, 0.81, 0.92, 0.95)
    if section.heading:
        lettering.write(canvas, section.heading, heading, canvas.palette.ink, 700, largest=0.05 * canvas.unit)
    else:
        greek(canvas, share(cell, 0.28, 0.71, 0.72, 0.77), 1, 1.5)
    if section.words:
        lettering.write(canvas, section.words, below, canvas.palette.ink, 400, largest=0.03 * canvas.unit)
    else:
        greek(canvas, share(cell, 0.18, 0.85, 0.82, 0.94), 2, 0.6)


def _arrow(canvas: Canvas, cell: Box, following: Box) -> None:
    x0, x1, y = cell[2] - 0.012 * canvas.unit, following[0] + 0.012 * canvas.unit, (cell[1] + cell[3]) / 2
    tip = 0.014 * canvas.unit
    canvas.line([(x0, y), (x1, y)], 1.1, hand=0.3)
    canvas.line([(x1 - tip, y - tip), (x1, y), (x1 - tip, y + tip)], 1.1, hand=0.2)
    canvas.ink()


def comic(canvas: Canvas, plan: SketchPlan, frame: Box, where: Regions, references: Sequence[Image.Image]) -> None:
    """Panels with the subjects in each, and what they say in balloons."""
    canvas.gradient(frame, canvas.palette.paper, canvas.palette.paper)
    for index, (section, cell) in enumerate(zip(plan.sections, where.panels, strict=True)):
        pictures.inset(
            canvas, replace(plan, subjects=section.subjects, order=section.order, seed=plan.seed + index), cell
        )
        if section.words:
            _balloon(canvas, section, cell)


def _balloon(canvas: Canvas, section: Section, cell: Box) -> None:
    """A speech balloon at the top of a panel, its tail towards the first subject."""
    box = share(cell, 0.06, 0.035, 0.94, 0.225)
    setting = lettering.fitted(
        section.words, 0.86 * (box[2] - box[0]), 0.72 * (box[3] - box[1]), 600, 0.05 * canvas.unit
    )
    middle = (box[0] + box[2]) / 2
    half = min((box[2] - box[0]) / 2, setting.width / 2 + 0.035 * canvas.unit)
    outline = rounded((middle - half, box[1], middle + half, box[3]), 0.45 * (box[3] - box[1]))
    heads = section.subjects[0].boxes if section.subjects else ()
    x = (heads[0][0] + heads[0][2]) / 2 if heads else middle
    root = min(max(x, middle - half * 0.6), middle + half * 0.6)
    tail = [
        (root - 0.02 * canvas.unit, box[3] - 2),
        (x, box[3] + 0.05 * canvas.unit),
        (root + 0.02 * canvas.unit, box[3] - 2),
    ]
    canvas.line(outline, 0.8, hand=0.2)
    canvas.line(tail, 0.8, hand=0.1)
    canvas.ink(DARK_TYPE)
    canvas.wash(outline, LIGHT_TYPE)
    canvas.wash(tail, LIGHT_TYPE)
    lettering.write(
        canvas,
        section.words,
        (middle - half + 4, box[1], middle + half - 4, box[3]),
        DARK_TYPE,
        600,
        largest=0.05 * canvas.unit,
    )
