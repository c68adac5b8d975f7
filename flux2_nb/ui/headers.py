"""What a browser is told with every answer: load nothing from elsewhere, guess no types, tell no other site."""

from __future__ import annotations

import os
from collections.abc import Iterable
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY = {
    "default-src": "'self'",
    # Gradio writes its configuration into the page and compiles the markup of HTML components there.
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "connect-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
"""Where a page of ours may take what from: this server, and what the page itself made."""

AROUND_A_SPACE = "'self' https://huggingface.co https://*.hf.space"
"""The sites in whose frame a Space stands."""


class SafeHeaders:
    """ASGI middleware that adds the security headers to every answer that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        frame = AROUND_A_SPACE if "SPACE_ID" in os.environ else "'self'"
        policy = "; ".join(f"{name} {value}" for name, value in {**CONTENT_POLICY, "frame-ancestors": frame}.items())
        self.headers = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class KnownHosts:
    """ASGI middleware that answers only under names that are ours.

    Another site can make its own name point here and would then be read as this one (DNS rebinding); a bare address
    cannot be made to point anywhere, so those are always ours.

    Args:
        app: What to wrap.
        names: The names the page may be asked for by; ``*.example.org`` stands for every name that ends so.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self.app = app
        self.names = tuple(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] in ("http", "websocket") and not self.knows(Headers(scope=scope).get("host", "")):
            answer = PlainTextResponse("This page does not go by that name.", status_code=400)
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def knows(self, host: str) -> bool:
        """Tell whether a ``Host`` header names this server."""
        name = host.lower().rpartition(":")[0] if not host.endswith("]") and ":" in host else host.lower()
        return _is_address(name.strip("[]")) or any(
            name == known or (known.startswith("*.") and name.endswith(known[1:])) for known in self.names
        )


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
