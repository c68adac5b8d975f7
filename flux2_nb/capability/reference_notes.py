"""What a target makes of reference images: what is sent smaller, converted, cropped or refused; said before paying."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from .. import images
from ..cards import ModelCard, ReferenceRule
from ..errors import Flux2Error
from ..request import Reference
from ..sizes import MEGAPIXEL, SQUARE
from . import outpaint, settings
from .base import Note, Values

HEADINGS = ("Image", "Size", "What happens")


def reference_notes(slots: Sequence[Mapping[str, Any]], values: Values, card: ModelCard) -> list[Note]:
    """Return what is refused, what exceeds the target's limits, and a table of what happens to each picture.

    Only the headers of the files are looked at, once for each file: this is asked at every keystroke.

    Args:
        slots: The pictures in order, as `requests` sends them.
        values: The form's values.
        card: The target.
    """
    read: list[Reference] = []
    refused: list[Note] = []
    for number, slot in enumerate(slots, start=1):
        try:
            read.append(images.measure_reference(Reference(slot["image"])))
        except Flux2Error as error:
            refused.append(Note("warning", f"Image {number}: {error.what} {error.next_step}".strip()))
    limits = _limits(len(slots), card)
    return [*limits, *refused] if refused else [*limits, *_fates(read, values, card)]


def _limits(count: int, card: ModelCard) -> list[Note]:
    most = card.references.maximum
    if count <= most:
        return []
    return [Note("warning", f"{card.label} on {card.provider} takes at most {most} pictures, and here are {count}.")]


def _fates(read: Sequence[Reference], values: Values, card: ModelCard) -> list[Note]:
    fates = [_fate(index, one, values, card) for index, one in enumerate(read)]
    rows = [
        (f"image {number}", f"{one.width} × {one.height}", "; ".join(fate) or "sent as it is")
        for number, (one, fate) in enumerate(zip(read, fates, strict=True), start=1)
    ]
    found = [Note("info", _reasons(card), table=(HEADINGS, *rows))] if any(fates) else []
    return [*found, *_budget(read, values, card)]


def _fate(index: int, one: Reference, values: Values, card: ModelCard) -> list[str]:
    rule = card.references
    size = (one.width, one.height)
    fate: list[str] = []
    if index == 0 and not outpaint.margins(values).is_empty:
        size = outpaint.size(one, values, card)
        fate.append(f"placed on {_text(size)}")
    elif (fitted := images.fitted_size(*size, rule)) != size:
        size = fitted
        fate.append(f"sent as {_text(size)}")
    if rule.model_megapixels and (seen := _seen(size, rule)) != size:
        smaller = size[0] * size[1] > rule.model_megapixels * MEGAPIXEL
        fate.append(f"{'read at' if smaller else 'cropped to'} {_text(seen)}")
    if one.media_type not in rule.formats:
        fate.append(f"converted from {one.media_type.removeprefix('image/').upper()}")
    if index == 0 and fate and values.get("aspect_ratio") == settings.MATCH:
        fate.append("gives the result its shape")
    return fate


def _seen(size: tuple[int, int], rule: ReferenceRule) -> tuple[int, int]:
    """Return the size at which open weights read a picture: no larger than their area, cropped to whole squares."""
    limit = (rule.model_megapixels or math.inf) * MEGAPIXEL
    shrink = min(1.0, math.sqrt(limit / (size[0] * size[1])))
    wide, high = (int(side * shrink) // SQUARE * SQUARE for side in size)
    return max(wide, SQUARE), max(high, SQUARE)


def _reasons(card: ModelCard) -> str:
    """Say once what the target's limits are, for the table under it."""
    rule = card.references
    limits = [
        f"takes at most {rule.max_side} pixels a side" if rule.max_side else "",
        f"takes at most {rule.max_megapixels:g} MP each" if rule.max_megapixels else "",
        f"reads each at up to {rule.model_megapixels:g} MP, in squares of {SQUARE} pixels"
        if rule.model_megapixels
        else "",
    ]
    said = " and ".join(one for one in limits if one)
    return f"{card.label} on {card.provider} {said}." if said else "What is sent of your pictures:"


def _budget(read: Sequence[Reference], values: Values, card: ModelCard) -> list[Note]:
    limit = card.references.total_megapixels
    if limit is None or not read:
        return []
    sizes = [(one.width, one.height) for one in read]
    if not outpaint.margins(values).is_empty:
        sizes[0] = outpaint.size(read[0], values, card)
    result = float(values.get("megapixels") or card.size.default_megapixels)
    total = sum(wide * high for wide, high in sizes) / MEGAPIXEL + result
    if total <= limit:
        return []
    text = (
        f"Pictures and result come to {total:.1f} MP, and {card.label} takes {limit:g} MP of both together "
        f"(Black Forest Labs' guide): use smaller pictures or fewer."
    )
    return [Note("warning", text)]


def _text(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"
