"""A web server on this machine that counts who comes, and a name service of the test's own."""

from __future__ import annotations

import _socket
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], bytes]


class Web:
    """Answers what it was told to, by path, and remembers every connection.

    Attributes:
        answers: Path -> status, headers and body; any other path is 404.
        connections: How many were made, whatever was sent over them.
        paths: What was asked for.
        headers: The header lines of each request.
        drip: Seconds between two bytes of a body; 0 sends it whole.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.connections = 0
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.drip = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"

    def _handler(web) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def setup(self) -> None:
                web.connections += 1
                super().setup()

            def do_GET(self) -> None:
                web.paths.append(self.path)
                web.headers.append(dict(self.headers))
                status, headers, body = web.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self._write(body)

            def _write(self, body: bytes) -> None:
                step = 1 if web.drip else max(1, len(body))
                for start in range(0, len(body), step):
                    try:
                        self.wfile.write(body[start : start + step])
                    except OSError:
                        return
                    time.sleep(web.drip)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


@contextmanager
def serving() -> Iterator[Web]:
    """Gives a server that runs until the block ends."""
    web = Web()
    thread = threading.Thread(target=web._server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        web._server.shutdown()
        thread.join()
        web._server.server_close()


def name_service(names: dict[str, list[str]]) -> Any:
    """Return a stand-in for `socket.getaddrinfo`: these names, and every spelling of a number that the system knows."""

    def look_up(host: str, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> list[Any]:
        if host in names:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in names[host]]
        return _socket.getaddrinfo(host, port, family, type, proto, socket.AI_NUMERICHOST)

    return look_up
