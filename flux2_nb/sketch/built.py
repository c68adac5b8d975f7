"""Ground that people made: a studio, a room, a street."""

from __future__ import annotations

import math

from flux2_nb.sketch.field import Field, floor
from flux2_nb.sketch.palette import mix


def studio(field: Field) -> None:
    """A seamless sweep of paper with a soft light on it."""
    canvas = field.canvas
    canvas.gradient(
        (field.left, field.horizon - 0.14 * field.height, field.right, field.bottom),
        canvas.palette.sky_low,
        canvas.palette.ground,
    )
    canvas.glow(field.at(0.5, -0.35), 0.5 * field.width, mix(canvas.palette.paper, (255, 255, 255), 0.5), 0.55)
    for side in (0.0, 1.0):
        inward = 1 if side == 0 else -1
        canvas.line(
            [
                field.at(side + inward * (0.10 - 0.10 * math.sin(t / 8 * math.pi / 2)), -0.25 + 0.5 * (t / 8))
                for t in range(9)
            ],
            0.5,
            hand=0.3,
        )
    canvas.ink(opacity=0.35)


def room(field: Field) -> None:
    """A floor, a skirting board, boards running away, and light from a window on the wall."""
    canvas = field.canvas
    canvas.gradient(
        (field.left, field.horizon, field.right, field.bottom),
        mix(canvas.palette.ground, canvas.palette.sky_low, 0.25),
        canvas.palette.ground,
    )
    x = field.rng.choice((0.10, 0.62))
    light = mix(canvas.palette.paper, canvas.palette.glow, 0.45)
    for column in range(2):
        for row in range(2):
            a, b = x + column * 0.125, -0.80 + row * 0.26
            canvas.wash(
                [field.at(a, b), field.at(a + 0.11, b + 0.04), field.at(a + 0.11, b + 0.27), field.at(a, b + 0.23)],
                light,
                0.55,
            )
    canvas.line([field.at(0, 0), field.at(1, 0)], 0.8, hand=0.5)
    canvas.line([field.at(0, -0.045), field.at(1, -0.045)], 0.4, hand=0.5)
    for board in range(-3, 14):
        spot = board / 10
        canvas.line([field.at(0.5 + (spot - 0.5) * 0.82, 0.0), field.at(0.5 + (spot - 0.5) * 1.9, 1.0)], 0.35, hand=0.4)
    canvas.ink(opacity=0.32)


def terrace(field: Field) -> None:
    """A floor of tiles up to a balustrade, and the distance beyond it."""
    canvas, edge, rail = field.canvas, 0.36, -0.10
    far = mix(canvas.palette.ground, canvas.palette.sky_low, 0.3)
    canvas.gradient((field.left, field.at(0, edge)[1], field.right, field.bottom), far, canvas.palette.ground)
    beyond = mix((143, 190, 204), canvas.palette.sky_low, 0.4) if field.scene.behind == "sea" else canvas.palette.far
    field.land([field.at(0, -0.02), field.at(1, -0.02)], beyond, foot=field.at(0, edge)[1])
    for row in (0.5, 0.7, 0.97):
        canvas.line([field.at(0, row), field.at(1, row)], 0.4, hand=0.5)
    for tile in range(-3, 14):
        spot = tile / 10 - 0.5
        canvas.line([field.at(0.5 + spot * 0.9, edge), field.at(0.5 + spot * 1.8, 1.0)], 0.4, hand=0.4)
    canvas.ink(opacity=0.32)
    stone = mix(canvas.palette.paper, canvas.palette.ground, 0.3)
    for low, high in ((rail, rail + 0.07), (edge - 0.05, edge + 0.04)):
        box = [field.at(0, low), field.at(1, low), field.at(1, high), field.at(0, high)]
        canvas.wash(box, stone)
        canvas.line(box, 0.6, hand=0.3)
    for post in range(23):
        x = (post + 0.5) / 23
        sides = [(x - 0.006, rail + 0.07), (x + 0.006, rail + 0.07), (x + 0.006, edge - 0.05), (x - 0.006, edge - 0.05)]
        canvas.wash([field.at(*corner) for corner in sides], stone)
        for side in (-0.006, 0.006):
            canvas.line([field.at(x + side, rail + 0.07), field.at(x + side, edge - 0.05)], 0.45, hand=0.2)
    canvas.ink(opacity=0.5)


def street(field: Field) -> None:
    """A pavement and a road before a row of houses; after dark, lights on the ground."""
    canvas = field.canvas
    skyline(field)
    floor(field, [field.at(0, 0), field.at(1, 0)])
    kerb = mix(canvas.palette.ground, canvas.palette.paper, 0.45 if not canvas.palette.dark else 0.12)
    canvas.wash([field.at(0, 0), field.at(1, 0), field.at(1, 0.16), field.at(0, 0.16)], kerb)
    for down in (0.16, 0.20):
        canvas.line([field.at(0, down), field.at(1, down)], 0.5, hand=0.4)
    for slab in range(12):
        spot = slab / 11
        canvas.line(
            [field.at(0.5 + (spot - 0.5) * 0.96, 0.0), field.at(0.5 + (spot - 0.5) * 1.12, 0.16)], 0.35, hand=0.2
        )
    canvas.ink(opacity=0.4)
    for dash in range(5):
        a = 0.04 + dash * 0.2
        canvas.wash(
            [field.at(a, 0.66), field.at(a + 0.1, 0.66), field.at(a + 0.095, 0.70), field.at(a - 0.005, 0.70)],
            canvas.palette.paper if not canvas.palette.dark else canvas.palette.far,
            0.6,
        )
    if canvas.palette.dark:
        for _ in range(5):
            x, y = field.at(field.rng.random(), field.rng.uniform(0.3, 0.9))
            canvas.glow((x, y), 0.07 * canvas.unit, canvas.palette.glow, 0.32)


def skyline(field: Field) -> None:
    """A row of houses and towers along the horizon, with lit windows after dark."""
    canvas = field.canvas
    for layer, (share, low, high, count) in enumerate(((0.6, 0.30, 0.62, 9), (0.22, 0.14, 0.40, 7))):
        tone = mix(canvas.palette.far, canvas.palette.sky_low, share)
        x = -0.02
        while x < 1.0:
            wide, tall = field.rng.uniform(0.6, 1.25) / count, field.rng.uniform(low, high)
            left, top = field.at(x, -tall)
            right, foot = field.at(x + wide, 0.03)
            canvas.wash([(left, foot), (left, top), (right, top), (right, foot)], tone)
            canvas.line([(left, foot), (left, top), (right, top)], 0.45, hand=0.3)
            if layer:
                _windows(field, left, top, right, foot)
            x += wide + field.rng.uniform(-0.01, 0.02)
        canvas.ink(opacity=0.4)


def _windows(field: Field, left: float, top: float, right: float, foot: float) -> None:
    canvas = field.canvas
    size = 0.011 * canvas.unit
    columns, rows = int((right - left) / (size * 2.6)), int((foot - top) / (size * 3.2))
    for column in range(columns):
        for row in range(rows):
            if field.rng.random() < 0.45:
                x, y = left + size * (0.9 + 2.6 * column), top + size * (1.2 + 3.2 * row)
                lit = canvas.palette.glow if canvas.palette.dark else mix(canvas.palette.ink, canvas.palette.far, 0.6)
                canvas.image.paste(lit, (round(x), round(y), round(x + size), round(y + size * 1.3)))
