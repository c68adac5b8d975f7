"""The addresses of pictures: originals byte for byte, copies, previews, their code. Each for its owner only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from .. import images
from ..errors import Flux2Error, InvalidRequest
from ..history import HistoryItem, HistoryView
from ..result import ImageResult
from .bundle import bundle
from .picture_code import picture_code
from .requests import Refused, body_of, guarded
from .view import file_name

FOREVER = "private, max-age=31536000, immutable"
"""A picture never changes under its id."""

PREVIEW_SIDES = (384, 1024)
"""Longest sides in pixels that previews are made in; a free choice would fill the disk."""

MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}

MOST_IN_BUNDLE = 500
"""Pictures in one zip."""

MOST_FORM_BYTES = 64 * 1024
"""The longest list of ids that is read."""

TOO_MANY = f"One download takes 1 to {MOST_IN_BUNDLE} pictures. Choose fewer and go on after."

NO_PICTURE = "There is no such picture in your history."


def address(image_id: str, what: str = "original") -> str:
    """Return an address, relative to the page.

    Args:
        image_id: The picture.
        what: ``original``, ``download``, ``settings``, ``stripped``, ``code``, or the side of a preview.
    """
    return f"pictures/{image_id}/{what}"


def routes(history_for: Callable[[str], HistoryView]) -> list[Route]:
    """Return the routes; ``history_for`` returns the history of an owner."""

    async def picture(request: Request) -> Response:
        try:
            return await run_in_threadpool(_respond, request, history_for(request.state.owner))
        except InvalidRequest:
            return PlainTextResponse(NO_PICTURE, status_code=404)
        except Flux2Error as error:
            return PlainTextResponse(str(error), status_code=500)

    async def selection(request: Request) -> Response:
        try:
            ids = await _ids(request)
            items = await run_in_threadpool(history_for(request.state.owner).items, ids)
        except InvalidRequest as error:
            return PlainTextResponse(str(error), status_code=404)
        headers = {**_SAFE, "cache-control": "no-store", "content-disposition": 'attachment; filename="pictures.zip"'}
        return StreamingResponse(bundle(items), media_type="application/zip", headers=headers)

    return [
        Route("/pictures/selection.zip", guarded(selection, PlainTextResponse), methods=["POST"]),
        Route("/pictures/{image_id}/{what}", picture),
    ]


def _respond(request: Request, history: HistoryView) -> Response:
    image_id, what = request.path_params["image_id"], request.path_params["what"]
    unsaved = history.unsaved(image_id)
    if unsaved is not None:
        return _from_memory(unsaved, what)
    item = history.item(image_id)
    if what.isdecimal() and int(what) in PREVIEW_SIDES:
        return _file(history.preview(item.id, int(what)), "image/webp")
    if what not in _ANSWERS:
        raise InvalidRequest(f"There is no {what[:40]} of a picture.", field="what")
    return _ANSWERS[what](item, history)


def _from_memory(result: ImageResult, what: str) -> Response:
    """Answer with a picture that could not be stored: shown, and to be saved by whoever sees it."""
    data = images.embed_settings(result.data, result.settings) if what == "settings" else result.data
    headers = {**_SAFE, "cache-control": "no-store"}
    if what in ("download", "settings"):
        name = file_name(result.request.prompt, result.seed, result.format)
        headers |= _saved_as(name, "with-settings" if what == "settings" else "")
    return Response(data, media_type=MEDIA_TYPES[result.format], headers=headers)


def _original(item: HistoryItem, history: HistoryView) -> Response:
    # Whoever looks at a new picture will look for it in the history: its preview is made once the picture is sent.
    afterwards = BackgroundTask(history.preview, item.id, PREVIEW_SIDES[0])
    return _Picture(item.path, media_type=MEDIA_TYPES[item.format], headers=_SAFE, background=afterwards)


def _download(item: HistoryItem, history: HistoryView) -> Response:
    return _file(item.path, MEDIA_TYPES[item.format], _attachment(item))


def _with_settings(item: HistoryItem, history: HistoryView) -> Response:
    """The settings, and the form they were typed into, so that a drop on the app brings back all of it."""
    result = item.result()
    form = {"form": {"capability": item.capability, "values": dict(item.values)}} if item.values else {}
    return _saved(item, images.embed_settings(result.data, {**result.settings, **form}), "with-settings")


def _stripped(item: HistoryItem, history: HistoryView) -> Response:
    return _saved(item, images.strip(item.result().data), "without-metadata")


def _code(item: HistoryItem, history: HistoryView) -> Response:
    return JSONResponse(picture_code(item, history), headers={**_SAFE, "cache-control": "no-store"})


_ANSWERS: Mapping[str, Callable[[HistoryItem, HistoryView], Response]] = {
    "original": _original,
    "download": _download,
    "settings": _with_settings,
    "stripped": _stripped,
    "code": _code,
}
"""Last part of the address -> what answers."""

_SAFE = {"x-content-type-options": "nosniff", "cache-control": FOREVER, "content-security-policy": "sandbox"}


class _Picture(FileResponse):
    """A picture's file in a few large pieces: each piece passes through every middleware."""

    chunk_size = 1024 * 1024


def _file(path: Path, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    return _Picture(path, media_type=media_type, headers={**_SAFE, **(headers or {})})


def _saved(item: HistoryItem, data: bytes, suffix: str) -> Response:
    return Response(data, media_type=MEDIA_TYPES[item.format], headers={**_SAFE, **_attachment(item, suffix)})


def _attachment(item: HistoryItem, suffix: str = "") -> dict[str, str]:
    return _saved_as(file_name(item.prompt, item.seed, item.format), suffix)


def _saved_as(name: str, suffix: str) -> dict[str, str]:
    if suffix:
        stem, _, ending = name.rpartition(".")
        name = f"{stem}-{suffix}.{ending}"
    return {"content-disposition": f"attachment; filename*=utf-8''{quote(name)}"}


async def _ids(request: Request) -> list[str]:
    """Return the ids that a form sent, parted by spaces."""
    body = await body_of(request, MOST_FORM_BYTES, TOO_MANY)
    # A form's field, as browsers write it: ids are letters and digits, so nothing in it needs decoding.
    ids = body.decode("ascii", "replace").removeprefix("ids=").replace("+", " ").split()
    if not 0 < len(ids) <= MOST_IN_BUNDLE:
        raise Refused(404, TOO_MANY)
    return ids
