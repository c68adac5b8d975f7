"""The ``parameters`` text of Stable Diffusion web UIs: a prompt, then one line of ``Name: value`` pairs.

Other programs show it, and drop-in import of pictures from elsewhere reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import InvalidRequest
from ..request import ImageRequest
from .container import OURS

MAX_LINE = 8000
"""Characters of the line of values that are read."""

_PAIR = re.compile(r'\s*(\w[\w \-/]{0,60}):\s*("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")

_NAMES: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    ("Steps", "steps", int),
    ("CFG scale", "guidance", float),
    ("Seed", "seed", int),
)
"""Their name, our name, and how its value is read."""


def parameters_text(settings: Mapping[str, Any], width: int, height: int) -> str:
    """Write settings as ``parameters`` text, with the true size of the picture in pixels."""
    request = settings.get("request")
    request = request if isinstance(request, Mapping) else {}
    values = {theirs: request.get(ours) for theirs, ours, _ in _NAMES}
    values["Seed"] = settings.get("seed") if values["Seed"] is None else values["Seed"]
    values |= {"Size": f"{width}x{height}", "Model": settings.get("model"), "Version": OURS.decode()}
    line = ", ".join(f"{name}: {value}" for name, value in values.items() if value is not None)
    return f"{request.get('prompt', '')}\n{line}"


def read_parameters(text: str) -> dict[str, Any] | None:
    """Read ``parameters`` text into settings: prompt, seed, steps, guidance, width and height, where they stand there.

    A negative prompt, which FLUX.2 has not, is given beside the request. Values that no request takes are left out.

    Returns:
        ``{"request": {...}}``; None when there is no prompt in the text.
    """
    before, _, last = text.strip().rpartition("\n")
    pairs = {name: value.strip() for name, value in _PAIR.findall(last[:MAX_LINE])}
    if not {"Steps", "Seed", "Size"} & pairs.keys():
        before, pairs = text, {}
    prompt, _, negative = before.partition("\nNegative prompt:")
    request = _accepted({"prompt": prompt.strip()}, _values(pairs))
    if request is None:
        return None
    return {"request": request} | ({"negative_prompt": negative.strip()} if negative.strip() else {})


def _values(pairs: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the pairs say, as groups of fields that only make sense together."""
    groups: list[dict[str, Any]] = []
    for theirs, ours, read in _NAMES:
        try:
            groups.append({ours: read(pairs[theirs])})
        except (KeyError, ValueError):
            continue
    size = _SIZE.fullmatch(pairs.get("Size", ""))
    return [*groups, {"width": int(size[1]), "height": int(size[2])}] if size else groups


def _accepted(prompt: dict[str, Any], groups: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The prompt with those groups that a request takes; None when it does not take the prompt."""
    try:
        ImageRequest(**prompt)
    except InvalidRequest:
        return None
    fields = prompt
    for group in groups:
        try:
            fields = ImageRequest(**fields, **group).to_dict()
        except InvalidRequest:
            continue
    return fields
