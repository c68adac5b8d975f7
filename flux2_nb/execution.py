"""Carrying out one run, stage by stage: wait for a place, prepare, journal, buy, collect, look at what came, store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from . import images
from .arrival import Arrival, look_at
from .bookkeeping import accept, how_to_collect, journal, set_aside, store
from .errors import (
    BadReply,
    Cancelled,
    Expired,
    Flux2Error,
    JobFailed,
    Moderated,
    OutcomeUnknown,
    ProviderError,
)
from .history import State
from .http import StopRequested
from .purchase import Tools, buy, terms_of
from .request import ImageRequest
from .run import EventKind, Run
from .wire import Delivery, Job

log = logging.getLogger("flux2_nb")

LOGGED_CHARACTERS = 200
"""How much the log tells of an answer that is not the provider's."""

FETCH_TRIES = 3
"""How often a finished job's pictures are fetched anew when what came is no whole picture."""

STATE_OF_ERROR: tuple[tuple[type[Flux2Error], State], ...] = (
    (Cancelled, "cancelled"),
    (OutcomeUnknown, "unknown"),
    (Moderated, "moderated"),
    (Expired, "expired"),
)
"""How a run ends in the history; anything else was refused when nothing was spent, and failed otherwise."""

END_A_JOB = (Cancelled, Expired, JobFailed, Moderated)
"""The only errors that end an accepted job. Any other ends our waiting: the run stays as it is and can be resumed."""


async def execute(run: Run, tools: Tools, limit: asyncio.Semaphore) -> None:
    """Carry out a new run to its end; every way out is reported and journaled."""
    run.report("queued")
    async with _ending(run, tools):
        async with limit:
            _check_stop(run)
            queued = run.seconds
            sent = await _prepare(run)
            await journal(run, sent, tools)
            arrival, job = await _make(run, sent, tools)
            running = run.seconds
        run.finish(await store(run, arrival, job, tools, {"queued": queued, "running": running - queued}))


async def resume(run: Run, job: Job, tools: Tools, limit: asyncio.Semaphore) -> None:
    """Collect a job that was accepted earlier, perhaps by another process."""
    run.journaled = run.resumable = True
    run.report("running", "Collecting a job that was accepted earlier.")
    async with _ending(run, tools), limit:
        arrival = await _collect(run, job, tools)
        run.finish(await store(run, arrival, job, tools, {}))


class _ending:
    """Turns whatever stops a run into its last event and its last row."""

    def __init__(self, run: Run, tools: Tools) -> None:
        self.run, self.tools = run, tools

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is None:
            return False
        if isinstance(error, asyncio.CancelledError):
            return False  # the engine is closing: the journal already tells the next process what to do
        failure = await self._as_ours(error)
        if self.run.journaled and (not self.run.accepted or isinstance(failure, END_A_JOB)):
            await self._journal(failure)
        self.run.fail(_event_kind(failure), failure)
        return True

    async def _as_ours(self, error: BaseException) -> Flux2Error:
        """Return the error as it may be shown: keys masked, and what it holds of the answer put away."""
        if isinstance(error, StopRequested):
            return Cancelled("The run was cancelled before it was sent.", money="none")
        if not isinstance(error, Flux2Error):
            log.error("a run failed for a reason nobody foresaw", exc_info=error)
            return Flux2Error(f"Something went wrong inside flux2_nb ({type(error).__name__}).", money="maybe")
        if isinstance(error, ProviderError):
            await self._put_away(error)
            error.hint = self.tools.redact(error.hint)
        error.what, error.next_step = self.tools.redact(error.what), self.tools.redact(error.next_step)
        error.args = (error.what,)
        return error

    async def _put_away(self, error: ProviderError) -> None:
        if error.excerpt:
            told = self.tools.redact(error.excerpt)[:LOGGED_CHARACTERS]
            log.warning("run %s: an answer could not be read; it begins: %r", self.run.id, told)
        if error.raw:
            error.next_step = f"{await set_aside(self.run, [error.raw], self.tools)} {error.next_step}".strip()
        error.excerpt, error.raw = "", b""

    async def _journal(self, failure: Flux2Error) -> None:
        try:
            await asyncio.wrap_future(self.tools.history.end(self.run.id, state_of(failure), failure))
        except Flux2Error as error:  # the error of the run matters more than that of the store
            log.error("the end of run %s could not be written down: %s", self.run.id, error)


def state_of(error: Flux2Error) -> State:
    """Return the state in which an error leaves a run in the history."""
    usual: State = "refused" if error.money == "none" else "failed"
    return next((state for kind, state in STATE_OF_ERROR if isinstance(error, kind)), usual)


def _event_kind(error: Flux2Error) -> EventKind:
    if isinstance(error, Cancelled):
        return "cancelled"
    return "unknown" if isinstance(error, OutcomeUnknown) else "failed"


def _check_stop(run: Run) -> None:
    if run.stop.is_set():
        raise StopRequested


async def _prepare(run: Run) -> ImageRequest:
    """Fit and strip the references for this target, side by side, off the loop."""
    if not run.request.references:
        return run.request
    rule = run.order.card.references
    jobs = [asyncio.to_thread(images.prepare, reference, rule) for reference in run.request.references]
    return run.request.but(references=tuple(await asyncio.gather(*jobs)))


async def _make(run: Run, sent: ImageRequest, tools: Tools) -> tuple[Arrival, Job | None]:
    """Draw or buy the picture; return what came, and the job where there was one."""
    if run.order.provider.runs_here:
        return await _looked_at(run, await _render(run, sent)), None
    outcome = await buy(run, sent, tools)
    if not isinstance(outcome, Job):
        return await _looked_at(run, outcome), None
    await accept(run, outcome, tools)
    run.report("submitted")
    return await _collect(run, outcome, tools), outcome


async def _render(run: Run, sent: ImageRequest) -> list[Delivery]:
    def report(part: float) -> None:
        _check_stop(run)
        run.report("running", progress=part)

    run.report("running")
    return await asyncio.to_thread(run.order.provider.render, sent, run.order.card, report)


async def _looked_at(run: Run, deliveries: Sequence[Delivery]) -> Arrival:
    """Look at what came.

    Raises:
        BadReply: When no whole picture is among it.
    """
    arrival = await asyncio.to_thread(look_at, deliveries, run)
    if not arrival.pictures:
        label = run.order.provider.facts.label
        error = BadReply(arrival.problem or f"{label} sent no picture.", provider=label, money="spent")
        error.raw = next((data for data in arrival.damaged if data), b"")
        error.next_step = "Look at the provider's own list of results before you ask for it again."
        raise error
    return arrival


async def _collect(run: Run, job: Job, tools: Tools) -> Arrival:
    """Wait for an accepted job; from here on money may have been spent, whatever an error says by itself."""
    run.accepted = True
    run.report("running")
    try:
        return await _fetch(run, job, tools)
    except Flux2Error as error:
        if error.money == "none" and not isinstance(error, JobFailed):  # aborted before it began: that is free
            error.money = "maybe"
        if not isinstance(error, END_A_JOB):
            error.next_step = await how_to_collect(run, job, tools)
        raise


async def _fetch(run: Run, job: Job, tools: Tools) -> Arrival:
    """Fetch what a job made, anew when it arrives damaged: looking and fetching cost nothing."""
    for tries_left in reversed(range(FETCH_TRIES)):
        try:
            provider, account = run.order.provider, run.order.account
            deliveries = await tools.client.drive(provider.collect(job, account), terms_of(run, tools))
        except StopRequested:
            deliveries = await _cancel(run, job, tools)
        try:
            arrival = await _looked_at(run, deliveries)
        except BadReply:
            if not tries_left:
                raise
        else:
            if not arrival.damaged or not tries_left:
                return arrival
        run.report("running", "What arrived is damaged; it is fetched again.")
    raise AssertionError("unreachable: the last try returns or raises")


async def _cancel(run: Run, job: Job, tools: Tools) -> list[Delivery]:
    order, terms = run.order, terms_of(run, tools)
    terms.stop = asyncio.Event()
    why = f"{terms.label} cannot cancel an accepted job: it is billed, and its picture is kept."
    if order.provider.can_cancel:
        run.report("running", "Cancelling at the provider.")
        if await tools.client.drive(order.provider.cancel(job, order.account), terms):
            raise Cancelled(f"The run was cancelled at {terms.label} after it had been accepted.", money="maybe")
        why = f"{terms.label} did not cancel the job; it may have finished already. Its picture is kept."
    run.report("running", why)
    run.remark = why
    deliveries = await tools.client.drive(order.provider.collect(job, order.account), terms)
    run.stop = asyncio.Event()  # that wish was answered
    return deliveries
