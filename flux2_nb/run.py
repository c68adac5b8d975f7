"""A run: one request on its way to one target. It belongs to the engine, not to whoever asked for it."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal

from .cards import ModelCard
from .errors import Flux2Error, detached
from .history import Parent
from .keys import Account
from .provider.base import Provider
from .request import ImageRequest
from .result import ImageResult

log = logging.getLogger("flux2_nb")

EventKind = Literal["queued", "submitted", "running", "saving", "done", "cancelled", "failed", "unknown"]

ENDS: tuple[EventKind, ...] = ("done", "cancelled", "failed", "unknown")
"""The kinds after which nothing more comes."""

GOES_ON = (
    "Run %s goes on although nobody waits for it any more: its picture lands in the history. "
    "studio.runs() has it while it is under way; studio.cancel() stops it."
)
"""What is said of a wait that was interrupted: asking again would buy a second picture."""


@dataclass(frozen=True)
class Event:
    """What a run reports. Both UIs show the same events.

    Attributes:
        run_id: Whose event it is.
        kind: Where the run stands.
        seconds: Since it was asked for.
        note: One sentence or the provider's own word; may be empty.
        progress: The part that is done, 0 to 1, when the provider tells.
        pause: Seconds left of a pause that the provider asked for; counts down from event to event.
        results: The pictures, with ``done``.
        error: What went wrong, with ``failed``, ``unknown`` and ``cancelled``.
    """

    run_id: str
    kind: EventKind
    seconds: float = 0.0
    note: str = ""
    progress: float | None = None
    pause: float | None = None
    results: tuple[ImageResult, ...] = ()
    error: Flux2Error | None = None

    @property
    def is_end(self) -> bool:
        """Whether nothing more comes after this event."""
        return self.kind in ENDS


@dataclass(frozen=True)
class Order:
    """Everything the engine needs to carry out one request.

    Attributes:
        request: Completed by the card, with its references read.
        card: The target.
        provider: Who runs it.
        account: The provider's settings.
        owner: Whose run it is.
        budget_usd: The cap per UTC day, or None.
        max_price_usd: What to reserve where the provider publishes no price, or None.
        concurrency: How many runs of this account may be under way at once.
        values: The form values it was made from, for recall.
        capability: The name of the capability it was made with.
        template: The prompt before its variables were filled in.
        parents: Pictures of the history that it started from.
    """

    request: ImageRequest
    card: ModelCard
    provider: Provider
    account: Account
    owner: str = "me"
    budget_usd: float | None = None
    max_price_usd: float | None = None
    concurrency: int = 4
    values: Mapping[str, Any] = field(default_factory=dict)
    capability: str = ""
    template: str = ""
    parents: Sequence[Parent] = ()


class Run:
    """A handle on a run: wait for it, follow its events, or forget it; the engine finishes it all the same.

    Attributes:
        id: Its id in the history.
        order: What was ordered.
        stop: Set, on the engine's loop, when its owner asks to cancel.
        journaled: Whether the history holds it; not before it is about to be sent.
        accepted: Whether a provider holds a job of it that can be collected.
        resumable: Whether the history holds that job, so that any later process can collect it.
        remark: A sentence to be told with its pictures, such as that it could not be cancelled; may be empty.
        estimate_usd: What the table of prices says it costs; None where it says nothing.
    """

    def __init__(self, run_id: str, order: Order, estimate_usd: float | None = None) -> None:
        self.id = run_id
        self.order = order
        self.stop = asyncio.Event()
        self.journaled = False
        self.accepted = False
        self.resumable = False
        self.remark = ""
        self.estimate_usd = estimate_usd
        self._began = time.monotonic()
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._listeners: list[Callable[[Event], None]] = []
        self._done: Future[list[ImageResult]] = Future()

    def __repr__(self) -> str:
        return f"Run({self.id!r}, {self.order.card.target}, {self.latest.kind})"

    @property
    def request(self) -> ImageRequest:
        """What was asked for, complete with every parameter."""
        return self.order.request

    @property
    def seconds(self) -> float:
        """Seconds since it was asked for; stands still once it has ended."""
        return self.latest.seconds if self.is_over else time.monotonic() - self._began

    @property
    def latest(self) -> Event:
        """The newest event."""
        with self._lock:
            return self._events[-1] if self._events else Event(self.id, "queued")

    @property
    def is_over(self) -> bool:
        """Whether it has ended, one way or another."""
        return self._done.done()

    def results(self, timeout: float | None = None) -> list[ImageResult]:
        """Wait until it has ended and return its pictures; interrupting the wait does not stop the run.

        Raises:
            Flux2Error: What went wrong.
            TimeoutError: When it had not ended after ``timeout`` seconds.
        """
        self._check_process()
        try:
            return self._done.result(timeout)
        except KeyboardInterrupt:
            log.warning(GOES_ON, self.id)
            raise

    def result(self, timeout: float | None = None) -> ImageResult:
        """Wait until it has ended and return its picture (the first, where a provider sends several)."""
        return self.results(timeout)[0]

    def __await__(self) -> Generator[Any, None, ImageResult]:
        """Wait in any event loop and return the picture; cancelling the wait does not stop the run."""
        return self._wait().__await__()

    async def _wait(self) -> ImageResult:
        self._check_process()
        # A cancelled wrapper would cancel the future underneath, and with it every other waiter.
        waiter = asyncio.wrap_future(_follow(self._done))
        try:
            return (await waiter)[0]
        except asyncio.CancelledError:
            log.warning(GOES_ON, self.id)
            raise

    async def events(self) -> AsyncIterator[Event]:
        """Yield every event from the first to the last, in any event loop; may be called more than once."""
        self._check_process()
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Event] = asyncio.Queue()

        def listen(event: Event) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, event)

        with self._lock:
            for event in self._events:
                queue.put_nowait(event)
            self._listeners.append(listen)
        try:
            while True:
                event = await queue.get()
                yield event
                if event.is_end:
                    return
        finally:
            with self._lock:
                self._listeners.remove(listen)

    def report(
        self, kind: EventKind, note: str = "", progress: float | None = None, pause: float | None = None
    ) -> None:
        """Tell everyone who follows where the run stands; called by the engine."""
        self._tell(Event(self.id, kind, time.monotonic() - self._began, note, progress, pause))

    def finish(self, results: Sequence[ImageResult]) -> None:
        """End the run with its pictures, and what there is to note on them; called by the engine."""
        notes = [self.remark, *(note for result in results for note in result.notes)]
        note = " ".join(dict.fromkeys(one for one in notes if one))
        self._tell(Event(self.id, "done", time.monotonic() - self._began, note, results=tuple(results)))
        self._done.set_result(list(results))

    def fail(self, kind: EventKind, error: Flux2Error) -> None:
        """End the run with an error; called by the engine."""
        log.debug("run %s: %s", self.id, kind, exc_info=error)
        detached(error)
        self._tell(Event(self.id, kind, time.monotonic() - self._began, str(error), error=error))
        self._done.set_exception(error)

    def _check_process(self) -> None:
        if os.getpid() != self._process and not self.is_over:
            raise Flux2Error(
                "This run belongs to the program that this process was forked from; here nobody would hear its end.",
                next_step="Its picture lands in the history: look there.",
            )

    def _tell(self, event: Event) -> None:
        with self._lock:
            self._events.append(event)
            for listen in self._listeners:
                listen(event)


def _follow(source: Future[list[ImageResult]]) -> Future[list[ImageResult]]:
    """Return a future of its own that ends as ``source`` does."""
    copy: Future[list[ImageResult]] = Future()

    def pass_on(done: Future[list[ImageResult]]) -> None:
        if not copy.set_running_or_notify_cancel():
            return
        error = done.exception()
        if error is None:
            copy.set_result(done.result())
        else:
            copy.set_exception(error)

    source.add_done_callback(pass_on)
    return copy


async def merged(runs: Sequence[Run]) -> AsyncIterator[Event]:
    """Yield the events of several runs as they happen, until all have ended."""
    queue: asyncio.Queue[Event] = asyncio.Queue()

    async def follow(run: Run) -> None:
        async for event in run.events():
            queue.put_nowait(event)

    tasks = [asyncio.ensure_future(follow(run)) for run in runs]
    try:
        left = len(runs)
        while left:
            event = await queue.get()
            left -= event.is_end
            yield event
    finally:
        for task in tasks:
            task.cancel()
