"""The sheet: sky and light, the weather over it, and the paper margin with its ruled frame and the word "sketch"."""

from __future__ import annotations

import math
from random import Random

from flux2_nb.sketch import lettering
from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.formats import share
from flux2_nb.sketch.palette import mix, parse
from flux2_nb.sketch.plan import Box, SketchPlan
from flux2_nb.sketch.scene import INDOORS

MARK = "sketch"

_SUNNY = {"day": (0.80, 0.2, 0.055), "sunset": (0.70, 0.84, 0.085), "dawn": (0.30, 0.80, 0.07)}
"""Where the sun stands by light: shares of the width and of the sky's height, and its radius."""

_INDOORS = {"room", "studio", "plain", "underwater"}


def sky(canvas: Canvas, plan: SketchPlan, frame: Box, *, has_sun: bool) -> None:
    """Wash the sky or the wall, and set the sun or the moon in it unless the prompt has its own."""
    palette, scene = canvas.palette, plan.scene
    left, top, right, bottom = frame
    horizon = top + min(1.0, scene.horizon) * (bottom - top)
    canvas.gradient((left, top, right, bottom if scene.horizon > 1 else horizon + 2), palette.sky_top, palette.sky_low)
    if scene.ground == "space" or "stars" in scene.weather or (scene.light == "night" and scene.ground not in _INDOORS):
        stars(canvas, (left, top, right, min(bottom, horizon)))
    if has_sun or scene.ground in _INDOORS or scene.ground == "space" or scene.camera == "overhead":
        return
    if scene.light in _SUNNY:
        _sun(canvas, plan, frame, horizon)
    elif scene.light in ("night", "blue"):
        _moon(canvas, plan, frame, horizon)
    if "clouds" in scene.weather or scene.light in ("day", "overcast") or scene.ground == "sky":
        clouds(canvas, frame, horizon, 5 if scene.ground == "sky" else 3 if scene.light == "overcast" else 2)


def _sun(canvas: Canvas, plan: SketchPlan, frame: Box, horizon: float) -> None:
    across, down, radius = _SUNNY[plan.scene.light]
    left, top, right, _ = frame
    across = _clear(plan, frame, (across, 1 - across, 0.5))
    centre = (left + (right - left) * across, top + (horizon - top) * down)
    size = radius * canvas.unit
    canvas.light = centre
    canvas.glow(centre, size * 4.2, mix(canvas.palette.glow, canvas.palette.paper, 0.2), 0.75)
    canvas.disc(centre, size, canvas.palette.glow, 0.95)
    _circle(canvas, centre, size, 0.7)


def _moon(canvas: Canvas, plan: SketchPlan, frame: Box, horizon: float) -> None:
    left, top, right, _ = frame
    across = _clear(plan, frame, (0.2, 0.8))
    centre = (left + (right - left) * across, top + (horizon - top) * 0.27)
    size = 0.048 * canvas.unit
    canvas.light = centre
    canvas.glow(centre, size * 4, canvas.palette.glow, 0.35)
    canvas.disc(centre, size, canvas.palette.glow, 0.96)
    _circle(canvas, centre, size, 0.6)


def _clear(plan: SketchPlan, frame: Box, choices: tuple[float, ...]) -> float:
    """The place across the frame that subjects hide least."""
    boxes = [box for subject in plan.subjects for box in subject.boxes]
    spots = {share: frame[0] + share * (frame[2] - frame[0]) for share in choices}
    return max(
        choices,
        key=lambda share: min(
            (abs((box[0] + box[2]) / 2 - spots[share]) - (box[2] - box[0]) / 2 for box in boxes), default=0.0
        ),
    )


def _circle(canvas: Canvas, centre: tuple[float, float], radius: float, thickness: float) -> None:
    """A circle drawn by hand: it does not quite close on itself."""
    start = canvas.rng.random() * 6
    turns = [start + 6.5 * step / 40 for step in range(41)]
    shift = canvas.unit * 0.004
    canvas.line(
        [(centre[0] + shift + radius * math.cos(t), centre[1] + shift + radius * math.sin(t)) for t in turns],
        thickness,
        hand=0.3,
    )
    canvas.ink(opacity=0.75)


def stars(canvas: Canvas, area: Box) -> None:
    """Stars: many dots and a few with four points."""
    left, top, right, bottom = area
    rng, unit = canvas.rng, canvas.unit
    for _ in range(46):
        x, y = rng.uniform(left, right), top + (bottom - top) * rng.random() ** 1.5
        canvas.line([(x, y), (x + 0.1, y)], rng.choice((0.5, 0.7, 1.0)), hand=0)
    for _ in range(7):
        x, y, arm = (
            rng.uniform(left, right),
            rng.uniform(top, top + (bottom - top) * 0.7),
            unit * rng.uniform(0.006, 0.012),
        )
        canvas.line([(x - arm, y), (x + arm, y)], 0.45, hand=0)
        canvas.line([(x, y - arm), (x, y + arm)], 0.45, hand=0)
    canvas.ink(mix(canvas.palette.ink, canvas.palette.glow, 0.4) if canvas.palette.dark else canvas.palette.ink, 0.8)


def clouds(canvas: Canvas, frame: Box, horizon: float, count: int) -> None:
    """Clouds: a flat base and a few round tops, washed and half outlined."""
    left, top, right, bottom = frame
    rng = canvas.rng
    reach = bottom if horizon > bottom else horizon
    slots = [(i + 0.5) / count for i in range(count)]
    rng.shuffle(slots)
    for slot in slots:
        width = canvas.unit * rng.uniform(0.16, 0.3)
        x = left + (right - left) * (slot + rng.uniform(-0.08, 0.08))
        y = top + (reach - top) * rng.uniform(0.14, 0.42 if reach < bottom else 0.85)
        outline = _cloud(x, y, width, rng)
        canvas.wash(outline, mix(canvas.palette.paper, canvas.palette.sky_low, 0.25), 0.8)
        canvas.line(outline[: round(len(outline) * 0.72)], 0.55, hand=0.25)
    canvas.ink(opacity=0.55)


def _cloud(x: float, y: float, width: float, rng: Random) -> list[tuple[float, float]]:
    humps = [(-0.36, 0.13), (-0.14, 0.24), (0.14, 0.2), (0.36, 0.12)]
    points = [(x - width / 2, y)]
    for at, high in humps:
        high *= rng.uniform(0.85, 1.2)
        reach = 0.17
        points += [
            (
                x + width * (at - reach * math.cos(math.pi * step / 9)),
                y - width * (high * math.sin(math.pi * step / 9) + 0.02),
            )
            for step in range(1, 9)
        ]
    return [*points, (x + width / 2, y), (x - width / 2, y)]


def fog(canvas: Canvas, frame: Box) -> None:
    """Banks of mist behind the subjects."""
    left, top, right, bottom = frame
    for bank in range(5):
        y = top + (bottom - top) * (0.42 + 0.1 * bank + canvas.rng.uniform(-0.03, 0.03))
        x, wide = canvas.rng.uniform(left, right), (right - left) * canvas.rng.uniform(0.35, 0.6)
        tone = mix(canvas.palette.paper, canvas.palette.sky_low, 0.35 if not canvas.palette.dark else 0.8)
        canvas.wash(_lens(x, y, wide, canvas.unit * canvas.rng.uniform(0.025, 0.05)), tone, 0.5)


def weather(canvas: Canvas, plan: SketchPlan, frame: Box) -> None:
    """What falls or drifts before everything."""
    left, top, right, bottom = frame
    kinds = set(plan.scene.weather)
    rng, unit = canvas.rng, canvas.unit
    if plan.scene.ground in INDOORS:
        for pane in _windows(plan):
            if "rain" in kinds:
                _rain(canvas, pane, 24)
        return
    if "rain" in kinds:
        _rain(canvas, frame, 58)
    if "snowfall" in kinds or (
        plan.scene.ground == "snow" and (plan.references or plan.scene.light in ("night", "blue", "overcast"))
    ):
        for _ in range(60):
            x, y = rng.uniform(left, right), rng.uniform(top, bottom)
            canvas.line([(x, y), (x + 0.1, y)], rng.choice((1.0, 1.5, 2.2)), hand=0)
        canvas.ink((252, 252, 252) if canvas.palette.dark else mix((255, 255, 255), canvas.palette.ink, 0.12), 0.9)
    if "wind" in kinds:
        for _ in range(4):
            x, y, long = (
                rng.uniform(left, right - unit * 0.3),
                rng.uniform(top, top + (bottom - top) * 0.5),
                unit * rng.uniform(0.15, 0.28),
            )
            canvas.line([(x + long * s / 12, y + unit * 0.012 * math.sin(s * 0.7)) for s in range(13)], 0.5, hand=0)
        canvas.ink(opacity=0.4)


def _windows(plan: SketchPlan) -> list[Box]:
    """The windows of a room: out there it rains."""
    boxes = [
        box for subject in plan.subjects if subject.figure in ("window", "skylight", "🪟") for box in subject.boxes
    ]
    return [share(box, 0.16, 0.12, 0.84, 0.86) for box in boxes]


def _rain(canvas: Canvas, area: Box, count: int) -> None:
    """Slanting strokes over an area."""
    left, top, right, bottom = area
    reach = min(canvas.unit * 0.05, 0.3 * (bottom - top))
    for _ in range(count):
        long = reach * canvas.rng.uniform(0.5, 1.0)
        x, y = canvas.rng.uniform(left + 0.28 * long, right), canvas.rng.uniform(top, bottom - long)
        canvas.line([(x, y), (x - long * 0.28, y + long)], 0.5, hand=0)
    canvas.ink(mix(canvas.palette.ink, canvas.palette.sky_low, 0.25), 0.5)


def _lens(x: float, y: float, wide: float, high: float) -> list[tuple[float, float]]:
    return [(x + wide * math.cos(t * math.pi / 24), y + high * math.sin(t * math.pi / 24)) for t in range(48)]


def margin(canvas: Canvas, plan: SketchPlan, frame: Box) -> None:
    """The paper around the picture, its ruled frame, the palette's chips, and the mark that says what this is."""
    left, top, right, bottom = (round(side) for side in frame)
    width, height = canvas.image.size
    for strip in ((0, 0, width, top), (0, bottom, width, height), (0, 0, left, height), (right, 0, width, height)):
        canvas.image.paste(canvas.palette.paper, strip)
    over = 0.006 * canvas.unit
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        dx, dy = (over if x1 > x0 else -over if x1 < x0 else 0), (over if y1 > y0 else -over if y1 < y0 else 0)
        canvas.line([(x0 - dx, y0 - dy), (x1 + dx, y1 + dy)], 0.7, hand=0)
        canvas.ink(opacity=0.9)
    _chips(canvas, plan, left, bottom, height)
    lettering.mark(canvas, MARK, (right, (bottom + height) / 2), (height - bottom) * 0.46)


def _chips(canvas: Canvas, plan: SketchPlan, left: float, bottom: float, height: int) -> None:
    """The colours the prompt names, as a designer notes them under a thumbnail."""
    radius = (height - bottom) * 0.2
    if radius < 1.5 or plan.scene.strength == 0:
        return
    for place, hex_ in enumerate(plan.palette[:7]):
        centre = (left + radius * (1.4 + 2.9 * place), (bottom + height) / 2)
        canvas.disc(centre, radius * 1.16, canvas.palette.ink)
        canvas.disc(centre, radius, parse(hex_))
