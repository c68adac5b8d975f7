"""Who is looking: a random cookie is the owner of a visitor's pictures, and nobody else's are shown."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "flux2_visitor"
COOKIE_AGE = 365 * 24 * 3600
"""Seconds a browser keeps the cookie after a visit."""

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def owner_of(token: str) -> str:
    """Return the owner that a cookie stands for: a hash, so that the store holds nothing that would let one in."""
    return f"visitor-{hashlib.sha256(token.encode()).hexdigest()[:32]}"


class Visitors:
    """ASGI middleware that writes the owner into ``scope["state"]["owner"]``, and gives every new browser a cookie.

    The cookie is random, HttpOnly and SameSite=Lax. On a Space, whose page stands inside another site's, it is
    SameSite=None, Secure and Partitioned instead: a Lax cookie would not be sent there.

    Args:
        app: What to wrap.
        owner: The owner of everybody, for a personal app; None tells visitors apart.
    """

    def __init__(self, app: ASGIApp, owner: str | None = None) -> None:
        self.app = app
        self.owner = owner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        if self.owner is not None:
            scope.setdefault("state", {})["owner"] = self.owner
            await self.app(scope, receive, send)
            return
        token = _token_in(scope)
        fresh = token or secrets.token_urlsafe(32)
        scope.setdefault("state", {})["owner"] = owner_of(fresh)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and not token:
                MutableHeaders(scope=message).append("set-cookie", _set_cookie(fresh, scope))
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def _token_in(scope: Scope) -> str:
    """Return the visitor's cookie; empty when there is none of the right shape."""
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel is not None and _SHAPE.fullmatch(morsel.value) else ""


def _set_cookie(token: str, scope: Scope) -> str:
    forwarded = next((value for name, value in scope["headers"] if name == b"x-forwarded-proto"), b"")
    is_secure = scope.get("scheme") == "https" or forwarded.startswith(b"https")
    if is_secure and "SPACE_ID" in os.environ:
        site = "SameSite=None; Secure; Partitioned"
    else:
        site = "SameSite=Lax; Secure" if is_secure else "SameSite=Lax"
    return f"{COOKIE}={token}; Path=/; Max-Age={COOKIE_AGE}; HttpOnly; {site}"
