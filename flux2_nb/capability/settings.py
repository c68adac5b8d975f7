"""The fields that several capabilities share: size, seed, how many, and what the target's card offers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from ..cards import ModelCard, Parameter
from ..forms import SETTINGS, Field
from ..request import MAX_SEED
from .base import Values

MATCH = "match"
LABELS = {
    "steps": "Steps",
    "guidance": "Guidance",
    "prompt_upsampling": "Prompt upsampling",
    "safety_tolerance": "Safety tolerance",
    "output_format": "File format",
}
"""The optional fields every form has, in order; a target that lacks one shows it greyed with the reason."""

MOST_IMAGES = 8


def prompt_field(placeholder: str, lines: int = 4) -> Field:
    """Return the prompt field."""
    return Field("prompt", "text", "Prompt", lines=lines, placeholder=placeholder, default="", drives=True)


def size_fields(card: ModelCard, match: bool = False) -> list[Field]:
    """Return ratio and megapixels; ``match`` adds the shape of image 1 and makes it the default."""
    ratios = [(ratio, ratio) for ratio in card.size.ratios]
    if match:
        ratios.insert(0, ("as image 1", MATCH))
    amounts = [(f"{amount:g} MP", amount) for amount in card.size.megapixels if amount <= card.size.max_megapixels]
    return [
        Field("aspect_ratio", "choice", "Aspect ratio", default=ratios[0][1], choices=tuple(ratios)),
        Field(
            "megapixels",
            "choice",
            "Megapixels",
            help="More pixels show finer detail; most providers charge by them.",
            default=card.size.default_megapixels,
            choices=tuple(amounts),
        ),
    ]


def seed_fields(card: ModelCard) -> list[Field]:
    """Return the seed and its lock, greyed together where the target takes no seed; `sync_seed` keeps them in step."""
    why = "" if "seed" in card.parameters else card.absent.get("seed", "This target takes no seed.")
    seed = Field(
        "seed",
        "number",
        "Seed",
        help="The same seed and settings make the same picture again. Empty takes a new one each time.",
        minimum=0,
        maximum=MAX_SEED,
        step=1,
        group=SETTINGS,
        off=why,
        drives=True,
    )
    lock = Field(
        "keep_seed",
        "switch",
        "Keep this seed",
        help="Off takes a new seed for every run.",
        default=False,
        group=SETTINGS,
        off=why,
        drives=True,
    )
    return [seed, lock]


def sync_seed(values: Values, changed: str) -> dict[str, Any]:
    """Return what follows for the seed and its lock: every capability's ``sync`` calls this.

    A seed that is typed is kept, an emptied one is not; the lock draws a seed where there is none, and gives it up
    when it is opened.

    Args:
        values: The form's values.
        changed: The field that a person changed; nothing follows from one that is neither seed nor lock.
    """
    given = values.get("seed") is not None
    locked = bool(values.get("keep_seed"))
    if changed == "seed" and given != locked:
        return {"keep_seed": given}
    if changed == "keep_seed" and given != locked:
        return {"seed": secrets.randbelow(MAX_SEED + 1) if locked else None}
    return {}


def count_field() -> Field:
    """Return how many pictures to make; they get consecutive seeds."""
    return Field(
        "count",
        "number",
        "How many",
        help="Each is a run of its own, with the next seed, and is billed as one.",
        default=1,
        minimum=1,
        maximum=MOST_IMAGES,
        step=1,
    )


def card_fields(card: ModelCard) -> list[Field]:
    """Return a field for everything else the target takes, and a greyed one for what its sisters take."""
    fields = [_optional(name, label, card) for name, label in LABELS.items()]
    own = [name for name in card.parameters if name not in LABELS and name != "seed"]
    return fields + [_field(name, card.parameters[name]) for name in own]


def _optional(name: str, label: str, card: ModelCard) -> Field:
    parameter = card.parameters.get(name)
    if parameter is None:
        why = card.absent.get(name, f"{card.label} on {card.provider} does not take it.")
        return Field(name, "switch" if name == "prompt_upsampling" else "text", label, group=SETTINGS, off=why)
    return _field(name, parameter, label)


def _field(name: str, parameter: Parameter, label: str = "") -> Field:
    number = parameter.kind in ("integer", "number")
    return Field(
        name,
        "number" if number else parameter.kind,  # type: ignore[arg-type]  # "switch" and "choice" are kinds of field too
        label or parameter.label or name.replace("_", " ").capitalize(),
        help=parameter.help,
        default=parameter.default,
        minimum=parameter.minimum,
        maximum=parameter.maximum,
        step=1 if parameter.kind == "integer" else parameter.step,
        choices=tuple((choice, choice) for choice in parameter.choices),
        group=SETTINGS,
        off=parameter.help if parameter.fixed else "",
        hidden=not parameter.effect,
    )


def request_fields(values: Values, card: ModelCard) -> dict[str, Any]:
    """Return the keyword arguments of `ImageRequest` that the shared fields come to; only what this target takes."""
    taken = {
        name: values[name]
        for name, parameter in card.parameters.items()
        if not parameter.fixed and parameter.effect and values.get(name) is not None
    }
    fields: dict[str, Any] = {name: taken.pop(name) for name in [*LABELS, "seed"] if name in taken}
    for name in ("seed", "steps", "safety_tolerance"):
        if name in fields and float(fields[name]).is_integer():
            fields[name] = int(fields[name])
    if "guidance" in fields:
        fields["guidance"] = float(fields["guidance"])
    if values.get("aspect_ratio"):
        fields["aspect_ratio"] = values["aspect_ratio"]
    if values.get("megapixels"):
        fields["megapixels"] = float(values["megapixels"])
    return {**fields, "extra": taken} if taken else fields


def seeds(values: Values, count: int, card: ModelCard, fresh: int) -> Sequence[int | None]:
    """Return consecutive seeds from the one given, or from ``fresh`` when none is; None where the target takes none."""
    if "seed" not in card.parameters:
        return [None] * count
    given = values.get("seed")
    first = fresh if given is None else int(given)
    return [(first + index) % (MAX_SEED + 1) for index in range(count)]
