"""Carrying out one run, stage by stage: wait for a place, prepare, journal, pay, collect, verify, store."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from . import images
from .addresses import Guard
from .errors import (
    BadReply,
    Cancelled,
    Expired,
    Flux2Error,
    JobFailed,
    JobTimeout,
    Moderated,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unreachable,
)
from .history import History, RunRecord, State, Stored
from .http import Client, StopRequested, Terms
from .keys import Redactor
from .request import ImageRequest
from .result import ImageResult
from .run import EventKind, Run
from .wire import Delivery, Job, Wait

log = logging.getLogger("flux2_nb")

MAX_RATE_LIMIT_WAIT = 120.0
"""Seconds; when a provider asks for a longer pause the run ends and says so."""

RATE_LIMIT_TRIES = 6

FIRST_RATE_LIMIT_WAIT = 1.0
"""Seconds to wait after a refusal that names no time; doubled each time."""

STATE_OF_ERROR: tuple[tuple[type[Flux2Error], State], ...] = (
    (Cancelled, "cancelled"),
    (OutcomeUnknown, "unknown"),
    (Moderated, "moderated"),
    (Expired, "expired"),
)
"""How a run ends in the history; anything else was refused when nothing was spent, and failed otherwise."""

END_A_JOB = (Cancelled, Expired, JobFailed, Moderated)
"""The only errors that end an accepted job. Any other ends our waiting: the run stays as it is and can be resumed."""

NOT_SENT = (JobTimeout, Unreachable)
"""Errors that mean nothing was bought when they come before the paid request was answered."""

HOW_TO_COLLECT = "The job may still finish: resume() fetches it without paying again."


@dataclass
class Tools:
    """What every run shares."""

    history: History
    client: Client
    redact: Redactor


async def execute(run: Run, tools: Tools, limit: asyncio.Semaphore) -> None:
    """Carry out a new run to its end; every way out is reported and journaled."""
    run.report("queued")
    async with _ending(run, tools):
        async with limit:
            _check_stop(run)
            queued = run.seconds
            sent = await _prepare(run)
            await _journal(run, sent, tools)
            deliveries = await (_render(run, sent) if run.order.provider.runs_here else _buy(run, sent, tools))
            running = run.seconds
        run.finish(await _store(run, deliveries, tools, {"queued": queued, "running": running - queued}))


async def resume(run: Run, job: Job, tools: Tools, limit: asyncio.Semaphore) -> None:
    """Collect a job that was accepted earlier, perhaps by another process."""
    run.journaled = True
    run.report("running", "Collecting a job that was accepted earlier.")
    async with _ending(run, tools), limit:
        deliveries = await _collect(run, job, tools, _terms(run))
        run.finish(await _store(run, deliveries, tools, {}))


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
        failure = self._as_ours(error)
        if self.run.journaled and (not self.run.accepted or isinstance(failure, END_A_JOB)):
            await self._journal(failure)
        self.run.fail(_event_kind(failure), failure)
        return True

    def _as_ours(self, error: BaseException) -> Flux2Error:
        if isinstance(error, StopRequested):
            return Cancelled("The run was cancelled before it was sent.", money="none")
        if isinstance(error, ProviderError):
            error.hint = self.tools.redact(error.hint)
        if isinstance(error, Flux2Error):
            error.what = self.tools.redact(error.what)
            return error
        log.error("a run failed for a reason nobody foresaw", exc_info=error)
        return Flux2Error(f"Something went wrong inside flux2_nb ({type(error).__name__}).", money="maybe")

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


async def _journal(run: Run, sent: ImageRequest, tools: Tools) -> None:
    order = run.order
    estimate = order.card.estimate(sent)
    record = RunRecord(
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
        estimate_usd=estimate,
        reserved_usd=estimate if estimate is not None else order.max_price_usd,
    )
    if order.request.references:
        await asyncio.to_thread(tools.history.keep_references, order.request.references)
    await asyncio.wrap_future(tools.history.begin(record, order.budget_usd))
    run.journaled = True


async def _render(run: Run, sent: ImageRequest) -> list[Delivery]:
    def report(part: float) -> None:
        _check_stop(run)
        run.report("running", progress=part)

    run.report("running")
    return await asyncio.to_thread(run.order.provider.render, sent, run.order.card, report)


def _terms(run: Run) -> Terms:
    order = run.order

    def on_wait(wait: Wait) -> None:
        run.report("running", wait.note, wait.progress)

    return Terms(
        label=order.provider.facts.label,
        guard=Guard(order.provider.origins(order.account)),
        deadline=time.monotonic() + order.card.deadline,
        stop=run.stop,
        on_wait=on_wait,
    )


async def _buy(run: Run, sent: ImageRequest, tools: Tools) -> list[Delivery]:
    terms = _terms(run)
    outcome = await _submit(run, sent, tools, terms)
    if not isinstance(outcome, Job):
        return outcome
    await asyncio.wrap_future(tools.history.submitted(run.id, outcome))
    run.report("submitted")
    return await _collect(run, outcome, tools, terms)


async def _submit(run: Run, sent: ImageRequest, tools: Tools, terms: Terms) -> Job | list[Delivery]:
    """Send the paid request once; send it again only after the provider said that it took nothing."""
    order, pause = run.order, FIRST_RATE_LIMIT_WAIT
    for attempt in range(RATE_LIMIT_TRIES):
        began = time.time()
        try:
            return await tools.client.drive(order.provider.submit(sent, order.card, order.account), terms)
        except RateLimited as error:
            wait = pause if error.retry_after is None else error.retry_after
            if not error.retryable or wait > MAX_RATE_LIMIT_WAIT or attempt == RATE_LIMIT_TRIES - 1:
                raise
            pause *= 2
            terms.paid = None  # that answer took nothing
            await _wait_for_room(run, wait)
        except NOT_SENT as error:
            if terms.paid is None:  # an upload failed: nothing was bought, so there is no job to come back for
                error.money, error.next_step = "none", "Try again."
            raise
        except OutcomeUnknown as error:
            return await _look_for_lost(run, sent, tools, began, error)
        except BadReply as error:
            if terms.paid is None or not terms.paid.ok:
                raise
            lost = OutcomeUnknown(
                f"{terms.label} took the request, and its answer could not be read.",
                provider=terms.label,
                hint=error.hint,
                next_step="It is counted as spent. Look at your account there before you try again.",
            )
            return await _look_for_lost(run, sent, tools, began, lost)
    raise AssertionError("unreachable: the loop returns or raises")


async def _wait_for_room(run: Run, seconds: float) -> None:
    run.report("running", f"The provider asked for a pause of {seconds:.0f} s.")
    try:
        await asyncio.wait_for(run.stop.wait(), seconds)
    except TimeoutError:
        return
    raise StopRequested


async def _look_for_lost(run: Run, sent: ImageRequest, tools: Tools, began: float, error: OutcomeUnknown) -> Job:
    """Adopt the one job of this very request that nobody has claimed, where the provider keeps a list; never guess."""
    order = run.order
    terms = _terms(run)
    terms.stop = asyncio.Event()
    try:
        # Clocks differ: a minute of slack finds the job without finding last hour's.
        found = await tools.client.drive(order.provider.find(sent, order.card, order.account, began - 60), terms)
    except Flux2Error:
        raise error from None
    claimed = await asyncio.to_thread(tools.history.known_jobs, [job.id for job in found])
    unclaimed = [job for job in found if job.id not in claimed]
    if len(unclaimed) != 1:
        raise error
    return unclaimed[0]


async def _collect(run: Run, job: Job, tools: Tools, terms: Terms) -> list[Delivery]:
    """Wait for an accepted job; from here on money may have been spent, whatever an error says by itself."""
    order, run.accepted = run.order, True
    run.report("running")
    try:
        try:
            return await tools.client.drive(order.provider.collect(job, order.account), terms)
        except StopRequested:
            return await _cancel(run, job, tools, terms)
    except Flux2Error as error:
        if error.money == "none" and not isinstance(error, JobFailed):  # aborted before it began: that is free
            error.money = "maybe"
        if not isinstance(error, END_A_JOB):
            error.next_step = HOW_TO_COLLECT
        raise


async def _cancel(run: Run, job: Job, tools: Tools, terms: Terms) -> list[Delivery]:
    order = run.order
    terms.stop = asyncio.Event()
    why = f"{terms.label} cannot cancel an accepted job: it is billed, and the picture will be kept."
    if order.provider.can_cancel:
        run.report("running", "Cancelling at the provider.")
        if await tools.client.drive(order.provider.cancel(job, order.account), terms):
            raise Cancelled(f"The run was cancelled at {terms.label} after it had been accepted.", money="maybe")
        why = f"{terms.label} did not cancel the job; it may have finished already. Its picture will be kept."
    run.report("running", why)
    return await tools.client.drive(order.provider.collect(job, order.account), terms)


async def _store(
    run: Run, deliveries: Sequence[Delivery], tools: Tools, timings: dict[str, float]
) -> list[ImageResult]:
    """Verify the bytes, then write them and their rows; the pictures are safe when this returns."""
    run.report("saving")
    began = run.seconds
    stored = await asyncio.to_thread(_verified, run, deliveries)
    timings |= {"saving": run.seconds - began, "total": run.seconds}
    return await asyncio.wrap_future(tools.history.finish(run.id, stored, timings))


def _verified(run: Run, deliveries: Sequence[Delivery]) -> list[Stored]:
    if not deliveries:
        raise BadReply(f"{run.order.provider.facts.label} sent no picture.", money="spent")
    prompt = run.request.prompt
    stored = []
    for delivery in deliveries:
        found = images.sniff(delivery.data)
        rewritten = delivery.prompt_used if delivery.prompt_used != prompt else None
        seed = delivery.seed if delivery.seed is not None else run.request.seed
        told = replace(delivery, seed=seed, prompt_used=rewritten)
        stored.append(Stored(told, found.format, found.width, found.height))
    return stored
