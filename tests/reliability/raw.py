"""A server on loopback that answers each request with the bytes it is told, over plain TCP or TLS."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Callable
from typing import Any, Self

Answerer = Callable[[str, str], bytes]
"""From method and path to the bytes of the whole answer; empty bytes close the connection without one."""


def answer(body: Any = b"", status: int = 200, **headers: str) -> bytes:
    """Return a whole answer; a body that is not bytes travels as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"content-length": str(len(data)), "connection": "close"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + data


class RawServer:
    """Takes connections in a thread of its own until it is stopped.

    Attributes:
        seen: The head of each request: its first line and its header lines.
        connections: How many connections were taken (with TLS, only those on which both sides agreed).
        hang_up: Close every connection at once, before anything is read.
    """

    def __init__(self, answerer: Answerer, tls: ssl.SSLContext | None = None, hang_up: bool = False) -> None:
        self.seen: list[str] = []
        self.connections = 0
        self.hang_up = hang_up
        self.answerer = answerer
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._port = 0
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="raw server", daemon=True)

    def url(self, scheme: str = "http") -> str:
        """Where it listens."""
        return f"{scheme}://127.0.0.1:{self._port}"

    def start(self) -> Self:
        """Listen; returns once connections are taken."""
        self._thread.start()
        assert self._listening.wait(5)
        return self

    def stop(self) -> None:
        """Drop every connection and end the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        async def listen() -> asyncio.Server:
            return await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)

        server = self._loop.run_until_complete(listen())
        self._port = server.sockets[0].getsockname()[1]
        self._listening.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._drop(asyncio.all_tasks(self._loop)))
        self._loop.close()

    async def _drop(self, connections: set[asyncio.Task[None]]) -> None:
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if not self.hang_up:
                writer.write(await self._reply(reader))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            return
        finally:
            writer.close()

    async def _reply(self, reader: asyncio.StreamReader) -> bytes:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = [line.lower() for line in head.split("\r\n")]
        length = next((int(line.partition(":")[2]) for line in lines if line.startswith("content-length:")), 0)
        await reader.readexactly(length)
        self.seen.append(head)
        method, path, _ = head.split(" ", 2)
        return self.answerer(method, path)
