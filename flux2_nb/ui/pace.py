"""News at a pace a page can follow: a run may report far more often than anybody could see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from ..run import Event

A_BEAT = 0.25
"""Seconds between two looks at what goes on; the end of it is told at once."""


async def paced(events: AsyncIterator[Event], seconds: float = A_BEAT) -> AsyncIterator[None]:
    """Yield whenever something was reported, but at most once in so many seconds, and once more when all have ended."""
    reported = asyncio.Event()

    async def watch() -> None:
        async for _ in events:
            reported.set()

    watching = asyncio.ensure_future(watch())
    watching.add_done_callback(lambda _: reported.set())
    try:
        while not watching.done():
            await reported.wait()
            reported.clear()
            if not watching.done():
                yield
                await asyncio.wait([watching], timeout=seconds)
        yield
    finally:
        watching.cancel()
