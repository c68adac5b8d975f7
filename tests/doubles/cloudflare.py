"""Plays Cloudflare Workers AI: one multipart POST, one base64 image in the reply, nothing to poll.

Sources: the field tables of Cloudflare's changelog entries and model pages for flux-2-dev, flux-2-klein-4b and
flux-2-klein-9b, its Workers AI error table, and third-party observations of codes 3030, 7003, 9106 and 10000.
"""

from __future__ import annotations

import asyncio
import base64
import uuid
from typing import Any, ClassVar

from .double import Double, Job, Route
from .exchange import Call, Refused, Reply, Upload
from .faults import Fault, answer
from .pictures import digest_of, draw, open_reference
from .schema import Field, Rule, Table, Violation, parse_text, violations

PREFIX = "@cf/black-forest-labs/"
REFERENCES = tuple(f"input_image_{n}" for n in range(4))
REFERENCE_LIMIT = 512  # each side must be smaller, in pixels

_COMMON: Table = {
    "prompt": Field("string", required=True),
    "guidance": Field("number"),
    "width": Field("integer", minimum=256, maximum=1920),
    "height": Field("integer", minimum=256, maximum=1920),
    "seed": Field("integer"),
}
# klein is fixed at 4 steps, which "cannot be adjusted"; dev's range is not documented beyond being an integer.
MODELS: dict[str, Table] = {
    "flux-2-dev": {**_COMMON, "steps": Field("integer", minimum=1)},
    "flux-2-klein-4b": _COMMON,
    "flux-2-klein-9b": _COMMON,
}
DEFAULT_SIZE = (1024, 768)

# code: (HTTP status, the usual message)
ERRORS: dict[int, tuple[int, str]] = {
    3003: (400, "Incomplete request: missing headers or body"),
    3006: (413, "Request too large"),
    3007: (408, "Timeout"),
    3008: (408, "Aborted"),
    3023: (403, "Service unavailable for account"),
    3030: (400, "AiError: Your output has been flagged. Please choose another prompt / input image combination"),
    3036: (429, "You have used up your daily free allocation of 10,000 neurons"),
    3039: (400, "Finetune is missing required files"),
    3040: (429, "No more data centers to forward the request to"),
    3041: (403, "Account not allowed for private model"),
    3042: (404, "Invalid model ID"),
    5004: (400, "Invalid data type for base64 input"),
    5005: (405, "The model does not support LoRA"),
    5007: (400, "No such model"),
    5016: (403, "The model's terms have not been agreed to"),
    5018: (403, "Account not allowed for private model"),
    5019: (405, "This SDK version is deprecated"),
    7003: (404, "Could not route to this path, perhaps your object identifier is invalid?"),
    9106: (400, "Missing or invalid authentication headers"),
    10000: (401, "Authentication error"),
}
ENDS: dict[str, tuple[int, str]] = {
    "moderated": (
        3030,
        "AiError: Your output has been flagged. Please choose another prompt / input image combination",
    ),
    "input moderated": (3030, "AiError: Input prompt contains NSFW content"),
    "failed": (3008, ""),
}
_WORDS: dict[Rule, str] = {
    "missing": "required property is missing",
    "unknown": "no such property",
    "type": "expected {0}",
    "minimum": "must be >= {0:g}",
    "maximum": "must be <= {0:g}",
}


class CloudflareDouble(Double):
    """A Cloudflare account with an AI Gateway.

    Attributes:
        image_format: The format of the images, which Cloudflare does not document: "jpeg", "png" or "webp".
    """

    ends: ClassVar[tuple[str, ...]] = ("ready", *ENDS)

    def __init__(self, *, key: str = "cloudflare-double-token-4711", port: int = 0) -> None:
        self.account_id = "0123456789abcdef0123456789abcdef"
        self.gateway_id = "doubles-gateway"
        self.image_format = "jpeg"
        super().__init__(key=key, port=port)

    @property
    def url(self) -> str:
        """The client API's base."""
        return f"{self.origin}/client/v4"

    @property
    def environ(self) -> dict[str, str]:
        """Account, token and base URL; the gateway's id is left to the test that wants it."""
        return {
            "CLOUDFLARE_ACCOUNT_ID": self.account_id,
            "CLOUDFLARE_API_TOKEN": self.key,
            "CLOUDFLARE_BASE_URL": self.url,
        }

    def routes(self) -> tuple[Route, ...]:
        """The run operation at both its addresses, and the list of models (the check of a token)."""
        account = "/client/v4/accounts/(?P<account>[^/]+)/ai"
        return (
            Route("POST", account + "/run/(?P<model>.+)", "submit", self._run),
            Route("POST", "/v1/(?P<account>[^/]+)/(?P<gateway>[^/]+)/workers-ai/(?P<model>.+)", "submit", self._run),
            Route("GET", account + "/models/search", "account", self._models),
        )

    def authorise(self, call: Call) -> None:
        """`Authorization: Bearer <token>`, and the account that is in the path."""
        given = call.headers.get("authorization")
        if given != f"Bearer {self.key}":
            raise self._refusal(10000 if given else 9106)
        if call.params["account"] != self.account_id or call.params.get("gateway", self.gateway_id) != self.gateway_id:
            raise self._refusal(7003)

    def not_found(self, call: Call) -> Reply:
        """Code 7003."""
        return _failure(7003)

    def error(
        self, code: int, message: str = "", *, retry_after: str | None = None, status: int | None = None
    ) -> Fault:
        """One of `ERRORS` by its Cloudflare code; 3030 is also seen with `status=200`."""
        reply = _failure(code, message, status)
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        return answer(reply.status, reply.body, headers)

    def _refusal(self, code: int, message: str = "") -> Refused:
        return Refused(_failure(code, message))

    async def _run(self, call: Call) -> Reply:
        model = call.params["model"].removeprefix(PREFIX)
        if model not in MODELS or not call.params["model"].startswith(PREFIX):
            raise self._refusal(5007, f"No such model {call.params['model']} or task")
        values, references = self._read(call, MODELS[model])
        job = self.accept(self._job(model, values, references))
        await asyncio.sleep(job.fate.seconds)
        job.finished(self.now())
        ray = {"cf-ray": job.id}
        if job.fate.end in ENDS:
            code, message = ENDS[job.fate.end]
            return _failure(code, job.fate.detail or f"{message or ERRORS[code][1]} ({job.id})", headers=ray)
        image = base64.b64encode(self.deliver(job)).decode()
        return Reply.of(200, {"result": {"image": image}, "success": True, "errors": [], "messages": []}, ray)

    def _read(self, call: Call, table: Table) -> tuple[dict[str, Any], tuple[bytes, ...]]:
        if call.form is None:
            raise self._refusal(3030, "AiError: Model input is not valid: required properties at '/' are 'multipart'")
        names = [name for name, _ in call.form]
        problems = [f"{name}: given more than once" for name in sorted({n for n in names if names.count(n) > 1})]
        files = {name: part for name, part in call.form if isinstance(part, Upload) and name in REFERENCES}
        texts = {name: part for name, part in call.form if isinstance(part, str)}
        strays = {name: part for name, part in call.form if name not in files and name not in texts}
        values = parse_text(table, texts)
        problems += [_worded(violation) for violation in violations(table, {**values, **strays})]
        problems += [f"{name}: {problem}" for name, part in files.items() if (problem := _reference_problem(part))]
        if problems:
            raise self._refusal(3030, "AiError: Model input is not valid: " + "; ".join(problems))
        return values, tuple(files[name].data for name in REFERENCES if name in files)

    def _job(self, model: str, values: dict[str, Any], references: tuple[bytes, ...]) -> Job:
        fate, name = self.next_fate(), uuid.uuid4().hex[:16]
        width, height = values.get("width", DEFAULT_SIZE[0]), values.get("height", DEFAULT_SIZE[1])
        seed = values.get("seed", int(name[:8], 16))
        digest = digest_of({**values, "model": model, "seed": seed}, references)
        image = fate.image if fate.image is not None else draw(width, height, self.image_format, digest)
        return Job(name, model, values, references, fate, self.now(), width, height, self.image_format, seed, image)

    async def _models(self, call: Call) -> Reply:
        found = [{"name": PREFIX + model, "task": {"name": "Text-to-Image"}} for model in MODELS]
        return Reply.of(200, {"result": found, "success": True, "errors": [], "messages": []})


def _failure(code: int, message: str = "", status: int | None = None, headers: dict[str, str] | None = None) -> Reply:
    usual_status, usual_message = ERRORS[code]
    errors = [{"code": code, "message": message or usual_message}]
    body = {"result": None, "success": False, "errors": errors, "messages": []}
    return Reply.of(status or usual_status, body, headers)


def _worded(violation: Violation) -> str:
    return f"{violation.name}: {_WORDS[violation.rule].format(violation.limit)}"


def _reference_problem(part: Upload) -> str:
    try:
        opened = open_reference(part.data)
    except ValueError as error:
        return str(error)
    if opened.width >= REFERENCE_LIMIT or opened.height >= REFERENCE_LIMIT:
        return f"each input image must be smaller than 512x512, this one is {opened.width}x{opened.height}"
    return ""
