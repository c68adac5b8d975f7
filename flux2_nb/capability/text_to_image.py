"""Text to image: one prompt, one or several pictures."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, ClassVar

from ..cards import ModelCard
from ..errors import InvalidRequest
from ..forms import Field
from ..request import MAX_SEED, ImageRequest
from . import pickers, settings
from .base import Capability, Example, Note, Values
from .prompt_notes import prompt_notes
from .recipes import RECIPES


class TextToImage(Capability):
    """Turns a prompt into pictures with consecutive seeds."""

    name: ClassVar[str] = "text-to-image"
    title: ClassVar[str] = "Text to image"
    summary: ClassVar[str] = "Describe a picture in your own words: subject, action, style, setting, light."
    examples: ClassVar[Sequence[Example]] = RECIPES

    def fields(self, card: ModelCard) -> Sequence[Field]:
        """Return prompt, size, how many, the pickers, seed and what the card adds."""
        return [
            settings.prompt_field("A red fox asleep in fresh snow under a pine, first light, soft shadows"),
            *settings.size_fields(card),
            settings.count_field(),
            *pickers.fields(),
            *settings.seed_fields(card),
            *settings.card_fields(card),
        ]

    def sync(self, values: Values, changed: str, card: ModelCard) -> dict[str, Any]:
        """Keep the pickers and the prompt in step, and the seed and its lock."""
        return {**settings.sync_seed(values, changed), **pickers.sync(values, changed)}

    def requests(self, values: Values, card: ModelCard) -> list[ImageRequest]:
        """Return one request per picture."""
        prompt = str(values.get("prompt") or "")
        if not prompt.strip():
            raise InvalidRequest("The prompt is empty: say what should be in the picture.", field="prompt")
        shared = settings.request_fields(values, card)
        count = int(values.get("count") or 1)
        seeds = settings.seeds(values, count, card, secrets.randbelow(MAX_SEED + 1))
        return [ImageRequest(prompt, **{**shared, "seed": seed}) for seed in seeds]

    def notes(self, values: Values, card: ModelCard) -> list[Note]:
        """Return what the prompt checks say, and the tokens it takes."""
        return prompt_notes(str(values.get("prompt") or ""), card)
