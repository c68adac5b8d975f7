"""Plays Black Forest Labs' API: submit, poll the URL that came back, download from the signed URL in the result.

Its fields, prices and words are in `bfl_tables.py`; the flow follows BFL's recorded exchanges. The rules "multiple of
16" and "at most 4 MP" come from BFL's skills pages, not from its OpenAPI file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from .bfl_tables import ENDS, ERRORS, MODELS, PRICES, STATES, WORDS, reference_fields
from .double import Double, Job, Route
from .exchange import Call, Refused, Reply
from .faults import Fault, answer
from .pictures import MIME_TYPES, digest_of, draw, open_reference
from .schema import Violation, violations

REGION = "/region-eu2"  # the polling URL is the provider's choice: a client that builds its own finds no task
LINK_LIFE = 600.0  # seconds
ACTIVE_TASKS = 24  # per account
MEGAPIXEL = 2**20
PIXEL_MULTIPLE = 16
LARGEST = 4 * MEGAPIXEL
_EXPIRED = (
    b'<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code>'
    b"<Message>Server failed to authenticate the request: the link's time is over.</Message></Error>"
)


class BflDouble(Double):
    """A BFL account.

    Attributes:
        credits: What is left, in US cents; a submit that costs more is refused with 402.
        older_schema: Refuse `disable_pup`, as the API did before August 2026.
    """

    key_header = "x-key"

    def __init__(self, *, key: str = "bfl-double-key-4711", port: int = 0) -> None:
        self.credits = 1_000_000.0
        self.older_schema = False
        super().__init__(key=key, port=port)

    @property
    def url(self) -> str:
        """The API's origin; paths begin with /v1."""
        return self.origin

    @property
    def environ(self) -> dict[str, str]:
        """Key and base URL."""
        return {"BFL_API_KEY": self.key, "BFL_BASE_URL": self.url}

    def routes(self) -> tuple[Route, ...]:
        """Submit, poll (which declares no key), credits, and the delivery host's files."""
        return (
            Route("POST", "/v1/(?P<model>flux-2-[a-z0-9-]+)", "submit", self._submit),
            Route("GET", f"(?P<region>{REGION}|)/v1/get_result", "poll", self._poll, needs_key=False),
            Route("GET", "/v1/credits", "account", self._credits),
            Route("GET", r"/delivery/results/(?P<id>[^/]+)_sample\.\w+", "download", self._download, needs_key=False),
        )

    def authorise(self, call: Call) -> None:
        """`x-key: <key>`."""
        if call.headers.get("x-key") != self.key:
            raise Refused(_failure(403))

    def not_found(self, call: Call) -> Reply:
        """`{"detail": "Not Found"}`."""
        return _failure(404)

    def error(
        self, code: int, message: str = "", *, retry_after: str | None = None, status: int | None = None
    ) -> Fault:
        """One of `ERRORS` by its HTTP status."""
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        return answer(status or code, _failure(code, message).body, headers)

    async def _submit(self, call: Call) -> Reply:
        model = call.params["model"]
        if model not in MODELS:
            raise Refused(_failure(404))
        values, references = self._read(call, model)
        job = self._job(model, values, references)
        cost, input_mp, output_mp = _cost(job)
        if cost > self.credits:
            raise Refused(_failure(402))
        if sum(self._active(other) for other in self.submits) >= ACTIVE_TASKS:
            raise Refused(_failure(429))
        self.accept(job)
        self.credits -= cost
        answers = {"id": job.id, "cost": cost, "input_mp": input_mp, "output_mp": output_mp}
        if webhook := values.get("webhook_url"):
            return Reply.of(200, {**answers, "status": "Pending", "webhook_url": webhook})
        return Reply.of(200, {**answers, "polling_url": f"{self.origin}{REGION}/v1/get_result?id={job.id}"})

    def _active(self, job: Job) -> bool:
        endless = job.fate.pending == float("inf")
        return job.ended is None and (endless or self.now() < job.created + job.fate.seconds)

    def _read(self, call: Call, model: str) -> tuple[dict[str, Any], tuple[bytes, ...]]:
        try:
            values = call.content if call.is_json() else None
        except ValueError:
            raise Refused(_invalid(["body", 0], "JSON decode error", "json_invalid")) from None
        if not isinstance(values, dict):
            raise Refused(_invalid(["body"], "Input should be a valid dictionary", "model_attributes_type"))
        hidden = {"disable_pup"} if self.older_schema else set()
        table = {name: field for name, field in MODELS[model].items() if name not in hidden}
        if broken := violations(table, values):
            raise Refused(Reply.of(422, {"detail": [_worded(violation) for violation in broken]}))
        for name in ("width", "height"):
            if (values.get(name) or 0) % PIXEL_MULTIPLE:
                raise Refused(_invalid(["body", name], "Input should be a multiple of 16", "multiple_of"))
        names = [name for name in reference_fields(8) if values.get(name) is not None]
        return values, tuple(_decoded(name, values[name]) for name in names)

    def _job(self, model: str, values: dict[str, Any], references: tuple[bytes, ...]) -> Job:
        width, height = _size(values, references)
        if width * height > LARGEST:
            raise Refused(_invalid(["body"], "The output should be at most 4 MP", "value_error"))
        fate, name = self.next_fate(), str(uuid.uuid4())
        given = values.get("seed")
        seed = int(name[:8], 16) if given is None else int(given)
        kind = values.get("output_format") or "jpeg"
        digest = digest_of({**values, "model": model, "seed": seed})
        image = fate.image if fate.image is not None else draw(width, height, kind, digest)
        return Job(name, model, values, references, fate, self.now(), width, height, kind, seed, image)

    async def _poll(self, call: Call) -> Reply:
        if call.headers.get("x-key", self.key) != self.key:
            raise Refused(_failure(403))
        if "id" not in call.query:
            raise Refused(_invalid(["query", "id"], "Field required", "missing"))
        job = self.jobs.get(call.query["id"]) if call.params["region"] else None
        body = self._state(call.query["id"], job)
        limits = {
            "Retry-After": "1" if body["status"] in STATES else "0",
            "X-Ratelimit-Limit": "1200",
            "X-Ratelimit-Remaining": "1199",
            "X-Ratelimit-Reset": f"{self.now() + 60:.7f}",
        }
        return Reply.of(200, body, limits)

    def _state(self, name: str, job: Job | None) -> dict[str, Any]:
        body: dict[str, Any] = {
            "id": name,
            "status": "",
            "result": None,
            "progress": None,
            "details": None,
            "preview": None,
        }
        if job is None:
            return {**body, "status": ENDS["missing"]}
        if not job.finished(self.now()):
            return {**body, "status": job.unfinished_state(STATES)}
        body["status"] = ENDS[job.fate.end]
        if job.fate.end == "ready":
            body["result"] = self._result(job)
        elif job.fate.end == "input moderated":
            body["details"] = {"Moderation Reasons": [job.fate.detail or "Safety Filter"]}
        elif job.fate.detail:
            body["details"] = {"error": job.fate.detail}
        return body

    def _result(self, job: Job) -> dict[str, Any]:
        until = datetime.fromtimestamp(self.now() + LINK_LIFE, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = f"/delivery/results/{job.id}_sample.{job.format}"
        sample = f"{self.origin}{path}?se={until.replace(':', '%3A')}&sp=r&sig={self._signature(path, until)}"
        return {"start_time": job.created, "prompt": _prompt_used(job), "seed": job.seed, "sample": sample}

    def _signature(self, path: str, until: str) -> str:
        return hmac.new(b"delivery", f"{path} {until}".encode(), hashlib.sha256).hexdigest()[:32]

    async def _credits(self, call: Call) -> Reply:
        return Reply.of(200, {"credits": self.credits})

    async def _download(self, call: Call) -> Reply:
        job, until = self.jobs.get(call.params["id"]), call.query.get("se", "")
        if job is None or call.query.get("sig") != self._signature(call.path, until):
            return Reply(403, _EXPIRED, "application/xml")
        end = datetime.strptime(until, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if datetime.fromtimestamp(self.now(), UTC) > end + timedelta(seconds=1):
            return Reply(403, _EXPIRED, "application/xml")
        data = self.deliver(job)
        checksum = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        return Reply(200, data, MIME_TYPES[job.format], {"Content-Md5": checksum})


def _failure(status: int, message: str = "") -> Reply:
    return Reply.of(status, {"detail": message or ERRORS[status]})


def _invalid(place: list[str | int], message: str, kind: str) -> Reply:
    return Reply.of(422, {"detail": [{"loc": place, "msg": message, "type": kind}]})


def _worded(violation: Violation) -> dict[str, Any]:
    kind, message = WORDS[violation.rule]
    return {
        "loc": ["body", violation.name],
        "msg": message.format(violation.limit),
        "type": kind.format(violation.limit),
    }


def _decoded(name: str, text: str) -> bytes:
    """A reference's bytes; only base64 is taken, since a double fetches nothing from the web."""
    try:
        data = base64.b64decode(text, validate=True)
        open_reference(data)
    except (binascii.Error, ValueError) as error:
        raise Refused(_invalid(["body", name], f"Input should be a base64 image: {error}", "value_error")) from None
    return data


def _size(values: dict[str, Any], references: tuple[bytes, ...]) -> tuple[int, int]:
    """The output size: as asked, else the first reference's (rounded down to multiples of 16), else 1024x1024."""
    first = open_reference(references[0]) if references else None
    usual = (first.width // 16 * 16 or 16, first.height // 16 * 16 or 16) if first else (1024, 1024)
    return values.get("width") or usual[0], values.get("height") or usual[1]


def _cost(job: Job) -> tuple[float, float, float]:
    """Cost in credits, input and output megapixels (two decimals): first + (output - 1) * further + input * each."""
    sizes = [open_reference(reference) for reference in job.references]
    input_mp = round(sum(size.width * size.height for size in sizes) / MEGAPIXEL, 2)
    output_mp = round(job.width * job.height / MEGAPIXEL, 2)
    first, further, each = PRICES[job.model]
    return first + max(output_mp - 1, 0) * further + input_mp * each, input_mp, output_mp


def _prompt_used(job: Job) -> str:
    """The prompt the result reports: rewritten where upsampling is on, which it is by default on pro, max and flex."""
    table, prompt = MODELS[job.model], str(job.values["prompt"])
    if "disable_pup" in table:
        upsampled = job.values.get("disable_pup") is not True
    else:
        upsampled = "prompt_upsampling" in table and job.values.get("prompt_upsampling") is not False
    return f"{prompt}, in careful detail, with soft natural light and a calm composition" if upsampled else prompt
