"""A stretch of ground to draw on: its horizon, and the parts that several grounds share."""

from __future__ import annotations

import math
from collections.abc import Sequence

from flux2_nb.sketch.canvas import Canvas, Point
from flux2_nb.sketch.palette import Colour, mix
from flux2_nb.sketch.plan import Box, Scene


class Field:
    """Where a ground is drawn: the canvas, the frame, and the height of the horizon."""

    def __init__(self, canvas: Canvas, frame: Box, scene: Scene) -> None:
        self.canvas = canvas
        self.left, self.top, self.right, self.bottom = frame
        self.width, self.height = self.right - self.left, self.bottom - self.top
        self.horizon = self.top + min(1.0, scene.horizon) * self.height
        self.scene = scene
        self.rng = canvas.rng

    def at(self, across: float, down: float) -> Point:
        """A point by shares: across the frame, and down from the horizon (0) to the foot (1); negative is above."""
        depth = self.bottom - self.horizon if down >= 0 else self.horizon - self.top
        return (self.left + across * self.width, self.horizon + down * depth)

    def land(self, edge: Sequence[Point], colour: Colour, opacity: float = 1.0, foot: float | None = None) -> None:
        """Wash everything below an edge, down to the frame's foot or to a height."""
        low = self.bottom + 2 if foot is None else foot
        self.canvas.wash([*edge, (edge[-1][0], low), (edge[0][0], low)], colour, opacity)

    def ridge(self, down: float, rise: float, bumps: int, sharp: float = 0.0) -> list[Point]:
        """An uneven edge across the frame: soft hills, or sharp peaks."""
        count = max(2, bumps) * 2
        heights = [0.0 if i % 2 == 0 and sharp else self.rng.uniform(0.25, 1.0) for i in range(count + 1)]
        points = []
        for step in range(count * 8 + 1):
            spot = step / 8
            i, share = min(count - 1, int(spot)), spot - min(count - 1, int(spot))
            eased = share if sharp else (1 - math.cos(math.pi * share)) / 2
            high = heights[i] + (heights[i + 1] - heights[i]) * eased
            points.append(self.at(step / (count * 8), down - rise * high))
        return points


def floor(field: Field, edge: Sequence[Point] | None = None, *, line: bool = True) -> None:
    """The plain of the ground, lighter at the horizon, with a line where it meets the sky."""
    canvas = field.canvas
    edge = edge or field.ridge(0.0, 0.012, 2)
    far = mix(canvas.palette.ground, canvas.palette.sky_low, 0.35)
    canvas.gradient((field.left, field.horizon + 2, field.right, field.bottom), far, canvas.palette.ground)
    field.land(edge, far, foot=field.horizon + 3)
    if line:
        canvas.line(edge, 0.6, hand=0.6)
        canvas.ink(opacity=0.6)


def tufts(field: Field, count: int) -> None:
    """Tufts of grass, larger towards the viewer."""
    canvas = field.canvas
    for _ in range(count):
        down = field.rng.uniform(0.12, 0.98)
        x, y = field.at(field.rng.random(), down)
        high = (0.008 + 0.016 * down) * canvas.unit
        for lean in (-0.5, 0.05, 0.55):
            canvas.line([(x, y), (x + lean * high * 0.5, y - high * 0.7), (x + lean * high, y - high)], 0.5, hand=0)
    canvas.ink(mix(canvas.palette.ink, canvas.palette.ground, 0.25), 0.6)


def conifers(field: Field, count: int, rise: float, opacity: float, tint: float = 0.4) -> None:
    """A row of far firs along the horizon."""
    canvas = field.canvas
    tone = mix(
        mix((96, 124, 104), canvas.palette.far, 0.45 if not canvas.palette.dark else 0.7), canvas.palette.sky_low, tint
    )
    for tree in range(count):
        across = (tree + field.rng.uniform(0.1, 0.9)) / count
        x, foot = field.at(across, 0.03)
        high = field.rng.uniform(0.55, 1.0) * rise * field.height * 0.62
        wide = high * 0.23
        tiers = []
        for tier in range(4):
            y, w = foot - high * (0.08 + 0.25 * tier), wide * (1 - 0.24 * tier)
            tiers.append((w, y))
        right = [p for w, y in tiers for p in ((x + w, y), (x + w * 0.5, y - high * 0.07))]
        canvas.wash([*right, (x, foot - high), *[(2 * x - px, py) for px, py in reversed(right)]], tone, opacity)
        canvas.line([(x, foot), (x, foot - high * 0.1)], 0.6, hand=0)
    canvas.ink(tone, opacity)
