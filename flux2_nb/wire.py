"""The plain words that a provider's flow and its driver speak. No I/O and no HTTP library in here.

A flow is a generator: it yields a `Request`, a `Wait` or a `Download`, receives a `Reply` (or the downloaded bytes),
and returns a `Job` or the `Delivery` objects. The driver in ``http.py`` does all the rest.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from .errors import BadReply

if TYPE_CHECKING:
    from .request import Reference

EXCERPT_BYTES = 4096
"""How much of an answer that is not the provider's goes with the error; far more than the log tells, so that a key is
never cut in two before it is masked."""

Encoding = Literal["file", "data-uri", "base64"]
"""How the bytes of a reference image travel: a multipart file, a ``data:`` URI, or bare base64 text."""


@dataclass(frozen=True)
class FilePart:
    """A reference image inside a body; its bytes are encoded only when the request is written.

    Attributes:
        reference: The prepared reference image.
        encoding: How the bytes travel.
        name: The file name shown to the provider and in snippets, such as ``image-1.png``.
    """

    reference: Reference
    encoding: Encoding
    name: str


Json: TypeAlias = Any
"""A JSON value, which may hold `FilePart` objects at any depth."""


@dataclass(frozen=True)
class Request:
    """One HTTP request.

    Attributes:
        method: ``GET``, ``POST``, ``PUT`` …
        url: The whole address.
        headers: Header lines; may hold a key, so they are never shown.
        query: Query parameters.
        json: The body as JSON; `FilePart` values inside are encoded by the driver.
        form: The body as multipart fields; always multipart, also without a file.
        pays: True for the one request that costs money: journaled first, never sent twice.
        timeout: Seconds to wait for the first byte of the answer.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] | None = None
    json: Json = None
    form: Mapping[str, str | FilePart] | None = None
    pays: bool = False
    timeout: float = 60.0


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, read whole.

    Attributes:
        status: The HTTP status.
        headers: Header lines with lower-case names.
        body: The decoded body, within the driver's size cap.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Json:
        """Read the body as JSON.

        Raises:
            BadReply: When it is not JSON (a login page, a cut body, NaN, a repeated name, nesting without end).
        """
        try:
            return json.loads(self.body, parse_constant=_refuse_constant, object_pairs_hook=_each_once)
        except (ValueError, RecursionError) as error:
            unreadable = BadReply(self._described(), status=self.status, hint=type(error).__name__)
            unreadable.excerpt = self.body[:EXCERPT_BYTES].decode(errors="replace")
            raise unreadable from None

    def object(self) -> dict[str, Json]:
        """Read the body as a JSON object.

        Raises:
            BadReply: When it is anything else.
        """
        value = self.json()
        if not isinstance(value, dict):
            raise BadReply("The provider's answer is not a JSON object.", status=self.status)
        return value

    def _described(self) -> str:
        if self.media_type == "text/html":
            return "The answer is not the provider's: it is a web page, such as a network shows for signing in."
        return "The provider's answer is not JSON."


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _each_once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is repeated")  # nobody can tell which of the values is meant
    return found


@dataclass(frozen=True)
class Wait:
    """Ask the driver to pause; the driver owns the clock, the deadline, cancel and progress.

    Attributes:
        seconds: How long to pause.
        progress: The part that is done, 0 to 1, when the provider tells.
        note: The provider's own word for the state, such as ``processing``.
    """

    seconds: float
    progress: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Download:
    """Ask the driver to fetch a result from wherever the provider put it; no key is ever sent along."""

    url: str


Step: TypeAlias = Request | Wait | Download
"""What a flow may yield. `Request` is answered with a `Reply`, `Download` with a `Reply` too, `Wait` with None."""

T = TypeVar("T")
Flow: TypeAlias = Generator[Step, Any, T]


@dataclass(frozen=True)
class Job:
    """What a provider has accepted and will bill; enough to collect it in another process, days later.

    Attributes:
        id: The provider's id.
        poll_url: Where to ask for its state, as the provider gave it.
        cancel_url: Where to cancel it, when the provider can.
        cost_usd: The price the provider quoted at submission, when it did.
        details: Anything else the provider needs to collect it; JSON values only.
    """

    id: str
    poll_url: str = ""
    cancel_url: str = ""
    cost_usd: float | None = None
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """One image as it arrived.

    Attributes:
        data: The provider's bytes, untouched.
        seed: The seed the provider says it used.
        prompt_used: The prompt the provider rewrote ours into, when it did and told.
        cost_usd: What the provider says it cost.
        flags: What else it said, such as ``{"nsfw": False}``; JSON values only. ``notes`` is ours: see `ImageResult`.
    """

    data: bytes = field(repr=False)
    seed: int | None = None
    prompt_used: str | None = None
    cost_usd: float | None = None
    flags: Mapping[str, Json] = field(default_factory=dict)
