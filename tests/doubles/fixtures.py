"""The doubles as pytest fixtures: fresh for each test, and no key may have leaked by its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import pytest

from .bfl import BflDouble
from .cloudflare import CloudflareDouble
from .double import Double
from .replicate import ReplicateDouble

D = TypeVar("D", bound=Double)


def _served(double: D) -> Iterator[D]:
    with double:
        yield double
    leaked = [f"{call.method} {call.path}" for call in double.leaks]
    assert not leaked, f"the key was sent where it does not belong: {leaked}"


@pytest.fixture
def cloudflare_double() -> Iterator[CloudflareDouble]:
    """A Cloudflare account."""
    yield from _served(CloudflareDouble())


@pytest.fixture
def replicate_double() -> Iterator[ReplicateDouble]:
    """A Replicate account."""
    yield from _served(ReplicateDouble())


@pytest.fixture
def bfl_double() -> Iterator[BflDouble]:
    """A BFL account."""
    yield from _served(BflDouble())
