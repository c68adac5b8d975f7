"""News at a pace a page can follow: a run may report far more often than anybody could see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from ..run import Event

A_BEAT = 0.25
"""Seconds between two looks at what goes on; the end of it is told at once."""

AT_EASE = 8
"""Pages that can be told at that pace; more of them share it, for each telling takes the server some milliseconds."""


class Pace:
    """The pace at which all pages together are told."""

    def __init__(self) -> None:
        self._followers = 0

    @property
    def beat(self) -> float:
        """Seconds until a page is told again."""
        return A_BEAT * max(1.0, self._followers / AT_EASE)

    async def of(self, events: AsyncIterator[Event]) -> AsyncIterator[None]:
        """Yield after each beat in which something was reported, and once more when all have ended."""
        reported = asyncio.Event()

        async def watch() -> None:
            async for _ in events:
                reported.set()

        watching = asyncio.ensure_future(watch())
        watching.add_done_callback(lambda _: reported.set())
        self._followers += 1
        try:
            while not watching.done():
                await reported.wait()
                await asyncio.wait([watching], timeout=self.beat)
                reported.clear()
                if not watching.done():
                    yield
            yield
        finally:
            self._followers -= 1
            watching.cancel()
