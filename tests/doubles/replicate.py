"""Plays Replicate: predictions of official models, their list, cancelling, files, and the delivery of outputs.

Its fields, error bodies and words are in `replicate_tables.py`; the operations follow Replicate's OpenAPI file.
"""

from __future__ import annotations

import asyncio
import uuid
from typing import Any
from urllib.parse import urlencode

from .double import Double, Job, Route
from .exchange import Call, Refused, Reply
from .faults import Fault, answer
from .pictures import MIME_TYPES, digest_of, draw
from .replicate_files import LARGEST_FILE, StoredFile, file_body, read_upload, resolve_reference
from .replicate_rules import (
    PROBLEM,
    deadline_of,
    instant,
    invalid,
    moment,
    output_size,
    problem,
    timestamp,
    wait_of,
    worded,
)
from .replicate_tables import FAILURES, MODELS, TOP_LEVEL, WEBHOOK_EVENTS, Model
from .schema import Violation, violations

DATA_LIFE = 3600.0  # seconds after the end of a prediction
OWNER = "black-forest-labs"


class ReplicateDouble(Double):
    """A Replicate account.

    Attributes:
        page_size: Predictions per page of the list.
        early_reply: A reply that was waited for has its output but still says "processing", as a comment in the
            official client describes the API; otherwise it says "succeeded".
        files: The uploaded files, by id.
    """

    def __init__(self, *, key: str = "replicate-double-token-4711", port: int = 0) -> None:
        self.page_size = 100
        self.early_reply = False
        self.files: dict[str, StoredFile] = {}
        self._deadlines: dict[str, float] = {}
        self._stopped: dict[str, str] = {}
        super().__init__(key=key, port=port)

    @property
    def url(self) -> str:
        """The API's base, with its version."""
        return f"{self.origin}/v1"

    @property
    def environ(self) -> dict[str, str]:
        """Token and base URL."""
        return {"REPLICATE_API_TOKEN": self.key, "REPLICATE_BASE_URL": self.url}

    def routes(self) -> tuple[Route, ...]:
        """The operations a FLUX.2 client needs, and the delivery of outputs."""
        one, file = "/v1/predictions/(?P<id>[^/]+)", "/v1/files/(?P<id>[^/]+)"
        return (
            Route("POST", "/v1/models/(?P<owner>[^/]+)/(?P<name>[^/]+)/predictions", "submit", self._create),
            Route("GET", one, "poll", self._get),
            Route("POST", one + "/cancel", "cancel", self._cancel),
            Route("GET", "/v1/predictions", "list", self._list),
            Route("POST", "/v1/files", "upload", self._upload),
            Route("GET", "/v1/files", "files", self._list_files),
            Route("GET", file, "files", self._get_file),
            Route("DELETE", file, "files", self._delete_file),
            Route("GET", "/v1/account", "account", self._account),
            Route("GET", r"/delivery/(?P<id>[^/]+)/out-0\.\w+", "download", self._download, needs_key=False),
        )

    def authorise(self, call: Call) -> None:
        """`Authorization: Bearer <token>`."""
        if call.headers.get("authorization") != f"Bearer {self.key}":
            raise Refused(problem(401))

    def not_found(self, call: Call) -> Reply:
        """The problem body of 404."""
        return problem(404)

    def error(
        self, code: int, message: str = "", *, retry_after: str | None = None, status: int | None = None
    ) -> Fault:
        """One of `ERRORS` by its HTTP status; `retry_after` goes into the header, 429 also says 10 in its body."""
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        return answer(status or code, problem(code, message).body, headers, content_type=PROBLEM)

    async def _create(self, call: Call) -> Reply:
        model = MODELS.get(call.params["name"]) if call.params["owner"] == OWNER else None
        if model is None:
            raise Refused(problem(404))
        wait, deadline = wait_of(call), deadline_of(call)
        values = self._read(call, model)
        job = self.accept(self._job(call.params["name"], model, values))
        if deadline is not None:
            self._deadlines[job.id] = job.created + deadline
        if wait is None:
            return Reply.of(201, self._body(job, "starting"))
        left = job.created + job.fate.seconds - self.now()
        await asyncio.sleep(max(0.0, min(wait, left)))
        if not self._finished(job):
            return Reply.of(202, self._body(job, "starting"))
        early = {"status": "processing"} if self.early_reply and job.fate.end == "ready" else {}
        return Reply.of(201, {**self._body(job, ""), **early})

    def _read(self, call: Call, model: Model) -> dict[str, Any]:
        try:
            content = call.content if call.is_json() else None
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise Refused(problem(400))
        broken = [worded(violation, "(root)") for violation in violations(TOP_LEVEL, content)]
        strays = [event for event in content.get("webhook_events_filter", []) if event not in WEBHOOK_EVENTS]
        broken += [worded(Violation("webhook_events_filter", "choice", WEBHOOK_EVENTS), "(root)")] if strays else []
        if broken:
            raise Refused(invalid(broken))
        values: dict[str, Any] = content["input"]
        broken = [worded(violation, "input") for violation in violations(model.table, values)]
        if values.get("aspect_ratio") == "custom":
            needed = [name for name in ("width", "height") if name in model.table and name not in values]
            broken += [worded(Violation(name, "missing"), "input") for name in needed]
        if broken:
            raise Refused(invalid(broken))
        return values

    def _job(self, name: str, model: Model, values: dict[str, Any]) -> Job:
        field = "input_images" if "input_images" in model.table else "images"
        references = tuple(self._resolve(field, n, uri) for n, uri in enumerate(values.get(field, [])))
        width, height = output_size(model, values, references)
        fate, identity = self.next_fate(), uuid.uuid4().hex[:26]
        kind = values.get("output_format", model.default_format)
        seed = values.get("seed", int(identity[:8], 16))
        plain = {key: value for key, value in values.items() if key != field}
        digest = digest_of({**plain, "model": name, "seed": seed}, references)
        image = fate.image if fate.image is not None else draw(width, height, kind, digest)
        return Job(identity, name, values, references, fate, self.now(), width, height, kind, seed, image)

    def _resolve(self, field: str, index: int, uri: str) -> bytes:
        try:
            return resolve_reference(uri, f"{self.url}/files", self.files)
        except ValueError as error:
            bad = {"type": "format", "field": f"input.{field}.{index}", "description": str(error)}
            raise Refused(invalid([bad])) from None

    def _finished(self, job: Job) -> bool:
        deadline = self._deadlines.get(job.id)
        if job.ended is None and deadline is not None and self.now() >= deadline:
            job.ended = deadline
            self._stopped[job.id] = "canceled" if job.polls else "aborted"
        return job.finished(self.now())

    async def _get(self, call: Call) -> Reply:
        job = self._known(call)
        finished = self._finished(job)
        return Reply.of(200, self._body(job, "" if finished else job.unfinished_state(("processing",))))

    async def _cancel(self, call: Call) -> Reply:
        job = self._known(call)
        if not self._finished(job):
            job.ended, self._stopped[job.id] = self.now(), "canceled"
        return Reply.of(200, self._body(job, ""))

    def _known(self, call: Call) -> Job:
        job = self.jobs.get(call.params["id"])
        if job is None or job.fate.end == "missing":
            raise Refused(problem(404))
        return job

    def _body(self, job: Job, unfinished: str) -> dict[str, Any]:
        """The prediction as the API describes it; `unfinished` is its state, or "" once it has ended."""
        get = f"{self.url}/predictions/{job.id}"
        body: dict[str, Any] = {
            "id": job.id,
            "model": f"{OWNER}/{job.model}",
            "version": "hidden",
            "input": job.values,
            "output": None,
            "logs": "",
            "error": None,
            "data_removed": False,
            "source": "api",
            "status": unfinished,
            "created_at": timestamp(job.created),
            "urls": {"get": get, "cancel": f"{get}/cancel", "web": f"https://replicate.com/p/{job.id}"},
        }
        if job.id in self._deadlines:
            body["deadline"] = timestamp(self._deadlines[job.id])
        if unfinished != "starting":
            body["started_at"] = timestamp(job.created)
        return body if unfinished else {**body, **self._ending(job)}

    def _ending(self, job: Job) -> dict[str, Any]:
        ended = job.ended or self.now()
        taken = {"predict_time": ended - job.created, "total_time": ended - job.created}
        body: dict[str, Any] = {"completed_at": timestamp(ended), "metrics": taken, "status": "succeeded"}
        if stopped := self._stopped.get(job.id):
            body["status"] = stopped
        elif job.fate.end in FAILURES:
            body["status"] = "failed"
            body["error"] = job.fate.detail or FAILURES[job.fate.end].format(id=job.id)
        elif not self._removed(job):
            url = f"{self.origin}/delivery/{job.id}/out-0.{job.format}"
            body["output"] = [url] if MODELS[job.model].output_is_list else url
        if self._removed(job):
            body.update(input={}, logs="", data_removed=True)
        return body

    def _removed(self, job: Job) -> bool:
        return job.ended is not None and self.now() >= job.ended + DATA_LIFE

    async def _list(self, call: Call) -> Reply:
        after, before = (moment(call.query.get(name)) for name in ("created_after", "created_before"))
        start = int(call.query.get("cursor", "0"))
        found = [
            job
            for job in reversed(self.submits)
            if (after is None or instant(job.created) >= after) and (before is None or instant(job.created) < before)
        ]
        found = found if call.query.get("source", "api") == "api" else []
        page = found[start : start + self.page_size]
        rest = {name: value for name, value in call.query.items() if name != "cursor"}
        bodies = [self._body(job, "" if self._finished(job) else "processing") for job in page]
        return Reply.of(200, {"previous": None, "next": self._next_page(rest, start, len(found)), "results": bodies})

    def _next_page(self, query: dict[str, str], start: int, total: int) -> str | None:
        if start + self.page_size >= total:
            return None
        return f"{self.url}/predictions?{urlencode({**query, 'cursor': start + self.page_size})}"

    async def _upload(self, call: Call) -> Reply:
        try:
            stored = read_upload(call.form or [], self.now())
        except ValueError as error:
            raise Refused(problem(400, str(error))) from None
        if len(stored.data) >= LARGEST_FILE:
            raise Refused(problem(413))
        self.files[stored.id] = stored
        return Reply.of(201, self._file(stored))

    def _file(self, stored: StoredFile) -> dict[str, Any]:
        url = f"{self.url}/files/{stored.id}"
        return file_body(stored, url, timestamp(stored.created), timestamp(stored.created + DATA_LIFE))

    async def _list_files(self, call: Call) -> Reply:
        results = [self._file(stored) for stored in self.files.values()]
        return Reply.of(200, {"previous": None, "next": None, "results": results})

    async def _get_file(self, call: Call) -> Reply:
        stored = self.files.get(call.params["id"])
        return Reply.of(200, self._file(stored)) if stored else problem(404, "File not found")

    async def _delete_file(self, call: Call) -> Reply:
        gone = self.files.pop(call.params["id"], None)
        return Reply(204, content_type="") if gone else problem(404, "File not found")

    async def _account(self, call: Call) -> Reply:
        return Reply.of(200, {"type": "user", "username": "double", "name": "A double"})

    async def _download(self, call: Call) -> Reply:
        job = self.jobs.get(call.params["id"])
        if job is None or job.ended is None or self._removed(job):
            return Reply(404, b"Not Found", "text/plain")
        return Reply(200, self.deliver(job), MIME_TYPES[job.format])
