"""Text to image: one prompt, one or several pictures."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import ClassVar

from ..cards import ModelCard
from ..errors import InvalidRequest
from ..forms import Field
from ..request import MAX_SEED, ImageRequest
from . import settings
from .base import Capability, Example, Note, Values
from .prompt_notes import prompt_notes


class TextToImage(Capability):
    """Turns a prompt into pictures with consecutive seeds."""

    name: ClassVar[str] = "text-to-image"
    title: ClassVar[str] = "Text to image"
    summary: ClassVar[str] = "Describe a picture in your own words: subject, action, style, setting, light."
    examples: ClassVar[Sequence[Example]] = (
        Example(
            "Photograph",
            {
                "prompt": "A baker lifts a tray of golden croissants from a stone oven before dawn, flour in the air, "
                "warm oven light from the left, blue morning in the window, 35mm documentary photograph",
                "aspect_ratio": "3:2",
            },
        ),
        Example(
            "Product",
            {
                "prompt": "A matte #1F3A5F ceramic teapot on a slab of pale travertine, one sprig of eucalyptus, "
                "soft window light, deep soft shadows, clean studio product photograph",
                "aspect_ratio": "4:5",
            },
        ),
        Example(
            "Poster",
            {
                "prompt": "A travel poster for the invented island of Lumara: a lighthouse over a turquoise bay, three "
                'small sailing boats, flat shapes, large headline "LUMARA" at the top, small line "Ferries all summer"',
                "aspect_ratio": "3:4",
            },
        ),
        Example(
            "Infographic",
            {
                "prompt": 'A clean infographic titled "How rain becomes tea" in four numbered steps with icons: cloud, '
                "mountain stream, kettle, cup; palette #2E6F95, #F2E9DC and #D98E04, plenty of white space",
                "aspect_ratio": "4:3",
            },
        ),
        Example(
            "Interior",
            {
                "prompt": "A reading corner in a small attic: a moss green armchair, a brass lamp, a wall of books, "
                "oak floor, rain on the skylight, late afternoon, wide angle interior photograph",
                "aspect_ratio": "16:9",
            },
        ),
        Example(
            "Landing page",
            {
                "prompt": 'A landing page for "Birdhouse", an invented app for quiet mornings: large headline '
                '"Wake up slowly", a drawing of a robin on a branch, one button "Try it free", cream and #2D6A4F',
                "aspect_ratio": "16:9",
            },
        ),
    )

    def fields(self, card: ModelCard) -> Sequence[Field]:
        """Return prompt, size, how many, seed and what the card adds."""
        return [
            settings.prompt_field("A red fox asleep in fresh snow under a pine, first light, soft shadows"),
            *settings.size_fields(card),
            settings.count_field(),
            settings.seed_field(card),
            *settings.card_fields(card),
        ]

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
        """Return what the prompt checks say."""
        return prompt_notes(str(values.get("prompt") or ""), card)
