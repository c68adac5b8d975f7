"""The JSON prompt: every documented field, free extra keys, and a round trip that keeps both in order.

FLUX.2 reads JSON as text like any other prompt; there is no JSON parameter. The base fields are those of Black
Forest Labs' prompting guide for pro and max; Cloudflare's announcement and Black Forest Labs' prompting skills add
the others (``data/json_fields.toml`` says which comes from where). The guide says to send the JSON as it is or
flattened to prose; the skills say to flatten it; so all three forms are here: pretty, minified (20 to 30 % fewer
tokens) and prose.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    model_validator,
)

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting import json_reading, json_writing, prose
from flux2_nb.prompting.tables import table
from flux2_nb.prompting.templates import fill, variables

__all__ = [
    "Camera",
    "JsonField",
    "JsonPrompt",
    "Part",
    "Section",
    "Subject",
    "documented_fields",
    "fill",
    "is_json_prompt",
    "variables",
]

Text: TypeAlias = StrictStr | None
TextList: TypeAlias = list[StrictStr] | StrictStr | None
Number: TypeAlias = StrictInt | StrictFloat | StrictStr | None
Colours: TypeAlias = list[StrictStr] | dict[str, Any] | StrictStr | None


class Part(BaseModel):
    """An object of a JSON prompt: documented keys as attributes, other keys kept, all in the order they came."""

    model_config = ConfigDict(extra="allow")
    _order: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="wrap")
    @classmethod
    def _keep_order(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        part = handler(value)
        if isinstance(value, Mapping):
            part._order = tuple(value)
        return part

    def as_dict(self) -> dict[str, Any]:
        """The object with the keys it was given, in their order, then those set since."""
        extra = self.__pydantic_extra__ or {}
        values: dict[str, Any] = {}
        for name, field in type(self).model_fields.items():
            key = field.alias or name
            # A free key may bear the attribute's name ("iso" beside "ISO"); pydantic then counts the attribute as set.
            if key in self._order or (name in self.model_fields_set and name not in extra):
                values[key] = getattr(self, name)
        values |= extra
        order = [key for key in self._order if key in values] + [key for key in values if key not in self._order]
        return {key: _plain(values[key]) for key in order}


def _plain(value: Any) -> Any:
    if isinstance(value, Part):
        return value.as_dict()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


class Scene(Part):
    """The scene as an object."""

    setting: Text = None
    time: Text = None
    mood: Text = None


class Subject(Part):
    """One of the things in the picture."""

    id: Text = None
    type: Text = None
    description: Text = None
    position: Text = None
    action: Text = None
    pose: Text = None
    details: TextList = None
    color_palette: TextList = None
    colors: Colours = None
    color_match: Text = None
    detail_preservation: Text = None


class Style(Part):
    """The style as an object."""

    medium: Text = None
    technique: Text = None
    reference: Text = None


class DepthLayer(Part):
    """One layer of depth in a composition."""

    layer: Text = None
    elements: TextList = None
    focus: Text = None


class Composition(Part):
    """The composition as an object."""

    layout: Text = None
    focal_point: Text = None
    depth_layers: list[DepthLayer] | None = None


class Camera(Part):
    """Camera and lens. In JSON the keys are ``lens-mm``, ``f-number`` and ``ISO``."""

    angle: Text = None
    distance: Text = None
    lens: Text = None
    lens_mm: Annotated[Number, Field(alias="lens-mm")] = None
    f_number: Annotated[Number, Field(alias="f-number")] = None
    iso: Annotated[Number, Field(alias="ISO")] = None
    depth_of_field: Text = None
    focus: Text = None


class Section(Part):
    """One section of an infographic."""

    heading: Text = None
    content: TextList = None
    visual: Text = None


class Technical(Part):
    """Camera, lighting and composition grouped."""

    camera: StrictStr | Camera | None = None
    lighting: Text = None
    composition: StrictStr | Composition | None = None


class JsonPrompt(Part):
    """A whole JSON prompt. Every field is optional; unknown keys are kept."""

    scene: StrictStr | Scene | None = None
    subjects: list[Subject | StrictStr] | None = None
    style: StrictStr | Style | None = None
    color_palette: TextList = None
    lighting: StrictStr | Part | None = None
    mood: TextList = None
    background: StrictStr | Part | None = None
    composition: StrictStr | Composition | None = None
    camera: StrictStr | Camera | None = None
    effects: TextList = None
    type: Text = None
    title: Text = None
    subtitle: Text = None
    sections: list[Section] | None = None
    color_scheme: Colours = None
    technical: StrictStr | Technical | None = None
    colors: Colours = None
    application: StrictStr | dict[str, Any] | None = None
    template: Any = None
    variables: dict[str, Any] | list[Any] | None = None
    prompt_template: Text = None

    @classmethod
    def parse(cls, text: str) -> JsonPrompt:
        """Read a JSON prompt.

        Args:
            text: A JSON object, at most 32 levels deep.

        Returns:
            The prompt, with every key it had, in order.

        Raises:
            InvalidRequest: When the text is not JSON (with line and column), is not an object, repeats a key, nests
                too deep, or a documented
                field has the wrong type (with the field's path, such as ``subjects[0].position``).
        """
        data = json_reading.read_object(text)
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise json_reading.wrong_type(error, data) from None

    def to_json(self, indent: Literal[2] | None = 2) -> str:
        """Write the prompt as JSON.

        Args:
            indent: 2 for pretty, None for minified (no blanks at all).

        Returns:
            JSON with the keys in their order and letters of every script as they are.
        """
        separators = (",", ":") if indent is None else (",", ": ")
        return json.dumps(self.as_dict(), indent=indent, separators=separators, ensure_ascii=False)

    def to_text(self) -> str:
        """Write the prompt as people do: short lists and objects on one line, everything else on lines of its own."""
        return json_writing.written(self.as_dict())

    def to_prose(self) -> str:
        """Flatten the prompt to prose that says everything it says; see ``prose.flatten``."""
        return prose.flatten(self.as_dict())


@dataclass(frozen=True)
class JsonField:
    """What a form needs to know of one documented field.

    Attributes:
        path: Where it stands, such as ``subjects[].position``.
        group: The part of a form it belongs to: picture, subjects, light, camera, infographic or variants.
        kind: ``text``, ``list``, ``number``, ``palette`` (hex codes or colour words), ``rows`` (a list of objects)
            or ``object``.
        label: A short name.
        help: One sentence.
        example: A value of our own.
        source: Where the field is documented.
    """

    path: str
    group: str
    kind: str
    label: str
    help: str
    example: Any
    source: str


@lru_cache(maxsize=1)
def documented_fields() -> tuple[JsonField, ...]:
    """Every documented field of the JSON prompt, in the order a form shows them."""
    return tuple(JsonField(**row) for row in table("json_fields")["field"])


def is_json_prompt(text: str) -> bool:
    """Whether ``JsonPrompt.parse`` would accept the text."""
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    try:
        JsonPrompt.parse(text)
    except InvalidRequest:
        return False
    return True
