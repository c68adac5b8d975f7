"""The only importer of httpx: drives a provider's flow over the network.

What every provider needs exists once, here: retry of what is safe to repeat, the deadline, cancel, the caps on bytes,
the guard on addresses, no redirect for whoever holds a key, and the rule that a paid request is sent once.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import stamina

from .addresses import Guard
from .encoding import content_of
from .errors import AuthFailed, BadReply, InvalidRequest, JobTimeout, Money, OutcomeUnknown, Unreachable
from .provider.replies import LONGEST_PAUSE, retry_after
from .wire import Download, Flow, Reply, Request, Wait

T = TypeVar("T")

CONNECT_SECONDS = 10.0

MAX_PICTURE_BYTES = 40 * 1024 * 1024
"""The most we read of one download: 4 MP of 16-bit RGBA without any compression are 32 MB."""

MAX_REPLY_BYTES = 64 * 1024 * 1024
"""The most we read of one answer, after decompression: a picture of 40 MB as base64 is 54 MB."""

MAX_DOWNLOAD_SECONDS = 120.0
"""The most one download may take as a whole, however slowly it drips."""

MAX_REDIRECTS = 3

TRIES = 6
"""How often a free request is tried in all; a paid one is tried again only when no connection could be made."""

CONNECT_TRIES = 3

UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
"""Failures before the first byte left: proof that the provider never saw the request."""

WORTH_REPEATING = (408, 425, 429, 500, 502, 503, 504)
"""Answers to a free request after which the same request is sent again."""

UNPACKED = ("", "identity", "gzip")
"""Encodings of an answer that are read: a few bytes of Brotli unpack to gigabytes at once; gzip's most is 1:1032."""


class StopRequested(Exception):
    """The run's owner asked to cancel, and the flow stands where stopping is safe."""


@dataclass
class Terms:
    """The terms on which one flow is driven.

    Attributes:
        label: The provider's name for people.
        guard: Which addresses may be reached.
        deadline: The monotonic time at which waiting ends.
        stop: Set when the owner asks to cancel.
        on_wait: Called at every pause with what the provider says of its progress.
        sent: Whether the paid request may have left.
        paid: The answer to the paid request as far as it came: whole, or cut short.
    """

    label: str
    guard: Guard
    deadline: float
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    on_wait: Callable[[Wait], None] = lambda _: None
    sent: bool = False
    paid: Reply | None = None

    @property
    def must_stop(self) -> bool:
        """Whether the owner asked to cancel and nothing was paid for on these terms."""
        return self.stop.is_set() and not self.sent


class Client:
    """HTTP for one event loop. Paid requests get a fresh connection each, as a stale one fails ambiguously."""

    def __init__(self) -> None:
        context = httpx.create_ssl_context()
        headers = {"Accept-Encoding": "gzip"}
        kept, fresh = (httpx.Limits(max_keepalive_connections=most) for most in (64, 0))
        self._free = httpx.AsyncClient(verify=context, headers=headers, limits=kept)
        self._fresh = httpx.AsyncClient(verify=context, headers=headers, limits=fresh)

    async def close(self) -> None:
        """Close every connection."""
        await self._free.aclose()
        await self._fresh.aclose()

    async def drive(self, flow: Flow[T], terms: Terms) -> T:
        """Run a flow to its end and return what it returns.

        Raises:
            StopRequested: When ``terms.stop`` is set and nothing is under way that was paid for.
            JobTimeout: When the deadline has passed.
            OutcomeUnknown: When the paid request left and its answer was lost; ``terms.paid`` is what came of it.
            Flux2Error: Whatever the flow raises.
        """
        answer: Reply | None = None
        try:
            while True:
                step = flow.send(answer)
                if terms.must_stop and not isinstance(step, Download):
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
        if step.pays:
            return await self._pay(step, terms)
        reply = await _unless_stopped(self._ask(step, terms), terms)
        if 300 <= reply.status < 400:  # whoever it points to is not the one the key was meant for
            raise BadReply(
                f"{terms.label} answered by pointing to another address, which is not followed.",
                provider=terms.label,
                status=reply.status,
                next_step="Check the base URL, and whether this network asks for signing in.",
            )
        return reply

    async def _pay(self, request: Request, terms: Terms) -> Reply:
        prepared = await self._prepared(self._fresh, request, terms)

        def hear(reply: Reply) -> None:
            terms.paid = reply

        terms.sent = True
        try:
            async for attempt in stamina.retry_context(
                on=_never_left, attempts=CONNECT_TRIES, timeout=None, wait_initial=0.2
            ):
                with attempt:
                    return await self._send(self._fresh, prepared, terms, terms.deadline, hear=hear)
        except UNSENT as error:
            terms.sent = False
            raise _unreachable(terms, error, money="none") from None
        except (httpx.HTTPError, TimeoutError, BadReply) as error:
            raise OutcomeUnknown(
                f"The request reached {terms.label}, and its answer was lost: {_reason(error)}.",
                provider=terms.label,
                next_step="It is counted as spent. Look at your account there before you try again.",
            ) from None
        raise AssertionError("unreachable: the loop returns or raises")

    async def _ask(
        self, request: Request, terms: Terms, until: float | None = None, most: int = MAX_REPLY_BYTES
    ) -> Reply:
        deadline = terms.deadline if until is None else min(until, terms.deadline)
        seen: list[Reply] = []
        try:
            async for attempt in stamina.retry_context(
                on=_again, attempts=TRIES, timeout=max(0.1, deadline - time.monotonic()), wait_initial=0.2, wait_max=5.0
            ):
                with attempt:
                    prepared = await self._prepared(self._free, request, terms)
                    seen.append(await self._send(self._free, prepared, terms, deadline, most))
                    if seen[-1].status in WORTH_REPEATING:
                        raise _TryAgain(retry_after(seen[-1]))
        except _TryAgain:
            pass  # the last answer is the flow's to read
        except httpx.HTTPError as error:
            raise _unreachable(terms, error, money="maybe") from None
        except TimeoutError:
            raise _too_late(terms) from None
        return seen[-1]

    async def _download(self, url: str, terms: Terms) -> Reply:
        until = time.monotonic() + MAX_DOWNLOAD_SECONDS
        for _ in range(MAX_REDIRECTS + 1):
            reply = await self._ask(Request("GET", url), terms, until, MAX_PICTURE_BYTES)
            location = reply.headers.get("location")
            if not (300 <= reply.status < 400 and location):
                return reply
            try:
                url = str(httpx.URL(url).join(location))
            except (httpx.InvalidURL, ValueError):
                raise BadReply(f"{terms.label} redirects the download to no address.", provider=terms.label) from None
        raise BadReply(f"{terms.label} redirects the download without end.", provider=terms.label)

    async def _prepared(self, client: httpx.AsyncClient, request: Request, terms: Terms) -> httpx.Request:
        """Write a request whose address was checked.

        Raises:
            InvalidRequest: When the paid request has no address that may be reached; for any other it is a `BadReply`.
            AuthFailed: When the key cannot stand in a header line.
        """
        if not all(value.isascii() and value.isprintable() for value in request.headers.values()):
            raise AuthFailed(
                f"The key for {terms.label} holds a character that no key has.",
                provider=terms.label,
                next_step="Copy it once more, without quotation marks and line breaks.",
            )
        try:
            target = await terms.guard.check(request.url)
            content = await content_of(request)
            headers = {**request.headers, **content.headers, **({"Host": target.host} if target.host else {})}
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
        except (BadReply, httpx.InvalidURL) as error:
            raise _no_address(error, request, terms) from None
        prepared.read()  # a form as one piece: httpx would else write each of its fields to the network by itself
        return prepared

    async def _send(
        self,
        client: httpx.AsyncClient,
        prepared: httpx.Request,
        terms: Terms,
        until: float,
        most: int = MAX_REPLY_BYTES,
        hear: Callable[[Reply], None] = lambda _: None,
    ) -> Reply:
        """Send a request and read its answer; ``hear`` gets the answer as far as it came, whatever happens."""
        async with asyncio.timeout_at(until):
            response = await client.send(prepared, stream=True)
            body = bytearray()
            try:
                await _read(response, body, most, terms)
            finally:
                reply = Reply(response.status_code, dict(response.headers), bytes(body))
                hear(reply)
                await response.aclose()
        return reply


class _TryAgain(Exception):
    def __init__(self, seconds: float | None) -> None:
        super().__init__()
        self.seconds = seconds


def _again(error: Exception) -> bool | float:
    """Tell stamina whether, and after how many seconds, a free request is sent again."""
    if isinstance(error, _TryAgain):
        if error.seconds is None:
            return True
        return error.seconds if error.seconds <= LONGEST_PAUSE else False
    if isinstance(error, httpx.ConnectError):
        return not _certificate_problem(error)
    return isinstance(error, (httpx.TransportError, httpx.DecodingError, Unreachable))


def _never_left(error: Exception) -> bool:
    """Tell stamina whether a paid request may be sent again: only when no connection could be made."""
    return isinstance(error, UNSENT) and not _certificate_problem(error)


def _certificate_problem(error: BaseException) -> str:
    """Return what is wrong with the server's certificate, where that is why there is no connection; else nothing."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message or "it cannot be verified"
        cause = cause.__cause__ or cause.__context__
    return ""


async def _read(response: httpx.Response, body: bytearray, most: int, terms: Terms) -> None:
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing not in UNPACKED:
        raise BadReply(f"{terms.label} packed its answer in a way that was not asked for.", provider=terms.label)
    async for part in response.aiter_bytes():
        body += part
        if len(body) > most:
            raise BadReply(f"{terms.label} sent more than {most // 2**20} MB.", provider=terms.label)


async def _unless_stopped(work: Coroutine[Any, Any, Reply], terms: Terms) -> Reply:
    """Await something free, with all its pauses, but no longer than until the owner asks to cancel."""
    asking, stopping = asyncio.ensure_future(work), asyncio.ensure_future(terms.stop.wait())
    try:
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done() and terms.must_stop:
            raise StopRequested
        return await asking
    finally:
        asking.cancel()
        stopping.cancel()
        await asyncio.gather(asking, stopping, return_exceptions=True)


async def _pause(seconds: float, terms: Terms) -> None:
    """Wait, but no longer than to the deadline or until the owner asks to cancel."""
    left = min(seconds, max(0.0, terms.deadline - time.monotonic()))
    if terms.sent:
        await asyncio.sleep(left)
        return
    try:
        await asyncio.wait_for(terms.stop.wait(), left)
    except TimeoutError:
        return


def _reason(error: Exception) -> str:
    if isinstance(error, BadReply):
        return error.what.rstrip(".")
    return "none came in time" if isinstance(error, (TimeoutError, httpx.TimeoutException)) else "the connection broke"


def _unreachable(terms: Terms, error: Exception, money: Money) -> Unreachable:
    problem = _certificate_problem(error)
    what = f"{terms.label} could not be reached."
    if problem:
        what = f"What answers for {terms.label} has a bad certificate ({problem}), so nothing was sent to it."
    elif not isinstance(error, UNSENT):
        what = f"The connection to {terms.label} broke again and again."
    next_step = "Check the network and the base URL, then try again."
    return Unreachable(what, provider=terms.label, money=money, next_step=next_step)


def _no_address(error: BadReply | httpx.InvalidURL, request: Request, terms: Terms) -> BadReply | InvalidRequest:
    if request.pays:
        what = f"The base URL of {terms.label} is no address that can be used."
        return InvalidRequest(what, next_step="It begins with https:// and the name of a host.")
    if isinstance(error, BadReply):
        return error
    return BadReply("The provider's answer points to something that is no address.", provider=terms.label)


def _too_late(terms: Terms) -> JobTimeout:
    return JobTimeout(
        f"{terms.label} was not finished in time, and we stopped waiting.",
        provider=terms.label,
        next_step="The job may still finish: resume() fetches it.",
    )
