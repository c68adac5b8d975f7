"""The guard itself: a test that reaches out is stopped and told so."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import urllib.request
from collections.abc import Iterator

import httpx
import pytest

from .guard import ReachedOut, on_this_machine

ELSEWHERE = "203.0.113.7"  # an address reserved for documentation


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server on loopback that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_a_socket_is_stopped(method: str, reached_out: list[str]) -> None:
    """A bare socket cannot connect to another machine."""
    with socket.socket() as sock, pytest.raises(ReachedOut, match=r"203\.0\.113\.7, port 443"):
        getattr(sock, method)((ELSEWHERE, 443))
    reached_out.clear()


def test_a_datagram_is_stopped(reached_out: list[str]) -> None:
    """A datagram is not sent to another machine either."""
    with socket.socket(type=socket.SOCK_DGRAM) as sock, pytest.raises(ReachedOut, match="port 53"):
        sock.sendto(b"?", (ELSEWHERE, 53))
    reached_out.clear()


def test_urllib_is_stopped_at_the_name(reached_out: list[str]) -> None:
    """The standard library's client fails where it looks up the name."""
    with pytest.raises(ReachedOut, match=r"look up api\.example\.com"):
        urllib.request.urlopen("https://api.example.com/", timeout=1)
    reached_out.clear()


async def test_asyncio_is_stopped(reached_out: list[str]) -> None:
    """An event loop's own connections are covered, by name and by number."""
    for host in ("api.example.com", ELSEWHERE):
        with pytest.raises(ReachedOut):
            await asyncio.open_connection(host, 443)
    reached_out.clear()


async def test_httpx_is_stopped(reached_out: list[str]) -> None:
    """The client that the package uses is covered, and the attempt is on record although clients may wrap the error."""
    async with httpx.AsyncClient() as client:
        with pytest.raises((ReachedOut, httpx.HTTPError)):
            await client.get("https://api.example.com/")
    assert reached_out == ["look up api.example.com"]
    reached_out.clear()


def test_an_attempt_in_a_thread_is_on_record(reached_out: list[str]) -> None:
    """Code that swallows the error in a thread still leaves its mark, on which the test would fail."""

    def quietly() -> None:
        try:
            socket.create_connection((ELSEWHERE, 443))
        except AssertionError:
            return

    thread = threading.Thread(target=quietly)
    thread.start()
    thread.join()
    assert reached_out == ["reach 203.0.113.7, port 443"]
    reached_out.clear()


def test_loopback_works(listener: socket.socket) -> None:
    """This machine can be reached by number and by name."""
    port = listener.getsockname()[1]
    for host in ("127.0.0.1", "localhost"):
        socket.create_connection((host, port), timeout=5).close()


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "2001:db8::1", "localhost.example"])
def test_only_loopback_is_this_machine(host: str) -> None:
    """Private and link-local addresses, and names that look local, are other machines."""
    assert not on_this_machine(host)


def test_no_key_is_in_reach() -> None:
    """Whatever the person who runs the tests has set, no provider's variable is left but the test's own home."""
    keys = ("FLUX2_", "BFL_", "REPLICATE_", "CLOUDFLARE_", "FAL_", "HF_TOKEN")
    ours = [name for name in os.environ if name.startswith(keys)]
    assert ours == ["FLUX2_HOME"]
