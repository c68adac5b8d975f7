"""Where a panel lives: the event loop of the kernel that made it.

Callbacks of widgets come on the main thread in ipykernel 6 and 7.4, but in 7.0 to 7.3 under JupyterLab on the thread of
a subshell with a loop of its own (found by trying each), and events of runs come from the engine's thread. Everything
that touches a widget is therefore handed to the loop that ran when the panel was made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ...errors import Flux2Error


class Home:
    """The kernel's loop, and the one place where what fails in it is caught.

    Args:
        failed: Told of every error that nobody waits for.
    """

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.settle()

    def settle(self) -> None:
        """Take the running loop for home where there is none yet, or none any more."""
        if self._loop is None or self._loop.is_closed():
            self._loop = _running()

    def call(self, act: Callable[[], object]) -> None:
        """Call something at home: now when we are there or there is no loop at all, else as soon as it has time."""
        self.settle()
        if self._loop is None or self._loop is _running():
            self._guarded(act)
        else:
            self._loop.call_soon_threadsafe(self._guarded, act)

    def spawn(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Carry out something that waits; without a loop nobody could see how it goes on, and it is left out."""
        self.settle()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._begin, work)

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.ensure_future(self._watched(work))
        self._tasks.add(task)  # a loop itself holds its tasks but weakly
        task.add_done_callback(self._tasks.discard)

    async def _watched(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await work()
        except Exception as error:
            self._tell(error)

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        self._failed(error)
        # What we did not foresee goes where asyncio reports a task that nobody awaited: the kernel prints it.
        if self._loop is not None and not isinstance(error, Flux2Error):
            self._loop.call_exception_handler({"message": "A panel's callback failed", "exception": error})


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
