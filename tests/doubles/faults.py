"""The words for what goes wrong: each is a function that returns one `Fault` (or, for a job's course, one `Fate`).

A fault has three parts: whether the double does its work first (and so takes the money), what becomes of the reply it
meant to give, and how the bytes leave. `README.md` holds the table of all of them.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from .exchange import Receive, Reply, Send

Ending = Literal["close", "reset", "stall"]
HTML_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>"


@dataclass(frozen=True)
class Wire:
    """One connection as a fault may use it: through HTTP's rules, or past them."""

    transport: asyncio.Transport
    receive: Receive
    http_send: Send

    async def send(self, reply: Reply) -> None:
        """Sends a whole reply, honestly."""
        names = {**_headers(reply), "content-length": str(len(reply.body))}
        headers = [(name.encode(), value.encode("latin-1")) for name, value in names.items()]
        await self.http_send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await self.http_send({"type": "http.response.body", "body": reply.body})

    def head(self, reply: Reply, length: int | None) -> None:
        """Writes the status line and headers as they are told; `length` None leaves Content-Length out."""
        lines = [f"HTTP/1.1 {reply.status} Status", "connection: close"]
        lines += [f"{name}: {value}" for name, value in _headers(reply).items()]
        lines += [] if length is None else [f"content-length: {length}"]
        self.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def write(self, data: bytes) -> None:
        """Writes bytes past HTTP's rules; nothing happens once the client has gone."""
        if not self.transport.is_closing():
            self.transport.write(data)

    async def end(self, how: Ending) -> None:
        """Closes, resets or keeps the connection, and waits until it is gone."""
        if how == "close":
            self.transport.close()
        elif how == "reset":
            # A linger time of zero makes the kernel send RST instead of FIN and drop what was not yet sent.
            connection = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()
        while (await self.receive())["type"] != "http.disconnect":
            continue


def _headers(reply: Reply) -> dict[str, str]:
    kind = {"content-type": reply.content_type} if reply.content_type else {}
    return {**kind, **{name.lower(): value for name, value in reply.headers.items()}}


Rewrite = Callable[[Reply], Reply]
Delivery = Callable[[Wire, Reply], Awaitable[None]]


def _as_meant(reply: Reply) -> Reply:
    return reply


@dataclass(frozen=True)
class Fault:
    """One thing that happens to one request.

    Attributes:
        name: The word used in the script.
        worked: The double does its work first: a submit is accepted, and charged.
        rewrite: What becomes of the reply (where `worked` is false it gets an empty one).
        send: How the bytes leave.
    """

    name: str
    worked: bool = True
    rewrite: Rewrite = _as_meant
    send: Delivery = Wire.send


NO_FAULT = Fault("as usual")


@dataclass(frozen=True)
class Fate:
    """The course of one accepted job.

    Attributes:
        pending: How many polls still find it unfinished.
        seconds: How long it also takes on the clock (Cloudflare holds its reply that long).
        end: "ready", "moderated" (the output), "input moderated", "failed", or "missing" (forgotten: not found).
        detail: The provider's words for a failure, instead of the usual ones.
        states: What the unfinished polls say, in order, the last one repeated; the provider's own words when empty.
        image: The bytes delivered instead of a fitting picture: another size or format, or no image at all.
    """

    pending: int | float = 0
    seconds: float = 0.0
    end: str = "ready"
    detail: str = ""
    states: tuple[str, ...] = ()
    image: bytes | None = None


def slow(seconds: float) -> Fault:
    """The work is done at once; the reply comes `seconds` later."""

    async def send(wire: Wire, reply: Reply) -> None:
        await asyncio.sleep(seconds)
        await wire.send(reply)

    return Fault("slow", send=send)


def answer(
    status: int = 200,
    body: bytes | str = b"",
    headers: Mapping[str, str] | None = None,
    *,
    content_type: str = "application/json",
    worked: bool = False,
) -> Fault:
    """This reply instead of the double's own; an empty body unless one is given."""
    data = body.encode() if isinstance(body, str) else body
    reply = Reply(status, data, content_type, headers or {})
    return Fault("answer", worked, rewrite=lambda _: reply)


def html(status: int = 200, *, worked: bool = False) -> Fault:
    """A sign-in page, as from a captive portal or a broken gateway."""
    return replace(answer(status, HTML_PAGE, content_type="text/html; charset=utf-8", worked=worked), name="html")


def redirect(to: str, status: int = 307) -> Fault:
    """Points elsewhere without doing the work."""
    return replace(answer(status, headers={"location": to}), name="redirect")


def rewrite(change: Rewrite) -> Fault:
    """The work is done and `change` makes another reply of it."""
    return Fault("rewrite", rewrite=change)


def edit(changes: Mapping[str, Any]) -> Fault:
    """The work is done and `changes` are merged, key by key, into the JSON reply."""
    return Fault("edit", rewrite=lambda r: replace(r, body=json.dumps(_merged(json.loads(r.body), changes)).encode()))


def truncate(at: float = 0.5) -> Fault:
    """The work is done; the reply is whole to HTTP, but its body ends after the share `at` (0 to 1)."""
    return Fault("truncate", rewrite=lambda r: replace(r, body=r.body[: int(len(r.body) * at)]))


def bomb(megabytes: int = 64) -> Fault:
    """The work is done; the reply is a small gzip body that unpacks to `megabytes` of zeros."""

    def packed(reply: Reply) -> Reply:
        body = gzip.compress(bytes(megabytes * 2**20), compresslevel=1)
        return replace(reply, body=body, headers={**reply.headers, "content-encoding": "gzip"})

    return Fault("bomb", rewrite=packed)


def reset(*, worked: bool = True) -> Fault:
    """The request is read to its end, then the connection is reset without a byte of reply."""
    return Fault("reset", worked, send=lambda wire, _: wire.end("reset"))


def stall(*, worked: bool = True) -> Fault:
    """The request is read to its end, then nothing comes until the client leaves."""
    return Fault("stall", worked, send=lambda wire, _: wire.end("stall"))


def cut(at: float = 0.5, then: Ending = "close") -> Fault:
    """The headers promise the whole body, the share `at` of it comes, then the connection closes, resets or stalls."""

    async def send(wire: Wire, reply: Reply) -> None:
        wire.head(reply, len(reply.body))
        wire.write(reply.body[: int(len(reply.body) * at)])
        if then == "reset":
            # A reset discards what the kernel has not sent yet: let the first half out.
            await asyncio.sleep(0.02)
        await wire.end(then)

    return Fault("cut", send=send)


def wrong_length(by: int) -> Fault:
    """The whole body comes, under a Content-Length that is `by` bytes too large (or, negative, too small)."""

    async def send(wire: Wire, reply: Reply) -> None:
        wire.head(reply, len(reply.body) + by)
        wire.write(reply.body)
        await wire.end("close")

    return Fault("wrong_length", send=send)


def drip(size: int = 1, every: float = 1.0) -> Fault:
    """The body comes `size` bytes at a time, `every` so many seconds."""

    async def send(wire: Wire, reply: Reply) -> None:
        wire.head(reply, len(reply.body))
        for start in range(0, len(reply.body), size):
            wire.write(reply.body[start : start + size])
            await asyncio.sleep(every)
            if wire.transport.is_closing():
                break
        await wire.end("close")

    return Fault("drip", send=send)


def flood(megabytes: float = float("inf")) -> Fault:
    """The body is followed by `megabytes` of zeros with no length given; without end by default."""

    async def send(wire: Wire, reply: Reply) -> None:
        wire.head(reply, None)
        wire.write(reply.body)
        sent, block = 0, bytes(2**18)
        while sent < megabytes * 2**20 and not wire.transport.is_closing():
            full = wire.transport.get_write_buffer_size() > 4 * len(block)
            await asyncio.sleep(0.005 if full else 0)
            if not full:
                wire.write(block)
                sent += len(block)
        await wire.end("close")

    return Fault("flood", send=send)


def _merged(value: Any, changes: Any) -> Any:
    if not (isinstance(value, dict) and isinstance(changes, Mapping)):
        return changes
    return {**value, **{name: _merged(value.get(name), change) for name, change in changes.items()}}
