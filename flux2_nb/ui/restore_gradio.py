"""The way in for a picture that is dropped on the page: a route reads it, and a component tells the page."""

from __future__ import annotations

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import Flux2Error, InvalidRequest
from .backend import Backend
from .html_gradio import clickable
from .markup import render
from .restore import settings_in

MOST_BYTES = 64 * 1024 * 1024
"""As for any picture; a larger one is refused while it is on its way."""


def restore_door() -> gr.HTML:
    """Return the component whose event ``use`` brings the token of a picture that was read; `restored` resolves it.

    It stands outside the tabs, which are put on the page only when they are opened.
    """
    return clickable(render("restore"))


def routes(backend: Backend) -> list[Route]:
    """Return the route that takes a picture and answers with a token, or with the sentence that says why not."""

    async def restore(request: Request) -> Response:
        owner = request.state.owner
        try:
            data = await _body(request)
            found = await run_in_threadpool(settings_in, data, backend.history(owner), backend.studio.card)
        except Flux2Error as error:
            return JSONResponse({"problem": str(error)}, status_code=422)
        return JSONResponse({"token": backend.pending.keep(owner, found)})

    return [Route("/restore", restore, methods=["POST"])]


async def _body(request: Request) -> bytes:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BYTES:
            raise InvalidRequest("The file has more than 64 MB.", money="", next_step="Choose another picture.")
    return bytes(data)
