"""What is asked for, in provider-neutral terms."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from .errors import InvalidRequest, nearest

MAX_SEED = 2**32 - 1
"""The largest seed every provider of the catalogue is known to take."""

MAX_PROMPT_CHARACTERS = 100_000
"""Well above 32,000 tokens, the longest prompt a hosted FLUX.2 model is documented to take."""


_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.-]+://", re.IGNORECASE)


class Reference(BaseModel):
    """An input image. The prompt calls it "image 1", "image 2", … in upload order, on every provider.

    Made from a path, an https address, bytes or a Pillow image; ``images.read_reference`` fills in the rest.

    Attributes:
        source: A path, an https address (which a `Studio` fetches), the bytes of a file, or a Pillow image; None when
            only the hash is known (read from history).
        role: What it is for, such as ``style``; None when the prompt says it.
        name: Its file name, for people.
        sha256: The hash of its bytes, once read.
        media_type: ``image/png``, ``image/jpeg``, ``image/webp`` or ``image/gif``, once read.
        width: Pixels, once read.
        height: Pixels, once read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    source: Any = Field(default=None, exclude=True, repr=False)
    role: str | None = None
    name: str = ""
    sha256: str = ""
    media_type: str = ""
    width: int = 0
    height: int = 0

    def __init__(self, source: Any = None, **fields: Any) -> None:
        super().__init__(source=str(source) if isinstance(source, Path) else source, **fields)

    @property
    def data(self) -> bytes:
        """The bytes of the file.

        Raises:
            InvalidRequest: When the picture was not read, or its bytes are gone (only its hash is known).
        """
        if not isinstance(self.source, bytes):
            raise InvalidRequest(
                f"The bytes of {self.name or 'a reference image'} are not at hand.",
                field="references",
                next_step="Add the picture again.",
            )
        return self.source

    @property
    def is_address(self) -> bool:
        """Whether the source is an address, of whatever scheme, and not a path, bytes or a picture."""
        return isinstance(self.source, str) and _ADDRESS.match(self.source) is not None

    @property
    def is_read(self) -> bool:
        """Whether the bytes are here and their format and size are known."""
        return isinstance(self.source, bytes) and bool(self.sha256)


class ImageRequest(BaseModel):
    """One picture that is asked for; frozen, checked, serialisable.

    A size is given as ``width`` and ``height``, or as ``aspect_ratio`` (``"16:9"``, or ``"match"`` for that of image 1)
    with ``megapixels``; with neither, the target's default or the shape of image 1 is taken.

    Attributes:
        prompt: Prose, or a JSON prompt as text. FLUX.2 has no negative prompt.
        references: Input images, in the order in which the prompt numbers them.
        width: Pixels; together with ``height``.
        height: Pixels; together with ``width``.
        aspect_ratio: ``"W:H"``, or ``"match"``; not together with ``width``.
        megapixels: Of 1024 x 1024 pixels; goes with ``aspect_ratio``.
        seed: 0 to 4294967295; chosen by us and sent when missing.
        steps: Denoising steps, where the model takes them.
        guidance: Guidance scale, where the model takes one.
        prompt_upsampling: Let the provider rewrite the prompt, where that can be chosen.
        safety_tolerance: 0 (strict) to 5, where the provider takes it.
        output_format: ``png``, ``jpeg`` or ``webp``, where it can be chosen.
        extra: Parameters of one target only, such as ``go_fast``; checked against its card.

    Raises:
        InvalidRequest: When a value is out of its range or a name is unknown; the message names the field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    prompt: str
    references: tuple[Reference, ...] = ()
    width: int | None = Field(default=None, ge=1, le=16384)
    height: int | None = Field(default=None, ge=1, le=16384)
    aspect_ratio: str | None = None
    megapixels: float | None = Field(default=None, gt=0, le=16)
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED)
    steps: int | None = Field(default=None, ge=1, le=200)
    guidance: float | None = Field(default=None, ge=0, le=30)
    prompt_upsampling: bool | None = None
    safety_tolerance: int | None = Field(default=None, ge=0, le=6)
    output_format: str | None = None
    extra: dict[str, Any] = Field(default_factory=dict)

    def __init__(self, prompt: str = "", **fields: Any) -> None:
        try:
            super().__init__(prompt=prompt, **fields)
        except ValidationError as error:
            raise _invalid(error) from None

    @field_validator("prompt")
    @classmethod
    def _check_prompt(cls, prompt: str) -> str:
        if not prompt.strip():
            raise ValueError("The prompt is empty: say what should be in the picture.")
        if len(prompt) > MAX_PROMPT_CHARACTERS:
            raise ValueError(f"The prompt has {len(prompt):,} characters; at most {MAX_PROMPT_CHARACTERS:,} are taken.")
        if "\0" in prompt:
            raise ValueError("The prompt holds a NUL character: remove it.")
        try:
            prompt.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"The prompt holds half a character at position {error.start + 1}: remove it.") from None
        return prompt

    @field_validator("references", mode="before")
    @classmethod
    def _wrap_references(cls, references: Any) -> tuple[Reference, ...]:
        if references is None:
            return ()
        if isinstance(references, (str, bytes, Path)):
            references = [references]
        return tuple(item if isinstance(item, Reference) else Reference(item) for item in references)

    @field_validator("output_format")
    @classmethod
    def _check_format(cls, output_format: str | None) -> str | None:
        if output_format == "jpg":
            return "jpeg"
        if output_format not in (None, "png", "jpeg", "webp"):
            raise ValueError(f'The output format "{output_format}" is unknown: png, jpeg and webp are known.')
        return output_format

    @field_validator("aspect_ratio")
    @classmethod
    def _check_ratio(cls, aspect_ratio: str | None) -> str | None:
        if aspect_ratio in (None, "match"):
            return aspect_ratio
        width, _, height = aspect_ratio.partition(":")
        if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
            raise ValueError(f'The aspect ratio "{aspect_ratio}" is not of the form 16:9.')
        return aspect_ratio

    @model_validator(mode="after")
    def _check_size(self) -> ImageRequest:
        if (self.width is None) != (self.height is None):
            raise ValueError("Width and height go together: give both or neither.")
        if self.width is not None and self.aspect_ratio is not None:
            raise ValueError("Give either width and height, or an aspect ratio, not both.")
        return self

    def but(self, **changes: Any) -> ImageRequest:
        """Return a copy with some fields changed, checked anew."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return ImageRequest(**{**fields, **changes})

    def to_dict(self) -> dict[str, Any]:
        """Return the request as JSON values, without unset fields; references by hash, not by bytes."""
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> ImageRequest:
        """Make a request from what `to_dict` gave; names it does not know (a newer version's) are refused.

        Raises:
            InvalidRequest: When a name or value does not fit.
        """
        references = [Reference(**_without_source(reference)) for reference in fields.get("references", ())]
        return cls(**{**fields, "references": references})

    @property
    def key(self) -> str:
        """The hash of all that is asked for: equal requests have equal keys."""
        text = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _without_source(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Refuse a stored reference that names a file: a stranger's settings could make us read and send it."""
    if "source" in fields:
        raise InvalidRequest("A stored reference names a file, which is not allowed.", field="references")
    return fields


def _invalid(error: ValidationError) -> InvalidRequest:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        hint = nearest(name, ImageRequest.model_fields)
        return InvalidRequest(f'"{name}" is not a parameter.', field=name, next_step=hint)
    if first["type"] == "value_error":
        return InvalidRequest(str(first["ctx"]["error"]), field=name)
    label = name.replace("_", " ").capitalize()
    message = _range(name, label) or first["msg"].replace("Input should be", f"{label} should be")
    return InvalidRequest(f"{message}, not {_shown(first['input'])}.", field=name)


def _range(name: str, label: str) -> str:
    """Say what numbers a field takes, as ``Seed is a whole number from 0 to 4294967295``; empty for other fields."""
    if name not in ImageRequest.model_fields:
        return ""
    field = ImageRequest.model_fields[name]
    limits = {
        bound: getattr(one, bound) for one in field.metadata for bound in ("ge", "gt", "le") if hasattr(one, bound)
    }
    if "le" not in limits:
        return ""
    kind = "whole number" if "int" in str(field.annotation) else "number"
    lowest = f"from {limits['ge']} to" if "ge" in limits else f"above {limits['gt']} and up to"
    return f"{label} is a {kind} {lowest} {limits['le']}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
