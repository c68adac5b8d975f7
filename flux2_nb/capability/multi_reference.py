"""Multi-reference editing: pictures in order, each with a role, in a prompt that counts them from image 1."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from .. import samples
from ..cards import ModelCard
from ..errors import InvalidRequest
from ..forms import Field
from ..prompting import roles
from ..request import MAX_SEED, ImageRequest, Reference
from . import change_keep, drawn_reference, outpaint, settings
from .base import Capability, Example, Note, Values
from .edit_recipes import needs_text, recipe_of, recipes, with_pictures
from .prompt_notes import prompt_notes
from .reference_notes import reference_notes

WRITES = ("references", drawn_reference.DRAWING, drawn_reference.MEANING, *outpaint.names())
"""The fields whose change writes sentences into the prompt, or takes them out."""


class MultiReference(Capability):
    """Edits or combines pictures."""

    name: ClassVar[str] = "multi-reference"
    title: ClassVar[str] = "Edit and combine"
    summary: ClassVar[str] = (
        'Add pictures and say what to make of them. The prompt calls them "image 1", "image 2" in their order.'
    )
    examples: ClassVar[Sequence[Example]] = tuple(one.example for one in recipes())

    def fields(self, card: ModelCard) -> Sequence[Field]:
        """Return the references, the prompt, what helps to write it, and the shared settings."""
        takes = card.references.maximum
        why = "" if takes else f"{card.label} on {card.provider} takes no reference images."
        return [
            _references_field(card, why),
            settings.prompt_field("Put the lamp from image 1 on the desk in image 2, with matching light"),
            *settings.size_fields(card, match=True),
            settings.count_field(),
            *change_keep.fields(why),
            *outpaint.fields(card, why),
            *drawn_reference.fields(why),
            *settings.seed_fields(card),
            *settings.card_fields(card),
        ]

    def requests(self, values: Values, card: ModelCard) -> list[ImageRequest]:
        """Return one request per picture asked for, each with all references and the drawing as the last."""
        slots = _slots(values)
        if not slots:
            raise InvalidRequest("There is no picture to edit: add at least one.", field="references")
        prompt = _sent(values)
        if not prompt.strip():
            raise InvalidRequest("The prompt is empty: say what to make of the pictures.", field="prompt")
        first, *others = (
            Reference(one["image"], role=one.get("role") or None, name=one.get("name", "")) for one in slots
        )
        references = (outpaint.extended(first, values, card), *others)
        shared = settings.request_fields(values, card)
        count = int(values.get("count") or 1)
        seeds = settings.seeds(values, count, card, secrets.randbelow(MAX_SEED + 1))
        return [ImageRequest(prompt, **{**shared, "references": references, "seed": seed}) for seed in seeds]

    def sync(self, values: Values, changed: str, card: ModelCard) -> dict[str, Any]:
        """Write into the prompt what roles, canvas and drawing ask for, and keep the composers in step with it."""
        given = _given(values)
        first = outpaint.measured(given[0]["image"]) if given else None
        followed = {
            **settings.sync_seed(values, changed),
            **change_keep.sync(values, changed),
            **outpaint.sync(values, changed, first),
        }
        if changed in WRITES:
            now = {**values, **followed}
            prompt = str(now.get("prompt") or "")
            written = roles.write(prompt, _roles(now), outpaint.sentences(now))
            followed |= {"prompt": written} if written != prompt else {}
        return followed

    def fill(self, values: Values, example: Example, card: ModelCard) -> dict[str, Any]:
        """Return a recipe's values: samples where there is no picture, else its roles for those that are there."""
        recipe = next((one for one in recipes() if one.label == example.label), None)
        if recipe is None:
            return super().fill(values, example, card)
        # A person's own pictures all stay: a note says when they are more than the target takes.
        own = [one for one in _given(values) if not samples.is_sample(one["image"])]
        room = max(card.references.maximum, len(own))
        pictures = with_pictures(recipe, _given(values))[:room]
        changed = {**outpaint.unset(), **example.values, "references": pictures}
        for name in ("prompt", outpaint.RATIO, "references"):
            changed |= self.sync({**values, **changed}, name, card)
        return changed

    def notes(self, values: Values, card: ModelCard) -> list[Note]:
        """Return what a recipe still wants, what becomes of the pictures, and what the prompt checks say."""
        slots, prompt, sent = _slots(values), str(values.get("prompt") or ""), _sent(values)
        recipe = recipe_of(prompt)
        needs = needs_text(recipe, slots) if recipe else ""
        return [
            *([Note("info", needs)] if needs else []),
            *reference_notes(slots, values, card),
            *([Note("info", f"Will be sent as: {sent}")] if slots and sent != prompt else []),
            *prompt_notes(sent, card, references=len(slots)),
        ]


def _references_field(card: ModelCard, why: str) -> Field:
    choices = (("as prompted", ""), *((role.label, role.name) for role in roles.roles()))
    return Field(
        "references",
        "references",
        "Reference images",
        help=f"{card.label} takes up to {card.references.maximum}. A role writes its sentence into the prompt.",
        default=[],
        most=card.references.maximum,
        columns=(Field("role", "choice", "Role", default="", choices=choices, drives=True),),
        off=why,
        drives=True,
    )


def _given(values: Values) -> list[Mapping[str, Any]]:
    """Return the slots that hold a picture, in order."""
    return [one for one in values.get("references") or [] if one.get("image")]


def _slots(values: Values) -> list[Mapping[str, Any]]:
    """Return every picture that is sent, in order: the slots, then the drawing."""
    return [*_given(values), *drawn_reference.slots(values)]


def _roles(values: Values) -> list[str | None]:
    return [one.get("role") or None for one in _slots(values)]


def _sent(values: Values) -> str:
    """Return the prompt as it is sent: what stands in the form, which the roles have written into already."""
    prompt = roles.normalise_mentions(str(values.get("prompt") or ""))
    return roles.compose(prompt, _roles(values), outpaint.sentences(values))
