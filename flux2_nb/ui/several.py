"""The same request on several targets: what each would take of it, what that comes to, and how all of them begin."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .. import provider
from ..capability.base import Capability, Note, Values
from ..cards import ModelCard
from ..errors import Flux2Error
from ..forms import Field
from ..request import MAX_SEED
from ..studio import Studio
from . import narrowing
from .plan import Plan, make_plan, priced, together
from .starting import Prepared, prepare
from .view import target_name

SEED = "seed"


def other_targets(studio: Studio) -> tuple[list[Studio], list[str]]:
    """Return a studio for every other target that could be used now, and the labels of providers without their key."""
    ready: list[Studio] = []
    missing: list[str] = []
    for name in provider.names():
        try:
            cards = provider.get(name).cards()
            studios = [studio.with_target(name, card.model) for card in cards]
        except Flux2Error:
            continue  # it cannot say which models it has: there is nothing to offer
        if studios and not studios[0].is_ready:
            missing.append(studios[0].provider.facts.label)
        else:
            ready += [one for one in studios if one.card.target != studio.card.target]
    return ready, missing


def narrowed(
    capability: Capability, values: Values, old: ModelCard, new: ModelCard
) -> tuple[dict[str, Any], list[str]]:
    """Return a form's values as another target takes them, and a sentence for everything it does not take as it is.

    What a person left at its default becomes the other target's default. References are never left out: a request
    with too many of them cannot be made there.

    Args:
        capability: Whose form.
        values: As they stand on the target ``old``.
        old: The target the form shows.
        new: The other target.
    """
    before = {field.name: field for field in capability.form(old) if field.is_active}
    after = {field.name: field for field in capability.form(new)}
    fitted: dict[str, Any] = {}
    said: list[str] = []
    for name, field in before.items():
        value, other = values.get(name, field.default), after.get(name)
        if value == field.default:
            continue
        if other is None or not other.is_active:
            said.append(f"{field.label} {_shown(value)} is not used: {_reason(other, new)}")
            continue
        fitted[name] = _nearest(other, value)
        if fitted[name] != value:
            said.append(f"{field.label} {_shown(value)} becomes {_shown(fitted[name])}.")
    return fitted, said


@dataclass(frozen=True)
class Offer:
    """A target that could make the same pictures.

    Attributes:
        studio: The target.
        values: As it takes them.
        said: What it does not take as it is, one sentence each.
        plan: What it comes to there.
    """

    studio: Studio
    values: Mapping[str, Any]
    said: Sequence[str]
    plan: Plan

    @property
    def name(self) -> str:
        """How the target is called."""
        return target_name(self.studio.card)

    @property
    def text(self) -> str:
        """The target and its price for this request."""
        return f"{self.name} · {'cannot make this' if self.plan.problem else self.plan.cost_text}"


def offer(studio: Studio, capability: Capability, values: Values, card: ModelCard) -> Offer:
    """Return what another target would make of the values that a form holds for the target ``card``."""
    fitted, said = narrowed(capability, values, card, studio.card)
    return Offer(studio, fitted, said, priced(studio, capability, fitted))


def plan_of_all(plan: Plan, offers: Sequence[Offer], capability: Capability) -> Plan:
    """Return one plan for the form's own target and the chosen others, with what each of them does otherwise."""
    if not offers:
        return plan
    whole = together([plan, *(replace(one.plan, problem=_named_problem(one)) for one in offers)])
    notes = [note for one in offers for note in _notes(one, capability) if note not in plan.notes]
    return replace(whole, notes=(*plan.notes, *notes))


def prepare_all(studio: Studio, capability: Capability, values: Values, others: Sequence[Studio]) -> list[Prepared]:
    """Check the values on every target, with one seed for all that take one; nothing begins when one cannot make them.

    Raises:
        Flux2Error: A sentence that names the target it comes from.
    """
    if not others:
        return prepare(studio, capability, values)
    shared = values.get(SEED)
    seed = secrets.randbelow(MAX_SEED + 1) if shared is None else shared
    prepared: list[Prepared] = []
    for one in (studio, *others):
        fitted = values if one is studio else narrowed(capability, values, studio.card, one.card)[0]
        takes_seed = any(field.name == SEED and field.is_active for field in capability.form(one.card))
        made = prepare(one, capability, {**fitted, SEED: seed} if takes_seed else fitted)
        prepared += [replace(each, label=_label(one.card, each.label)) for each in made]
    return prepared


def _label(card: ModelCard, label: str) -> str:
    return " · ".join(part for part in (target_name(card), label) if part)


def _named_problem(one: Offer) -> str:
    return f"{one.name}: {one.plan.problem} Untick it, or change the request." if one.plan.problem else ""


def _notes(one: Offer, capability: Capability) -> list[Note]:
    """Return what to know of one target: what it does not take, and the warnings its own form would show."""
    own = make_plan(one.studio, capability, one.values).notes
    warnings = [replace(note, text=f"{one.name}: {note.text}") for note in own if note.level == "warning"]
    return [*(Note("warning", f"{one.name}: {text}") for text in one.said), *warnings]


def _reason(field: Field | None, card: ModelCard) -> str:
    return field.off if field is not None and field.off else f"{target_name(card)} does not take it."


def _nearest(field: Field, value: Any) -> Any:
    """Return the value, or the nearest one that the field takes."""
    if field.kind != "choice":
        return narrowing.fitted(field, value)
    options = [option for _, option in field.choices]
    nearest = min(options, key=lambda one: _distance(one, value), default=field.default)
    return nearest if _distance(nearest, value) < math.inf else field.default


def _distance(option: Any, value: Any) -> float:
    """Return how far two choices are apart: numbers and ratios by their size, anything else not at all near."""
    if option == value:
        return 0.0
    one, other = _size(option), _size(value)
    return math.inf if one is None or other is None else abs(math.log(one / other))


def _size(value: Any) -> float | None:
    if isinstance(value, str):
        width, _, height = value.partition(":")
        return float(width) / float(height) if width.isdigit() and height.isdigit() and int(height) else None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
    return float(value) if is_number else None


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value) if isinstance(value, (str, int)) else ""
