"""The addresses of pictures: originals byte for byte, copies with their settings, previews. Each for its owner only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from .. import images
from ..errors import Flux2Error, InvalidRequest
from ..history import HistoryItem, HistoryView
from .view import file_name

FOREVER = "private, max-age=31536000, immutable"
"""A picture never changes under its id."""

PREVIEW_SIDES = (384, 1024)
"""Longest sides in pixels that previews are made in; a free choice would fill the disk."""

MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


def address(image_id: str, what: str = "original") -> str:
    """Return an address, relative to the page: ``original``, ``download``, ``settings`` or a preview's size."""
    return f"pictures/{image_id}/{what}"


def routes(history_for: Callable[[str], HistoryView]) -> list[Route]:
    """Return the routes; ``history_for`` returns the history of an owner."""

    async def picture(request: Request) -> Response:
        try:
            return await run_in_threadpool(_respond, request, history_for(request.state.owner))
        except InvalidRequest:
            return PlainTextResponse("There is no such picture in your history.", status_code=404)
        except Flux2Error as error:
            return PlainTextResponse(str(error), status_code=500)

    return [Route("/pictures/{image_id}/{what}", picture)]


def _respond(request: Request, history: HistoryView) -> Response:
    item, what = history.item(request.path_params["image_id"]), request.path_params["what"]
    if what.isdecimal() and int(what) in PREVIEW_SIDES:
        return _file(history.preview(item.id, int(what)), "image/webp")
    if what == "original":
        return _file(item.path, MEDIA_TYPES[item.format])
    if what == "download":
        return _file(item.path, MEDIA_TYPES[item.format], _attachment(item))
    if what == "settings":
        result = item.result()
        data = images.embed_settings(result.data, result.settings)
        headers = _attachment(item, "with-settings")
        return Response(data, media_type=MEDIA_TYPES[item.format], headers={**_SAFE, **headers})
    raise InvalidRequest(f"There is no {what[:40]} of a picture.", field="what")


_SAFE = {"x-content-type-options": "nosniff", "cache-control": FOREVER, "content-security-policy": "sandbox"}


def _file(path: Path, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    return FileResponse(path, media_type=media_type, headers={**_SAFE, **(headers or {})})


def _attachment(item: HistoryItem, suffix: str = "") -> dict[str, str]:
    name = file_name(item.prompt, item.seed, item.format)
    if suffix:
        stem, _, ending = name.rpartition(".")
        name = f"{stem}-{suffix}.{ending}"
    return {"content-disposition": f"attachment; filename*=utf-8''{quote(name)}"}
