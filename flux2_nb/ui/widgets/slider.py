"""Two pictures, one over the other, with a slider between them."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from ... import images
from ...figures import Figure
from .assets import script, styles

SIDE = 768
"""Longest side in pixels in which they are shown."""


class Slider(anywidget.AnyWidget):
    """Shows as much of the one as of the other as its handle says; the handle is moved with the keyboard too.

    Args:
        figures: Before and after.
        labels: What they are called.
    """

    _esm = script("slider")
    _css = styles("slider")
    pictures = traitlets.List(traitlets.Bytes()).tag(sync=True)
    words = traitlets.List(traitlets.Unicode()).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, figures: tuple[Figure, Figure], labels: tuple[str, str], **traits: Any) -> None:
        small = [images.thumbnail(one.data, SIDE) for one in figures]
        super().__init__(pictures=small, words=[one.alt for one in figures], labels=list(labels), **traits)
