"""JSON prompting: a form for the documented fields beside an editor for the whole prompt, kept in step both ways."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, ClassVar

from ..cards import ModelCard
from ..errors import InvalidRequest
from ..forms import MAIN, Field
from ..prompting.json_prompt import JsonPrompt
from ..request import MAX_SEED, ImageRequest
from . import json_form, json_variables, json_variations, settings, token_table
from .base import Capability, Example, Note, Values
from .json_examples import EXAMPLES, WORKSHOP
from .prompt_notes import token_notes

SEND_AS: dict[str, tuple[str, Callable[[JsonPrompt], str]]] = {
    "json": ("JSON", lambda prompt: prompt.to_text()),
    "minified": ("minified JSON", lambda prompt: prompt.to_json(indent=None)),
    "prose": ("prose", lambda prompt: prompt.to_prose()),
}
"""Ways to send the prompt: name -> words for people, and how it is written."""

MOST_PICTURES = 8
"""The most pictures one click makes, over variables, changes and seeds."""

CHANGE = "change one thing"
"""The section where one value is given several times."""


@dataclass(frozen=True)
class _Picture:
    label: str
    prompt: JsonPrompt


class JsonPrompting(Capability):
    """Describes a picture field by field, so that one thing can be changed and the rest stays."""

    name: ClassVar[str] = "json-prompt"
    title: ClassVar[str] = "JSON prompt"
    summary: ClassVar[str] = (
        "Describe a picture field by field, or edit the JSON itself. Keys of your own pass through, "
        "and {{NAME}} in any text is a variable."
    )
    examples: ClassVar[Sequence[Example]] = tuple(Example(label, {"json": text}) for label, text in EXAMPLES)

    def fields(self, card: ModelCard) -> Sequence[Field]:
        """Return the documented fields, the editor, the variables, the way to send it, and the shared settings."""
        ways = tuple((label, name) for name, (label, _) in SEND_AS.items())
        form = _form()
        return [
            *(field for field in form if field.group == MAIN),
            Field("json", "code", "JSON", help="The whole prompt.", default=WORKSHOP, lines=12, drives=True),
            _variables_field(),
            Field("send_as", "choice", "Send as", default="json", choices=ways),
            *settings.size_fields(card),
            settings.count_field(),
            *(field for field in form if field.group != MAIN),
            *settings.seed_fields(card),
            *settings.card_fields(card),
        ]

    def requests(self, values: Values, card: ModelCard) -> list[ImageRequest]:
        """Return one request for each picture and seed; pictures that differ in one thing share their seeds."""
        write = _way(values)
        shared = settings.request_fields(values, card)
        texts = [write(one.prompt) for one in _pictures(values)]
        seeds = settings.seeds(values, _seeds(values), card, secrets.randbelow(MAX_SEED + 1))
        return [ImageRequest(text, **{**shared, "seed": seed}) for seed in seeds for text in texts]

    def sync(self, values: Values, changed: str, card: ModelCard) -> dict[str, Any]:
        """Fill the form from the editor, or the editor from the form; an editor that does not parse is left alone."""
        seed = settings.sync_seed(values, changed)
        try:
            data = JsonPrompt.parse(str(values.get("json") or "{}")).as_dict()
        except InvalidRequest:
            return seed
        merged = data if changed == "json" else _merged(values, changed, data)
        follow = _values(merged, values) if changed == "json" else _rest(merged, values)
        if merged != data:
            follow["json"] = JsonPrompt.model_validate(merged).to_text()
        return {**seed, **{name: value for name, value in follow.items() if value != values.get(name)}}

    def notes(self, values: Values, card: ModelCard) -> list[Note]:
        """Return where the JSON does not parse, or what each way to send it costs in tokens."""
        try:
            pictures = _pictures(values)
        except InvalidRequest as error:
            return [Note("warning", " ".join(part for part in (error.what, error.next_step) if part))]
        longest = max((_way(values)(one.prompt) for one in pictures), key=len)
        ways = [(label, write(pictures[0].prompt)) for label, write in SEND_AS.values()]
        return [*_left_out(values), *token_notes(longest, card), *token_table.by_way("sent as", ways, card)]

    def labels(self, values: Values, card: ModelCard) -> list[str]:
        """Return what each picture has that the others have not."""
        return [one.label for _ in range(_seeds(values)) for one in _pictures(values)]

    def template(self, values: Values) -> str:
        """Return the JSON as it was edited, variables and all."""
        return str(values.get("json") or "")


def _left_out(values: Values) -> list[Note]:
    """Return a note for each colour of the form that has no place in the JSON."""
    data = JsonPrompt.parse(str(values.get("json") or "")).as_dict()
    why = "is not in the JSON: each colour there needs a thing of its own that it is for."
    return [Note("warning", f"{label}: {colour} {why}") for label, colour in json_form.left_out(values, data)]


@lru_cache(maxsize=1)
def _form() -> tuple[Field, ...]:
    """Return the documented fields and the change of one thing, filled in; made once, for it is asked for often."""
    start = _values(JsonPrompt.parse(WORKSHOP).as_dict(), {})
    return tuple(replace(field, default=start[field.name]) for field in (*json_form.form_fields(), _change_field()))


def _variables_field() -> Field:
    name = Field("name", "text", "Variable", default="", off="It stands in the JSON between double braces.")
    texts = Field("values", "text", "Values", default="", placeholder="one value per line", drives=True)
    why = "One value per line; every combination is a picture."
    return Field("variables", "rows", "Variables", why, [], columns=(name, texts), drives=True)


def _change_field() -> Field:
    path = Field("path", "choice", "Change", default=json_variations.NOTHING, drives=True)
    texts = Field("values", "text", "Other values", default="", placeholder="one value per line", lines=3, drives=True)
    why = "One more picture for each value, all with the same seed, so that nothing else differs."
    return Field("change", "rows", CHANGE, why, [], group=CHANGE, columns=(path, texts), most=1, drives=True)


def _way(values: Values) -> Callable[[JsonPrompt], str]:
    return SEND_AS[str(values.get("send_as") or "json")][1]


def _seeds(values: Values) -> int:
    return int(values.get("count") or 1)


def _merged(values: Values, changed: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return the editor's prompt with what the form holds."""
    if changed == json_variables.KEY:
        return json_variables.from_rows(values.get(changed) or [], data)
    return json_form.to_data(values, data)


def _values(data: dict[str, Any], values: Values) -> dict[str, Any]:
    """Return everything on the form that follows from a prompt."""
    return {**json_form.to_values(data), **_rest(data, values)}


def _rest(data: dict[str, Any], values: Values) -> dict[str, Any]:
    """Return the variables of a prompt, and what may be changed in it."""
    choices = json_variations.choices(data)
    change = _change(values)
    if change["path"] not in [path for _, path in choices]:
        change["path"] = json_variations.NOTHING
    return {json_variables.KEY: json_variables.to_rows(data), "change": [{**change, "choices": choices}]}


def _change(values: Values) -> dict[str, str]:
    rows = values.get("change") or [{}]
    return {name: str(rows[0].get(name) or "") for name in ("path", "values")}


def _pictures(values: Values) -> list[_Picture]:
    """Return each picture that the values come to, seeds aside.

    Raises:
        InvalidRequest: When the JSON does not parse or is empty, a variable has no value, or there are too many.
    """
    prompt = JsonPrompt.parse(str(values.get("json") or ""))
    if not prompt.as_dict():
        raise InvalidRequest("The JSON prompt is empty: fill in a field.", field="json")
    varied = _varied(prompt.as_dict(), _change(values))
    _refuse_too_many(sum(json_variables.count(data) for _, data in varied) * _seeds(values))
    return [
        _Picture(" · ".join(part for part in (label, detail) if part), _checked(data))
        for label, one in varied
        for detail, data in json_variables.filled(one)
    ]


def _varied(data: dict[str, Any], change: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """Return the prompt as it is, then with each other value at the path; labelled with what stands there."""
    others = json_variables.lines(change["values"])
    if change["path"] == json_variations.NOTHING or not others:
        return [("", data)]
    texts = list(dict.fromkeys([json_variations.value_at(data, change["path"]), *others]))
    prompts = [data, *json_variations.varied(data, change["path"], texts[1:])]
    return list(zip(texts, prompts, strict=True))


def _checked(data: dict[str, Any]) -> JsonPrompt:
    return JsonPrompt.parse(json.dumps(data))


def _refuse_too_many(count: int) -> None:
    if count > MOST_PICTURES:
        raise InvalidRequest(
            f"That makes {count} pictures, and one click makes at most {MOST_PICTURES}.",
            field="count",
            next_step="Take out values, or make fewer of each.",
        )
