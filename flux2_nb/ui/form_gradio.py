"""A capability's form with Gradio: built once for all targets, narrowed to the present one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

import gradio as gr
from gradio.components import Component

from ..capability.base import Capability, Values
from ..cards import ModelCard
from ..forms import MAIN, Field
from .drawing_gradio import DrawingView
from .fields_gradio import FieldView, SimpleView
from .narrowing import Narrowing, all_cards
from .references_gradio import ReferencesView
from .rows_gradio import RowsView

REPEATED: Mapping[str, Callable[[Field, Field], FieldView]] = {
    "rows": RowsView,
    "palette": RowsView,
    "references": ReferencesView,
    "drawing": DrawingView,
}
"""Kinds with an editor of our own; every other kind is one of Gradio's components."""

SMALL = ("choice", "number", "switch")
"""Kinds that stand side by side, as does a text of one line."""


class FormView:
    """The fields of a capability on the page.

    Args:
        capability: Whose form.
        card: The target the page starts with.
    """

    def __init__(self, capability: Capability, card: ModelCard) -> None:
        self.capability = capability
        self._narrowing = Narrowing(capability, card)
        self._fields = self._narrowing.fields
        self._start = self._narrowing.at(card)
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
        forms = [self._narrowing.at(card) for card in all_cards()]
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
        return self._narrowing.active(values, card)

    def updates(self, card: ModelCard, values: Values, only: Sequence[str] | None = None) -> list[Any]:
        """Return an update for each of the outputs that shows these values on a target.

        Args:
            card: The target.
            values: By field name; a missing one becomes the default.
            only: The fields; all of them when not given.
        """
        narrowed = self._narrowing.at(card)
        updates: list[Any] = []
        for view in self._chosen(only):
            field = narrowed[view.field.name]
            updates += view.updates(field, values.get(field.name, field.default))
        return updates

    def carried(self, values: Values, old: ModelCard, new: ModelCard) -> dict[str, Any]:
        """Return the values for another target: what a person set stays, an untouched default becomes the new one."""
        return self._narrowing.carried(values, old, new)

    def _chosen(self, only: Sequence[str] | None) -> list[FieldView]:
        return [view for view in self.views if only is None or view.field.name in only]

    def _build_all(self, fields: Sequence[Field]) -> None:
        for field in fields:
            if field.kind in REPEATED:
                self._views[field.name] = REPEATED[field.kind](field, self._start[field.name])
            else:
                self._views[field.name] = SimpleView(field, self._start[field.name])


def _is_small(field: Field) -> bool:
    return field.kind in SMALL or (field.kind == "text" and field.lines == 1)
