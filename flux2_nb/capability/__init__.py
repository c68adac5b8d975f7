"""The capability registry. Built-in capabilities are imported when they are first asked for."""

from __future__ import annotations

from importlib import import_module

from ..errors import InvalidRequest, nearest
from .base import Capability

BUILT_IN = {
    "text-to-image": "text_to_image:TextToImage",
    "multi-reference": "multi_reference:MultiReference",
    "multilingual": "multilingual:Multilingual",
    "json-prompt": "json_prompt:JsonPrompting",
}
"""Name -> module and class, in the order of the tabs."""

_registered: dict[str, Capability] = {}


def register_capability(capability: Capability) -> None:
    """Add a capability of your own, or replace one: it then appears as a tab of the app."""
    _registered[capability.name] = capability


def capabilities() -> list[Capability]:
    """Return all capabilities, in the order of the tabs."""
    names = [*BUILT_IN, *(name for name in _registered if name not in BUILT_IN)]
    return [get(name) for name in names]


def get(name: str) -> Capability:
    """Return a capability by name.

    Raises:
        InvalidRequest: When there is none; offers the nearest name.
    """
    if name not in _registered:
        if name not in BUILT_IN:
            known = [*BUILT_IN, *_registered]
            hint = nearest(name, known) or f"There are {', '.join(known)}."
            raise InvalidRequest(f'There is no capability "{name}".', money="", next_step=hint)
        module, _, kind = BUILT_IN[name].partition(":")
        _registered[name] = getattr(import_module(f".{module}", __name__), kind)()
    return _registered[name]
