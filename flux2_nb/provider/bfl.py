"""Black Forest Labs: the makers' own API. Jobs that are collected at the ``polling_url`` they were given; no cancel.

Wire: api.bfl.ai/openapi.json of 2026-05-01, recorded exchanges of 2025-12-17, and third-party copies of August 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..cards import ModelCard
from ..errors import BadReply, Expired, JobFailed, Moderated
from ..keys import Account, Setting
from ..request import ImageRequest
from ..wire import Delivery, Download, FilePart, Flow, Job, Reply, Request, Wait
from .base import Answer, Provider, Recipe, Stage
from .refusals import our_names, raise_for_status
from .replies import (
    GONE,
    members,
    number_at,
    pause_after,
    price_at,
    said,
    shortened,
    text_at,
    whole_number_at,
    will_pass,
)

LABEL = "BFL"

USD_PER_CREDIT = 0.01

POLL_SECONDS = 0.5
"""Seconds between two looks at a job, as in BFL's own example."""

MODERATED = {
    "Request Moderated": "BFL refused the prompt or a reference image.",
    "Content Moderated": "BFL made a picture and withheld it.",
}
"""The states that mean a refusal, and our sentence for each."""

FAILED = (*MODERATED, "Error", "Task not found")
"""The states after which no picture comes."""


class BlackForestLabs(Provider):
    """FLUX.2 pro, pro-preview, max, flex and klein on api.bfl.ai."""

    name: ClassVar[str] = "bfl"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("BFL_API_KEY", "secret", where="api.bfl.ai"),
        Setting("BFL_BASE_URL", "url", default="https://api.bfl.ai"),
    )
    key_hosts: ClassVar[tuple[str, ...]] = ("bfl.ai",)
    can_resume: ClassVar[bool] = True
    billing: ClassVar[str] = "api.bfl.ai"
    recipe: ClassVar[Recipe] = Recipe("result.sample", poll="polling_url", done="Ready", failed=FAILED)
    documented: ClassVar[Mapping[Stage, Answer]] = {
        "check": Answer(always=("credits",)),
        "submit": Answer(always=("id", "polling_url", "cost"), perhaps=("input_mp", "output_mp")),
        "poll": Answer(
            always=("id", "status", "result.sample"),
            perhaps=(
                *("result", "progress", "details", "preview", "cost"),
                *("result.prompt", "result.seed", "result.start_time", "result.end_time", "result.duration"),
            ),
            states=("Pending", "Reasoning", "Generating", "Ready", *FAILED),
        ),
    }

    def submit(self, request: ImageRequest, card: ModelCard, account: Account) -> Flow[Job | list[Delivery]]:
        """Send the request; the answer holds the job's id, where to look for it, and what it costs."""
        body: dict[str, Any] = {"prompt": request.prompt, "width": request.width, "height": request.height}
        body |= card.to_wire(request)
        for index, reference in enumerate(request.references):
            name = "input_image" if index == 0 else f"input_image_{index + 1}"
            ending = reference.media_type.partition("/")[2]
            body[name] = FilePart(reference, "base64", f"image-{index + 1}.{ending}")
        url = f"{account['BFL_BASE_URL'].rstrip('/')}/v1/{card.wire}"
        reply = yield Request("POST", url, self._headers(url, account), json=body, pays=True)
        if not reply.ok:
            self._refuse(reply, card)
        return _job(reply.object())

    def collect(self, job: Job, account: Account) -> Flow[list[Delivery]]:
        """Look at the job until it ends, then fetch the picture."""
        second_looks = 1
        while True:
            answer = (yield from self._look(job, account)).object()
            status = shortened(answer.get("status") or "", 40)
            if status == "Ready":
                delivery = yield from _fetch(answer, job)
                if delivery is not None:
                    return [delivery]
            elif status in MODERATED:
                raise _moderated(answer, job)
            elif status == "Error":
                words = shortened(answer.get("details") or answer.get("result") or "")
                sentence = f"BFL could not make the picture.{said(words)}"
                raise JobFailed(sentence, provider=LABEL, request_id=job.id, hint=words, next_step="Try again later.")
            if status in ("Ready", "Task not found"):
                # A link that expired may be renewed, and a new task may not be known everywhere yet: look once more.
                if not second_looks:
                    raise _expired(job)
                second_looks -= 1
            yield Wait(POLL_SECONDS, progress=number_at(answer, "progress"), note=status)

    def accepted(self, reply: Reply) -> Job | None:
        """Return the job, where both its id and the address to look at stand in what came of the answer."""
        try:
            return _job(members(reply.body))
        except BadReply:
            return None

    def check(self, account: Account) -> Flow[str]:
        """Ask for the credits left, which costs nothing."""
        url = f"{account['BFL_BASE_URL'].rstrip('/')}/v1/credits"
        reply = yield Request("GET", url, self._headers(url, account))
        if not reply.ok:
            self._refuse(reply)
        credits = number_at(reply.object(), "credits")
        return (
            "The key is valid." if credits is None else f"{credits:g} credits left (${credits * USD_PER_CREDIT:.2f})."
        )

    def _headers(self, url: str, account: Account) -> dict[str, str]:
        return {"x-key": account["BFL_API_KEY"]} if self.may_hold_key(url, account) else {}

    def _look(self, job: Job, account: Account) -> Flow[Reply]:
        headers = self._headers(job.poll_url, account)
        reply: Reply = yield Request("GET", job.poll_url, headers)
        while will_pass(reply):
            yield Wait(pause_after(reply, POLL_SECONDS))
            reply = yield Request("GET", job.poll_url, headers)
        if reply.status == 404:
            return Reply(200, body=b'{"status": "Task not found"}')
        if not reply.ok:
            self._refuse(reply)
        return reply

    def _refuse(self, reply: Reply, card: ModelCard | None = None) -> None:
        words, blamed = _words(reply)
        raise_for_status(reply, label=LABEL, words=words, settings=self.settings, fields=our_names(blamed, card))


def _job(answer: Mapping[str, Any]) -> Job:
    credits = price_at(answer, "cost")
    return Job(
        id=text_at(answer, "id", LABEL),
        poll_url=text_at(answer, "polling_url", LABEL),
        cost_usd=None if credits is None else round(credits * USD_PER_CREDIT, 6),
    )


def _words(reply: Reply) -> tuple[str, list[str]]:
    """Pick BFL's own words and the fields they blame out of an error body; ``detail`` is a text or a list."""
    try:
        body = reply.object()
    except BadReply:
        return "", []
    detail = body.get("detail") or body.get("message") or body.get("error") or ""
    problems = [one for one in detail if isinstance(one, dict)] if isinstance(detail, list) else []
    if not problems:
        return str(detail), []
    paths = [problem.get("loc") for problem in problems]
    blamed = [str(path[-1]) for path in paths if isinstance(path, list) and len(path) > 1 and path[-1] != 0]
    return "; ".join(str(problem.get("msg", "")) for problem in problems), blamed


def _fetch(answer: Mapping[str, Any], job: Job) -> Flow[Delivery | None]:
    """Download the picture; None when its link no longer works."""
    result = answer.get("result")
    details: Mapping[str, Any] = result if isinstance(result, dict) else {}
    reply: Reply = yield Download(text_at(details, "sample", LABEL))
    if reply.status in GONE:
        return None
    if not reply.ok:
        raise BadReply(f"BFL's picture could not be fetched: status {reply.status}.", provider=LABEL)
    prompt, settled = details.get("prompt"), price_at(answer, "cost")
    return Delivery(
        reply.body,
        seed=whole_number_at(details, "seed"),
        prompt_used=prompt if isinstance(prompt, str) and prompt else None,
        cost_usd=job.cost_usd if settled is None else round(settled * USD_PER_CREDIT, 6),
    )


def _moderated(answer: Mapping[str, Any], job: Job) -> Moderated:
    details = answer.get("details")
    reasons = details.get("Moderation Reasons") if isinstance(details, dict) else None
    words = ", ".join(str(reason) for reason in reasons) if isinstance(reasons, list) else ""
    sentence = MODERATED[str(answer.get("status"))] + (f" Reasons: {shortened(words)}." if words else "")
    return Moderated(
        sentence,
        provider=LABEL,
        request_id=job.id,
        hint=words,
        next_step="Reword the prompt or change the reference image.",
    )


def _expired(job: Job) -> Expired:
    return Expired(
        f"BFL no longer has the picture of job {shortened(job.id, 60)}: its links live for ten minutes.",
        provider=LABEL,
        request_id=job.id,
        next_step="Making it again costs again.",
    )
