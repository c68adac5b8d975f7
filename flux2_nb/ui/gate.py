"""What stands before Gradio's own addresses: other sites' pages, endless bodies and other visitors' sessions.

Gradio answers whoever names a session (gradio 6.31): the stream of its answers, its cancelling and its state are open
to every visitor who learns its name. Here a session belongs to the visitor whose page began it.
"""

from __future__ import annotations

import json
from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .requests import HARMLESS, NOT_OURS, Refused, body_of, is_from_elsewhere

MOST_BYTES = 8 * 1024 * 1024
"""The largest JSON body that is taken: a form with every field full is under 2 MB. Files go another way."""

MOST_SESSIONS = 20_000
"""Sessions remembered; the one that was used longest ago is forgotten first."""

TOO_LARGE = f"The form holds more than {MOST_BYTES // 2**20} MB of text. Nothing was sent. Shorten it."
NOT_YOURS = "This session belongs to another visitor."


class Sessions:
    """Whose each session is."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()

    def claim(self, session: str, owner: str) -> bool:
        """Give a session to the first who names it; returns whether it is this owner's."""
        known = self._owners.setdefault(session, owner)
        self._owners.move_to_end(session)
        while len(self._owners) > MOST_SESSIONS:
            self._owners.popitem(last=False)
        return known == owner


class Gate:
    """ASGI middleware that refuses what none of our pages would send; stands inside `visitors.Visitors`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._sessions = Sessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            receive = await self._let_in(request, receive)
        except Refused as refused:
            answer = JSONResponse({"detail": str(refused)}, status_code=refused.status)
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _let_in(self, request: Request, receive: Receive) -> Receive:
        """Return what the app reads the request from.

        Raises:
            Refused: When it is not let in.
        """
        if request.method not in HARMLESS and is_from_elsewhere(request):
            raise Refused(403, NOT_OURS)
        named = [request.query_params.get("session_hash"), _in_path(request.url.path)]
        if request.method == "POST" and _may_be_json(request.headers.get("content-type", "")):
            body = await body_of(request, MOST_BYTES, TOO_LARGE)
            named.append(_in_body(body))
            receive = _again(body, receive)
        owner = request.scope["state"]["owner"]
        if not all(self._sessions.claim(one, owner) for one in named if one):
            raise Refused(403, NOT_YOURS)
        return receive


def _may_be_json(content_type: str) -> bool:
    return not content_type or "json" in content_type


def _in_path(path: str) -> str | None:
    before, _, session = path.rstrip("/").rpartition("/heartbeat/")
    return session if before else None


def _in_body(body: bytes) -> str | None:
    try:
        found = json.loads(body).get("session_hash")
    except (ValueError, AttributeError, RecursionError):
        return None  # not a call of Gradio's, which answers it
    return found if isinstance(found, str) else None


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives a body which was read already, and then what comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return waiting.pop() if waiting else await receive()

    return receive_again
