"""The addresses that a visitor's own key is sent to. It takes no other way: no event of Gradio's ever carries it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .. import provider as registry
from ..errors import Flux2Error
from .backend import Backend
from .own_keys import own_account
from .requests import NOT_OURS, Handler, Refused, body_of, guarded

MOST_BYTES = 8192
"""A form of keys is far smaller."""

NO_FORM = "That is not a form of keys."

Act = Callable[[Backend, str, str, Mapping[str, str]], str]
"""Does something with an owner's key of a provider and returns a sentence that says so."""


def routes(backend: Backend) -> list[Route]:
    """Return the routes: POST to use a key, POST to check it, DELETE to forget it."""
    return [
        Route("/keys/{provider}", _endpoint(backend, _use), methods=["POST"]),
        Route("/keys/{provider}", _endpoint(backend, _forget), methods=["DELETE"]),
        Route("/keys/{provider}/check", _endpoint(backend, _check), methods=["POST"]),
    ]


def _endpoint(backend: Backend, act: Act) -> Handler:
    async def endpoint(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise Refused(403, NOT_OURS)  # a form of another site could send any other kind
        values = _values(await body_of(request, MOST_BYTES, NO_FORM))
        name, owner = request.path_params["provider"], request.state.owner
        try:
            return _answer(await run_in_threadpool(act, backend, owner, name, values))
        except Flux2Error as error:
            sentence = " ".join(part for part in (error.what, error.next_step) if part)
            return _answer(backend.studio.engine.redact(sentence), 400)

    return guarded(endpoint, _answer)


def _use(backend: Backend, owner: str, name: str, values: Mapping[str, str]) -> str:
    backend.keys.put(owner, own_account(registry.get(name), values))
    return "Your own key is used from now on."


def _forget(backend: Backend, owner: str, name: str, values: Mapping[str, str]) -> str:
    backend.keys.forget(owner, name)
    return "Your key is forgotten here."


def _check(backend: Backend, owner: str, name: str, values: Mapping[str, str]) -> str:
    # Only a key of one's own: what the host's account holds is nobody else's business. It is looked up once, so that
    # no other takes its place when it is forgotten meanwhile.
    account = backend.keys.account(owner, name)
    if account is None:
        return "There is no key of yours here. It may have been forgotten in the meantime."
    seconds = backend.checks.take(owner)
    if seconds:
        raise Refused(429, f"The key was checked {backend.checks.most} times. Try again in {math.ceil(seconds)} s.")
    # Any model will do: the check asks nothing of it.
    studio = backend.studio_for(registry.get(name).cards()[0].target, owner)
    return f"The key works. {studio.for_owner(owner, lambda _: account).check()}".strip()


def _values(body: bytes) -> dict[str, str]:
    """Return the texts of the body by name."""
    try:
        values = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refused(400, NO_FORM) from None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise Refused(400, NO_FORM)
    return values


def _answer(sentence: str, status: int = 200) -> JSONResponse:
    return JSONResponse({"sentence": sentence}, status, headers={"cache-control": "no-store"})
