"""What stands before every address of the app: whose session, from which page, under which name, how large."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from flux2_nb.studio import Studio
from flux2_nb.ui import gate
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.gate import Sessions
from flux2_nb.ui.serving import serving_options

JOIN = "/gradio_api/queue/join"


async def echo(request: Request) -> Response:
    """Gives back what came in."""
    return Response(await request.body())


@pytest.fixture
def visitor(tmp_path: Path) -> TestClient:
    """A visitor of a server that has our middleware and says nothing itself; call it for another visitor's browser."""
    options = serving_options(Backend(Studio("sketch", home=tmp_path), tmp_path), False, ("my-box",), {})
    routes = [
        Route("/", lambda request: PlainTextResponse("page")),
        Route("/own", lambda request: Response(headers={"content-security-policy": "sandbox"})),
        Route("/gradio_api/{rest:path}", echo, methods=["GET", "POST"]),
    ]
    return TestClient(Starlette(routes=routes, middleware=options["app_kwargs"]["middleware"]), "http://localhost")


def another(visitor: TestClient) -> TestClient:
    """Another visitor of the same server."""
    return TestClient(visitor.app, "http://localhost")


@pytest.mark.case(37)
@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:7860", 200),
        ("127.0.0.1:7860", 200),
        ("192.168.1.7", 200),
        ("[::1]:7860", 200),
        ("my-box", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("", 400),
    ],
)
def test_the_page_answers_to_its_own_names_only(visitor: TestClient, host: str, status: int) -> None:
    """A name that is made to point to this machine gets nothing; an address cannot be made to point anywhere."""
    assert visitor.get("/", headers={"host": host}).status_code == status


def test_on_a_space_its_name_is_known(visitor: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Space is asked for by the name it was given, and stands in a frame of the site it belongs to."""
    monkeypatch.setenv("SPACE_ID", "someone/demo")
    options = serving_options(Backend(Studio("sketch", home=tmp_path), tmp_path), False, (), {})
    app = Starlette(
        routes=[Route("/", lambda request: PlainTextResponse("page"))], middleware=options["app_kwargs"]["middleware"]
    )
    reply = TestClient(app, "https://someone-demo.hf.space").get("/")
    assert reply.status_code == 200
    assert "frame-ancestors 'self' https://huggingface.co" in reply.headers["content-security-policy"]


def test_every_answer_is_safe_to_show(visitor: TestClient) -> None:
    """No guessed types, nothing from elsewhere, no frame of another site; a stricter policy of one's own stays."""
    headers = visitor.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "http" not in policy
    assert visitor.get("/own").headers["content-security-policy"] == "sandbox"


@pytest.mark.case(37)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://localhost"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_other_sites_pages_call_nothing(visitor: TestClient, headers: dict[str, str], status: int) -> None:
    """A page of another site reaches no handler, be it Gradio's; a program, which is no page, does."""
    assert visitor.post(JOIN, json={"data": []}, headers=headers).status_code == status


@pytest.mark.case(35)
def test_a_session_is_its_visitors(visitor: TestClient) -> None:
    """Whoever begins a session has it: another visitor's answers, events and beats are not to be had by its name."""
    mine, foreign = {"session_hash": "mine", "data": [1]}, another(visitor)
    first = visitor.post(JOIN, json=mine)
    assert first.json() == mine  # the body came through
    assert visitor.get("/gradio_api/queue/data", params={"session_hash": "mine"}).status_code == 200
    refused = [
        foreign.post(JOIN, json=mine),
        foreign.post(JOIN, content=b'{"session_hash":"mine"}', headers={"content-type": "application/ld+json"}),
        foreign.post(JOIN, content=b'{"session_hash":"mine"}', headers={"content-type": ""}),
        foreign.post("/gradio_api/cancel", json={"session_hash": "mine", "fn_index": 1, "event_id": "x"}),
        foreign.get("/gradio_api/queue/data", params={"session_hash": "mine"}),
        foreign.get("/gradio_api/heartbeat/mine"),
    ]
    assert [reply.status_code for reply in refused] == [403] * len(refused)
    assert foreign.post(JOIN, json={**mine, "session_hash": "other"}).status_code == 200


@pytest.mark.case(35)
def test_an_endless_form_is_refused_while_it_comes_in(visitor: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that says it is too large, or grows too large, gets a sentence."""
    monkeypatch.setattr(gate, "MOST_BYTES", 100)
    for body in (b"x" * 101, (b"x" * 60 for _ in range(2))):
        reply = visitor.post(JOIN, content=body, headers={"content-type": "application/json"})
        assert reply.status_code == 413
        assert "Shorten it" in reply.json()["detail"]


@pytest.mark.case(20)
@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'{"session_hash": 7}', b"[" * 100_000])
def test_what_is_no_call_passes_by(visitor: TestClient, body: bytes) -> None:
    """Whatever else is sent as JSON is left to whoever it is for."""
    assert visitor.post(JOIN, content=body, headers={"content-type": "application/json"}).content == body


def test_sessions_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever names sessions without end fills no memory; the ones in use stay."""
    monkeypatch.setattr(gate, "MOST_SESSIONS", 3)
    sessions = Sessions()
    for name in ("kept", "a", "b", "kept", "c"):
        assert sessions.claim(name, "me")
    assert not sessions.claim("kept", "another")
    assert sessions.claim("a", "another")
