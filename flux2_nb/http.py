"""The only importer of httpx: drives a provider's flow over the network.

What every provider needs exists once, here: encoding of reference images, retry of what is safe to repeat, the
deadline, cancel, the size cap, the guard on addresses, and the rule that a paid request is sent once.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import stamina

from .addresses import Guard
from .errors import BadReply, JobTimeout, OutcomeUnknown, Unreachable
from .provider.replies import retry_after
from .wire import Download, FilePart, Flow, Json, Reply, Request, Wait

T = TypeVar("T")

CONNECT_SECONDS = 10.0

MAX_REPLY_BYTES = 64 * 1024 * 1024
"""The most we read of one answer, after decompression: a 4 MP PNG as base64 is some 20 MB."""

MAX_DOWNLOAD_SECONDS = 120.0
"""The most one download may take as a whole, however slowly it drips."""

MAX_RETRY_AFTER = 120.0
"""A longer wait than this is not sat out; the caller is told instead."""

MAX_REDIRECTS = 3

TRIES = 6
"""How often a free request is tried in all; a paid one is tried again only when no connection could be made."""

CONNECT_TRIES = 3

UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before the first byte left: proof that the provider never saw the request."""

WORTH_REPEATING = (408, 425, 429, 500, 502, 503, 504)
"""Answers to a free request after which the same request is sent again."""


class StopRequested(Exception):
    """The run's owner asked to cancel, and the flow stands where stopping is safe."""


async def _nothing() -> None:
    return None


@dataclass
class Terms:
    """The terms on which one flow is driven.

    Attributes:
        label: The provider's name for people.
        guard: Which addresses may be reached.
        deadline: The monotonic time at which waiting ends.
        stop: Set when the owner asks to cancel.
        before_pay: Awaited right before the paid request leaves.
        on_wait: Called at every pause with what the provider says of its progress.
        paid: The answer to the paid request, once there is one.
    """

    label: str
    guard: Guard
    deadline: float
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    before_pay: Callable[[], Awaitable[None]] = _nothing
    on_wait: Callable[[Wait], None] = lambda _: None
    paid: Reply | None = None


class Client:
    """HTTP for one event loop. Paid requests get a fresh connection each, as a stale one fails ambiguously."""

    def __init__(self) -> None:
        context = httpx.create_ssl_context()
        self._free = httpx.AsyncClient(verify=context, limits=httpx.Limits(max_keepalive_connections=64))
        self._fresh = httpx.AsyncClient(verify=context, limits=httpx.Limits(max_keepalive_connections=0))

    async def close(self) -> None:
        """Close every connection."""
        await self._free.aclose()
        await self._fresh.aclose()

    async def drive(self, flow: Flow[T], terms: Terms) -> T:
        """Run a flow to its end and return what it returns.

        Raises:
            StopRequested: When ``terms.stop`` is set and nothing is under way that was paid for.
            JobTimeout: When the deadline has passed.
            OutcomeUnknown: When the paid request left and its answer was lost.
            Flux2Error: Whatever the flow raises.
        """
        answer: Reply | None = None
        try:
            while True:
                step = flow.send(answer)
                if terms.stop.is_set() and not isinstance(step, Download):
                    raise StopRequested
                answer = await self._take(step, terms)
        except StopIteration as end:
            result: T = end.value
            return result
        finally:
            flow.close()

    async def _take(self, step: Request | Wait | Download, terms: Terms) -> Reply | None:
        if time.monotonic() > terms.deadline:
            raise _too_late(terms)
        if isinstance(step, Wait):
            terms.on_wait(step)
            await _pause(step.seconds, terms)
            return None
        if isinstance(step, Download):
            return await self._download(step.url, terms)
        if not step.pays:
            return await self._ask(step, terms)
        await terms.before_pay()
        terms.paid = await self._pay(step, terms)
        return terms.paid

    async def _pay(self, request: Request, terms: Terms) -> Reply:
        content = await _content(request)
        try:
            async for attempt in stamina.retry_context(
                on=UNSENT, attempts=CONNECT_TRIES, timeout=None, wait_initial=0.2
            ):
                with attempt:
                    return await self._send(self._fresh, request, content, terms, terms.deadline)
        except UNSENT:
            raise _unreachable(terms, money="none") from None
        except (httpx.HTTPError, TimeoutError, BadReply) as error:
            raise OutcomeUnknown(
                f"The request reached {terms.label} and its answer was lost ({type(error).__name__}).",
                provider=terms.label,
                next_step="It is counted as spent. Look at your account there before you try again.",
            ) from None
        raise AssertionError("unreachable: the loop returns or raises")

    async def _ask(self, request: Request, terms: Terms, until: float | None = None) -> Reply:
        content = await _content(request)
        deadline = terms.deadline if until is None else min(until, terms.deadline)
        seen: list[Reply] = []
        try:
            async for attempt in stamina.retry_context(
                on=_again, attempts=TRIES, timeout=max(0.1, deadline - time.monotonic()), wait_initial=0.2, wait_max=5.0
            ):
                with attempt:
                    seen.append(await self._send(self._free, request, content, terms, deadline))
                    if seen[-1].status in WORTH_REPEATING:
                        raise _TryAgain(retry_after(seen[-1]))
        except _TryAgain:
            pass  # the last answer is the flow's to read
        except httpx.HTTPError:
            raise _unreachable(terms, money="maybe") from None
        except TimeoutError:
            raise _too_late(terms) from None
        return seen[-1]

    async def _download(self, url: str, terms: Terms) -> Reply:
        until = time.monotonic() + MAX_DOWNLOAD_SECONDS
        for _ in range(MAX_REDIRECTS + 1):
            reply = await self._ask(Request("GET", url), terms, until)
            location = reply.headers.get("location")
            if not (300 <= reply.status < 400 and location):
                return reply
            url = str(httpx.URL(url).join(location))
        raise BadReply(f"{terms.label} redirects the download without end.", provider=terms.label, money="spent")

    async def _send(
        self, client: httpx.AsyncClient, request: Request, content: _Content, terms: Terms, deadline: float
    ) -> Reply:
        target = await terms.guard.check(request.url)
        headers = {**request.headers, **content.headers}
        if target.host:
            headers["Host"] = target.host
        prepared = client.build_request(
            request.method,
            target.url,
            params=request.query,
            headers=headers,
            content=content.body,
            files=content.files,
            timeout=httpx.Timeout(60.0, connect=CONNECT_SECONDS, read=request.timeout),
            extensions={"sni_hostname": target.name} if target.name else None,
        )
        prepared.read()  # a form as one piece: httpx would else write each of its fields to the network by itself
        async with asyncio.timeout_at(deadline):
            response = await client.send(prepared, stream=True)
            try:
                body = await _read(response, terms)
            finally:
                await response.aclose()
        return Reply(response.status_code, dict(response.headers), body)


class _TryAgain(Exception):
    def __init__(self, seconds: float | None) -> None:
        super().__init__()
        self.seconds = seconds


def _again(error: Exception) -> bool | float:
    """Tell stamina whether, and after how many seconds, a free request is sent again."""
    if isinstance(error, _TryAgain):
        if error.seconds is None:
            return True
        return error.seconds if error.seconds <= MAX_RETRY_AFTER else False
    return isinstance(error, httpx.TransportError)


@dataclass(frozen=True)
class _Content:
    """A body with its reference images encoded."""

    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    files: list[tuple[str, Any]] | None = None


async def _content(request: Request) -> _Content:
    if request.form is not None:
        return _Content(files=[(name, _part(value)) for name, value in request.form.items()])
    if request.json is None:
        return _Content()
    # Base64 of ten pictures takes long enough to be noticed by the other runs of the loop.
    body = await asyncio.to_thread(_body, request.json) if _holds_files(request.json) else _body(request.json)
    return _Content({"Content-Type": "application/json"}, body)


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


async def _read(response: httpx.Response, terms: Terms) -> bytes:
    parts = bytearray()
    async for part in response.aiter_bytes():
        parts += part
        if len(parts) > MAX_REPLY_BYTES:
            raise BadReply(f"{terms.label} sent more than {MAX_REPLY_BYTES // 2**20} MB.", provider=terms.label)
    return bytes(parts)


async def _pause(seconds: float, terms: Terms) -> None:
    """Wait, but no longer than to the deadline or until the owner asks to cancel."""
    left = min(seconds, max(0.0, terms.deadline - time.monotonic()))
    try:
        await asyncio.wait_for(terms.stop.wait(), left)
    except TimeoutError:
        return


def _unreachable(terms: Terms, money: Any) -> Unreachable:
    return Unreachable(
        f"{terms.label} could not be reached.",
        provider=terms.label,
        money=money,
        next_step="Check the network and the base URL, then try again.",
    )


def _too_late(terms: Terms) -> JobTimeout:
    return JobTimeout(
        f"{terms.label} was not finished in time, and we stopped waiting.",
        provider=terms.label,
        next_step="The job may still finish: resume() fetches it.",
    )
