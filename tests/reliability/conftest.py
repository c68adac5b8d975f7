"""Studios on doubles, as for the engine's own tests, and a server that breaks TLS and HTTP as no double can."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator

import pytest

from tests.engine.conftest import _no_backoff, double, studio_at  # noqa: F401  # fixtures
from tests.reliability.raw import Answerer, RawServer


@pytest.fixture
def raw_server() -> Iterator[Callable[..., RawServer]]:
    """Starts servers that say what they are told to say; they end with the test."""
    started: list[RawServer] = []

    def start(answerer: Answerer, tls: ssl.SSLContext | None = None, hang_up: bool = False) -> RawServer:
        started.append(RawServer(answerer, tls, hang_up).start())
        return started[-1]

    yield start
    for server in started:
        server.stop()
