"""One thing changed and the rest kept: the paths of a JSON prompt, and the prompt with another value at one of them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..errors import InvalidRequest
from ..prompting.colours import parse_hex
from ..prompting.json_prompt import documented_fields
from .json_shapes import number

NOTHING = ""
"""The choice that changes nothing."""

SKIPPED = ("variables",)
"""Keys whose values are not part of the picture."""

Path = tuple[str | int, ...]

_CODE = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})(?!\w)")


def choices(data: Mapping[str, Any]) -> list[list[str]]:
    """Return a pair of label and path for every value of a prompt, with the choice of none first."""
    return [["nothing", NOTHING], *([_label(path), written(path)] for path, _ in leaves(data))]


def value_at(data: Mapping[str, Any], path: str) -> str:
    """Return what stands at a path as text; nothing where there is no such path."""
    return next((str(value) for found, value in leaves(data) if written(found) == path), "")


def varied(data: Mapping[str, Any], path: str, values: Sequence[str]) -> list[dict[str, Any]]:
    """Return the prompt once for each value, with that value at the path.

    Args:
        data: The prompt.
        path: As `choices` gives it.
        values: What stands there instead. A number stays a number, and a lone hex code only swaps the one in the text,
            so that a colour stays bound to its object.

    Raises:
        InvalidRequest: When the prompt has no such path.
    """
    found = next((one for one in leaves(data) if written(one[0]) == path), None)
    if found is None:
        raise InvalidRequest(
            f"The prompt has no {path} any more.",
            field="change",
            next_step="Choose another field under Change one thing.",
        )
    return [_with(data, found[0], _like(found[1], value)) for value in values]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every text and number of a prompt with its path of keys and places."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if path or key not in SKIPPED:
                yield from leaves(item, (*path, str(key)))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from leaves(item, (*path, place))
    elif value is not None and not isinstance(value, bool):
        yield path, value


def _with(data: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(dict(data))
    inner: Any = changed
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    return changed


def _like(old: Any, new: str) -> Any:
    if isinstance(old, (int, float)):
        return number(new)
    codes = _CODE.findall(str(old))
    if len(codes) == 1 and _CODE.fullmatch(new):
        return str(old).replace(codes[0], parse_hex(new))
    return new


def written(path: Path) -> str:
    """Return a path as text, such as ``subjects[0].position``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _label(path: Path) -> str:
    """Return a path in words, such as ``Subject 2: position``."""
    words: list[str] = []
    so_far = ""
    for part in path:
        if isinstance(part, int):
            so_far += "[]"
            words[-1] = f"{words[-1].removesuffix('s')} {part + 1}"
        else:
            so_far = f"{so_far}.{part}".lstrip(".")
            known = _labels().get(so_far, part.replace("_", " ")).rpartition(": ")[2]
            words.append(known.lower() if words else f"{known[:1].upper()}{known[1:]}")
    return ": ".join(words)


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, str]:
    return {one.path: one.label for one in documented_fields()}
