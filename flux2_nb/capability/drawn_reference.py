"""A drawing made in the form, sent as the last reference image."""

from __future__ import annotations

from typing import Any

from ..forms import Field
from ..prompting.roles import role
from .base import Values

GROUP = "draw a layout"
DRAWING, MEANING = "drawing", "drawn_as"

MEANINGS = (("a layout to follow", "layout"), ("a pose to follow", "pose"))
"""What a drawing may be for: words for people, and the role."""


def fields(why: str) -> list[Field]:
    """Return the sheet and what it is for; ``why`` greys them."""
    return [
        Field(
            DRAWING,
            "drawing",
            "Drawing",
            help="Sent as the last reference image, and counts as one.",
            group=GROUP,
            off=why,
            drives=True,
        ),
        Field(
            MEANING,
            "choice",
            "The drawing is",
            default=MEANINGS[0][1],
            choices=MEANINGS,
            group=GROUP,
            off=why,
            drives=True,
        ),
    ]


def slots(values: Values) -> list[dict[str, Any]]:
    """Return the drawing as a slot of its own, as the field of reference images holds them; none without a drawing."""
    drawn = values.get(DRAWING)
    meaning = str(values.get(MEANING) or MEANINGS[0][1])
    return [{"image": drawn, "role": role(meaning).name, "name": "drawing.png"}] if drawn else []
