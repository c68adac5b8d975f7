"""Filling the frame: few things on the ground grow, and many stand in two rows, the nearer before the further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flux2_nb.sketch import figures
from flux2_nb.sketch.groups import Group
from flux2_nb.sketch.plan import Box, Scene, Subject

HIDDEN = 0.45
"""Of the narrower of two things, what the nearer row may hide of the further."""

_FULL = 0.9  # of the width, which what stands on the ground grows to fill
_FULL_ALONE = 0.62  # where one thing stands alone
_TALLEST = 0.74  # of the height, to which it grows
_LIKE_A_HOUSE = 1.7  # the size from which the first thing, too, may stand back


@dataclass
class Placed:
    """A group on its way to its place: its layer, its wished middle, and the height of its feet."""

    group: Group
    layer: str
    x: float
    base: float
    fixed: bool
    back: bool = False

    @property
    def width(self) -> float:
        """How wide the group is."""
        return self.group.box[2] - self.group.box[0]

    @property
    def height(self) -> float:
        """How tall the group is."""
        return self.group.box[3] - self.group.box[1]


def fill(placed: list[Placed], subjects: Sequence[Subject], scene: Scene, area: Box, horizon: float) -> None:
    """Let what stands on the ground fill the frame: few things grow, many stand in two rows."""
    if not placed or scene.horizon > 1 or scene.camera == "overhead":
        return
    wide, tall = area[2] - area[0], area[3] - area[1]
    total = sum(p.width for p in placed) * 1.06
    highest = max(p.height for p in placed)
    room = min(1.0, scene.scale) * _TALLEST * tall
    many = len(placed) > 2 or any(subjects[p.group.root].count > 2 for p in placed)
    if many and _FULL * wide / total < room / highest:
        _step_back(placed, subjects, area, horizon)
        total = breadth(placed)
    full = _FULL if len(placed) > 1 else _FULL_ALONE
    growth = min(full * min(1.0, scene.scale) * wide / total, room / highest)
    for p in placed:
        if growth > 1.0:
            p.group = p.group.moved(0, 0, min(growth, 0.94 * tall / p.height))


def _step_back(placed: list[Placed], subjects: Sequence[Subject], area: Box, horizon: float) -> None:
    """Move the taller half of the things a little away from the viewer; the first only where it is as a house."""
    free = [
        p
        for index, p in enumerate(placed)
        if subjects[p.group.root].depth == "midground"
        and not subjects[p.group.root].row
        and (index or figures.size_of(subjects[p.group.root].figure) >= _LIKE_A_HOUSE)
    ]
    for p in sorted(free, key=lambda p: -p.height)[: len(placed) // 2]:
        p.back = True
        p.base = horizon + 0.2 * (area[3] - horizon)


def breadth(placed: Sequence[Placed]) -> float:
    """The width that things side by side need; the nearer row hides a part of the further."""
    return 1.06 * sum(p.width * (1 - HIDDEN if p.back else 1.0) for p in placed)
