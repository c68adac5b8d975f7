"""Reference images from the web: fetched through the guard on addresses, with limits on bytes and time."""

from __future__ import annotations

import time
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from .addresses import Guard
from .errors import InvalidRequest, JobTimeout, ProviderError
from .http import Client, Terms
from .request import Reference
from .wire import Download, Flow, Reply

FETCH_SECONDS = 30.0
"""The most that fetching one picture may take as a whole, with every redirect and second try."""

PUBLIC = Guard(finding="The reference image is at")
"""Public https hosts and nothing else: a base URL that may be private is for its provider, not for pictures."""


async def fetch(reference: Reference, client: Client) -> Reference:
    """Return a reference with the bytes that its address leads to, not looked at yet.

    The host is looked up once, every address it has must be public, and that very address is connected to; the same
    holds for each redirect. No key, and nothing of the request, is sent along. At most 40 MB are read.

    Args:
        reference: With an address as its source.
        client: To be used on its own loop.

    Raises:
        InvalidRequest: With the field ``references``: the address is not public https, or brings no answer.
    """
    url = str(reference.source).strip()
    host = _host(url)
    terms = Terms(host, PUBLIC, deadline=time.monotonic() + FETCH_SECONDS)
    try:
        reply = await client.drive(_download(url), terms)
    except JobTimeout:
        raise _refused(f"{host} did not deliver the picture within {FETCH_SECONDS:g} s.") from None
    except ProviderError as error:
        raise _refused(error.what) from None
    if not reply.ok:
        raise _refused(f"{host} answered with status {reply.status} instead of the picture.")
    return reference.model_copy(update={"source": reply.body, "name": reference.name or _name(url) or host})


def _download(url: str) -> Flow[Reply]:
    reply: Reply = yield Download(url)
    return reply


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "The address"
    except ValueError:
        return "The address"


def _name(url: str) -> str:
    """The file name at the end of an address, for people; never its query, which may hold a signature."""
    return PurePosixPath(unquote(urlsplit(url).path)).name


def _refused(what: str) -> InvalidRequest:
    return InvalidRequest(what, field="references", next_step="Download the picture yourself and give its path.")
