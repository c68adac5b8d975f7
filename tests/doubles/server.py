"""HTTP on loopback in a thread of its own.

The HTTP is uvicorn's; its protocol class hands each request its transport too, so that a fault can go past the rules
of HTTP (reset, half a body, a lying length) without a proxy in between.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from .exchange import Call, Receive, Scope, Send, read_call
from .faults import Wire

Answer = Callable[[Call, Wire], Awaitable[None]]


class Server:
    """Gives every request on a listening socket to `answer`; stops at once, whatever is under way.

    The socket listens from the start, so requests sent before `start` wait in its queue.
    """

    def __init__(self, answer: Answer, port: int = 0) -> None:
        self._answer = answer
        # Named as TCP, so that asyncio turns Nagle's delay off: with proto 0 every reply would wait some 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(512)
        self.origin = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="provider double", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Drops every connection, frees the port and ends the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join(5)
        self._socket.close()
        self._loop.close()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        # No log settings, and no access log: the doubles keep their own records.
        config = uvicorn.Config(
            self._application,
            interface="asgi3",
            lifespan="off",
            ws="none",
            proxy_headers=False,
            log_config=None,
            access_log=False,
        )
        config.load()
        state = ServerState()
        listening = await self._loop.create_server(lambda: _Protocol(config, state, {}), sock=self._socket, backlog=512)
        await self._stopped.wait()
        listening.close()
        for connection in list(state.connections):
            connection.transport.abort()
        if state.tasks:
            # A moment for those that wait on a client to see that it has gone; the rest are cancelled.
            await asyncio.wait(state.tasks, timeout=0.05)

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = await read_call(scope, receive)
        await self._answer(call, Wire(scope["transport"], receive, send))


class _Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, which also tells the application its transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        application: Any = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            await application({**scope, "transport": transport}, receive, send)

        self.app: Any = with_transport
