"""Forms as data: what a field is called, what it takes and when it shows. Both UIs render this; no toolkit in here."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .errors import InvalidRequest, nearest

Kind = Literal["text", "choice", "number", "switch", "references", "rows", "palette", "code", "drawing"]
"""The kinds of field there are; every renderer has all of them.

The value of a ``text``, ``code``, ``choice``, ``number`` and ``switch`` is the plain value. Of ``references``: a list
of ``{"image": path or bytes, "role": name or ""}`` in order. Of ``rows``: a list of mappings, one per row, by column
name. Of ``palette``: a list of ``{"colour": "#RRGGBB", "target": words or ""}``. Of ``drawing``: a path, or None.

Rows with a ``most`` of 1 are a group of fields: one row that is always there. A column that is ``off`` is shown and
not edited; its rows follow from other fields, and nobody adds or removes one. A column of another group than ``main``
may be folded away in its row. A ``choice`` column without choices takes the pairs its row has under ``choices``.
"""

MAIN, SETTINGS = "main", "settings"
"""Groups of fields: ``main`` stands open beside the prompt; any other is a section that may be folded away, under its
name as a title."""


@dataclass(frozen=True)
class Field:
    """One field of a form.

    Attributes:
        name: Its key in the values.
        kind: What it takes.
        label: Its name for people.
        help: One sentence under it.
        default: Its value to start with.
        minimum: Smallest number.
        maximum: Largest number.
        step: The distance between two numbers; 1 makes whole numbers.
        choices: Pairs of label and value.
        lines: Lines of a text field.
        placeholder: Shown in an empty text field.
        group: Where it stands: ``main``, ``settings``, or a section of its own such as ``camera``.
        columns: The fields of one row, for ``rows``.
        most: The most rows, references or colours.
        off: Why this target does not take it; such a field is shown greyed with the reason, and its value is kept.
        hidden: Leave it out altogether; its value is kept for when it comes back.
        drives: Whether a change calls the capability's ``sync``.
    """

    name: str
    kind: Kind
    label: str
    help: str = ""
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choices: tuple[tuple[str, Any], ...] = ()
    lines: int = 1
    placeholder: str = ""
    group: str = MAIN
    columns: tuple[Field, ...] = ()
    most: int | None = None
    off: str = ""
    hidden: bool = False
    drives: bool = False

    @property
    def is_active(self) -> bool:
        """Whether its value is used for this target."""
        return not self.off and not self.hidden


@dataclass(frozen=True)
class Form:
    """The fields of a capability for one target, in order."""

    fields: tuple[Field, ...] = field(default_factory=tuple)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __getitem__(self, name: str) -> Field:
        for one in self.fields:
            if one.name == name:
                return one
        hint = nearest(name, [one.name for one in self.fields])
        raise InvalidRequest(f'The form has no field "{name}".', field=name, money="", next_step=hint)

    @property
    def defaults(self) -> dict[str, Any]:
        """The values of an untouched form."""
        return {one.name: one.default for one in self.fields}

    def complete(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return all active values, with defaults where one is missing.

        Raises:
            InvalidRequest: When a name is unknown or a value is outside its field's bounds.
        """
        unknown = [name for name in values if name not in {one.name for one in self.fields}]
        if unknown:
            _ = self[unknown[0]]
        given = {one.name: values.get(one.name, one.default) for one in self.fields if one.is_active}
        for name, value in given.items():
            problem = _problem(self[name], value)
            if problem:
                raise InvalidRequest(f"{self[name].label} {problem}.", field=name)
        return given


def _problem(one: Field, value: Any) -> str:
    if value is None:
        return ""
    if one.kind == "choice" and one.choices and value not in [choice for _, choice in one.choices]:
        return f'cannot be "{value}"'
    if one.kind == "number":
        return _number_problem(one, value)
    if one.kind in ("references", "rows", "palette") and one.most is not None and len(value) > one.most:
        return f"takes at most {one.most}, not {len(value)}"
    return ""


def _number_problem(one: Field, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return "is a number"
    if one.step == 1 and not float(value).is_integer():
        return "is a whole number"
    if (one.minimum is not None and value < one.minimum) or (one.maximum is not None and value > one.maximum):
        return f"goes from {one.minimum:g} to {one.maximum:g}"
    return ""


def off(one: Field, why: str) -> Field:
    """Return the field greyed out with a reason."""
    return replace(one, off=why)
