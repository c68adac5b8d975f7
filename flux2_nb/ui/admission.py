"""Values that came from outside, such as out of a stranger's picture: only what a form could have held gets in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import InvalidRequest
from ..forms import Field, Form, Kind
from ..request import MAX_PROMPT_CHARACTERS
from .recall import PICTURE_KEY

MOST_ROWS = 100
"""Rows of a field that names no limit of its own."""

_HASH = re.compile(r"[0-9a-f]{64}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def admitted(form: Form, values: Mapping[Any, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return those values that the form's active fields could hold, pictures by their hash.

    Args:
        form: For the target they are meant for.
        values: By field name; JSON values from anywhere.

    Returns:
        The values, and the labels of the fields whose values did not fit. Names the form does not have are left out.
    """
    given = [field for field in form if field.is_active and field.name in values]
    fitting = [field for field in given if _fits(field, values[field.name])]
    return {field.name: values[field.name] for field in fitting}, [one.label for one in given if one not in fitting]


def _fits(field: Field, value: Any) -> bool:
    return _KINDS[field.kind](field, value)


def _text(field: Field, value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_PROMPT_CHARACTERS and "\0" not in value and _encodes(value)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _choice(field: Field, value: Any) -> bool:
    return any(type(value) is type(choice) and value == choice for _, choice in field.choices)


def _number(field: Field, value: Any) -> bool:
    if value is None:
        return field.default is None
    try:
        Form((field,)).complete({field.name: value})
    except InvalidRequest:
        return False
    return True


def _switch(field: Field, value: Any) -> bool:
    return isinstance(value, bool)


def _rows(field: Field, value: Any) -> bool:
    columns = {column.name: column for column in field.columns}
    return _is_list(field, value) and all(_is_row(row, columns) for row in value)


def _is_row(row: Any, columns: Mapping[str, Field]) -> bool:
    return isinstance(row, Mapping) and all(name in columns and _fits(columns[name], row[name]) for name in row)


def _palette(field: Field, value: Any) -> bool:
    return _is_list(field, value) and all(
        isinstance(one, Mapping)
        and set(one) <= {"colour", "target"}
        and _COLOUR.fullmatch(str(one.get("colour")))
        and _text(field, one.get("target", ""))
        for one in value
    )


def _references(field: Field, value: Any) -> bool:
    columns = {column.name: column for column in field.columns}
    return _is_list(field, value) and all(
        isinstance(one, Mapping)
        and _drawing(field, one.get("image"))
        and _is_row({name: told for name, told in one.items() if name != "image"}, columns)
        for one in value
    )


def _drawing(field: Field, value: Any) -> bool:
    """Whether it is nothing, or a picture by its hash: a path would let a stranger's file name one of this machine."""
    if value is None:
        return True
    return isinstance(value, Mapping) and set(value) == {PICTURE_KEY} and bool(_HASH.fullmatch(str(value[PICTURE_KEY])))


def _is_list(field: Field, value: Any) -> bool:
    return isinstance(value, list) and len(value) <= (MOST_ROWS if field.most is None else field.most)


_KINDS: Mapping[Kind, Callable[[Field, Any], bool]] = {
    "text": _text,
    "code": _text,
    "choice": _choice,
    "number": _number,
    "switch": _switch,
    "rows": _rows,
    "palette": _palette,
    "references": _references,
    "drawing": _drawing,
}
"""Kind of field -> whether it could hold a value."""
