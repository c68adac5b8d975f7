"""Replicate: predictions on official models. Jobs that can be cancelled, collected later, and looked up when lost.

Wire: Replicate's OpenAPI document (2026-04-09) and the version pages of the FLUX.2 models.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote

from ..cards import ModelCard
from ..errors import BadReply, Expired, JobFailed, Moderated, Money, ProviderError
from ..keys import Account, Setting
from ..request import ImageRequest, Reference
from ..wire import Delivery, Download, FilePart, Flow, Job, Reply, Request, Wait
from .base import Answer, Provider, Recipe, Stage
from .refusals import our_names, raise_for_status
from .replies import GONE, members, number_at, pause_after, said, shortened, text_at, will_pass

LABEL = "Replicate"

DATA_URI_BYTES = 256 * 1024
"""References up to this size travel as data URIs, larger ones through the files API (Replicate's own advice)."""

FIRST_WAIT, LONGEST_WAIT, WAIT_GROWTH = 0.25, 1.5, 1.1
"""Seconds between two looks at a job: short at first, longer for the slow models."""

MODERATED_WORDS = ("(e005)", "flagged as sensitive", "nsfw")

PAGES_SEARCHED = 5
"""How many pages of 100 predictions are read when a lost job is looked for."""

ENDED_WITHOUT = ("failed", "canceled", "aborted")
"""The states after which no picture comes."""

PREDICTION = Answer(
    always=(
        *("id", "model", "version", "status", "input", "output", "error", "created_at", "data_removed"),
        *("urls", "urls.get", "urls.cancel"),
    ),
    perhaps=(
        *("logs", "metrics", "started_at", "completed_at", "deadline", "deployment", "source"),
        *("urls.web", "urls.stream"),
    ),
    states=("starting", "processing", "succeeded", *ENDED_WITHOUT),
)
"""What Replicate documents of a prediction."""


class Replicate(Provider):
    """FLUX.2 pro, flex, max, dev and klein as official models."""

    name: ClassVar[str] = "replicate"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("REPLICATE_API_TOKEN", "secret", where="replicate.com/account/api-tokens"),
        Setting("REPLICATE_BASE_URL", "url", default="https://api.replicate.com/v1"),
    )
    can_cancel: ClassVar[bool] = True
    can_resume: ClassVar[bool] = True
    billing: ClassVar[str] = "replicate.com/account/billing"
    recipe: ClassVar[Recipe] = Recipe(
        "output", many=True, poll="urls.get", done="succeeded", failed=ENDED_WITHOUT, upload="urls.get"
    )
    documented: ClassVar[Mapping[Stage, Answer]] = {
        "check": Answer(always=("type", "username"), perhaps=("name", "github_url", "avatar_url")),
        "upload": Answer(
            always=("id", "urls", "urls.get"),
            perhaps=("name", "content_type", "size", "etag", "checksums", "metadata", "created_at", "expires_at"),
        ),
        "submit": PREDICTION,
        "poll": PREDICTION,
    }

    def submit(self, request: ImageRequest, card: ModelCard, account: Account) -> Flow[Job | list[Delivery]]:
        """Upload large references, then create the prediction."""
        references: list[Any] = []
        for index, reference in enumerate(request.references):
            references.append((yield from self._reference(index, reference, account)))
        body = {"input": _input(request, card, references)}
        url = f"{_base(account)}/models/{card.wire}/predictions"
        reply = yield Request("POST", url, self._headers(url, account), json=body, pays=True)
        if not reply.ok:
            self._refuse(reply, card)
        return _job(reply.object())

    def collect(self, job: Job, account: Account) -> Flow[list[Delivery]]:
        """Look at the prediction until it ends, then fetch its pictures."""
        wait, fresh_links = FIRST_WAIT, 1
        while True:
            prediction = (yield from self._look(job, account)).object()
            status = shortened(prediction.get("status") or "", 40)
            if status == "succeeded":
                deliveries = yield from _fetch(prediction)
                arrived = [delivery for delivery in deliveries if delivery.data]
                if deliveries and (len(arrived) == len(deliveries) or (arrived and not fresh_links)):
                    return deliveries
                if not fresh_links:
                    raise _expired(job)
                fresh_links -= 1
            elif status in ENDED_WITHOUT:
                raise _failure(prediction)
            yield Wait(wait, note=status)
            wait = min(wait * WAIT_GROWTH, LONGEST_WAIT)

    def accepted(self, reply: Reply) -> Job | None:
        """Return the job, where at least its id stands in what came of the answer."""
        try:
            return _job(members(reply.body))
        except BadReply:
            return None

    def cancel(self, job: Job, account: Account) -> Flow[bool]:
        """Ask Replicate to cancel; a run that has begun is charged for the time it ran."""
        url = job.cancel_url or f"{_base(account)}/predictions/{quote(job.id, safe='')}/cancel"
        reply = yield Request("POST", url, self._headers(url, account))
        return reply.ok and reply.object().get("status") in ("canceled", "aborted")

    def find(self, request: ImageRequest, card: ModelCard, account: Account, since: float) -> Flow[list[Job]]:
        """List predictions of this model with this very input, created since a moment."""
        wanted = _input(request, card, [])
        url = f"{_base(account)}/predictions"
        query: dict[str, str] | None = {"created_after": datetime.fromtimestamp(since, UTC).isoformat()}
        jobs: list[Job] = []
        for _ in range(PAGES_SEARCHED):
            reply = yield Request("GET", url, self._headers(url, account), query=query)
            if not reply.ok:
                self._refuse(reply)
            page = reply.object()
            results = page.get("results")
            entries = results if isinstance(results, list) else []
            jobs += [_job(entry) for entry in entries if _is_same(entry, card, wanted)]
            url, query = str(page.get("next") or ""), None
            if not url:
                break
        return jobs

    def check(self, account: Account) -> Flow[str]:
        """Ask who the token belongs to, which costs nothing."""
        url = f"{_base(account)}/account"
        reply = yield Request("GET", url, self._headers(url, account))
        if not reply.ok:
            self._refuse(reply)
        return f"The token belongs to {shortened(reply.object().get('username', 'an account'), 60)}."

    def _headers(self, url: str, account: Account) -> dict[str, str]:
        if not self.may_hold_key(url, account):
            return {}
        return {"Authorization": f"Bearer {account['REPLICATE_API_TOKEN']}"}

    def _reference(self, index: int, reference: Reference, account: Account) -> Flow[Any]:
        name = f"image-{index + 1}.{reference.media_type.partition('/')[2]}"
        if len(reference.data) <= DATA_URI_BYTES:
            return FilePart(reference, "data-uri", name)
        url = f"{_base(account)}/files"
        part = FilePart(reference, "file", name)
        form: dict[str, str | FilePart] = {"content": part, "filename": name, "type": reference.media_type}
        reply = yield Request("POST", url, self._headers(url, account), form=form)
        if not reply.ok:
            self._refuse(reply)
        urls = reply.object().get("urls")
        return text_at(urls if isinstance(urls, dict) else {}, "get", LABEL)

    def _look(self, job: Job, account: Account) -> Flow[Reply]:
        url = job.poll_url or f"{_base(account)}/predictions/{quote(job.id, safe='')}"
        reply: Reply = yield Request("GET", url, self._headers(url, account))
        while will_pass(reply):
            yield Wait(pause_after(reply, LONGEST_WAIT))
            reply = yield Request("GET", url, self._headers(url, account))
        if reply.status == 404:
            raise _expired(job)
        if not reply.ok:
            self._refuse(reply)
        return reply

    def _refuse(self, reply: Reply, card: ModelCard | None = None) -> None:
        try:
            body = reply.object()
        except BadReply:
            body = {}
        listed = body.get("invalid_fields")
        problems = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        blamed = [str(problem.get("field", "")).removeprefix("input.") for problem in problems]
        described = "; ".join(str(problem["description"]) for problem in problems if problem.get("description"))
        words = described or str(body.get("detail") or body.get("title") or "")
        raise_for_status(reply, label=LABEL, words=words, settings=self.settings, fields=our_names(blamed, card))


def _base(account: Account) -> str:
    return account["REPLICATE_BASE_URL"].rstrip("/")


def _input(request: ImageRequest, card: ModelCard, references: list[Any]) -> dict[str, Any]:
    values: dict[str, Any] = {"prompt": request.prompt, **card.to_wire(request)}
    if card.size.kind == "ratio":
        size = card.size_of(request)
        values |= {"aspect_ratio": size.aspect_ratio, "output_megapixels": f"{size.megapixels:g}"}
    else:
        values |= {"aspect_ratio": "custom", "width": request.width, "height": request.height}
    if references:
        values[card.references.wire] = references
    return values


def _job(prediction: Mapping[str, Any]) -> Job:
    urls = prediction.get("urls")
    links: Mapping[str, Any] = urls if isinstance(urls, dict) else {}
    return Job(
        id=text_at(prediction, "id", LABEL),
        poll_url=str(links.get("get") or ""),
        cancel_url=str(links.get("cancel") or ""),
    )


def _is_same(prediction: Any, card: ModelCard, wanted: Mapping[str, Any]) -> bool:
    if not isinstance(prediction, dict) or prediction.get("model") != card.wire:
        return False
    given = prediction.get("input")
    return isinstance(given, dict) and all(given.get(name) == value for name, value in wanted.items())


def _fetch(prediction: Mapping[str, Any]) -> Flow[list[Delivery]]:
    """Download every output; one whose link no longer works comes without bytes."""
    output = prediction.get("output")
    urls: list[Any] = output if isinstance(output, list) else [output]
    if prediction.get("data_removed") or not all(isinstance(url, str) and url for url in urls):
        return []
    deliveries = []
    for url in urls:
        reply: Reply = yield Download(url)
        if not reply.ok and reply.status not in GONE:
            raise BadReply(f"Replicate's picture could not be fetched: status {reply.status}.", provider=LABEL)
        deliveries.append(Delivery(reply.body if reply.ok else b"", flags=_metrics(prediction)))
    return deliveries


def _metrics(prediction: Mapping[str, Any]) -> dict[str, Any]:
    metrics = prediction.get("metrics")
    if not isinstance(metrics, dict):
        return {}
    numbers = {str(name)[:60]: number_at(metrics, name) for name in list(metrics)[:20]}
    return {"metrics": {name: number for name, number in numbers.items() if number is not None}}


def _expired(job: Job) -> Expired:
    return Expired(
        f"Replicate no longer has the picture of job {shortened(job.id, 60)}: it deletes results an hour after they "
        "are made.",
        provider=LABEL,
        request_id=job.id,
        next_step="Making it again costs again.",
    )


def _failure(prediction: Mapping[str, Any]) -> ProviderError:
    status, words = str(prediction.get("status")), shortened(prediction.get("error") or "")
    request_id = str(prediction.get("id", ""))
    if any(word in words.lower() for word in MODERATED_WORDS):
        return Moderated(
            "Replicate refused the prompt, a reference image or the picture.",
            provider=LABEL,
            request_id=request_id,
            hint=words,
            next_step="Reword the prompt, change the reference, or try another seed.",
        )
    if status == "failed":
        sentence = f"Replicate could not make the picture.{said(words)}"
        return JobFailed(sentence, provider=LABEL, request_id=request_id, hint=words, next_step="Try again later.")
    sentence = "The prediction was cancelled at Replicate."
    money: Money = "none" if status == "aborted" else "maybe"
    return JobFailed(sentence, provider=LABEL, request_id=request_id, money=money)
