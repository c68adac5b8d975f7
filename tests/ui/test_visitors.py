"""Who sees what: the cookie that tells visitors apart, and the addresses of pictures that go by it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from flux2_nb.errors import InvalidRequest
from flux2_nb.studio import Studio
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.pictures import address, routes
from flux2_nb.ui.serving import serving_options
from flux2_nb.ui.visitors import COOKIE, Visitors, owner_of


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of the offline sketch."""
    studio = Studio("sketch", home=tmp_path / "home")
    yield studio
    studio.engine.close()


def site(studio: Studio, owner: str | None = None) -> TestClient:
    """A site of one page, which says who is looking, and the pictures."""
    page = Route("/", lambda request: PlainTextResponse(request.state.owner))
    pictures = routes(studio.engine.history.for_owner)
    return TestClient(Starlette(routes=[page, *pictures], middleware=[Middleware(Visitors, owner=owner)]))


def test_a_browser_keeps_its_owner(studio: Studio) -> None:
    """The first visit sets a cookie no script can read: its browser comes back as the same owner."""
    one, other = site(studio), site(studio)
    first = one.get("/")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    again = one.get("/")
    assert (again.text, "set-cookie" in again.headers) == (first.text, False)
    assert other.get("/").text != first.text
    assert one.cookies[COOKIE] not in first.text


@pytest.mark.parametrize("value", ["", "me", "../../etc", "x" * 44, "a b", "=;="])
def test_a_made_up_cookie_is_replaced(value: str, studio: Studio) -> None:
    """A cookie that is not one of ours makes nobody into a chosen owner."""
    reply = site(studio).get("/", headers={"cookie": f"{COOKIE}={value}"})
    assert reply.text != owner_of(value)
    assert COOKIE in reply.headers["set-cookie"]


def test_on_a_space_the_cookie_works_inside_another_page(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Space stands in a frame of another site, where only a partitioned cookie over https is sent."""
    monkeypatch.setenv("SPACE_ID", "someone/something")
    reply = site(studio).get("/", headers={"x-forwarded-proto": "https"})
    assert "SameSite=None; Secure; Partitioned" in reply.headers["set-cookie"]


def test_pictures_reach_their_owner_byte_for_byte(studio: Studio) -> None:
    """The owner gets original, download, preview and a copy with settings; a stranger gets none of them."""
    result = studio.generate("a fox", seed=7)
    owner, stranger = site(studio, owner="me"), site(studio)
    original = owner.get(address(result.id))
    assert (original.content, original.headers["content-type"]) == (result.data, "image/png")
    assert "nosniff" in original.headers["x-content-type-options"]
    download = owner.get(address(result.id, "download"))
    assert download.content == result.data
    assert "a-fox-7.png" in download.headers["content-disposition"]
    assert max(Image.open(io.BytesIO(owner.get(address(result.id, "384")).content)).size) == 384
    assert len(owner.get(address(result.id, "settings")).content) > len(result.data)
    assert {stranger.get(address(result.id, what)).status_code for what in ("original", "384", "settings")} == {404}


@pytest.mark.parametrize("what", ["12345", "../../secret", "original.png"])
def test_no_other_address_is_served(what: str, studio: Studio) -> None:
    """Sizes nobody offers and names of files lead nowhere."""
    result = studio.generate("a fox", seed=7)
    assert site(studio, owner="me").get(address(result.id, what)).status_code == 404


@pytest.mark.parametrize("asked", [{"server_name": "0.0.0.0"}, {"share": True}])
def test_a_personal_app_stays_on_this_machine(asked: dict[str, object], studio: Studio, tmp_path: Path) -> None:
    """One history for everyone is refused where others could reach it."""
    with pytest.raises(InvalidRequest, match="open to others"):
        serving_options(Backend(studio, tmp_path), personal=True, allowed_hosts=(), asked=asked)


def test_the_page_answers_to_its_own_names_only(studio: Studio, tmp_path: Path) -> None:
    """A foreign name that is made to point to this machine gets no page and no picture."""
    options = serving_options(Backend(studio, tmp_path), personal=False, allowed_hosts=("my-box",), asked={})
    page = Route("/", lambda request: PlainTextResponse("page"))
    client = TestClient(Starlette(routes=[page], middleware=options["app_kwargs"]["middleware"]))
    statuses = {
        host: client.get("/", headers={"host": host}).status_code for host in ("localhost", "my-box", "evil.example")
    }
    assert statuses == {"localhost": 200, "my-box": 200, "evil.example": 400}
