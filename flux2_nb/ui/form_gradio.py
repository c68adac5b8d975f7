"""A capability's form with Gradio: built once for all targets, narrowed to the present one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

import gradio as gr
from gradio.components import Component

from ..capability.base import Capability, Values
from ..cards import ModelCard
from ..forms import MAIN, Field
from .backend import all_cards, card_of
from .fields_gradio import FieldView, Now, SimpleView
from .references_gradio import ReferencesView
from .rows_gradio import RowsView

REPEATED: Mapping[str, Callable[[Field, Now], FieldView]] = {
    "rows": RowsView,
    "palette": RowsView,
    "references": ReferencesView,
}
"""Kinds of several components; every other kind is one component."""

SMALL = ("choice", "number", "switch")
"""Kinds that stand side by side, as does a text of one line."""


class FormView:
    """The fields of a capability on the page.

    Args:
        capability: Whose form.
        card: The target the page starts with.
        target: The component that holds the present target.
    """

    def __init__(self, capability: Capability, card: ModelCard, target: Component) -> None:
        self.capability = capability
        self._target = target
        self._fields = all_fields(capability, card)
        self._start = self._narrowed(card)
        self._views: dict[str, FieldView] = {}

    @property
    def views(self) -> list[FieldView]:
        """The fields in order; those of sections that are not built yet are missing."""
        return [self._views[field.name] for field in self._fields if field.name in self._views]

    @property
    def inputs(self) -> list[Component]:
        """The components that hold the values."""
        return [one for view in self.views for one in view.inputs]

    def outputs(self, only: Sequence[str] | None = None) -> list[Any]:
        """Return the components that `updates` has an update for."""
        return [one for view in self._chosen(only) for one in view.outputs]

    @property
    def narrowing(self) -> list[str]:
        """The names of the fields that not all targets show alike: what a change of target has to update."""
        forms = [self._narrowed(card) for card in all_cards()]
        return [name for name in forms[0] if any(form[name] != forms[0][name] for form in forms)]

    @property
    def sections(self) -> list[str]:
        """The names of the groups that may be folded away, in order."""
        return list(dict.fromkeys(field.group for field in self._fields if field.group != MAIN))

    def build(self, group: str) -> None:
        """Put the fields of a group on the page; small neighbours share a line."""
        members = [field for field in self._fields if field.group == group]
        for small, run in groupby(members, key=_is_small):
            fields = list(run)
            if small and len(fields) > 1:
                with gr.Row(elem_classes=["f2-line"]):
                    self._build_all(fields)
            else:
                self._build_all(fields)

    def read(self, raw: Sequence[Any]) -> dict[str, Any]:
        """Return the form's values from those of the inputs."""
        values: dict[str, Any] = {}
        rest = list(raw)
        for view in self.views:
            own, rest = rest[: len(view.inputs)], rest[len(view.inputs) :]
            values[view.field.name] = view.read(own)
        return values

    def active(self, values: Values, card: ModelCard) -> dict[str, Any]:
        """Return the values of the fields that this target has; the others only wait for a target that has them."""
        names = {field.name for field in self.capability.form(card)}
        return {name: value for name, value in values.items() if name in names}

    def updates(self, card: ModelCard, values: Values, only: Sequence[str] | None = None) -> list[Any]:
        """Return an update for each of the outputs that shows these values on a target.

        Args:
            card: The target.
            values: By field name; a missing one becomes the default.
            only: The fields; all of them when not given.
        """
        narrowed = self._narrowed(card)
        updates: list[Any] = []
        for view in self._chosen(only):
            field = narrowed[view.field.name]
            updates += view.updates(field, values.get(field.name, field.default))
        return updates

    def carried(self, values: Values, old: ModelCard, new: ModelCard) -> dict[str, Any]:
        """Return the values for another target: what a person set stays, an untouched default becomes the new one."""
        before, after = self._defaults(old), self._defaults(new)
        return {name: after[name] if value == before[name] else value for name, value in values.items()}

    def _chosen(self, only: Sequence[str] | None) -> list[FieldView]:
        return [view for view in self.views if only is None or view.field.name in only]

    def _build_all(self, fields: Sequence[Field]) -> None:
        for field in fields:
            if field.kind in REPEATED:
                now = Now(self._start[field.name], self._target, partial(self._at, field.name))
                self._views[field.name] = REPEATED[field.kind](field, now)
            else:
                self._views[field.name] = SimpleView(field, self._start[field.name])

    def _at(self, name: str, target: str) -> Field:
        return self._narrowed(card_of(target))[name]

    def _defaults(self, card: ModelCard) -> dict[str, Any]:
        """Return what an untouched field holds; one that this target lacks keeps what it was built with."""
        narrowed = self._narrowed(card)
        return {one.name: (narrowed[one.name] if narrowed[one.name].is_active else one).default for one in self._fields}

    def _narrowed(self, card: ModelCard) -> dict[str, Field]:
        form = {field.name: field for field in self.capability.form(card)}
        return {field.name: form.get(field.name, replace(field, hidden=True)) for field in self._fields}


def all_fields(capability: Capability, card: ModelCard) -> list[Field]:
    """Return every field any target has, in the order of ``card``, each as a target shows it that really takes it."""
    found: dict[str, list[Field]] = {field.name: [field] for field in capability.form(card)}
    for other in all_cards():
        for field in capability.form(other):
            found.setdefault(field.name, []).append(field)
    return [_widest(variants) for variants in found.values()]


def _widest(variants: Sequence[Field]) -> Field:
    """Return the first variant that is active, with room for the most rows or pictures any target takes."""
    first = next((field for field in variants if field.is_active), variants[0])
    most = [field.most for field in variants if field.most is not None]
    return replace(first, most=max(most)) if most else first


def _is_small(field: Field) -> bool:
    return field.kind in SMALL or (field.kind == "text" and field.lines == 1)
