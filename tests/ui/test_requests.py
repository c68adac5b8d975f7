"""Every address of ours that takes something in: not from another site's page, and not more than it may be."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from flux2_nb.studio import Studio
from flux2_nb.ui import key_routes, pictures, reference_routes, restore_gradio
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.visitors import Visitors

OURS = {"origin": "http://testserver", "content-type": "application/json"}
CHUNK = 2048
SMALL = 10_000
"""The limit that the tests set where the real one is megabytes."""

TAKING = (
    "POST /references",
    "POST /references/{id}/crop",
    "POST /references/{id}/draw",
    "POST /keys/bfl",
    "DELETE /keys/bfl",
    "POST /keys/bfl/check",
    "POST /restore",
    "POST /pictures/selection.zip",
)
each = pytest.mark.parametrize("asked", TAKING)


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """What is behind a page with the sketch."""
    backend = Backend(Studio("sketch", home=tmp_path / "home"), tmp_path / "uploads")
    yield backend
    backend.keys.clear()
    backend.studio.engine.close()


def routes(backend: Backend) -> list[Route]:
    """All addresses of ours that take something in."""
    return [
        *pictures.routes(backend.history),
        *reference_routes.routes(backend.references),
        *key_routes.routes(backend),
        *restore_gradio.routes(backend),
    ]


@pytest.fixture
def site(backend: Backend) -> TestClient:
    """A browser on the page, with a picture put in under ``/references/{id}``."""
    return TestClient(Starlette(routes=routes(backend), middleware=[Middleware(Visitors, owner="me")]))


def address(asked: str, backend: Backend) -> tuple[str, str]:
    """The method and the path, with a picture of the visitor's in it."""
    buffer = io.BytesIO()
    Image.new("RGB", (96, 96), "teal").save(buffer, "PNG")
    kept = backend.references.keep("me", buffer.getvalue(), "a.png")
    method, _, path = asked.partition(" ")
    return method, path.replace("{id}", backend.references.id_of(kept))


def test_no_address_is_forgotten(backend: Backend) -> None:
    """The list of these tests holds every address that changes something or takes something in."""
    found = {f"{method} {one.path}" for one in routes(backend) for method in one.methods or () if method != "HEAD"}
    taking = {one.replace("{provider}", "bfl") for one in found if not one.startswith("GET")}
    assert taking == set(TAKING)


@each
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
    ],
)
def test_another_site_is_refused(asked: str, headers: Mapping[str, str], backend: Backend, site: TestClient) -> None:
    """A page of another site, which the browser would send the cookie along with, comes nowhere in."""
    method, path = address(asked, backend)
    reply = site.request(method, path, headers={**OURS, **headers}, content=b"{}")
    assert (reply.status_code, "app's own page" in reply.text) == (403, True)


@each
def test_the_page_itself_is_let_in(asked: str, backend: Backend, site: TestClient) -> None:
    """The page is told by the browser's header, or by its origin where the browser sends none."""
    method, path = address(asked, backend)
    for headers in (OURS, {**OURS, "origin": "null", "sec-fetch-site": "same-origin"}):
        assert site.request(method, path, headers=headers, content=b"{}").status_code != 403


@each
async def test_too_much_is_refused_while_it_comes(
    asked: str, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body that does not say its length and never ends is refused after the limit, and read no further."""
    monkeypatch.setattr(reference_routes, "MAX_BYTES", SMALL)
    monkeypatch.setattr(restore_gradio, "MOST_BYTES", SMALL)
    app = Starlette(routes=routes(backend), middleware=[Middleware(Visitors, owner="me")])
    method, path = address(asked, backend)
    read = 0
    sent: list[Message] = []

    async def receive() -> Message:
        nonlocal read
        read += CHUNK
        return {"type": "http.request", "body": b"x" * CHUNK, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    given = [(name.encode(), value.encode()) for name, value in {**OURS, "host": "testserver"}.items()]
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": given}
    await app(scope, receive, send)
    assert sent[0]["status"] == 413
    most = pictures.MOST_FORM_BYTES if "selection" in path else SMALL
    assert read <= most + CHUNK


@each
def test_too_much_that_says_so_is_not_read(
    asked: str, backend: Backend, site: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A length beyond the limit is enough."""
    monkeypatch.setattr(reference_routes, "MAX_BYTES", SMALL)
    monkeypatch.setattr(restore_gradio, "MOST_BYTES", SMALL)
    method, path = address(asked, backend)
    assert site.request(method, path, headers={**OURS, "content-length": "99999999"}).status_code == 413
