"""The addresses of reference images as they were given: each for its owner only."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..errors import Flux2Error, InvalidRequest
from ..history import HistoryView
from .pictures import FOREVER

SHOWN = ("image/png", "image/jpeg", "image/webp", "image/gif")
"""Media types that a browser is told; anything else it has to save."""


def reference_address(sha256: str) -> str:
    """Return the address of a reference image, relative to the page."""
    return f"given/{sha256}"


def reference_routes(history_for: Callable[[str], HistoryView]) -> list[Route]:
    """Return the route; ``history_for`` returns the history of an owner."""

    async def reference(request: Request) -> Response:
        try:
            return await run_in_threadpool(_respond, request.path_params["sha256"], history_for(request.state.owner))
        except InvalidRequest:
            return PlainTextResponse("There is no such reference image in your history.", status_code=404)
        except Flux2Error as error:
            return PlainTextResponse(str(error), status_code=500)

    return [Route("/given/{sha256}", reference)]


def _respond(sha256: str, history: HistoryView) -> Response:
    found = history.reference(sha256)
    media_type = found.media_type if found.media_type in SHOWN else "application/octet-stream"
    headers = {"x-content-type-options": "nosniff", "cache-control": FOREVER, "content-security-policy": "sandbox"}
    return Response(found.data, media_type=media_type, headers=headers)
