"""What passes between a client and a double: the call it received, and the reply it means to give."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart body."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Reply:
    """A whole HTTP reply, as the double means it before any fault touches it."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, status: int, value: object, headers: Mapping[str, str] | None = None, kind: str = "application/json"
    ) -> Reply:
        """A JSON reply."""
        return cls(status, json.dumps(value).encode(), kind, headers or {})


class Refused(Exception):
    """Raised by a double's handler to answer with an error of the provider."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"refused with HTTP {reply.status}")
        self.reply = reply


@dataclass
class Call:
    """One request a double received.

    `headers` have lower-case names. `form` is None unless the body was multipart. `status` is the status the double
    meant to answer with (None while it works). `stage` is the route's name in the script ("submit", "poll", ...), or
    "" for a path the provider does not have.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    form: list[tuple[str, str | Upload]] | None = None
    stage: str = ""
    params: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    at: float = field(default_factory=time.monotonic)

    @property
    def content(self) -> Any:
        """The decoded body: a dictionary for a form, the value for JSON.

        Raises:
            ValueError: The body is neither; NaN and infinities are not JSON.
        """
        if self.form is not None:
            return dict(self.form)
        return json.loads(self.body, parse_constant=_not_json)

    def is_json(self) -> bool:
        """Whether the content type says JSON."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _not_json(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


async def read_call(scope: Scope, receive: Receive) -> Call:
    """Reads one request to its last byte."""
    request = Request(scope, receive)
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}
    call = Call(request.method, request.url.path, dict(request.query_params), headers, body)
    if headers.get("content-type", "").startswith("multipart/form-data"):
        call.form = await _read_form(request)
    return call


async def _read_form(request: Request) -> list[tuple[str, str | Upload]] | None:
    try:
        async with request.form() as form:
            return [(name, _part(value)) for name, value in form.multi_items()]
    except MultiPartException:
        return None


def _part(value: str | UploadFile) -> str | Upload:
    if isinstance(value, str):
        return value
    return Upload(value.filename or "", value.content_type or "", value.file.read())
