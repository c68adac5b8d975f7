"""The addresses that a visitor's own key is sent to. It takes no other way: no event of Gradio's ever carries it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from .. import provider as registry
from ..errors import Flux2Error
from .backend import Backend
from .own_keys import own_account

MOST_BYTES = 8192
"""A form of keys is far smaller."""

Act = Callable[[Backend, str, str, Mapping[str, str]], str]
"""Does something with an owner's key of a provider and returns a sentence that says so."""


def routes(backend: Backend) -> list[Route]:
    """Return the routes: POST to use a key, POST to check it, DELETE to forget it."""
    return [
        Route("/keys/{provider}", _endpoint(backend, _use), methods=["POST"]),
        Route("/keys/{provider}", _endpoint(backend, _forget), methods=["DELETE"]),
        Route("/keys/{provider}/check", _endpoint(backend, _check), methods=["POST"]),
    ]


def _endpoint(backend: Backend, act: Act) -> Any:
    async def endpoint(request: Request) -> JSONResponse:
        if not is_from_our_page(request):
            return _answer("This is for the app's own page only.", 403)
        values = await _values(request)
        if values is None:
            return _answer("That is not a form of keys.", 400)
        name, owner = request.path_params["provider"], request.state.owner
        try:
            return _answer(await run_in_threadpool(act, backend, owner, name, values))
        except Flux2Error as error:
            sentence = " ".join(part for part in (error.what, error.next_step) if part)
            return _answer(backend.studio.engine.redact(sentence), 400)

    return endpoint


def _use(backend: Backend, owner: str, name: str, values: Mapping[str, str]) -> str:
    backend.keys.put(owner, own_account(registry.get(name), values))
    return "Your own key is used from now on."


def _forget(backend: Backend, owner: str, name: str, values: Mapping[str, str]) -> str:
    backend.keys.forget(owner, name)
    return "Your key is forgotten here."


def _check(backend: Backend, owner: str, name: str, values: Mapping[str, str]) -> str:
    # Only a key of one's own: what the host's account holds is nobody else's business.
    if not backend.keys.holds(owner, name):
        return "There is no key of yours here. It may have been forgotten in the meantime."
    # Any model will do: the check asks nothing of it.
    answer = backend.studio_for(registry.get(name).cards()[0].target, owner).check()
    return f"The key works. {answer}".strip()


def is_from_our_page(request: Request) -> bool:
    """Whether a request comes from a script of the page itself, and from no other site that a visitor has open.

    Browsers say so with a header no script can set, on https and on this machine; elsewhere the page's origin must be
    the host that was asked.
    """
    if not request.headers.get("content-type", "").startswith("application/json"):
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host", "-")


async def _values(request: Request) -> dict[str, str] | None:
    """Return the texts of the body by name; None for anything else."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return None
    try:
        values = json.loads(bytes(body) or b"{}")
    except (ValueError, RecursionError):
        return None
    is_form = isinstance(values, dict) and all(isinstance(value, str) for value in values.values())
    return values if is_form else None


def _answer(sentence: str, status: int = 200) -> JSONResponse:
    return JSONResponse({"sentence": sentence}, status, headers={"cache-control": "no-store"})
