"""Nonsense sent to every address of the app: never a fault of ours, never another visitor's picture."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from flux2_nb.studio import Studio
from flux2_nb.ui import serving
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.visitors import Visitors
from tests.page_protocol import API

SECRET = "A secret lighthouse"

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
WORDS = st.text(min_size=1, max_size=40) | st.sampled_from(
    ["..", "%2e%2e%2f", "original", "preview", "\x00", "a" * 300]
)
KINDS = ("application/json", "", "image/png")
BODIES = st.binary(max_size=200) | ANY_JSON.map(lambda value: json.dumps(value).encode())


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """An app's backend in which somebody has a picture."""
    folder = tmp_path_factory.mktemp("fuzz")
    backend = Backend(Studio("sketch", home=folder / "home"), folder / "uploads")
    backend.studio.generate(SECRET, seed=7, width=256, height=256)
    yield backend
    backend.studio.engine.close()


@pytest.fixture(scope="module")
def stranger(backend: Backend) -> TestClient:
    """Another visitor, who is told of every fault by an exception."""
    return TestClient(Starlette(routes=serving._routes(backend), middleware=[Middleware(Visitors)]))


@pytest.mark.case(35)
@settings(
    deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(data=st.data())
def test_our_own_addresses_take_anything(data: st.DataObject, backend: Backend, stranger: TestClient) -> None:
    """Whatever is sent to an address of ours gets an answer below 500, and none tells of another visitor's work."""
    route = data.draw(st.sampled_from(serving._routes(backend)))
    known = [item.id for item in backend.studio.history.search()]
    words = {name: data.draw(WORDS | st.sampled_from(known)) for name in route.param_convertors}
    path = route.path
    for name, word in words.items():
        path = path.replace("{" + name + "}", quote(word, safe=""))
    reply = stranger.request(
        data.draw(st.sampled_from(sorted(route.methods or {"GET"}))),
        path,
        content=data.draw(BODIES),
        params={"name": data.draw(WORDS), "path": data.draw(WORDS)},
        headers={"sec-fetch-site": "same-origin", "content-type": data.draw(st.sampled_from(KINDS))},
    )
    assert reply.status_code < 500
    assert SECRET.encode() not in reply.content
    assert not (reply.status_code == 200 and reply.headers.get("content-type", "").startswith("image/"))


@pytest.fixture(scope="module")
def page(app_address: str) -> Iterator[tuple[httpx.Client, list[dict[str, Any]]]]:
    """A visitor's connection to the running app, and the handlers its page knows."""
    with httpx.Client(base_url=app_address, timeout=30) as client:
        client.get("/").raise_for_status()
        yield client, client.get("config").json()["dependencies"]


@pytest.mark.case(35)
@settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_the_handlers_take_anything(data: st.DataObject, page: tuple[httpx.Client, list[dict[str, Any]]]) -> None:
    """Whatever values a handler is called with, its event comes to an end that is told; no fault is shown."""
    client, handlers = page
    handler = data.draw(st.sampled_from(handlers))
    values = data.draw(st.lists(ANY_JSON, min_size=len(handler["inputs"]), max_size=len(handler["inputs"])))
    body = json.dumps({"data": values, "fn_index": handler["id"], "session_hash": uuid.uuid4().hex}).encode()
    reply = client.post(f"{API}/queue/join", content=body, headers={"content-type": "application/json"})
    assert reply.status_code < 500
    if reply.status_code == 200:
        assert '"process_completed"' in told(client, json.loads(body)["session_hash"])


def told(client: httpx.Client, session: str) -> str:
    """All that a session is told until its event has ended."""
    lines = []
    with client.stream("GET", f"{API}/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            lines.append(line)
            if '"process_completed"' in line or '"close_stream"' in line:
                break
    return "".join(lines)
