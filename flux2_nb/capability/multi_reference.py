"""Multi-reference editing: pictures in order, each with a role, in a prompt that counts them from image 1."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from .. import images
from ..cards import ModelCard
from ..errors import Flux2Error, InvalidRequest
from ..forms import Field
from ..prompting import roles
from ..request import MAX_SEED, ImageRequest, Reference
from . import settings
from .base import Capability, Example, Note, Values
from .prompt_notes import prompt_notes


class MultiReference(Capability):
    """Edits or combines pictures."""

    name: ClassVar[str] = "multi-reference"
    title: ClassVar[str] = "Edit and combine"
    summary: ClassVar[str] = (
        'Add pictures and say what to make of them. The prompt calls them "image 1", "image 2" in their order.'
    )
    examples: ClassVar[Sequence[Example]] = (
        Example("Background", {"prompt": "Keep the subject of image 1 as it is and put it on a pebble beach at dusk."}),
        Example("Combine", {"prompt": "Put the object from image 1 on the table in image 2, with matching light."}),
        Example("Restyle", {"prompt": "Redraw image 1 as a loose ink and watercolour sketch on rough paper."}),
        Example("Recolour", {"prompt": "Change the main object in image 1 to color #2D6A4F. Change nothing else."}),
        Example("Weather", {"prompt": "Make it snow in image 1: fresh snow on every surface, the same viewpoint."}),
    )

    def fields(self, card: ModelCard) -> Sequence[Field]:
        """Return the references, the prompt and the shared settings."""
        choices = (("as prompted", ""), *((role.label, role.name) for role in roles.roles()))
        takes = card.references.maximum
        return [
            Field(
                "references",
                "references",
                "Reference images",
                help=f"{card.label} takes up to {takes}. A role adds its sentence to the prompt.",
                default=[],
                most=takes,
                columns=(Field("role", "choice", "Role", default="", choices=choices),),
                off="" if takes else f"{card.label} on {card.provider} takes no reference images.",
                drives=True,
            ),
            settings.prompt_field("Put the lamp from image 1 on the desk in image 2, with matching light"),
            *settings.size_fields(card, match=True),
            settings.count_field(),
            settings.seed_field(card),
            *settings.card_fields(card),
        ]

    def requests(self, values: Values, card: ModelCard) -> list[ImageRequest]:
        """Return one request per picture asked for, each with all references."""
        given = _given(values)
        if not given:
            raise InvalidRequest("There is no picture to edit: add at least one.", field="references")
        prompt = _composed(values, given)
        if not prompt.strip():
            raise InvalidRequest("The prompt is empty: say what to make of the pictures.", field="prompt")
        references = tuple(Reference(one["image"], role=one.get("role") or None) for one in given)
        shared = settings.request_fields(values, card)
        count = int(values.get("count") or 1)
        seeds = settings.seeds(values, count, card, secrets.randbelow(MAX_SEED + 1))
        return [ImageRequest(prompt, **{**shared, "references": references, "seed": seed}) for seed in seeds]

    def notes(self, values: Values, card: ModelCard) -> list[Note]:
        """Return what will be resized or refused, and what the prompt checks say."""
        given = _given(values)
        return [*_reference_notes(given, card), *prompt_notes(_composed(values, given), card, references=len(given))]


def _given(values: Values) -> list[Mapping[str, Any]]:
    """Return the slots that hold a picture, in order."""
    return [one for one in values.get("references") or [] if one.get("image")]


def _composed(values: Values, given: Sequence[Mapping[str, Any]]) -> str:
    prompt = roles.normalise_mentions(str(values.get("prompt") or ""))
    return roles.compose(prompt, [one.get("role") or None for one in given])


def _reference_notes(given: Sequence[Mapping[str, Any]], card: ModelCard) -> list[Note]:
    read: list[Reference] = []
    for index, one in enumerate(given, start=1):
        try:
            read.append(images.read_reference(Reference(one["image"])))
        except Flux2Error as error:
            return [Note("warning", f"Image {index}: {error.what} {error.next_step}".strip())]
    notes = [Note("info", text) for text in images.prepared_notes(read, card.references)]
    if len(given) > card.references.maximum:
        text = f"{card.label} on {card.provider} takes at most {card.references.maximum} reference images."
        notes.insert(0, Note("warning", text))
    return notes
