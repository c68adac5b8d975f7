"""Lists of rows, whatever shows them: what an editor has to know of a column, and what may come back from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..forms import MAIN, Field
from ..prompting.tables import table

MOST_ROWS = 8
"""Rows of a field that states no limit."""

PALETTE_COLUMNS = (
    Field("colour", "text", "Colour", default="#808080"),
    Field("target", "text", "Used for", default="", placeholder="all of it"),
)
"""A palette is rows of a colour and what it is for."""

CHOICES = "choices"
"""The key under which a row brings the choices of a column that states none."""


def columns_of(field: Field) -> Sequence[Field]:
    """Return the fields of one row."""
    return PALETTE_COLUMNS if field.kind == "palette" else field.columns


def column_properties(field: Field, column: Field) -> dict[str, Any]:
    """Return what ``assets/rows.js`` has to know of a column."""
    is_colour = field.kind == "palette" and column.name == "colour"
    return {
        "name": column.name,
        "kind": "locked" if column.off else "colour" if is_colour else column.kind,
        "label": column.label,
        "help": column.off or column.help,
        "default": column.default,
        "placeholder": column.placeholder,
        "lines": column.lines,
        "choices": [[str(label), choice] for label, choice in column.choices],
        "names": colour_names() if is_colour else {},
        "more": column.group != MAIN,
    }


def colour_names() -> dict[str, str]:
    """Return the English colour names a palette takes, as the prompt checks and the sketch read them."""
    return {name: row["hex"] for row in table("colours")["colour"] for name in row.get("en", ())}


def completed(field: Field, rows: Any) -> list[dict[str, Any]]:
    """Return rows with every column, as an editor shows them; a group of fields always has its one row."""
    there = list(rows or []) or ([{}] if field.most == 1 else [])
    return [{**{column.name: column.default for column in columns_of(field)}, **row} for row in there]


def read_rows(field: Field, raw: Any) -> list[dict[str, Any]]:
    """Return the rows that an editor sent; what none of ours would have sent is left out."""
    rows = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list) else []
    return [_row(columns_of(field), row) for row in (rows[:1] or [{}] if field.most == 1 else rows)]


def _row(columns: Sequence[Field], row: Mapping[str, Any]) -> dict[str, Any]:
    brings = any(column.kind == "choice" and not column.choices for column in columns)
    own = _own_choices(row) if brings else []
    values = {column.name: cell_value(column, row.get(column.name), own) for column in columns}
    return {**values, CHOICES: own} if brings else values


def _own_choices(row: Mapping[str, Any]) -> list[list[str]]:
    """Return the pairs of label and value that a row brought."""
    brought = row.get(CHOICES)
    pairs = brought if isinstance(brought, (list, tuple)) else []
    return [[str(one) for one in pair] for pair in pairs if isinstance(pair, (list, tuple)) and len(pair) == 2]


def cell_value(column: Field, value: Any, own: Sequence[Sequence[str]] = ()) -> Any:
    """Return the value of one cell; ``own`` are the choices its row brought."""
    if column.kind == "switch":
        return bool(value)
    if column.kind == "number":
        return _number(value)
    text = "" if value is None else str(value)
    if column.kind == "choice":
        return text if text in [choice for _, choice in column.choices or own] else column.default
    return text.upper() if column.name == "colour" else text


def one_of(field: Field) -> str:
    """Return what one row is called: ``subject`` for subjects."""
    if field.kind == "palette":
        return "colour"
    word = field.label.lower()
    return word[:-1] if word.endswith("s") else word


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
