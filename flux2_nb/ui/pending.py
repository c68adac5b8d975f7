"""What waits for its visitor to come back for it: handed over once, to nobody else, and not for long."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from ..errors import InvalidRequest

T = TypeVar("T")

MOST = 200
"""Things that wait at once; the oldest go first."""

TOKEN_LENGTH = 32
"""Hex digits of a token."""

SECONDS = 600
"""How long each waits."""


class _Waiting(NamedTuple, Generic[T]):
    owner: str
    since: float
    thing: T


class Pending(Generic[T]):
    """Things by a random token, each for its owner only.

    Args:
        clock: Seconds; only differences count.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: OrderedDict[str, _Waiting[T]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, owner: str, thing: T) -> str:
        """Keep a thing and return its token."""
        token = secrets.token_hex(TOKEN_LENGTH // 2)
        with self._lock:
            self._waiting[token] = _Waiting(owner, self._clock(), thing)
            while len(self._waiting) > MOST:
                self._waiting.popitem(last=False)
        return token

    def take(self, owner: str, token: str) -> T:
        """Hand a thing over; it is gone then.

        Raises:
            InvalidRequest: When there is none for this owner, or it waited too long.
        """
        with self._lock:
            found = self._waiting.get(token)
            if found is not None and found.owner == owner:
                del self._waiting[token]
                if self._clock() - found.since <= SECONDS:
                    return found.thing
        raise InvalidRequest(
            "The settings of this picture are no longer at hand.", money="", next_step="Drop the picture again."
        )

    def forget(self, owner: str) -> None:
        """Forget everything of an owner."""
        with self._lock:
            for token in [token for token, one in self._waiting.items() if one.owner == owner]:
                del self._waiting[token]
