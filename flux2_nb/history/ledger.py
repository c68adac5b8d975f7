"""What the engine writes down, as operations of the one writer: intents, jobs, prices, endings."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select, update

from ..errors import BudgetExceeded, Flux2Error, StoreError
from ..keys import VISITORS
from ..wire import Job
from . import rows
from .files import Files
from .records import UNFINISHED, Parent, RunRecord, State, Stored, new_id, utc
from .rows import Clean
from .schema import IMAGES, RUN_PARENTS, RUN_REFERENCES, RUNS, WORDS
from .words import facet, index_words

_A_HUNDREDTH_OF_A_CENT = 1e-4

# Statements that every run takes are written once: composing and hashing them costs more than carrying them out.
_ADD_RUN, _ADD_IMAGE, _ADD_WORDS = insert(RUNS), insert(IMAGES), insert(WORDS)
_FIND_RUN = select(RUNS).where(RUNS.c.id == bindparam("run"))
_CHANGE_RUN = update(RUNS).where(RUNS.c.id == bindparam("run"), RUNS.c.state != "done")


@dataclass(frozen=True)
class Ledger:
    """Operations on the runs of one home folder; each takes the writer's connection.

    Attributes:
        process: The presence of this process.
        clean: Masks keys in what is stored.
        files: Where the pictures lie.
        clock: UTC epoch seconds.
    """

    process: str
    clean: Clean
    files: Files
    clock: Callable[[], float] = time.time

    def begin(self, connection: Connection, run: RunRecord, budget_usd: float | None) -> RunRecord:
        """Journal an intent and reserve its price; returns the earlier run of the same intent where there is one."""
        if run.intent:
            owns = (RUNS.c.owner == run.owner) & (RUNS.c.intent == run.intent)
            earlier = connection.execute(select(RUNS.c.id).where(owns)).scalar()
            if earlier is not None:
                return load_run(connection, earlier)
        now = self.clock()
        if budget_usd is not None:
            check_budget(run, budget_usd, spent_since(connection, day_start(now)))
        spent = run.worst_usd or 0.0
        begun = replace(run, state="sending", created=now, spent_usd=spent, process=self.process)
        connection.execute(_ADD_RUN, rows.run_row(begun, self.clean))
        for table, content in (
            (RUN_PARENTS, rows.parent_rows(run)),
            (RUN_REFERENCES, rows.reference_rows(run, self.clean)),
        ):
            if content:
                connection.execute(insert(table), content)
        return begun

    def submitted(self, connection: Connection, run_id: str, job: Job) -> None:
        """Write down what the provider accepted, and the price it quoted."""
        quoted = {} if job.cost_usd is None else {"spent_usd": job.cost_usd}
        accepted = {"state": "submitted", "job": rows.job_row(job, self.clean), "job_id": job.id}
        _change(connection, run_id, {**accepted, **quoted, "submitted": self.clock(), "process": self.process})

    def end(
        self, connection: Connection, run_id: str, state: State, error: Flux2Error | None, cost_usd: float | None
    ) -> None:
        """Close a run that brought no picture. What it reserved stays counted unless it is known to be free."""
        changes: dict[str, Any] = {"state": state, "finished": self.clock()}
        if error is not None:
            told = {"kind": type(error).__name__, "message": str(error), "money": error.money}
            changes["error"] = self.clean(told)
        if cost_usd is not None:
            changes |= {"cost_usd": cost_usd, "spent_usd": cost_usd}
        elif error is not None and error.money == "none":
            changes["spent_usd"] = 0.0
        _change(connection, run_id, changes)

    def finish(
        self,
        connection: Connection,
        run_id: str,
        stored: Sequence[Stored],
        timings: Mapping[str, float],
        cost_usd: float | None,
    ) -> tuple[RunRecord, list[dict[str, Any]]]:
        """Write the rows of the pictures and settle the price; a run that is done already stays as it is.

        Returns:
            The run with its timings, and the rows of its pictures.
        """
        run = _find_run(connection, run_id)
        if run.state == "done":
            return run, _images_of(connection, run_id)
        quoted = run.job.cost_usd if run.job else None
        reported = reported_usd(stored, quoted) if cost_usd is None else cost_usd
        cost = run.estimate_usd if reported is None else reported
        for picture in stored:
            # Written before; once more if a deletion of the same picture came between.
            self.files.keep_original(picture)
        made = rows.picture_rows(run, stored, reported, self.clean)
        images = [self._add_image(connection, run, row) for row in made]
        run = replace(run, timings=self.clean(timings))
        changes = {"cost_usd": reported, "error": None, "timings": run.timings, "finished": self.clock()}
        spent = {} if cost is None else {"spent_usd": cost}
        _change(connection, run_id, {**changes, **spent, "state": "done"})
        return run, images

    def _add_image(self, connection: Connection, run: RunRecord, row: dict[str, Any]) -> dict[str, Any]:
        row |= {"id": new_id(), "run_id": run.id, "owner": run.owner, "created": self.clock()}
        number = connection.execute(_ADD_IMAGE, row).inserted_primary_key[0]  # type: ignore[index]  # one row, one key
        connection.execute(_ADD_WORDS, words_row(number, run, row["prompt_used"]))
        return row

    def recover(self, connection: Connection, dead: Sequence[str]) -> tuple[list[RunRecord], list[str]]:
        """Take over what dead processes left: lost sendings become unknown, accepted jobs are ours to collect.

        Returns:
            The accepted jobs, and whose the lost sendings were: an owner for each.
        """
        left = RUNS.c.process.in_(dead)
        lost = {"kind": "OutcomeUnknown", "message": _LOST, "money": "maybe"}
        sending = left & (RUNS.c.state == "sending")
        owners = list(connection.execute(select(RUNS.c.owner).where(sending)).scalars())
        ended = {"state": "unknown", "error": lost, "finished": self.clock(), "process": ""}
        connection.execute(update(RUNS).where(sending).values(**ended))
        ours = left & RUNS.c.state.in_(("submitted", "saving"))
        ids = connection.execute(select(RUNS.c.id).where(ours).order_by(RUNS.c.id)).scalars().all()
        connection.execute(update(RUNS).where(RUNS.c.id.in_(ids)).values(process=self.process))
        return [load_run(connection, run_id) for run_id in ids], owners


_LOST = (
    "The program ended while the paid request was on its way. It may have been billed. "
    "It is counted as spent and was not sent again; look at your account before you try again."
)


def words_row(number: int, run: RunRecord, prompt_used: str | None) -> dict[str, Any]:
    """Return a picture's row of the full-text index."""
    facets = {"o": run.owner, "p": run.provider, "m": run.model, "c": run.capability}
    return {
        "rowid": number,
        "words": index_words(run.request.prompt, prompt_used, run.template),
        "facets": " ".join(facet(kind, value) for kind, value in facets.items()),
    }


def load_run(connection: Connection, run_id: str) -> RunRecord:
    """Return one run.

    Raises:
        StoreError: When there is none of that id.
    """
    return replace(_find_run(connection, run_id), parents=tuple(parents_of(connection, [run_id]).get(run_id, ())))


def _find_run(connection: Connection, run_id: str) -> RunRecord:
    """Return one run, without its parents."""
    row = connection.execute(_FIND_RUN, {"run": run_id}).mappings().first()
    if row is None:
        raise StoreError(f"There is no run {run_id} in the history.")
    return rows.run_from(row)


def _images_of(connection: Connection, run_id: str) -> list[dict[str, Any]]:
    found = connection.execute(select(IMAGES).where(IMAGES.c.run_id == run_id).order_by(IMAGES.c.position))
    return [dict(row) for row in found.mappings()]


def working_processes(connection: Connection) -> list[str]:
    """Return the presences of the processes that have runs under way."""
    under_way = RUNS.c.state.in_([literal_column(f"'{state}'") for state in UNFINISHED])
    query = select(RUNS.c.process).where(under_way, RUNS.c.process != "").distinct()
    return list(connection.execute(query).scalars())


def parents_of(connection: Connection, run_ids: Sequence[str]) -> dict[str, list[Parent]]:
    """Return the parents of runs, by run id."""
    found: dict[str, list[Parent]] = {}
    query = select(RUN_PARENTS).where(RUN_PARENTS.c.run_id.in_(run_ids))
    for run_id, image_id, kind in connection.execute(query):
        found.setdefault(run_id, []).append(Parent(image_id, kind))
    return found


def day_start(now: float) -> float:
    """Return when the UTC day of a moment began, in epoch seconds."""
    return utc(now).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def spent_since(connection: Connection, since: float, owner: str | None = None) -> float:
    """Return the dollars counted for runs journaled since a moment, also those dated ahead by a clock gone wrong.

    Without an owner it is what the host is billed for: what visitors spent on accounts of their own is left out.
    """
    query = select(func.coalesce(func.sum(RUNS.c.spent_usd), 0.0)).where(RUNS.c.created >= since)
    whose = ~RUNS.c.account.startswith(VISITORS, autoescape=True) if owner is None else RUNS.c.owner == owner
    query = query.where(whose)
    return float(connection.execute(query).scalar_one())


def check_budget(run: RunRecord, budget_usd: float, spent: float) -> None:
    """Refuse a run whose worst price would pass the day's budget.

    Raises:
        BudgetExceeded: Also when the price is unknown.
    """
    price = run.worst_usd
    if price is None:
        raise BudgetExceeded(
            f"The price of {run.model} at {run.provider} is unknown, so no budget (${budget_usd:.2f} a day) can hold.",
            next_step="Give a maximum price per image, choose a model with a known price, or lift the budget.",
        )
    if price > 0 and spent + price > budget_usd + _A_HUNDREDTH_OF_A_CENT:
        raise BudgetExceeded(
            f"This run may cost ${price:.3f}; ${spent:.3f} of today's budget of ${budget_usd:.2f} is used or reserved.",
            next_step="Raise the budget, choose a cheaper model, or wait for the next day (UTC).",
        )


def _change(connection: Connection, run_id: str, changes: Mapping[str, Any]) -> None:
    """Change a run, unless it is done: nothing that comes late undoes a picture."""
    changed = connection.execute(_CHANGE_RUN, {"run": run_id, **changes})
    if changed.rowcount == 0:
        load_run(connection, run_id)


def reported_usd(stored: Sequence[Stored], quoted_usd: float | None) -> float | None:
    """Return the provider's own price for a run: told with its pictures, or quoted when it accepted the job."""
    told = [picture.delivery.cost_usd for picture in stored if picture.delivery.cost_usd is not None]
    return sum(told) if told else quoted_usd
