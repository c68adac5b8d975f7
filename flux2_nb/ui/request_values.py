"""A request back into the form it could have come from: for pictures that say what was sent, not what was typed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from .. import capability as registry
from ..capability.base import Capability
from ..cards import ModelCard
from ..errors import InvalidRequest
from ..forms import Field, Form
from ..request import ImageRequest
from .recall import PICTURE_KEY


def capability_for(request: ImageRequest, card: ModelCard) -> Capability:
    """Return the capability whose form can hold the request: one for references, one for JSON, else for a prompt."""
    wanted = "references" if request.references else "code" if _is_json(request.prompt) else "text"
    name = {"references": "references", "code": "json", "text": "prompt"}[wanted]
    for one in registry.capabilities():
        fields = {field.name: field.kind for field in one.form(card)}
        if fields.get(name) == wanted:
            return one
    return registry.capabilities()[0]


def values_from(request: ImageRequest, form: Form, card: ModelCard) -> tuple[dict[str, Any], list[str]]:
    """Return the values with which the form makes the request anew, and a sentence for what it can only come near to.

    Args:
        request: With a size in pixels, or a ratio.
        form: The capability's, for the target.
        card: The target.
    """
    fields = {field.name: field for field in form}
    size, sentences = _size(request, fields, card)
    told: dict[str, Any] = {
        **request.extra,
        **{name: getattr(request, name) for name in ImageRequest.model_fields if name in fields},
        **size,
        "json": request.prompt,
        "count": 1,
        # The prompt says already what each picture is for.
        "references": [{"image": {PICTURE_KEY: one.sha256}, "role": ""} for one in request.references],
    }
    return {name: told[name] for name in fields if told.get(name) is not None}, sentences


def _size(request: ImageRequest, fields: Mapping[str, Field], card: ModelCard) -> tuple[dict[str, Any], list[str]]:
    if request.width is None or request.height is None or not {"aspect_ratio", "megapixels"} <= fields.keys():
        return {}, []
    menu = {
        (ratio, amount): card.size.by_ratio(str(ratio), float(amount))
        for _, ratio in fields["aspect_ratio"].choices
        if ":" in str(ratio)
        for _, amount in fields["megapixels"].choices
    }
    if not menu:
        return {}, []
    width, height = request.width, request.height
    ratio, amount = min(
        menu,
        key=lambda one: (
            abs(math.log(menu[one].width / menu[one].height * height / width)),
            abs(math.log(menu[one].width * menu[one].height / (width * height))),
        ),
    )
    nearest = menu[ratio, amount]
    values = {"aspect_ratio": ratio, "megapixels": amount}
    if (nearest.width, nearest.height) == (width, height):
        return values, []
    return values, [
        f"Its size of {width} × {height} pixels is not on the menu: {nearest.width} × {nearest.height} is chosen."
    ]


def _is_json(prompt: str) -> bool:
    if not prompt.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(prompt), dict)
    except (ValueError, RecursionError):
        return False


def known_request(settings: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Return the settings' request with the names this version knows, and how many others it held.

    Raises:
        InvalidRequest: When there is no request.
    """
    request = settings.get("request")
    if not isinstance(request, Mapping):
        raise InvalidRequest(
            "The settings in this picture hold no request.", money="", next_step="Fill in the form by hand."
        )
    known = {name: value for name, value in request.items() if name in ImageRequest.model_fields}
    return known, len(request) - len(known)
