"""JSON prompting: a form for the documented fields beside an editor for the whole prompt, kept in step both ways."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from ..cards import ModelCard
from ..errors import InvalidRequest
from ..forms import Field
from ..prompting import tokens
from ..prompting.json_prompt import JsonPrompt
from ..request import MAX_SEED, ImageRequest
from . import json_form, settings
from .base import Capability, Example, Note, Values
from .prompt_notes import token_notes

SEND_AS: dict[str, tuple[str, Callable[[JsonPrompt], str]]] = {
    "json": ("JSON", lambda prompt: prompt.to_json()),
    "minified": ("minified JSON", lambda prompt: prompt.to_json(indent=None)),
    "prose": ("prose", lambda prompt: prompt.to_prose()),
}
"""Ways to send the prompt: name -> words for people, and how it is written."""

WORKSHOP = """{
  "scene": "a small harbour workshop on a grey morning",
  "subjects": [
    {
      "description": "an old boat builder in a blue apron",
      "position": "center foreground",
      "action": "planing a long cedar plank",
      "colors": ["#2E86AB"]
    },
    {
      "description": "a ginger cat asleep on a coil of rope",
      "position": "right foreground"
    }
  ],
  "style": "documentary photograph on colour negative film",
  "color_palette": ["#2E4057", "#E3B587"],
  "lighting": "soft window light from the left",
  "mood": "calm, patient",
  "camera": {"angle": "eye level", "lens": "35mm", "depth_of_field": "shallow"}
}"""

TEAPOT = """{
  "scene": "studio product photograph on a pale stone slab",
  "subjects": [
    {
      "description": "a matte ceramic teapot",
      "position": "center",
      "colors": ["#1F3A5F"]
    },
    {
      "description": "two lemons",
      "position": "left foreground"
    }
  ],
  "background": "plain warm white wall",
  "lighting": "large softbox from the right, soft long shadow",
  "camera": {"angle": "slightly high angle", "lens": "85mm", "f-number": "f/8"}
}"""

TEA_STEPS = """{
  "type": "infographic",
  "title": "A cup of tea in four steps",
  "sections": [
    {"heading": "1. Boil", "content": "fresh water", "visual": "kettle"},
    {"heading": "2. Warm", "content": "rinse the pot", "visual": "teapot"},
    {"heading": "3. Steep", "content": "three minutes", "visual": "hourglass"},
    {"heading": "4. Pour", "content": "slowly", "visual": "cup"}
  ],
  "color_scheme": ["#2E6F95", "#F2E9DC", "#D98E04"],
  "style": "flat vector, plenty of white space"
}"""


class JsonPrompting(Capability):
    """Describes a picture field by field, so that one thing can be changed and the rest stays."""

    name: ClassVar[str] = "json-prompt"
    title: ClassVar[str] = "JSON prompt"
    summary: ClassVar[str] = (
        "Describe a picture field by field, or edit the JSON itself. Keys of your own pass through."
    )
    examples: ClassVar[Sequence[Example]] = tuple(
        Example(label, {"json": text})
        for label, text in (("Workshop", WORKSHOP), ("Product", TEAPOT), ("Infographic", TEA_STEPS))
    )

    def fields(self, card: ModelCard) -> Sequence[Field]:
        """Return the documented fields, the editor, the form to send it in, and the shared settings."""
        ways = tuple((label, name) for name, (label, _) in SEND_AS.items())
        start = json_form.to_values(JsonPrompt.parse(WORKSHOP).as_dict())
        form = [replace(field, default=start[field.name]) for field in json_form.form_fields()]
        return [
            *form,
            Field("json", "code", "JSON", help="The whole prompt.", default=WORKSHOP, lines=16, drives=True),
            Field("send_as", "choice", "Send as", default="json", choices=ways),
            *settings.size_fields(card),
            settings.count_field(),
            settings.seed_field(card),
            *settings.card_fields(card),
        ]

    def requests(self, values: Values, card: ModelCard) -> list[ImageRequest]:
        """Return one request per picture; the prompt is the JSON in the form chosen."""
        prompt = _parsed(values)
        text = SEND_AS[str(values.get("send_as") or "json")][1](prompt)
        shared = settings.request_fields(values, card)
        count = int(values.get("count") or 1)
        seeds = settings.seeds(values, count, card, secrets.randbelow(MAX_SEED + 1))
        return [ImageRequest(text, **{**shared, "seed": seed}) for seed in seeds]

    def sync(self, values: Values, changed: str, card: ModelCard) -> dict[str, Any]:
        """Fill the form from the editor, or the editor from the form; an editor that does not parse is left alone."""
        try:
            data = JsonPrompt.parse(str(values.get("json") or "{}")).as_dict()
        except InvalidRequest:
            return {}
        if changed == "json":
            return json_form.to_values(data)
        merged = json_form.to_data(values, data)
        return {"json": JsonPrompt.model_validate(merged).to_json()} if merged != data else {}

    def notes(self, values: Values, card: ModelCard) -> list[Note]:
        """Return where the JSON does not parse, or what each way to send it costs in tokens."""
        try:
            prompt = _parsed(values)
        except InvalidRequest as error:
            return [Note("warning", " ".join(part for part in (error.what, error.next_step) if part))]
        chosen = SEND_AS[str(values.get("send_as") or "json")][1](prompt)
        return [*token_notes(chosen, card), *_token_table(prompt, card)]

    def template(self, values: Values) -> str:
        """Return the JSON as it was edited."""
        return str(values.get("json") or "")


def _parsed(values: Values) -> JsonPrompt:
    prompt = JsonPrompt.parse(str(values.get("json") or ""))
    if not prompt.as_dict():
        raise InvalidRequest("The JSON prompt is empty: fill in a field.", field="json")
    return prompt


def _token_table(prompt: JsonPrompt, card: ModelCard) -> list[Note]:
    if card.token_limit is None:
        return []
    counted = [(label, tokens.count(write(prompt), card.family)) for label, write in SEND_AS.values()]
    how = "" if all(count.exact for _, count in counted) else "about "
    listed = ", ".join(f"{how}{count.count} as {label}" for label, count in counted)
    return [Note("info", f"Tokens of {card.token_limit:,}: {listed}.")]
