"""The history of a home folder: what the engine writes down, and what people look up."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select

from ..errors import Flux2Error, StoreError
from ..keys import Redactor
from ..request import Reference
from ..result import ImageResult
from ..wire import Job
from .core import Core, Opened
from .database import NAME
from .failures import explained
from .files import FORMATS
from .ledger import reported_usd, working_processes
from .records import UNFINISHED, RunRecord, State, Stored
from .rows import cleaner, result_from
from .schema import RUNS
from .unsaved import unsaved_results
from .view import HistoryView
from .writer import started_future


class History(HistoryView):
    """Runs, jobs, pictures and the ledger in one folder. Safe from any thread, beside other processes.

    The folder is opened, and made, on first use. What `HistoryView` offers takes an ``owner`` here, None meaning all.
    The ledger's methods return a future that resolves once the change is on the disk (``await
    asyncio.wrap_future(...)``); a failure of the store arrives by the future as a `StoreError`.

    Args:
        home: The folder.
        redact: Masks keys in every text that is stored.
        busy_seconds: How long to wait for another process's lock before a `StoreError`.
        clock: UTC epoch seconds.
    """

    def __init__(
        self,
        home: Path,
        redact: Callable[[str], str] | None = None,
        *,
        busy_seconds: float = 5.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(Core(home, cleaner(redact or Redactor()), busy_seconds, clock), owner=None)

    def for_owner(self, owner: str) -> HistoryView:
        """Return the pictures of one owner, and no way to any other's."""
        return HistoryView(self._core, owner)

    @property
    def exists(self) -> bool:
        """Whether there is a history in the folder; to ask makes none."""
        return os.path.isfile(self.home / NAME)

    def open(self) -> None:
        """Open the folder now.

        Raises:
            StoreError: When it cannot be made, read or written, or is from a newer version.
        """
        self._core.open()

    def close(self) -> None:
        """Write what is queued and let go of the folder; it opens again when it is used again."""
        self._core.close()

    def begin(self, run: RunRecord, budget_usd: float | None = None) -> Future[RunRecord]:
        """Journal a run as ``sending`` and reserve its worst price, before the paid request.

        Args:
            run: What is about to be sent.
            budget_usd: The most that runs begun on this UTC day may cost together, for all owners of the folder;
                checked and reserved in one transaction, also across processes.

        Returns:
            The run as journaled. When its ``intent`` was journaled before it is the earlier run, with another id: then
            nothing may be sent. Fails with `BudgetExceeded`, also when the price is unknown under a budget.
        """
        return self._core.journal(lambda ledger, connection: ledger.begin(connection, run, budget_usd))

    def submitted(self, run_id: str, job: Job) -> Future[None]:
        """Write down the job, before the first poll; also for an unknown run whose job was found again."""
        return self._core.journal(lambda ledger, connection: ledger.submitted(connection, run_id, job))

    def finish(
        self,
        run_id: str,
        deliveries: Sequence[Stored],
        timings: Mapping[str, float] | None = None,
        *,
        cost_usd: float | None = None,
    ) -> Future[list[ImageResult]]:
        """Store the pictures of a run and settle its price: first the files, on threads of their own, then the rows.

        Args:
            run_id: The run.
            deliveries: What came, looked at.
            timings: Seconds by stage.
            cost_usd: The provider's price for the whole run, when it is not told by delivery or job.

        Returns:
            The stored pictures. A run that is done already keeps the pictures it has, and these are returned.
        """
        future: Future[list[ImageResult]] = started_future()

        def write_rows(opened: Opened, connection: Connection) -> list[ImageResult]:
            return _results(opened, connection, run_id, deliveries, timings or {}, cost_usd)

        def write_files(opened: Opened) -> None:
            try:
                with explained(self.home):
                    for picture in deliveries:
                        opened.files.keep_original(picture)
            except Exception as error:
                future.set_exception(error)
            else:
                opened.writer.submit(partial(write_rows, opened), future)

        try:
            opened = self._core.open()
            opened.pool.submit(write_files, opened)
        except (StoreError, RuntimeError) as error:  # a pool that was just shut down says RuntimeError
            future.set_exception(error)
        return future

    def keep_unsaved(
        self,
        run: RunRecord,
        deliveries: Sequence[Stored],
        timings: Mapping[str, float] | None = None,
        *,
        why: str,
        quoted_usd: float | None = None,
    ) -> list[ImageResult]:
        """Keep pictures in memory that `finish` could not store; their owner's `HistoryView.unsaved` finds them.

        Args:
            run: The run, as it was journaled or would have been.
            deliveries: What came, looked at.
            timings: Seconds by stage.
            why: What a person should know, for the notes of each.
            quoted_usd: The price told when the job was accepted.

        Returns:
            The pictures, whole but without a file.
        """
        cost = reported_usd(deliveries, quoted_usd)
        now = self._core.clock()
        results = unsaved_results(run, deliveries, timings or {}, cost, why, self._core.clean, now)
        self._core.unsaved.keep(run.owner, results)
        return results

    def end(
        self, run_id: str, state: State, error: Flux2Error | None = None, cost_usd: float | None = None
    ) -> Future[None]:
        """Close a run that brought no picture; a run that is done stays done.

        Args:
            run_id: The run.
            state: What became of it.
            error: Why. With ``money`` "none" what was reserved is freed; else it stays counted.
            cost_usd: The provider's price, when it told one.
        """
        return self._core.journal(lambda ledger, connection: ledger.end(connection, run_id, state, error, cost_usd))

    def keep_references(self, references: Sequence[Reference]) -> None:
        """Store the bytes of reference images, once each.

        Raises:
            InvalidRequest: When one was not read yet.
            StoreError: When they cannot be written.
        """
        files = self._core.open().files
        with explained(self.home):
            for reference in references:
                if reference.media_type in FORMATS:
                    files.keep(files.reference(reference.sha256, reference.media_type), reference.data)

    def known_jobs(self, job_ids: Sequence[str]) -> set[str]:
        """Return those of some job ids that a run of this folder holds."""
        with self._core.read() as connection:
            return set(connection.execute(select(RUNS.c.job_id).where(RUNS.c.job_id.in_(list(job_ids)))).scalars())

    def unfinished(self, owner: str | None = None, *, elsewhere: bool = True) -> list[RunRecord]:
        """Return the runs of which something is still to come, oldest first.

        Args:
            owner: Whose runs.
            elsewhere: Also those that other processes work on, or worked on and did not end.
        """
        found = self.runs(UNFINISHED, owner)
        mine = self._core.open().presence.token
        return found if elsewhere else [run for run in found if run.process == mine]

    def recover(self) -> list[RunRecord]:
        """Take over the runs of processes that died; those of living ones are left alone.

        Runs whose request was on its way become ``unknown``: they count as spent and are never sent again. Half
        written files are removed.

        Returns:
            The runs whose jobs were accepted, for collecting; they belong to this process now.
        """
        self._core.open()
        with self._core.alone(), explained(self.home):
            with self._core.read() as connection:
                tokens = working_processes(connection)
            dead = [token for token in tokens if self._core.is_dead(token)]
            found, lost = self._core.journal(lambda ledger, connection: ledger.recover(connection, dead)).result()
            self._core.lost.update(lost)
            self._core.sweep()
            self._core.remove_deleted()
        return found


def _results(
    opened: Opened,
    connection: Connection,
    run_id: str,
    deliveries: Sequence[Stored],
    timings: Mapping[str, float],
    cost_usd: float | None,
) -> list[ImageResult]:
    run, images = opened.ledger.finish(connection, run_id, deliveries, timings, cost_usd)
    data = {picture.sha256: picture.delivery.data for picture in deliveries}
    results = []
    for row in images:
        path = opened.files.original(row["sha256"], row["format"])
        results.append(result_from(row, run, data.get(row["sha256"]) or path.read_bytes(), path))
    return results
