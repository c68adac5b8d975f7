"""Writing JSON as people write it: what is short stands on one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SHORT = 76
"""Characters of the longest list or object that is written on one line."""


def written(value: Any, indent: int = 0) -> str:
    """Write a JSON value.

    Args:
        value: Mappings, lists, text, numbers, true, false and null.
        indent: How many blanks stand before its first line already.

    Returns:
        JSON with the keys in their order and letters of every script as they are. The outermost object is always
        opened; inner lists and objects are, where they are too long for one line.
    """
    short = _dumped(value)
    if not value or not isinstance(value, (Mapping, list)) or (indent and len(short) <= SHORT - indent):
        return short
    inner = " " * (indent + 2)
    if isinstance(value, Mapping):
        parts = [f"{_dumped(str(key))}: {written(item, indent + 2)}" for key, item in value.items()]
        opening, closing = "{}"
    else:
        parts = [written(item, indent + 2) for item in value]
        opening, closing = "[]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{' ' * indent}{closing}"


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
