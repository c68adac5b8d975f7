"""One form for every target: the fields that any target has, each as the present one narrows it. No toolkit in here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from .. import provider
from ..capability.base import Capability, Values
from ..cards import ModelCard
from ..errors import Flux2Error
from ..forms import Field

SLIDER_STEPS = range(12, 501)
"""A number with so many steps between its bounds is a slider; any other is typed."""


class Narrowing:
    """The fields of a capability, for all targets at once.

    Args:
        capability: Whose form.
        card: The target to start with; it settles the order of the fields.

    Attributes:
        fields: Every field that any target has, as a target shows it that really takes it.
    """

    def __init__(self, capability: Capability, card: ModelCard) -> None:
        self.capability = capability
        self.fields = all_fields(capability, card)

    def at(self, card: ModelCard) -> dict[str, Field]:
        """Return every field as this target shows it; a field that it lacks is hidden, or greyed with the reason."""
        form = {field.name: field for field in self.capability.form(card)}
        return {one.name: alike(one, form.get(one.name, replace(one, hidden=True))) for one in self.fields}

    def defaults(self, card: ModelCard) -> dict[str, Any]:
        """Return what untouched fields hold; one that this target lacks holds what a target has that takes it."""
        narrowed = self.at(card)
        return {one.name: (narrowed[one.name] if narrowed[one.name].is_active else one).default for one in self.fields}

    def carried(self, values: Values, old: ModelCard, new: ModelCard) -> dict[str, Any]:
        """Return the values for another target.

        What a person set stays, or becomes the nearest that fits; an untouched default becomes the new one.
        """
        before, after, narrowed = self.defaults(old), self.defaults(new), self.at(new)
        return {
            name: after[name] if value == before[name] else fitted(narrowed[name], value)
            for name, value in values.items()
        }

    def active(self, values: Values, card: ModelCard) -> dict[str, Any]:
        """Return the values of the fields that this target has; the others only wait for a target that has them."""
        names = {field.name for field in self.capability.form(card)}
        return {name: value for name, value in values.items() if name in names}


def all_fields(capability: Capability, card: ModelCard) -> list[Field]:
    """Return every field any target has, in the order of ``card``, each as a target shows it that really takes it."""
    found: dict[str, list[Field]] = {field.name: [field] for field in capability.form(card)}
    for other in all_cards():
        for field in capability.form(other):
            found.setdefault(field.name, []).append(field)
    return [_widest(variants) for variants in found.values()]


def all_cards() -> Sequence[ModelCard]:
    """Return every card of every provider that can tell its models now."""
    cards: list[ModelCard] = []
    for name in provider.names():
        with suppress(Flux2Error):
            cards += provider.get(name).cards()
    return cards


def kind_of(field: Field) -> str:
    """Return the kind of control: a number is a ``slider`` where it has few steps, ``optional`` where it may be empty.

    Every other field is shown as its own kind.
    """
    if field.kind != "number":
        return field.kind
    if field.default is None:
        return "optional"
    if field.minimum is None or field.maximum is None:
        return "number"
    return "slider" if round((field.maximum - field.minimum) / (field.step or 0.1)) in SLIDER_STEPS else "number"


def fitted(field: Field, value: Any) -> Any:
    """Return the value where the field takes it, else the nearest number or the default: the change is seen at once."""
    if field.kind == "choice" and value not in [choice for _, choice in field.choices]:
        return field.default if field.choices else None
    if field.kind == "number" and isinstance(value, (int, float)) and not isinstance(value, bool):
        low = value if field.minimum is None else max(value, field.minimum)
        return low if field.maximum is None else min(low, field.maximum)
    return value


def alike(one: Field, narrowed: Field) -> Field:
    """Return the field in its own kind: a target that lacks it may describe it as plain text."""
    if narrowed.is_active or (narrowed.kind == one.kind and narrowed.default is not None):
        return narrowed
    return replace(one, label=narrowed.label, help=narrowed.help, off=narrowed.off, hidden=narrowed.hidden)


def _widest(variants: Sequence[Field]) -> Field:
    """Return the first variant that is active, with room for the most rows or pictures any target takes."""
    first = next((field for field in variants if field.is_active), variants[0])
    most = [field.most for field in variants if field.most is not None]
    return replace(first, most=max(most)) if most else first
