"""The way in for a picture that is dropped on the page: a route reads it, and a component tells the page."""

from __future__ import annotations

import gradio as gr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..errors import Flux2Error
from .backend import Backend
from .html_gradio import clickable
from .markup import render
from .requests import body_of, guarded
from .restore import settings_in

MOST_BYTES = 64 * 1024 * 1024
"""As for any picture; a larger one is refused while it is on its way."""

TOO_LARGE = "The file has more than 64 MB. Choose another picture."


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
            data = await body_of(request, MOST_BYTES, TOO_LARGE)
            found = await run_in_threadpool(settings_in, data, backend.history(owner), backend.studio.card)
        except Flux2Error as error:
            return _problem(str(error), 422)
        return JSONResponse({"token": backend.pending.keep(owner, found)})

    return [Route("/restore", guarded(restore, _problem), methods=["POST"])]


def _problem(sentence: str, status: int) -> Response:
    return JSONResponse({"problem": sentence}, status)
