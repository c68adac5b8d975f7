"""The purchase: the paid request of a run, sent once, and what is made of a refusal, a pause or a lost answer."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import suppress
from dataclasses import dataclass

from . import provider as registry
from .addresses import Guard
from .errors import (
    BadReply,
    Flux2Error,
    InsufficientCredit,
    JobTimeout,
    MissingKey,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unreachable,
)
from .history import History
from .http import Client, StopRequested, Terms
from .keys import Redactor, find_account
from .provider.replies import LONGEST_PAUSE, request_id, shortened
from .request import ImageRequest
from .run import Order, Run
from .wire import Delivery, Job, Wait

RATE_LIMIT_TRIES = 6

FIRST_PAUSE = 1.0
"""Seconds to wait after a refusal that names no time; doubled each time."""

COUNTDOWN_SECONDS = 1.0
"""How often a pause tells how much of it is left."""

CLOCK_SLACK = 60.0
"""Seconds by which the provider's clock may be behind ours when a lost job is looked for."""


@dataclass
class Tools:
    """What every run shares."""

    history: History
    client: Client
    redact: Redactor


def terms_of(run: Run, tools: Tools) -> Terms:
    """Return the terms on which a flow of a run is driven: its guard, its deadline from now, its stop."""
    order = run.order

    def on_wait(wait: Wait) -> None:
        progress = None if wait.progress is None else min(max(wait.progress, 0.0), 1.0)
        run.report("running", tools.redact(shortened(wait.note, 80)), progress)

    return Terms(
        label=order.provider.facts.label,
        guard=Guard(order.provider.origins(order.account)),
        deadline=time.monotonic() + order.card.deadline,
        stop=run.stop,
        on_wait=on_wait,
    )


async def buy(run: Run, sent: ImageRequest, tools: Tools) -> Job | list[Delivery]:
    """Send the paid request once; send it again only after the provider said that it took nothing.

    Args:
        run: Whose request it is; journaled already.
        sent: The request with its references prepared.
        tools: What every run shares.

    Returns:
        The accepted job, or the pictures where the provider answers at once.

    Raises:
        OutcomeUnknown: When the answer was lost and no job can be told to be ours.
        Flux2Error: What the provider refused, with ``money`` "none".
    """
    order, pause = run.order, FIRST_PAUSE
    for tries_left in reversed(range(RATE_LIMIT_TRIES)):
        terms, began = terms_of(run, tools), time.time()
        try:
            return await tools.client.drive(order.provider.submit(sent, order.card, order.account), terms)
        except RateLimited as error:
            seconds = pause if error.retry_after is None else error.retry_after
            _check_worth_waiting(error, seconds, tries_left)
            pause *= 2
            await _wait_for_room(run, seconds)
        except InsufficientCredit as error:
            error.next_step = _where_to_go(order)
            raise
        except ProviderError as error:
            if not terms.sent:
                raise _before_paying(error) from None
            return await _find_lost(run, sent, tools, terms, began, _as_lost(error, terms))
    raise AssertionError("unreachable: the last try returns or raises")


def _check_worth_waiting(error: RateLimited, seconds: float, tries_left: int) -> None:
    if seconds > LONGEST_PAUSE:
        asked = f"{seconds:.0f} s" if seconds < 7 * 86_400 else "more than a week"
        error.next_step = f"It asks for a pause of {asked}, and we wait {LONGEST_PAUSE:.0f} s at most: try again then."
        raise error
    if not error.retryable or not tries_left:
        raise error


async def _wait_for_room(run: Run, seconds: float) -> None:
    """Sit out a pause the provider asked for, telling what is left of it; ends at once when the owner cancels."""
    ends, label = time.monotonic() + seconds, run.order.provider.facts.label
    while (left := ends - time.monotonic()) > 0:
        run.report("running", f"{label} asks for a pause: {math.ceil(left)} s left.", pause=left)
        with suppress(TimeoutError):
            await asyncio.wait_for(run.stop.wait(), min(left, COUNTDOWN_SECONDS))
            raise StopRequested


def _where_to_go(order: Order) -> str:
    """Say where credit is bought and what else could be used; nothing is ever switched by itself."""
    page = order.provider.billing
    return f"Top it up at {page or order.provider.facts.label}, or choose another provider: {_others_ready(order)}."


def _others_ready(order: Order) -> str:
    ready = []
    for name in registry.names():
        other = registry.get(name)
        if name != order.provider.name and not other.runs_here:
            with suppress(MissingKey):
                find_account(name, other.settings)
                ready.append(name)
    if not ready:
        return "the offline sketch needs no key and costs nothing"
    return f"{' and '.join(ready)} {'is' if len(ready) == 1 else 'are'} ready here"


def _before_paying(error: ProviderError) -> ProviderError:
    """Return an error of what came before the paid request, such as an upload, as one that cost nothing."""
    if isinstance(error, OutcomeUnknown):
        what = "A reference image could not be uploaded."
        error = Unreachable(what, provider=error.provider, status=error.status, hint=error.hint)
    error.money = "none"
    if isinstance(error, (JobTimeout, BadReply)) or not error.next_step:
        error.next_step = "Try again."
    return error


def _as_lost(error: ProviderError, terms: Terms) -> OutcomeUnknown:
    """Return the error as a lost answer.

    Raises:
        ProviderError: As it is, when it tells what became of the request.
    """
    if isinstance(error, OutcomeUnknown):
        return error
    if not isinstance(error, BadReply) or terms.paid is None or not terms.paid.ok:
        raise error
    lost = OutcomeUnknown(
        f"{terms.label} was sent the request, and what came back could not be read. {error.what}",
        provider=terms.label,
        hint=error.hint,
        next_step="It is counted as spent. Look at your account there before you try again.",
    )
    lost.excerpt, lost.raw = error.excerpt, error.raw
    return lost


async def _find_lost(
    run: Run, sent: ImageRequest, tools: Tools, terms: Terms, began: float, error: OutcomeUnknown
) -> Job:
    """Return the job of a lost answer: as named in what came of it, else as the provider's list has it; never guess."""
    provider, answer = run.order.provider, terms.paid
    if answer is not None and answer.ok:
        job = provider.accepted(answer)
        if job is not None:
            return job
    if answer is not None and (name := request_id(answer)):
        error.request_id = name
        error.next_step = f"Its id there is {name}. {error.next_step}"
    job = await _listed(run, sent, tools, began)
    if job is None:
        raise error
    return job


async def _listed(run: Run, sent: ImageRequest, tools: Tools, began: float) -> Job | None:
    """Return the one job of this very request that nobody has claimed, where the provider keeps a list."""
    order, terms = run.order, terms_of(run, tools)
    terms.stop = asyncio.Event()
    try:
        looking = order.provider.find(sent, order.card, order.account, began - CLOCK_SLACK)
        found = await tools.client.drive(looking, terms)
        claimed = await asyncio.to_thread(tools.history.known_jobs, [job.id for job in found])
    except Flux2Error:
        return None
    unclaimed = [job for job in found if job.id not in claimed]
    return unclaimed[0] if len(unclaimed) == 1 else None
