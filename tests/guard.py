"""Nothing in a test may reach beyond this machine: a pytest plugin that stands in the way of every socket."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest


class ReachedOut(AssertionError):
    """A test tried to reach an address that is not on this machine."""


@pytest.fixture(scope="session", autouse=True)
def _attempts() -> Iterator[list[str]]:
    """Guards the socket module for the whole session; yields what was refused so far."""
    attempts: list[str] = []

    def refuse(what: str) -> None:
        attempts.append(what)
        raise ReachedOut(f"Tests stay on this machine, and this one tried to {what}.")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded_send(getattr(socket.socket, name), refuse))
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
            patch.setattr(socket, name, _guarded_lookup(getattr(socket, name), refuse))
        yield attempts


@pytest.fixture(autouse=True)
def reached_out(_attempts: list[str]) -> Iterator[list[str]]:
    """What this test was refused; any left at its end fails it, also where the code under test caught the error."""
    _attempts.clear()
    yield _attempts
    assert not _attempts, f"tried to {', '.join(_attempts)}"


def _guarded_send(original: Callable[..., Any], refuse: Callable[[str], None]) -> Callable[..., Any]:
    def send(self: socket.socket, *args: Any) -> Any:
        address = args[-1]
        if isinstance(address, tuple) and not on_this_machine(address[0]):
            self.close()  # the caller closes it on an OSError only, and this is none
            refuse(f"reach {address[0]}, port {address[1]}")
        return original(self, *args)

    return send


def _guarded_lookup(original: Callable[..., Any], refuse: Callable[[str], None]) -> Callable[..., Any]:
    def look_up(host: str | bytes | None, *args: Any, **kwargs: Any) -> Any:
        if not is_number(host) and not on_this_machine(host):
            refuse(f"look up {_text(host)}")
        return original(host, *args, **kwargs)

    return look_up


def is_number(host: str | bytes | None) -> bool:
    """Whether a host is an IP address already, so that looking it up sends nothing."""
    try:
        ipaddress.ip_address(_text(host))
    except ValueError:
        return False
    return True


def on_this_machine(host: str | bytes | None) -> bool:
    """Whether a host is loopback, or the "any" address, which leads there."""
    name = _text(host)
    if name in ("", "localhost") or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_unspecified)


def _text(host: str | bytes | None) -> str:
    return host.decode() if isinstance(host, bytes) else host or ""
