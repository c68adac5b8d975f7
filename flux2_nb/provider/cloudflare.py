"""Cloudflare Workers AI: one multipart request, answered with the picture as base64 text.

There is no job, no cancel and no way to fetch a lost answer. Wire: developers.cloudflare.com/workers-ai/models and the
changelog entries of FLUX.2 dev (2025-11-25), klein 4B (2026-01-15) and klein 9B (2026-01-28).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from ..cards import ModelCard
from ..errors import BadReply, Flux2Error, Moderated, OutcomeUnknown, RateLimited
from ..keys import Account, Setting
from ..request import ImageRequest
from ..wire import Delivery, FilePart, Flow, Job, Reply, Request
from .base import Answer, Provider, Recipe, Stage
from .refusals import fields_in, our_names, raise_for_status
from .replies import request_id, shortened

LABEL = "Cloudflare"

SPENT_FOR_TODAY = 3036
"""The error code of the used-up daily allowance: 429, but waiting a little does not help."""

MODERATED_WORDS = ("flagged", "nsfw")
"""What error 3030 says when it is a refusal; the same code also means that the input is not valid."""

STATUS_OF_CODE = {5007: 404, 3042: 404, 7003: 404, 3006: 413, 10000: 401, 9106: 401, 5016: 403, 5018: 403, 3041: 403}
"""What some error codes mean as a status, whatever status they came with."""


class Cloudflare(Provider):
    """FLUX.2 dev and klein on Workers AI, directly or through an AI Gateway."""

    name: ClassVar[str] = "cloudflare"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("CLOUDFLARE_ACCOUNT_ID", "id", where="dash.cloudflare.com, Workers AI"),
        Setting("CLOUDFLARE_API_TOKEN", "secret", where="dash.cloudflare.com/profile/api-tokens"),
        Setting("CLOUDFLARE_GATEWAY_ID", "id", default=""),
        Setting("CLOUDFLARE_BASE_URL", "url", default="https://api.cloudflare.com/client/v4"),
        Setting("CLOUDFLARE_GATEWAY_URL", "url", default="https://gateway.ai.cloudflare.com/v1"),
    )
    billing: ClassVar[str] = "dash.cloudflare.com"
    recipe: ClassVar[Recipe] = Recipe("result.image", inline=True)
    documented: ClassVar[Mapping[Stage, Answer]] = {
        "check": Answer(always=("result", "success"), perhaps=("errors", "messages", "result_info")),
        "submit": Answer(always=("result", "result.image", "success", "errors", "messages")),
    }

    def submit(self, request: ImageRequest, card: ModelCard, account: Account) -> Flow[Job | list[Delivery]]:
        """Send the request and read the picture from its answer."""
        form: dict[str, str | FilePart] = {"prompt": request.prompt}
        form |= {"width": str(request.width), "height": str(request.height)}
        form |= {name: str(value) for name, value in card.to_wire(request).items()}
        for index, reference in enumerate(request.references):
            ending = reference.media_type.partition("/")[2]
            form[f"input_image_{index}"] = FilePart(reference, "file", f"image-{index + 1}.{ending}")
        headers = {"Authorization": f"Bearer {account['CLOUDFLARE_API_TOKEN']}"}
        reply = yield Request("POST", _address(card, account), headers, form=form, pays=True, timeout=180.0)
        return [Delivery(self._picture(reply, card), seed=request.seed)]

    def check(self, account: Account) -> Flow[str]:
        """Ask for the list of models, which costs nothing and needs the same token."""
        base = account["CLOUDFLARE_BASE_URL"].rstrip("/")
        url = f"{base}/accounts/{account['CLOUDFLARE_ACCOUNT_ID']}/ai/models/search"
        headers = {"Authorization": f"Bearer {account['CLOUDFLARE_API_TOKEN']}"}
        reply = yield Request("GET", url, headers, query={"task": "Text-to-Image"})
        if not reply.ok:
            self._refuse(reply)
        return "The token is valid."

    def _picture(self, reply: Reply, card: ModelCard) -> bytes:
        if reply.ok and reply.media_type.startswith("image/"):
            return reply.body
        if not reply.ok:
            self._refuse(reply, card)
        body = reply.object()
        if body.get("success") is False or body.get("errors"):
            self._refuse(reply, card)
        result = body.get("result")
        text = result.get("image") if isinstance(result, dict) else None
        if not isinstance(text, str) or not text:
            raise BadReply("Cloudflare's answer holds no picture.", provider=LABEL, status=reply.status, money="maybe")
        try:
            return base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text, validate=True)
        except ValueError:  # also where a letter is none of base64's
            damaged = BadReply("The picture in Cloudflare's answer is damaged.", provider=LABEL, status=reply.status)
            damaged.raw = text.encode(errors="replace")
            raise damaged from None

    def _refuse(self, reply: Reply, card: ModelCard | None = None) -> Flux2Error:
        code, words = _first_error(reply)
        if code == 3030 and any(word in words.lower() for word in MODERATED_WORDS):
            raise Moderated(
                "Cloudflare refused the prompt, a reference image or the picture.",
                provider=LABEL,
                status=reply.status,
                request_id=request_id(reply),
                hint=shortened(words),
                next_step="Reword the prompt or try another seed; false alarms are common.",
            )
        # A withheld picture is told with status 400 too, so that without its code nobody knows which it was.
        is_nameless = card is not None and reply.status == 400 and code == 0
        if is_nameless or code in (3007, 3008):
            what = "refused the request without saying why" if is_nameless else "gave up on it before it was finished"
            raise OutcomeUnknown(
                f"Cloudflare was sent the request and {what}.",
                provider=LABEL,
                status=reply.status,
                hint=shortened(words),
                next_step="Trying again may cost again.",
            )
        status = STATUS_OF_CODE.get(code, 400 if reply.ok else reply.status)
        told, fields = Reply(status, reply.headers, reply.body), our_names(fields_in(words, card) if card else (), card)
        try:
            raise_for_status(told, label=LABEL, words=words, settings=self.settings, fields=fields)
        except RateLimited as error:
            error.retryable = code != SPENT_FOR_TODAY
            raise


def _address(card: ModelCard, account: Account) -> str:
    who, gateway = account["CLOUDFLARE_ACCOUNT_ID"], account["CLOUDFLARE_GATEWAY_ID"]
    if gateway:
        return f"{account['CLOUDFLARE_GATEWAY_URL'].rstrip('/')}/{who}/{gateway}/workers-ai/{card.wire}"
    return f"{account['CLOUDFLARE_BASE_URL'].rstrip('/')}/accounts/{who}/ai/run/{card.wire}"


def _first_error(reply: Reply) -> tuple[int, str]:
    try:
        errors: Any = reply.object().get("errors")
    except BadReply:
        return 0, ""
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code = first.get("code")
    return code if isinstance(code, int) else 0, str(first.get("message", ""))
