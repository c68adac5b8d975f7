"""Bodies as they travel: JSON with reference images encoded in it, and multipart forms. Bytes are encoded only here."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass, field
from typing import Any

from .wire import FilePart, Json, Request


@dataclass(frozen=True)
class Content:
    """A body with its reference images encoded.

    Attributes:
        headers: What the body needs in the header lines.
        body: The bytes of a JSON body, or None.
        files: The parts of a multipart body, or None.
    """

    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    files: list[tuple[str, Any]] | None = None


async def content_of(request: Request) -> Content:
    """Return the body of a request as it travels."""
    if request.form is not None:
        return Content(files=[(name, _part(value)) for name, value in request.form.items()])
    if request.json is None:
        return Content()
    # Base64 of ten pictures takes long enough to be noticed by the other runs of the loop.
    body = await asyncio.to_thread(_body, request.json) if _holds_files(request.json) else _body(request.json)
    return Content({"Content-Type": "application/json"}, body)


def _body(value: Json) -> bytes:
    return json.dumps(_encoded(value), ensure_ascii=False).encode()


def _holds_files(value: Json) -> bool:
    if isinstance(value, (dict, list)):
        return any(_holds_files(item) for item in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, FilePart)


def _part(value: str | FilePart) -> tuple[Any, ...]:
    if isinstance(value, str):
        return (None, value.encode())
    return (value.name, value.reference.data, value.reference.media_type)


def _encoded(value: Json) -> Json:
    if isinstance(value, FilePart):
        text = base64.b64encode(value.reference.data).decode()
        return f"data:{value.reference.media_type};base64,{text}" if value.encoding == "data-uri" else text
    if isinstance(value, dict):
        return {name: _encoded(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_encoded(item) for item in value]
    return value
