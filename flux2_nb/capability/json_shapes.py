"""How a JSON value looks in a form, and how what was typed becomes JSON again, with all that a form cannot show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import InvalidRequest
from ..prompting.colours import bind, bound_colours, parse_hex

INSIDE = "description"
"""Where the text of a value goes that is an object, such as a style with a medium."""


class Shape(Protocol):
    """A kind of value and its two faces."""

    def read(self, value: Any) -> Any:
        """Return a JSON value, or None for none, as the form shows it."""

    def clean(self, value: Any) -> Any:
        """Return a value of the form without empty rows and blank ends, to be compared with what was read."""

    def write(self, value: Any, old: Any) -> Any:
        """Return a clean value as JSON, with what ``old`` holds beyond it; an empty one for none."""


@dataclass(frozen=True)
class Text:
    """Text; of an object its description, of a list its items with commas between them.

    Attributes:
        is_list: Whether it becomes a list where there was nothing before.
        is_number: Whether digits become a number.
    """

    is_list: bool = False
    is_number: bool = False

    def read(self, value: Any) -> str:
        """Return the text."""
        if isinstance(value, Mapping):
            return self.read(value.get(INSIDE)) if isinstance(value.get(INSIDE), str) else ""
        if isinstance(value, list):
            return ", ".join(str(item) for item in value if not isinstance(item, (dict, list)))
        return "" if value is None or isinstance(value, bool) else str(value).strip()

    def clean(self, value: Any) -> str:
        """Return the text without blank ends."""
        return str("" if value is None else value).strip()

    def write(self, value: str, old: Any) -> Any:
        """Return text, a number, or a list where there was one."""
        if isinstance(old, Mapping):
            rest = {key: item for key, item in old.items() if key != INSIDE}
            return {**rest, INSIDE: value} if value else rest
        if isinstance(old, list) or (self.is_list and not isinstance(old, str)):
            return [item.strip() for item in value.split(",") if item.strip()]
        return number(value) if self.is_number else value


@dataclass(frozen=True)
class Palette:
    """Hex colours, each with what it is for: a list, or a map from a thing to its colour.

    Attributes:
        is_map: Whether it becomes a map where there was nothing before.
    """

    is_map: bool = False

    def read(self, value: Any) -> list[dict[str, str]]:
        """Return the colours; those in words stay where they are."""
        if isinstance(value, Mapping):
            return [{"colour": code, "target": str(key)} for key, item in value.items() if (code := _code(item))]
        return [one for item in _items(value) if (one := _bound(item))]

    def clean(self, value: Any) -> list[dict[str, str]]:
        """Return the colours that there are."""
        rows = [one for one in value or [] if one.get("colour")]
        return [{"colour": one["colour"], "target": (one.get("target") or "").strip()} for one in rows]

    def _writes_map(self, old: Any) -> bool:
        return isinstance(old, Mapping) or (self.is_map and not isinstance(old, list))

    def lost(self, value: list[dict[str, str]], old: Any) -> list[str]:
        """Return the colours that a map cannot hold: those that are for nothing, or for what another is for."""
        if not self._writes_map(old):
            return []
        held = {one["target"]: at for at, one in enumerate(value) if one["target"]}
        return [one["colour"] for at, one in enumerate(value) if held.get(one["target"]) != at]

    def write(self, value: list[dict[str, str]], old: Any) -> Any:
        """Return the colours first, then what the palette holds in words."""
        if self._writes_map(old):
            before = old if isinstance(old, Mapping) else {INSIDE: old} if old else {}
            words = {key: item for key, item in before.items() if not _code(item)}
            return {**{one["target"]: one["colour"] for one in value if one["target"]}, **words}
        in_words = [item for item in _items(old) if not _bound(item)]
        return [bind(one["target"], one["colour"]) if one["target"] else one["colour"] for one in value] + in_words


@dataclass(frozen=True)
class Rows:
    """A list of objects.

    Attributes:
        columns: The shape of each key that the form shows; a plain text instead of an object is the first of them.
    """

    columns: Mapping[str, Text]

    def read(self, value: Any) -> list[dict[str, str]]:
        """Return a row for each object."""
        first = next(iter(self.columns))
        rows = [row if isinstance(row, Mapping) else {first: row} for row in _list(value)]
        return [{key: shape.read(row.get(key)) for key, shape in self.columns.items()} for row in rows]

    def clean(self, value: Any) -> list[dict[str, str]]:
        """Return the rows that hold anything."""
        rows = [{key: shape.clean(row.get(key)) for key, shape in self.columns.items()} for row in value or []]
        return [row for row in rows if any(row.values())]

    def write(self, value: list[dict[str, str]], old: Any) -> list[dict[str, Any]]:
        """Return the objects, each with the keys of its own that it had."""
        before = [one if isinstance(one, Mapping) else {} for one in _list(old)]
        kept = self._kept(value, before)
        return [self._row(row, had) for row, had in zip(value, kept, strict=True)]

    def _kept(self, rows: Sequence[Mapping[str, str]], before: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Return what each row was before: the object it shows unchanged, else the one left over at its place."""
        free = list(range(len(before)))
        found: dict[int, Mapping[str, Any]] = {}
        for alike in (self._is_same, self._has_same_first):
            for index, row in enumerate(rows):
                same = next((one for one in free if index not in found and alike(row, before[one])), None)
                if same is not None:
                    found[index] = before[same]
                    free.remove(same)
        if len(rows) == len(before):
            found.update({index: before[index] for index in range(len(rows)) if index not in found and index in free})
        return [found.get(index, {}) for index in range(len(rows))]

    def _is_same(self, row: Mapping[str, str], had: Mapping[str, Any]) -> bool:
        return all(shape.read(had.get(key)) == row[key] for key, shape in self.columns.items())

    def _has_same_first(self, row: Mapping[str, str], had: Mapping[str, Any]) -> bool:
        key, shape = next(iter(self.columns.items()))
        return bool(row[key]) and shape.read(had.get(key)) == row[key]

    def _row(self, row: Mapping[str, str], had: Mapping[str, Any]) -> dict[str, Any]:
        written = dict(had)
        for key, text in row.items():
            shape = self.columns[key]
            if shape.read(had.get(key)) != text:
                put(written, (key,), shape.write(text, had.get(key)))
        return written


def at(data: Any, path: Sequence[str | int]) -> Any:
    """Return the value at a path of keys and places; None where there is none."""
    for part in path:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list) and part < len(data) else None
        else:
            data = data.get(part) if isinstance(data, Mapping) else None
    return data


def put(data: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Set a value in place; an empty one takes its key along, a text on the way becomes its object's description."""
    head, *rest = path
    if rest:
        before = data.get(head)
        inside = dict(before) if isinstance(before, Mapping) else {INSIDE: before} if isinstance(before, str) else {}
        put(inside, rest, value)
        value = inside
    if value in (None, "", [], {}):
        data.pop(head, None)
    else:
        data[head] = value


def _bound(item: Any) -> dict[str, str] | None:
    found = bound_colours(item) if isinstance(item, str) and "#" in item else []
    return {"colour": found[0].hex, "target": found[0].target or ""} if len(found) == 1 else None


def _code(item: Any) -> str:
    try:
        return parse_hex(item) if isinstance(item, str) else ""
    except InvalidRequest:
        return ""


def number(text: str) -> int | float | str:
    """Return the number that a text is; the text itself where it is none, or one that JSON cannot hold."""
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    return int(value) if value.is_integer() else value


def _items(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) and value else _list(value)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
