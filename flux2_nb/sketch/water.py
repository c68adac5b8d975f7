"""Ground by, on and under the water."""

from __future__ import annotations

import math

from flux2_nb.sketch.field import Field, floor
from flux2_nb.sketch.palette import mix


def beach(field: Field) -> None:
    """Sand, a line of foam, and the sea behind it."""
    canvas = field.canvas
    water = mix((143, 190, 204), canvas.palette.sky_top, 0.35 if not canvas.palette.dark else 0.7)
    canvas.gradient(
        (field.left, field.horizon, field.right, field.bottom), canvas.palette.ground, canvas.palette.ground
    )
    shore = [field.at(t / 24, 0.34 + 0.05 * math.sin(t / 3.4 + 1)) for t in range(25)]
    canvas.wash([field.at(0, 0), field.at(1, 0), *reversed(shore)], water)
    canvas.wash(
        [*shore, *[(x, y + 0.012 * field.height) for x, y in reversed(shore)]],
        mix(canvas.palette.paper, (255, 255, 255), 0.5),
        0.9,
    )
    canvas.line([field.at(0, 0), field.at(1, 0)], 0.6, hand=0.4)
    canvas.line([(x, y + 0.012 * field.height) for x, y in shore], 0.5, hand=0.4)
    ripples(field, 0.03, 0.28, 9)
    for _ in range(26):
        x, y = field.at(field.rng.random(), field.rng.uniform(0.5, 1.0))
        canvas.line([(x, y), (x + 0.1, y)], 0.7, hand=0)
    canvas.ink(opacity=0.5)


def sea(field: Field) -> None:
    """Open water with a far coast, waves and the light on them."""
    canvas = field.canvas
    if field.scene.behind is None:
        coast = field.ridge(0.0, 0.07, 2)
        side = len(coast) // 2
        field.land(
            coast[: side + 4] if field.rng.random() < 0.5 else coast[side - 4 :],
            mix(canvas.palette.far, canvas.palette.sky_low, 0.4),
            foot=field.horizon + 2,
        )
    near = mix(canvas.palette.ground, canvas.palette.ink if not canvas.palette.dark else canvas.palette.paper, 0.12)
    canvas.gradient(
        (field.left, field.horizon, field.right, field.bottom),
        mix(canvas.palette.ground, canvas.palette.sky_low, 0.4),
        near,
    )
    glitter(field)
    canvas.line([field.at(0, 0), field.at(1, 0)], 0.6, hand=0.4)
    ripples(field, 0.05, 0.98, 26)
    canvas.ink(opacity=0.5)


def far_sea(field: Field) -> None:
    """A strip of sea in the distance."""
    canvas = field.canvas
    canvas.wash(
        [field.at(0, -0.10), field.at(1, -0.10), field.at(1, 0.02), field.at(0, 0.02)],
        mix((143, 190, 204), canvas.palette.sky_low, 0.4),
        0.9,
    )
    canvas.line([field.at(0, -0.10), field.at(1, -0.10)], 0.45, hand=0.3)
    canvas.ink(opacity=0.4)


def underwater(field: Field) -> None:
    """Rays of light, bubbles, weeds on a sandy bed."""
    canvas = field.canvas
    for ray in range(4):
        a = 0.12 + ray * 0.24 + field.rng.uniform(-0.04, 0.04)
        canvas.wash(
            [field.at(a, -1), field.at(a + 0.07, -1), field.at(a + 0.0, 0.2), field.at(a - 0.16, 0.2)],
            canvas.palette.paper,
            0.22,
        )
    floor(field, field.ridge(0.0, 0.06, 2))
    for _ in range(6):
        x, y = field.at(field.rng.uniform(0.02, 0.98), field.rng.uniform(0.1, 0.7))
        high = canvas.unit * field.rng.uniform(0.07, 0.16)
        canvas.line([(x + 0.014 * canvas.unit * math.sin(s * 0.9), y - high * s / 10) for s in range(11)], 1.0, hand=0)
    for _ in range(9):
        x, y, r = (
            field.left + field.width * field.rng.random(),
            field.top + field.height * field.rng.uniform(0.1, 0.7),
            canvas.unit * field.rng.uniform(0.005, 0.013),
        )
        canvas.line([(x + r * math.cos(t / 3), y + r * math.sin(t / 3)) for t in range(20)], 0.45, hand=0)
    canvas.ink(opacity=0.5)


def ripples(field: Field, near: float, far: float, count: int) -> None:
    """Short waves, longer and further apart towards the viewer."""
    for _ in range(count):
        down = near + (far - near) * field.rng.random() ** 1.2
        long, x = 0.025 + 0.08 * down, field.rng.uniform(-0.02, 0.98)
        field.canvas.line(
            [field.at(x + long * t / 8, down + 0.012 * math.sin(t * math.pi / 4)) for t in range(9)],
            0.45 + 0.4 * down,
            hand=0.2,
        )


def glitter(field: Field) -> None:
    """The path of light that the sun or moon lays on water."""
    canvas = field.canvas
    if canvas.light is None:
        return
    across = (canvas.light[0] - field.left) / field.width
    for step in range(15):
        down, long = 0.03 + 0.055 * step, field.rng.uniform(0.03, 0.06) * (1 + 0.06 * step)
        x = across - long / 2 + field.rng.uniform(-0.02, 0.02)
        canvas.line([field.at(x, down), field.at(x + long, down)], 1.5 + 0.12 * step, hand=0.2)
    canvas.ink(canvas.palette.glow, 0.6)
