"""Extending a picture: image 1 is placed on a larger plain canvas, and the prompt asks to continue it."""

from __future__ import annotations

import math
from typing import Any

from .. import images
from ..cards import ModelCard
from ..errors import Flux2Error, InvalidRequest
from ..forms import Field
from ..images import Margins
from ..prompting.roles import canvas_sentence
from ..request import Reference
from . import settings
from .base import Values

GROUP = "extend the picture"
RATIO, ANCHOR = "extend_to", "extend_from"
SIDES = ("left", "right", "top", "bottom")
MOST_PERCENT = 200
OFF, OWN = "", "own"

ANCHORS = {
    "centre": (0.5, 0.5),
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
    "top": (0.5, 0.0),
    "bottom": (0.5, 1.0),
}
"""Where the picture stands on the canvas: the share of the new width that lies left of it, of the new height above."""


def fields(card: ModelCard, why: str) -> list[Field]:
    """Return the shape to extend to, where the picture stands in it, and each side's amount; ``why`` greys them."""
    ratios = (("not extended", OFF), *((ratio, ratio) for ratio in card.size.ratios), ("as set below", OWN))
    places = tuple((name, name) for name in ANCHORS)
    return [
        Field(
            RATIO,
            "choice",
            "Extend image 1 to",
            help="Puts it on a larger plain canvas and asks the model to go on from there.",
            default=OFF,
            choices=ratios,
            group=GROUP,
            off=why,
            drives=True,
        ),
        Field(
            ANCHOR, "choice", "The picture stands", default="centre", choices=places, group=GROUP, off=why, drives=True
        ),
        *(_amount(side, why) for side in SIDES),
    ]


def names() -> tuple[str, ...]:
    """Return the names of the fields."""
    return (RATIO, ANCHOR, *(f"extend_{side}" for side in SIDES))


def unset() -> dict[str, Any]:
    """Return the values of a picture that is not extended."""
    return {RATIO: OFF, ANCHOR: "centre", **{f"extend_{side}": 0 for side in SIDES}}


def margins(values: Values) -> Margins:
    """Return how much canvas the form asks for."""
    return Margins(*(_percent(values.get(f"extend_{side}")) / 100 for side in SIDES))


def sync(values: Values, changed: str, first: Reference | None) -> dict[str, Any]:
    """Work out the amounts for a ratio, name amounts that were set by hand, and let the result have that shape.

    Args:
        values: The form's values.
        changed: The field that a person changed.
        first: Image 1, measured; None when there is none.
    """
    ratio = str(values.get(RATIO) or OFF)
    follows = changed in (RATIO, ANCHOR) or (changed == "references" and ratio not in (OFF, OWN))
    if follows and ratio == OFF:
        return _changes(values, {f"extend_{side}": 0 for side in SIDES})
    if follows and ratio != OWN and first is not None:
        place = ANCHORS.get(str(values.get(ANCHOR)), ANCHORS["centre"])
        return _changes(values, {**_amounts(ratio, first, place), "aspect_ratio": settings.MATCH})
    if changed in names():
        own = OFF if margins(values).is_empty else OWN
        return _changes(values, {RATIO: own, "aspect_ratio": settings.MATCH} if own else {RATIO: own})
    return {}


def sentences(values: Values) -> list[str]:
    """Return what the prompt has to say of the canvas; nothing when the picture is not extended."""
    return [] if margins(values).is_empty else [canvas_sentence()]


def size(first: Reference, values: Values, card: ModelCard) -> tuple[int, int]:
    """Return the size in pixels at which image 1 is sent on its canvas; ``first`` is measured."""
    amount = float(values.get("megapixels") or card.size.default_megapixels)
    return images.canvas_size(first.width, first.height, margins(values), card.references, amount)


def extended(first: Reference, values: Values, card: ModelCard) -> Reference:
    """Return image 1 on its canvas, as the reference that is sent and kept; as it is when it is not extended.

    Raises:
        InvalidRequest: When the picture cannot be read.
    """
    if margins(values).is_empty:
        return first
    read = images.measure_reference(first)
    wide, high = margins(values).around(read.width, read.height)
    if max(wide, high) > images.MAX_RATIO * min(wide, high):
        raise InvalidRequest(
            f"Extended so, image 1 would have one side more than {images.MAX_RATIO} times the other.",
            field=RATIO,
            next_step="Extend it by less.",
        )
    return images.place(read, margins(values), size(read, values, card))


def measured(picture: Any) -> Reference | None:
    """Return a picture of the form with its size; None when there is none or it cannot be read."""
    try:
        return images.measure_reference(Reference(picture)) if picture else None
    except Flux2Error:
        return None


def _amounts(ratio: str, first: Reference, place: tuple[float, float]) -> dict[str, int]:
    """Return whole per cents of the picture's own sides that bring it to a ratio."""
    wide, _, high = ratio.partition(":")
    wanted = int(wide) / int(high) * first.height / first.width
    across, down = max(0.0, wanted - 1), max(0.0, 1 / wanted - 1)
    shares = (across * place[0], across * (1 - place[0]), down * place[1], down * (1 - place[1]))
    return {
        f"extend_{side}": min(MOST_PERCENT, math.floor(100 * share + 0.5))
        for side, share in zip(SIDES, shares, strict=True)
    }


def _changes(values: Values, wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if values.get(name) != value}


def _percent(value: Any) -> float:
    return float(value) if isinstance(value, (int, float)) and value > 0 else 0.0


def _amount(side: str, why: str) -> Field:
    return Field(
        f"extend_{side}",
        "number",
        f"{side.capitalize()}, in % of the picture",
        default=0,
        minimum=0,
        maximum=MOST_PERCENT,
        step=1,
        group=GROUP,
        off=why,
        drives=True,
    )
