"""The addresses under which a visitor's own pictures are put in, shown to them alone, cropped and drawn on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from .. import images
from ..errors import InvalidRequest
from .pictures import FOREVER
from .reference_files import ReferenceFile, ReferenceFiles, may_see
from .requests import Handler, Refused, body_of, guarded

MAX_BYTES = 64 * 1024 * 1024
"""The largest picture that is taken in."""

TOO_LARGE = f"This file has more than {MAX_BYTES // 1024**2} MB, which is the most that is taken."

MAX_ORDER = 4096
"""The longest description of a crop, in bytes."""

NO_BOX = "A crop is a box of left, top, width and height in pixels."

AT_ONCE = 2
"""Pictures that are decoded at the same time: the largest takes 200 MB of memory."""

SIDES = {"preview": 384, "large": 1600}
"""Longest sides in pixels of the copies that are shown."""

NOT_HERE = "This picture is not here: what is put in is kept for a day. Add it again."

_SAFE = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox", "cache-control": FOREVER}


def routes(files: ReferenceFiles) -> list[Route]:
    """Return the routes; the owner is the one whom the middleware of `visitors` found."""
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def worked(work: Callable[..., Any], *given: Any) -> Any:
        return await anyio.to_thread.run_sync(work, *given, limiter=limiter)

    async def add(request: Request) -> Response:
        data = await body_of(request, MAX_BYTES, TOO_LARGE)
        name = request.query_params.get("name", "")
        return JSONResponse(await worked(_keep, files, request.state.owner, data, name))

    async def show(request: Request) -> Response:
        one, what = _mine(request, files), request.path_params["what"]
        if what == "full":
            return FileResponse(_path(files, one), media_type=one.media_type, headers=_SAFE)
        if what not in SIDES:
            raise Refused(404, "There is no such copy of a picture.")
        path = await worked(files.preview, one, SIDES[what])
        return FileResponse(path, media_type="image/webp", headers=_SAFE)

    async def crop(request: Request) -> Response:
        one = _mine(request, files)
        box, longest = _order(await body_of(request, MAX_ORDER, NO_BOX))
        return JSONResponse(await worked(_crop, files, request.state.owner, one, box, longest))

    async def draw(request: Request) -> Response:
        one = _mine(request, files)
        overlay = await body_of(request, MAX_BYTES, TOO_LARGE)
        return JSONResponse(await worked(_draw, files, request.state.owner, one, overlay))

    return [
        Route("/references", _answering(add), methods=["POST"]),
        Route("/references/{id}/crop", _answering(crop), methods=["POST"]),
        Route("/references/{id}/draw", _answering(draw), methods=["POST"]),
        Route("/references/{id}/{what}", _answering(show), methods=["GET"]),
    ]


def _answering(handler: Handler) -> Handler:
    """Return a handler that answers every refusal with its sentence."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except InvalidRequest as error:
            raise Refused(422, " ".join(part for part in (error.what, error.next_step) if part)) from None
        except OSError:
            raise Refused(507, "The picture could not be kept: the disk is full or cannot be written.") from None

    return guarded(answer, PlainTextResponse)


def _mine(request: Request, files: ReferenceFiles) -> ReferenceFile:
    """Return the picture of the address; one of somebody else is as if it did not exist."""
    file_id = request.path_params["id"]
    one = files.get(file_id) if may_see(request.state.owner, file_id) else None
    if one is None:
        raise Refused(404, NOT_HERE)
    return one


def _order(body: bytes) -> tuple[images.Box, int | None]:
    """Return which part is asked for, and its longest side."""
    try:
        order = json.loads(body)
        left, top, width, height = (round(float(one)) for one in order["box"])
        longest = order.get("longest")
        longest = None if longest is None else max(1, round(float(longest)))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise Refused(400, NO_BOX) from None
    return images.Box(left, top, width, height), longest


def _keep(files: ReferenceFiles, owner: str, data: bytes, name: str, **made: Any) -> dict[str, Any]:
    one = files.get(files.id_of(files.keep(owner, data, name, **made)))
    if one is None:
        raise OSError("a picture was swept while it was kept")
    return one.shown


def _crop(
    files: ReferenceFiles, owner: str, one: ReferenceFile, box: images.Box, longest: int | None
) -> dict[str, Any]:
    data = images.crop(_path(files, one).read_bytes(), box, longest)
    return _made(files, owner, one, data, box=(box.left, box.top, box.width, box.height))


def _draw(files: ReferenceFiles, owner: str, one: ReferenceFile, overlay: bytes) -> dict[str, Any]:
    return _made(files, owner, one, images.draw_over(_path(files, one).read_bytes(), overlay))


def _made(files: ReferenceFiles, owner: str, one: ReferenceFile, data: bytes, **made: Any) -> dict[str, Any]:
    """Keep what was made of a picture, under its name and with the way back to it."""
    ending = "png" if data.startswith(b"\x89PNG") else "jpg"
    name = f"{one.name.rpartition('.')[0] or one.name}.{ending}"
    return _keep(files, owner, data, name, before=one.remembered(), **made)


def _path(files: ReferenceFiles, one: ReferenceFile) -> Path:
    path = files.path_of(one.id)
    if path is None:
        raise Refused(404, NOT_HERE)
    return path
