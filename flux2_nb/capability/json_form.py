"""The fields of a JSON prompt as a form, and the way between the two that loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..forms import MAIN, SETTINGS, Field
from ..prompting.json_prompt import JsonField, documented_fields
from .json_shapes import Palette, Rows, Shape, Text, at, put

MOST_ROWS = 12


@dataclass(frozen=True)
class Place:
    """Where documented keys stand on the form.

    Attributes:
        section: The section; ``main`` is open, the others are folded away.
        paths: One key is a field of its own; several are a group, which the page draws as one.
        group: The name of the group.
    """

    section: str
    paths: tuple[str, ...]
    group: str = ""


PLACES = (
    Place(MAIN, ("scene",)),
    Place(MAIN, ("subjects",)),
    Place(MAIN, ("style",)),
    Place(MAIN, ("color_palette",)),
    Place("light and mood", ("lighting", "mood", "background", "composition", "effects"), "light"),
    Place(
        "camera",
        (
            "camera.angle",
            "camera.distance",
            "camera.lens",
            "camera.lens-mm",
            "camera.f-number",
            "camera.ISO",
            "camera.depth_of_field",
            "camera.focus",
        ),
        "camera",
    ),
    Place("infographic", ("type", "title", "subtitle"), "graphic"),
    Place("infographic", ("sections",)),
    Place("infographic", ("color_scheme",)),
    Place(
        "finer fields",
        (
            "scene.setting",
            "scene.time",
            "scene.mood",
            "style.medium",
            "style.technique",
            "style.reference",
            "composition.layout",
            "composition.focal_point",
            "technical.camera",
            "technical.lighting",
            "technical.composition",
            "template",
            "prompt_template",
        ),
        "finer",
    ),
    Place("finer fields", ("composition.depth_layers",)),
    Place("finer fields", ("colors",)),
    Place("finer fields", ("application",)),
)
"""Every documented key but ``variables``, which has a module of its own."""

OPEN_COLUMNS = {"subjects": ("description", "position", "action", "colors")}
"""The keys of a row that are in sight; the others are folded away in it."""

SHAPES: Mapping[str, Shape] = {
    "text": Text(),
    "list": Text(is_list=True),
    "number": Text(is_number=True),
    "palette": Palette(),
    "object": Palette(is_map=True),
}
"""Kind of a documented key -> its shape; ``rows`` are made of those of their columns."""

LISTED = ("list", "palette")
"""Kinds of column that hold a list, typed with commas."""


@lru_cache(maxsize=1)
def form_fields() -> tuple[Field, ...]:
    """Return a field or a group of fields for every documented key, in the order of the form."""
    return tuple(_field(place) for place in PLACES)


def to_values(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form's values for a JSON prompt; keys the form does not show are left to the editor."""
    values: dict[str, Any] = {}
    for place in PLACES:
        shown = {path: shape(path).read(at(data, path.split("."))) for path in place.paths}
        values[place.group or place.paths[0]] = [shown] if place.group else shown[place.paths[0]]
    return values


def to_data(values: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with the form's values worked in: its extra keys and its order stay."""
    data: dict[str, Any] = dict(base)
    for path, value in _given(values):
        kind, keys = shape(path), path.split(".")
        old = at(data, keys)
        if kind.clean(kind.read(old)) != (new := kind.clean(value)):
            put(data, keys, kind.write(new, old))
    return data


def left_out(values: Mapping[str, Any], base: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the form holds and the JSON cannot: the label of the field, and the colour."""
    return [
        (_documented()[path].label, colour)
        for path, value in _given(values)
        if isinstance(kind := shape(path), Palette)
        for colour in kind.lost(kind.clean(value), at(base, path.split(".")))
    ]


@lru_cache(maxsize=128)
def shape(path: str) -> Shape:
    """Return the shape of a documented key, such as ``camera.ISO``."""
    kind = _documented()[path].kind
    if kind != "rows":
        return SHAPES[kind]
    return Rows({_key(one): Text(is_list=one.kind in LISTED) for one in _columns(path)})


def _given(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return each key of the form with its value; a field that is missing is left alone."""
    given: list[tuple[str, Any]] = []
    for place in PLACES:
        value = values.get(place.group or place.paths[0])
        if place.group:
            rows = [row for row in value or [] if isinstance(row, Mapping)]
            given += [(path, rows[0][path]) for path in place.paths if rows and path in rows[0]]
        elif value is not None:
            given.append((place.paths[0], value))
    return given


def _field(place: Place) -> Field:
    first = _documented()[place.paths[0]]
    if place.group:
        columns = tuple(_column(path, _documented()[path]) for path in place.paths)
        return Field(
            place.group, "rows", place.section, default=[], group=place.section, columns=columns, most=1, drives=True
        )
    if first.kind == "text":
        lines = 2 if first.path == "scene" else 1
        return Field(
            first.path, "text", first.label, first.help, "", placeholder=_example(first), lines=lines, drives=True
        )
    open_ones = OPEN_COLUMNS.get(first.path, tuple(_key(one) for one in _columns(first.path)))
    in_order = sorted(_columns(first.path), key=lambda one: (_key(one) not in open_ones, _rank(open_ones, _key(one))))
    columns = tuple(_column(_key(one), one, MAIN if _key(one) in open_ones else SETTINGS) for one in in_order)
    kind = "rows" if first.kind == "rows" else "palette"
    return Field(
        first.path,
        kind,  # type: ignore[arg-type]  # both are kinds of field
        first.label,
        first.help,
        [],
        group=place.section,
        columns=columns,
        most=MOST_ROWS,
        drives=True,
    )


def _column(name: str, one: JsonField, group: str = MAIN) -> Field:
    return Field(name, "text", one.label, one.help, "", placeholder=_example(one), group=group, drives=True)


def _rank(order: Sequence[str], key: str) -> int:
    return order.index(key) if key in order else 0


def _example(one: JsonField) -> str:
    return ", ".join(str(item) for item in one.example) if isinstance(one.example, list) else str(one.example)


@lru_cache(maxsize=1)
def _documented() -> Mapping[str, JsonField]:
    return {one.path: one for one in documented_fields()}


def _columns(path: str) -> list[JsonField]:
    return [one for one in documented_fields() if one.path.startswith(f"{path}[].")]


def _key(one: JsonField) -> str:
    return one.path.rpartition("[].")[2]
