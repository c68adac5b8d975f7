"""The ground and what stands on its horizon: a few washes and lines, lighter than the subjects so that those lead."""

from __future__ import annotations

from collections.abc import Callable

from flux2_nb.sketch import built, land, open_space, water
from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.field import Field
from flux2_nb.sketch.plan import Box, Scene

_BEHIND: dict[str, Callable[[Field], None]] = {
    "sea": water.far_sea,
    "street": built.skyline,
    "forest": land.tree_line,
    "mountains": land.mountain_range,
}
"""What a second place named in the prompt looks like in the distance; a meadow adds nothing."""

_GROUNDS: dict[str, Callable[[Field], None]] = {
    "plain": open_space.plain,
    "sky": open_space.sky,
    "space": open_space.space,
    "studio": built.studio,
    "room": built.room,
    "street": built.street,
    "terrace": built.terrace,
    "beach": water.beach,
    "sea": water.sea,
    "underwater": water.underwater,
    "snow": land.snow,
    "desert": land.desert,
    "forest": land.forest,
    "mountains": land.mountains,
    "meadow": land.meadow,
}


def ground(canvas: Canvas, frame: Box, scene: Scene) -> None:
    """Draw the ground of a scene."""
    field = Field(canvas, frame, scene)
    if scene.behind in _BEHIND and scene.horizon < 1:
        _BEHIND[scene.behind](field)
    _GROUNDS[scene.ground](field)
