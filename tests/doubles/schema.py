"""Field tables and the one function that holds values against them.

A double's table is a transcription of what its provider publishes; each double words the violations as its provider
does. JSON types are exact: true is no integer, 1024.0 is no integer, "7" is no number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["string", "integer", "number", "boolean", "strings", "object"]
Rule = Literal["missing", "unknown", "type", "minimum", "maximum", "choice", "pattern", "length", "items"]


@dataclass(frozen=True)
class Field:
    """What a provider takes under one name.

    `minimum` and `maximum` include their ends; `pattern` must match the whole string; `max_length` counts characters;
    `max_items` bounds a list.
    """

    kind: Kind
    required: bool = False
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    max_length: int | None = None
    max_items: int | None = None


Table = Mapping[str, Field]


@dataclass(frozen=True)
class Violation:
    """One broken rule: the field, the rule, and the limit the rule sets (a type's name, a number, the choices)."""

    name: str
    rule: Rule
    limit: Any = None
    given: Any = None


def violations(table: Table, values: Mapping[str, Any]) -> list[Violation]:
    """Everything in `values` that `table` does not allow, unknown names first."""
    found = [Violation(name, "unknown") for name in values if name not in table]
    for name, field in table.items():
        if name not in values:
            found += [Violation(name, "missing")] if field.required else []
        elif values[name] is not None or not field.nullable:
            found += [Violation(name, rule, limit, values[name]) for rule, limit in _broken(field, values[name])]
    return found


def json_type(value: object) -> str:
    """The JSON name of a value's type."""
    if isinstance(value, bool):
        return "boolean"
    names = {str: "string", int: "integer", float: "number", list: "array", dict: "object", type(None): "null"}
    return names.get(type(value), "file")


def _has_type(kind: Kind, value: Any) -> bool:
    actual = json_type(value)
    if kind == "number":
        return actual in ("integer", "number") and math.isfinite(value)
    if kind == "strings":
        return actual == "array" and all(isinstance(item, str) for item in value)
    return actual == kind


def _broken(field: Field, value: Any) -> Iterator[tuple[Rule, Any]]:
    if not _has_type(field.kind, value):
        yield "type", field.kind
        return
    if field.minimum is not None and value < field.minimum:
        yield "minimum", field.minimum
    if field.maximum is not None and value > field.maximum:
        yield "maximum", field.maximum
    if field.choices and value not in field.choices:
        yield "choice", field.choices
    if field.pattern and not re.fullmatch(field.pattern, value):
        yield "pattern", field.pattern
    if field.max_length is not None and len(value) > field.max_length:
        yield "length", field.max_length
    if field.max_items is not None and len(value) > field.max_items:
        yield "items", field.max_items


def parse_text(table: Table, values: Mapping[str, str]) -> dict[str, Any]:
    """Reads a form's text values into the numbers their fields ask for; what is no number stays text."""
    return {name: _number(table[name].kind, text) if name in table else text for name, text in values.items()}


def _number(kind: Kind, text: str) -> int | float | str:
    if kind == "integer" and re.fullmatch(r"-?\d{1,30}", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text):
        return float(text)
    return text
