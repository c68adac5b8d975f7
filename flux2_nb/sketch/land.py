"""Ground on land: snow, desert, meadow, forest and mountains."""

from __future__ import annotations

import math

from flux2_nb.sketch.field import Field, conifers, floor, tufts
from flux2_nb.sketch.palette import mix


def snow(field: Field) -> None:
    """Snow with a few drifts, far hills and firs."""
    canvas = field.canvas
    if field.scene.behind is None:
        hills = field.ridge(0.0, 0.13, 3)
        field.land(hills, mix(canvas.palette.sky_low, canvas.palette.ground, 0.45), foot=field.horizon + 3)
        conifers(field, 9, 0.10, 0.5)
    floor(field, field.ridge(0.01, 0.05, 2))
    for _ in range(5):
        x, y, long = field.rng.uniform(0.02, 0.8), field.rng.uniform(0.2, 0.95), field.rng.uniform(0.1, 0.22)
        canvas.line(
            [field.at(x + long * t / 6, y - 0.035 * math.sin(math.pi * t / 6)) for t in range(7)], 0.5, hand=0.4
        )
    canvas.ink(mix(canvas.palette.ink, canvas.palette.sky_top, 0.45), 0.5)


def desert(field: Field) -> None:
    """Dunes one behind the other."""
    canvas = field.canvas
    floor(field, line=False)
    for down, rise, share in ((0.02, 0.16, 0.35), (0.30, 0.30, 0.12), (0.66, 0.30, 0.0)):
        edge = [
            field.at(t / 30, down - rise * 0.5 * (1 + math.sin(t / 30 * 5.2 + down * 9 + field.rng.random() * 0.02)))
            for t in range(31)
        ]
        field.land(
            edge, mix(mix(canvas.palette.ground, canvas.palette.sky_low, share), canvas.palette.glow, 0.12 * down)
        )
        canvas.line(edge, 0.6, hand=0.3)
    canvas.ink(opacity=0.5)


def meadow(field: Field) -> None:
    """Soft hills and tufts of grass."""
    canvas = field.canvas
    if field.scene.behind is None:
        hills = field.ridge(0.0, 0.12, 2)
        field.land(hills, mix(canvas.palette.far, canvas.palette.ground, 0.55), foot=field.horizon + 3)
        canvas.line(hills, 0.45, hand=0.3)
        canvas.ink(opacity=0.35)
    floor(field, field.ridge(0.0, 0.04, 2))
    tufts(field, 16)


def forest(field: Field) -> None:
    """Firs in two rows behind a clearing."""
    tree_line(field)
    floor(field, field.ridge(0.02, 0.03, 2))
    tufts(field, 12)


def tree_line(field: Field) -> None:
    """Two rows of firs in the distance."""
    conifers(field, 17, 0.34, 0.35, tint=0.5)
    conifers(field, 11, 0.46, 0.75, tint=0.2)


def mountains(field: Field) -> None:
    """A meadow before a range of mountains."""
    mountain_range(field)
    floor(field, field.ridge(0.0, 0.04, 2))
    tufts(field, 8)


def mountain_range(field: Field) -> None:
    """Two ranges of sharp peaks in the distance."""
    canvas = field.canvas
    for rise, share in ((0.62, 0.55), (0.40, 0.25)):
        peaks = field.ridge(0.02, rise, 3, sharp=1.0)
        field.land(peaks, mix(canvas.palette.far, canvas.palette.sky_low, share), foot=field.horizon + 3)
        canvas.line(peaks, 0.5, hand=0.8)
        canvas.ink(opacity=0.4)
