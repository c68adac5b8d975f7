"""The one thread that writes: it takes every operation that waits and commits them together.

A commit costs an fsync, some milliseconds; 50 runs that journal at the same moment share one. An operation that fails
takes no other with it: it is undone by itself. So an operation may be called twice before its future resolves, which
happens only after the commit.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine

from ..errors import StoreError

T = TypeVar("T")
Operation: TypeAlias = Callable[[Connection], T]

_MOST_AT_ONCE = 256


@dataclass(frozen=True)
class _Task:
    operation: Operation[Any]
    future: Future[Any]


@dataclass(frozen=True)
class _Outcome:
    value: Any = None
    error: Exception | None = None

    def tell(self, future: Future[Any]) -> None:
        if self.error is None:
            future.set_result(self.value)
        else:
            future.set_exception(self.error)


class Writer:
    """Runs operations on one connection, grouped into commits.

    The thread is a daemon, cut off when the program ends: its owner calls `close` before that.

    Args:
        engine: Its transactions take the write lock at once.
        explain: Turns a failure of disk or database into one a person can act on.
    """

    def __init__(self, engine: Engine, explain: Callable[[Exception], Exception]) -> None:
        self._engine = engine
        self._explain = explain
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._work, name="flux2-history", daemon=True)
        self._thread.start()

    def submit(self, operation: Operation[T], future: Future[T] | None = None) -> Future[T]:
        """Queue an operation.

        Args:
            operation: Called with a connection inside a transaction, perhaps twice; what it raises undoes only itself.
            future: Resolved in place of a new one.

        Returns:
            The future of the operation's result. It cannot be cancelled: an awaiting task that is cancelled must not
            take back what the ledger has to know.
        """
        future = started_future() if future is None else future
        with self._closing:
            if not self._closed:
                self._tasks.put(_Task(operation, future))
                return future
        future.set_exception(StoreError("The history is closed."))
        return future

    def close(self) -> None:
        """Do what is queued, then end the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._tasks.put(None)
        self._thread.join()

    def _work(self) -> None:
        while batch := self._take():
            for task, outcome in zip(batch, self._commit(batch), strict=True):
                outcome.tell(task.future)

    def _take(self) -> list[_Task]:
        """Wait for one task, then take all that wait; empty at the end."""
        batch: list[_Task] = []
        task = self._tasks.get()
        while task is not None:
            batch.append(task)
            if len(batch) == _MOST_AT_ONCE:
                return batch
            try:
                task = self._tasks.get_nowait()
            except Empty:
                return batch
        if batch:
            self._tasks.put(None)
        return batch

    def _commit(self, batch: list[_Task]) -> list[_Outcome]:
        """Do a batch plainly, as nearly every one succeeds; when an operation fails, all again in savepoints."""
        try:
            with self._engine.begin() as connection:
                return [_Outcome(task.operation(connection)) for task in batch]
        except Exception as error:
            if len(batch) == 1:
                return [_Outcome(error=self._explain(error))]
        return self._commit_apart(batch)

    def _commit_apart(self, batch: list[_Task]) -> list[_Outcome]:
        try:
            with self._engine.begin() as connection:
                return [self._attempt(connection, task.operation) for task in batch]
        except Exception as error:
            return [_Outcome(error=self._explain(error))] * len(batch)

    def _attempt(self, connection: Connection, operation: Operation[Any]) -> _Outcome:
        savepoint = connection.begin_nested()
        try:
            value = operation(connection)
            savepoint.commit()
        except Exception as error:
            # A full disk undoes the whole transaction, savepoints and all: then nothing of the batch was done.
            if not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]  # never None: the connection is open
                raise
            savepoint.rollback()
            return _Outcome(error=self._explain(error))
        return _Outcome(value)


def started_future() -> Future[Any]:
    """Return a future that is already under way, so that nobody can cancel it."""
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    return future


def failed_future(error: Exception) -> Future[Any]:
    """Return a future that has failed."""
    future = started_future()
    future.set_exception(error)
    return future
