"""What every address of ours asks of a request that comes in: from our own page, and no larger than it may be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

Handler = Callable[[Request], Awaitable[Response]]

Refusal = Callable[[str, int], Response]
"""Makes the answer of a refusal's sentence and its HTTP status."""

HARMLESS = ("GET", "HEAD")
"""Methods that change nothing; a link on another site may lead to what they ask for."""

NOT_OURS = "This is for the app's own page only."


class Refused(Exception):
    """A request that is answered with a sentence.

    Attributes:
        status: The HTTP status.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def guarded(handler: Handler, refusal: Refusal) -> Handler:
    """Return a handler that other sites' pages cannot use, and that answers what is `Refused` with its sentence.

    Args:
        handler: May raise `Refused`.
        refusal: How its address answers.
    """

    async def answer(request: Request) -> Response:
        try:
            if request.method not in HARMLESS and not is_from_our_page(request):
                raise Refused(403, NOT_OURS)
            return await handler(request)
        except Refused as refused:
            return refusal(str(refused), refused.status)

    return answer


def is_from_our_page(request: Request) -> bool:
    """Return whether a request comes from the page itself, and from no other site that a visitor has open.

    Another site's page could send the visitor's cookie along. Browsers tell the two apart with a header that no script
    can set, on https and on this machine; elsewhere the page's origin must be the host that was asked.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host", "-")


def is_from_elsewhere(request: Request) -> bool:
    """Return whether a request comes from another site's page; a program names no page at all."""
    if "sec-fetch-site" in request.headers or "origin" in request.headers:
        return not is_from_our_page(request)
    return False


async def body_of(request: Request, most: int, too_large: str) -> bytes:
    """Return a request's body; one that is too large is refused before it has come in.

    Args:
        request: What came in.
        most: Bytes that are taken.
        too_large: The sentence for more.

    Raises:
        Refused: When it says that it is larger, or grows larger.
    """
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > most:
        raise Refused(413, too_large)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise Refused(413, too_large)
    return bytes(body)
