"""What a panel's form holds, and how it is carried from one target to another. No widget in here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ...capability.base import Capability, Example
from ...cards import ModelCard
from ...errors import InvalidRequest, nearest
from ...forms import Field
from ...result import ImageResult
from ..narrowing import Narrowing, fitted


class FormState:
    """The values of one form on one target.

    Args:
        capability: Whose form.
        card: The target.

    Attributes:
        values: Every value by field name, those of fields that this target lacks among them.
    """

    def __init__(self, capability: Capability, card: ModelCard) -> None:
        self.capability = capability
        self.card = card
        self._narrowing = Narrowing(capability, card)
        self.values = self._narrowing.defaults(card)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field as the target shows it."""
        return self._narrowing.at(self.card)

    def active(self) -> dict[str, Any]:
        """Return the values of the fields that this target has."""
        return self._narrowing.active(self.values, self.card)

    def field(self, name: str) -> Field:
        """Return a field by name.

        Raises:
            InvalidRequest: When there is none; offers the nearest name.
        """
        if name not in self.fields:
            hint = nearest(name, list(self.fields))
            raise InvalidRequest(f'The form has no field "{name}".', field=name, money="", next_step=hint)
        return self.fields[name]

    def set(self, name: str, value: Any) -> None:
        """Set one value as code gives it, and what follows from it.

        Raises:
            InvalidRequest: When there is no such field, or it does not take the value.
        """
        value = _plain(self.field(name), value)
        if name in {field.name for field in self.capability.form(self.card)}:
            self.capability.form(self.card).complete({name: value})
        self.put(name, value)

    def put(self, name: str, value: Any) -> None:
        """Set one value as a person gave it, right or wrong, and what follows from it."""
        self.values = {**self.values, self.field(name).name: value}
        self._follow(name)

    def fill(self, example: Example) -> None:
        """Set what choosing an example sets."""
        self.values = {**self.values, **self.capability.fill(self.values, example, self.card)}

    def defaults(self) -> dict[str, Any]:
        """Return what every field holds before anyone touches it."""
        return self._narrowing.defaults(self.card)

    def retarget(self, card: ModelCard) -> None:
        """Carry the values to another target: what was set stays, or becomes the nearest that fits, in sight."""
        values = self._narrowing.carried(self.values, self.card, card)
        self.card = card
        self.__dict__.pop("fields", None)
        self.values = {name: fitted(self.fields[name], value) for name, value in values.items()}

    def _follow(self, name: str) -> None:
        self.values = {**self.values, **self.capability.sync(self.values, name, self.card)}


class PanelValues(MutableMapping[str, Any]):
    """The values of a panel as a mapping that is always current; to set one is to fill in the field.

    Args:
        state: What holds them.
        changed: Called after each change.
    """

    def __init__(self, state: FormState, changed: Callable[[], None]) -> None:
        self._state = state
        self._changed = changed

    def __getitem__(self, name: str) -> Any:
        if name not in self._state.fields:
            raise KeyError(name)
        return self._state.values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._state.set(name, value)
        self._changed()

    def __delitem__(self, name: str) -> None:
        self[name] = self._state.defaults()[self._state.field(name).name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._state.active())

    def __len__(self) -> int:
        return len(self._state.active())

    def __repr__(self) -> str:
        return repr(dict(self))


def _plain(field: Field, value: Any) -> Any:
    """Return a value in the shape its kind has: pictures may be given alone, as paths, bytes, results or Pillow's."""
    if field.kind == "drawing":
        return None if value is None else _picture(value)
    if field.kind != "references" or value is None:
        return value
    given = [value] if isinstance(value, (str, bytes, Path, ImageResult)) or hasattr(value, "save") else list(value)
    blank = {column.name: column.default for column in field.columns}
    rows = [one if isinstance(one, Mapping) else {"image": one} for one in given]
    return [{**blank, **row, "image": _picture(row.get("image"))} for row in rows]


def _picture(given: Any) -> Any:
    if isinstance(given, ImageResult):
        return given.data
    if isinstance(given, (str, bytes, Path)) or given is None:
        return given
    # Loaded when a picture is given: it loads Pillow.
    from ... import images
    from ...request import Reference

    return images.read_reference(Reference(given)).data
