"""The engine: one per process and data folder, started when it is first needed. All network I/O happens on its loop."""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import threading
from collections.abc import Coroutine, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from .errors import Flux2Error, InvalidRequest, ProviderError, detached
from .execution import execute, resume
from .history import History, RunRecord
from .history.records import new_id
from .http import Client
from .keys import Redactor, Secret
from .logs import MaskedLog
from .purchase import Tools
from .reminder import left_behind
from .run import Order, Run
from .tracebacks import MaskedTracebacks
from .wire import Job

log = logging.getLogger("flux2_nb")


class Engine:
    """Runs orders side by side, whoever asked for them, and finishes them when the asker has gone.

    Attributes:
        history: The store of this data folder.
        redact: Masks every key this process has used; a visitor's only until it is forgotten and its runs have ended.
    """

    def __init__(self, home: Path) -> None:
        self.redact = Redactor()
        self._masks = (MaskedLog(self.redact), MaskedTracebacks(self.redact))
        self.history = History(home, self.redact)
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._limits: dict[tuple[str, str, int], asyncio.Semaphore] = {}
        self._runs: dict[str, Run] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._reminded: set[str] = set()

    @cached_property
    def _tools(self) -> Tools:
        return Tools(self.history, Client(), self.redact)

    def start(self, order: Order) -> Run:
        """Take an order; it runs to its end even when nobody waits for it."""
        run = Run(new_id(), order)
        self._launch(run, lambda: execute(run, self._tools, self._limit(order)))
        return run

    def resume(self, record: RunRecord, order: Order, job: Job) -> Run:
        """Collect a job that was accepted earlier; a run that is under way here is returned as it is."""
        with self._lock:
            if record.id in self._runs:
                return self._runs[record.id]
        run = Run(record.id, order, record.estimate_usd)
        self._launch(run, lambda: resume(run, job, self._tools, self._limit(order)))
        return run

    def cancel(self, run_id: str, owner: str) -> None:
        """Ask a run to stop; its last event tells what became of it and of the money.

        Raises:
            InvalidRequest: When no run of this owner with this id is under way in this process.
        """
        run = self._runs.get(run_id)
        if run is None or run.order.owner != owner:
            raise InvalidRequest(
                f"No run {run_id} is under way here.", money="", next_step="It may have ended already."
            )
        self._running_loop().call_soon_threadsafe(run.stop.set)

    def unfinished(self, owner: str) -> list[RunRecord]:
        """Return an owner's runs that no living process is working on and that have not ended."""
        self.history.recover()
        found = self.history.unfinished(owner, elsewhere=False)
        with self._lock:
            return [record for record in found if record.id not in self._runs]

    def reminder(self, owner: str) -> str:
        """Return one line on what earlier programs left unfinished for an owner, and how to collect it; often empty."""
        if not self.history.exists:
            return ""
        try:
            waiting = len(self.unfinished(owner))
        except Flux2Error:
            return ""  # whoever uses the history next is told why
        return left_behind(waiting, self.history.for_owner(owner).take_lost())

    def remind(self, owner: str) -> None:
        """Say that line in the log, which a notebook shows, when the first thing is asked for an owner."""
        with self._lock:
            is_first = owner not in self._reminded
            self._reminded.add(owner)
        if is_first and (line := self.reminder(owner)):
            log.warning(line)

    def runs(self, owner: str | None = None) -> Sequence[Run]:
        """Return an owner's runs that are under way, oldest first; everybody's where none is named."""
        with self._lock:
            return [run for run in self._runs.values() if owner in (None, run.order.owner)]

    def call(self, work: Coroutine[Any, Any, Any], secrets: Iterable[Secret] = ()) -> Any:
        """Run a coroutine on the engine's loop and wait for it; for checks that are no runs.

        Args:
            work: The coroutine.
            secrets: Keys that it uses; a provider's own words may repeat them.
        """
        try:
            return asyncio.run_coroutine_threadsafe(work, self._running_loop()).result()
        except Flux2Error as error:
            error.what = Redactor(secrets)(error.what)
            if isinstance(error, ProviderError):
                error.hint = Redactor(secrets)(error.hint)
            raise detached(error) from None

    @property
    def client(self) -> Client:
        """The HTTP client; to be used on the engine's loop only."""
        return self._tools.client

    def close(self) -> None:
        """Stop the loop and close the store; what is under way stays in the journal for the next process."""
        with self._lock:
            loop, thread, self._loop = self._loop, self._thread, None
        if loop is not None and thread is not None and self._pid == os.getpid():
            asyncio.run_coroutine_threadsafe(self._wind_down(), loop).result(timeout=10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(timeout=10)
            loop.close()
        self.history.close()
        for mask in reversed(self._masks):
            mask.detach()

    def _launch(self, run: Run, work: Any) -> None:
        for secret in run.order.account.secrets:
            self.redact.add(secret)
        with self._lock:
            self._runs[run.id] = run
        self._running_loop().call_soon_threadsafe(self._begin, run, work)

    def _begin(self, run: Run, work: Any) -> None:
        task = asyncio.ensure_future(work())
        self._tasks.add(task)

        def forget(done: asyncio.Task[None]) -> None:
            self._tasks.discard(done)
            if run.order.account.is_visitors:
                for secret in run.order.account.secrets:
                    self.redact.forget(secret)
            with self._lock:
                self._runs.pop(run.id, None)

        task.add_done_callback(forget)

    def _limit(self, order: Order) -> asyncio.Semaphore:
        key = (order.card.provider, order.account.fingerprint, order.concurrency)
        return self._limits.setdefault(key, asyncio.Semaphore(order.concurrency))

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                for mask in self._masks:
                    mask.attach()
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="flux2_nb engine", daemon=True)
                self._thread.start()
            return self._loop

    async def _wind_down(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if "_tools" in self.__dict__:
            await self._tools.client.close()


_engines: dict[tuple[int, Path], Engine] = {}
_engines_lock = threading.Lock()


def engine_for(home: Path) -> Engine:
    """Return this process's engine for a data folder, making it when it is first asked for (and anew after a fork)."""
    key = (os.getpid(), home.expanduser().resolve())
    with _engines_lock:
        if key not in _engines:
            _engines[key] = Engine(key[1])
            atexit.register(_engines[key].close)
        return _engines[key]
