"""Grounds without ground: a plain sheet, the sky, outer space."""

from __future__ import annotations

import math

from flux2_nb.sketch.field import Field, floor, tufts
from flux2_nb.sketch.palette import mix


def plain(field: Field) -> None:
    """A loose swash of colour behind the subjects, and the table edge a designer rules under them."""
    canvas, rng = field.canvas, field.rng
    if canvas.palette.dark:
        _hills_at_night(field)
        return
    canvas.gradient(
        (field.left, field.horizon, field.right, field.bottom), canvas.palette.sky_low, canvas.palette.sky_low
    )
    tint = mix(canvas.palette.ground, canvas.palette.glow, 0.35)
    x, y = field.left + field.width * rng.uniform(0.44, 0.56), field.top + field.height * 0.5
    swash = []
    first, second = rng.random() * 6, rng.random() * 6
    for step in range(96):
        turn = 2 * math.pi * step / 96
        reach = 1 + 0.11 * math.sin(3 * turn + first) + 0.06 * math.sin(5 * turn + second)
        swash.append(
            (x + field.width * 0.40 * reach * math.cos(turn), y + field.height * 0.35 * reach * math.sin(turn))
        )
    canvas.wash(swash, tint, 0.55)


def _hills_at_night(field: Field) -> None:
    """Two dark folds of land, where a prompt says when and not where."""
    canvas = field.canvas
    far = field.ridge(0.0, 0.16, 2)
    field.land(far, mix(canvas.palette.sky_low, canvas.palette.ground, 0.3), foot=field.horizon + 3)
    canvas.line(far, 0.5, hand=0.3)
    canvas.ink(opacity=0.35)
    floor(field, field.ridge(0.02, 0.05, 2))
    tufts(field, 8)


def sky(field: Field) -> None:
    """A few banks of cloud below, and no ground."""
    canvas = field.canvas
    for _ in range(3):
        x, y = field.rng.uniform(0.0, 1.0), field.rng.uniform(0.86, 0.98)
        left, top = field.left + x * field.width, field.top + y * field.height
        wide, tall = 0.3 * field.width, 0.06 * field.height
        bank = [(left + wide * math.cos(t / 5), top + tall * math.sin(t / 5)) for t in range(32)]
        canvas.wash(bank, mix(canvas.palette.paper, canvas.palette.sky_low, 0.3), 0.6)


def space(field: Field) -> None:
    """A planet's edge below, and a far ringed one."""
    canvas = field.canvas
    x, y = field.left + field.width * 0.5, field.bottom + field.width * 0.86
    radius = field.width * 1.0
    arc = [
        (x + radius * math.cos(t), y + radius * math.sin(t))
        for t in [math.pi * (1.15 + 0.70 * s / 30) for s in range(31)]
    ]
    field.land(arc, mix(canvas.palette.ground, canvas.palette.glow, 0.22))
    canvas.line(arc, 0.7, hand=0.2)
    for _ in range(5):
        cx, cy = (
            field.left + field.width * field.rng.uniform(0.15, 0.85),
            field.bottom - field.height * field.rng.uniform(0.01, 0.06),
        )
        size = canvas.unit * field.rng.uniform(0.015, 0.04)
        canvas.line([(cx + size * math.cos(t / 4), cy + size * 0.3 * math.sin(t / 4)) for t in range(26)], 0.5, hand=0)
    canvas.ink(opacity=0.6)
