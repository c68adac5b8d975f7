"""The fields of a JSON prompt as a form, and the way between the two that loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..forms import MAIN, Field
from ..prompting.colours import bind, bound_colours
from ..prompting.json_prompt import JsonField, documented_fields

MOST_ROWS = 8

GROUPS = {
    "picture": MAIN,
    "subjects": MAIN,
    "light": "light and effects",
    "camera": "camera",
    "infographic": "infographic",
}
"""Group of the documentation -> section of the form. Fields of other groups live in the editor alone."""

COLUMNS = {
    "subjects": ("description", "position", "action", "pose", "colors"),
    "sections": ("heading", "content", "visual"),
}
"""The keys of a row that the form shows; all others stay in the editor and are kept."""

LISTS = ("colors",)
"""Keys of a row that hold a list; typed with commas."""


def form_fields() -> list[Field]:
    """Return a field for every documented key that the form shows."""
    documented = {one.path: one for one in documented_fields()}
    shown = [one for one in documented.values() if one.group in GROUPS and "[]" not in one.path]
    return [_field(one, documented) for one in shown]


def to_values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form's values for a JSON prompt; keys the form does not show are left to the editor."""
    return {field.name: _read(field, _at(data, field.name)) for field in form_fields()}


def to_data(values: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with the form's values worked in: its extra keys and its order stay."""
    data: dict[str, Any] = dict(base)
    for field in form_fields():
        old = _at(data, field.name)
        if _clean(field, _read(field, old)) != (new := _clean(field, values.get(field.name))):
            _put(data, field.name, _written(field, new, old))
    return data


def _field(one: JsonField, documented: Mapping[str, JsonField]) -> Field:
    kind = {"palette": "palette", "rows": "rows", "number": "number"}.get(one.kind, "text")
    columns = tuple(_column(documented[f"{one.path}[].{key}"], key) for key in COLUMNS.get(one.path, ()))
    example = ", ".join(str(item) for item in one.example) if one.kind == "list" else str(one.example)
    return Field(
        one.path,
        kind,  # type: ignore[arg-type]  # the table above names kinds of field
        one.label,
        help=one.help,
        default=[] if kind in ("palette", "rows") else None if kind == "number" else "",
        placeholder="" if kind in ("palette", "rows", "number") else example,
        group=GROUPS[one.group],
        columns=columns,
        most=MOST_ROWS if kind in ("palette", "rows") else None,
        lines=2 if one.path == "scene" else 1,
        drives=True,
    )


def _column(one: JsonField, key: str) -> Field:
    example = ", ".join(one.example) if isinstance(one.example, list) else str(one.example)
    return Field(key, "text", one.label, help=one.help, default="", placeholder=example, drives=True)


def _at(data: Mapping[str, Any], path: str) -> Any:
    value: Any = data
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    head, _, rest = path.partition(".")
    if not rest:
        if value in (None, "", [], {}):
            data.pop(head, None)
        else:
            data[head] = value
        return
    inner = data.get(head)
    inside = dict(inner) if isinstance(inner, Mapping) else {}
    _put(inside, rest, value)
    _put(data, head, inside)


def _read(field: Field, value: Any) -> Any:
    """Return a JSON value as the form shows it."""
    if field.kind == "palette":
        return [_colour(item) for item in value if _colour(item)] if isinstance(value, list) else []
    if field.kind == "rows":
        rows = [row if isinstance(row, Mapping) else {field.columns[0].name: row} for row in _list(value)]
        return [{column.name: _text(row.get(column.name)) for column in field.columns} for row in rows]
    if field.kind == "number":
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    return _text(value)


def _clean(field: Field, value: Any) -> Any:
    """Return a value of the form without empty rows and blank ends, to be compared with what was read."""
    if field.kind == "palette":
        return [
            {"colour": one["colour"], "target": one.get("target") or ""} for one in value or [] if one.get("colour")
        ]
    if field.kind == "rows":
        rows = [
            {column.name: str(row.get(column.name) or "").strip() for column in field.columns} for row in value or []
        ]
        return [row for row in rows if any(row.values())]
    if field.kind == "number":
        return int(value) if isinstance(value, float) and value.is_integer() else value
    return str(value or "").strip()


def _written(field: Field, value: Any, old: Any) -> Any:
    """Return a value of the form as JSON, keeping what ``old`` holds beyond it."""
    if field.kind == "palette":
        words = [item for item in _list(old) if not _colour(item)]
        return [bind(one["target"], one["colour"]) if one["target"] else one["colour"] for one in value] + words
    if field.kind == "rows":
        return [_row(row, index, _list(old), len(value), field) for index, row in enumerate(value)]
    if isinstance(old, list) or (field.name == "effects" and value):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def _row(row: Mapping[str, str], index: int, old: Sequence[Any], count: int, field: Field) -> dict[str, Any]:
    first = field.columns[0].name
    same = [one for one in old if isinstance(one, Mapping) and _text(one.get(first)) == row[first]]
    if same:
        kept: dict[str, Any] = dict(same[0])
    elif len(old) == count and isinstance(old[index], Mapping):
        kept = dict(old[index])
    else:
        kept = {}
    for key, text in row.items():
        if _text(kept.get(key)) != text:
            _put(kept, key, [item.strip() for item in text.split(",") if item.strip()] if key in LISTS else text)
    return kept


def _colour(item: Any) -> dict[str, str] | None:
    found = bound_colours(item) if isinstance(item, str) and "#" in item else []
    return {"colour": found[0].hex, "target": found[0].target or ""} if len(found) == 1 else None


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value if not isinstance(item, (dict, list)))
    return "" if value is None or isinstance(value, (Mapping, bool)) else str(value).strip()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
