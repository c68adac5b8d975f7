"""Drawing a prompt: plan, picture or page, and the paper around it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from random import Random

from PIL import Image

from flux2_nb.sketch import layout, pages, panels, paper, pictures, posters
from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.formats import Regions
from flux2_nb.sketch.palette import palette_of
from flux2_nb.sketch.plan import Box, SketchPlan
from flux2_nb.sketch.planning import describe, regions_of
from flux2_nb.sketch.references import opened

Drawing = Callable[[Canvas, SketchPlan, Box, Regions, Sequence[Image.Image]], None]

_FORMATS: dict[str, Drawing] = {
    "picture": pictures.whole,
    "poster": posters.poster,
    "page": pages.page,
    "screen": pages.screen,
    "infographic": panels.infographic,
    "comic": panels.comic,
}


def draw(prompt: str, width: int, height: int, seed: int, references: Sequence[bytes] = ()) -> Image.Image:
    """Draw a sketch of a prompt.

    Args:
        prompt: Prose in any language, or a JSON prompt.
        width: Of the picture in pixels, 16 or more.
        height: Of the picture in pixels, 16 or more.
        seed: Changes the arrangement. The same arguments always give the same pixels.
        references: Pictures in any format Pillow reads, in the order the prompt counts them.

    Returns:
        An RGB picture of that size, with the word "sketch" in its lower margin.
    """
    plan = describe(prompt, width, height, seed, references=len(references))
    canvas = Canvas((width, height), palette_of(plan.scene), Random(_digest(prompt, width, height, seed, references)))
    frame = layout.frame_of(width, height)
    _FORMATS[plan.format](canvas, plan, frame, regions_of(plan), [opened(reference) for reference in references])
    paper.margin(canvas, plan, frame)
    canvas.grain()
    return canvas.image


def _digest(prompt: str, width: int, height: int, seed: int, references: Sequence[bytes]) -> bytes:
    """What the hand's irregularities are drawn from: everything that was asked, and nothing else."""
    digest = hashlib.sha256(repr((prompt, width, height, seed)).encode("utf-8", "surrogatepass"))
    for reference in references:
        digest.update(hashlib.sha256(reference).digest())
    return digest.digest()
