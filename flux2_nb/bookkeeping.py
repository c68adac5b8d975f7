"""What is written down of a run: the intent, the job, the pictures; and what holds when the disk refuses."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from . import images
from .arrival import Arrival, keep_aside, with_notes
from .errors import StoreError
from .history import History, RunRecord, Stored
from .purchase import Tools
from .request import ImageRequest, Reference
from .result import ImageResult
from .run import Run
from .wire import Job

log = logging.getLogger("flux2_nb")

SAVE_NOW = "The picture is in memory only and not in the history: save it now."

HOW_TO_COLLECT = "The job may still finish: resume() fetches it without paying again."

COLLECT_AGAIN = "Once that is mended, resume() or the next visit fetches it into the history without paying again."


async def journal(run: Run, sent: ImageRequest, tools: Tools) -> None:
    """Write down what is about to be sent, and reserve its price.

    Raises:
        BudgetExceeded: When the price does not fit the budget.
        StoreError: When it cannot be written down: then nothing may be sent. Only what is drawn here, for nothing,
            goes on all the same.
    """
    run.estimate_usd = run.order.card.estimate(sent)
    try:
        if run.request.references:
            await asyncio.to_thread(_keep, run.request.references, tools.history)
        await asyncio.wrap_future(tools.history.begin(_record(run), run.order.budget_usd))
    except StoreError as error:
        if run.order.provider.runs_here and run.order.card.price.kind == "free":
            return
        error.money = "none"
        raise
    run.journaled = True


async def accept(run: Run, job: Job, tools: Tools) -> None:
    """Write down an accepted job; one that cannot be written down is paid for, and is collected all the same."""
    try:
        await asyncio.wrap_future(tools.history.submitted(run.id, job))
    except StoreError as error:
        log.error("run %s: the id of its job, %s, could not be written down. %s", run.id, tools.redact(job.id), error)
    else:
        run.resumable = True


async def how_to_collect(run: Run, job: Job, tools: Tools) -> str:
    """Return a sentence on how a job that we stopped waiting for can still be had."""
    if not run.resumable:
        await accept(run, job, tools)
    if run.resumable:
        return HOW_TO_COLLECT
    return f"It could not be written down: its id at {run.order.provider.facts.label} is {tools.redact(job.id)}."


async def store(
    run: Run, arrival: Arrival, job: Job | None, tools: Tools, timings: dict[str, float]
) -> list[ImageResult]:
    """Write the pictures and their rows; they are safe when this returns, or say that they are in memory only."""
    run.report("saving")
    began = run.seconds
    if any(arrival.damaged):
        await set_aside(run, [data for data in arrival.damaged if data], tools)
    quoted = None if job is None else job.cost_usd
    pictures = with_notes(arrival, run, quoted)
    timings |= {"saving": run.seconds - began, "total": run.seconds}
    try:
        return await asyncio.wrap_future(tools.history.finish(run.id, pictures, timings))
    except StoreError as error:
        why = " ".join(part for part in (error.what, SAVE_NOW, await _close(run, job, pictures, error, tools)) if part)
        log.warning("run %s: %s", run.id, why)
        return tools.history.keep_unsaved(_record(run), pictures, timings, why=why, quoted_usd=quoted)


async def set_aside(run: Run, found: Sequence[bytes], tools: Tools) -> str:
    """Keep bytes that are no picture; return a sentence that says where they are."""
    names = [run.id if position == 0 else f"{run.id}-{position + 1}" for position in range(len(found))]
    try:
        paths = [
            await asyncio.to_thread(keep_aside, tools.history.home, name, data, tools.redact)
            for name, data in zip(names, found, strict=True)
        ]
    except OSError as error:
        return f"Its bytes could not be kept ({error.strerror})."
    return f"Its bytes are kept in {paths[0]} for {run.order.provider.facts.label}'s support."


async def _close(run: Run, job: Job | None, pictures: Sequence[Stored], error: StoreError, tools: Tools) -> str:
    """Bring a run whose pictures could not be stored to a named state; return what to do, one sentence.

    A job stays to be collected once more. What was answered at once cannot be had again: its run has failed and counts.
    """
    if job is not None and not run.resumable:
        await accept(run, job, tools)
    if run.resumable:
        return f"{error.next_step} {COLLECT_AGAIN}".strip()
    if run.journaled and job is None:
        told = [one.delivery.cost_usd for one in pictures if one.delivery.cost_usd is not None]
        lost = StoreError(error.what, money="" if run.order.provider.runs_here else "spent")
        try:
            cost = sum(told) if told else None
            await asyncio.wrap_future(tools.history.end(run.id, "failed", lost, cost))
        except StoreError as again:  # the next process finds it, and counts it as spent
            log.error("the end of run %s could not be written down: %s", run.id, again)
    return error.next_step


def _record(run: Run) -> RunRecord:
    order = run.order
    return RunRecord(
        id=run.id,
        owner=order.owner,
        provider=order.card.provider,
        model=order.card.model,
        capability=order.capability,
        request=order.request,
        values=dict(order.values),
        template=order.template,
        parents=tuple(order.parents),
        state="sending",
        account=order.account.fingerprint,
        estimate_usd=run.estimate_usd,
        reserved_usd=run.estimate_usd if run.estimate_usd is not None else order.max_price_usd,
    )


def _keep(references: Sequence[Reference], history: History) -> None:
    """Keep references without what a camera wrote into them; a picture of the history is known by its very bytes."""
    history.keep_references([one if history.find_original(one.data) else images.bare(one) for one in references])
