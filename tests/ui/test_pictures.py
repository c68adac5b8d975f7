"""The addresses of pictures: what each gives its owner, and that nobody else gets any of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from flux2_nb import images
from flux2_nb.result import ImageResult
from flux2_nb.studio import Studio
from flux2_nb.ui import pictures, restore_gradio
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.pictures import address
from flux2_nb.ui.visitors import Visitors


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """An app's backend with the offline sketch."""
    backend = Backend(Studio("sketch", home=tmp_path / "home"), tmp_path / "uploads")
    yield backend
    backend.studio.engine.close()


@pytest.fixture
def result(backend: Backend) -> ImageResult:
    """A picture of the owner "me"."""
    return backend.studio.generate("a fox", seed=7, width=512, height=512)


OURS = {"origin": "http://testserver"}
"""What a browser says of a request of the page itself."""


def site(backend: Backend, owner: str | None = "me") -> TestClient:
    """The app's routes for one owner; None is a new visitor."""
    routes = [*pictures.routes(backend.history), *restore_gradio.routes(backend)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Visitors, owner=owner)]), headers=OURS)


def in_zip(data: bytes) -> dict[str, bytes]:
    """The files of a zip by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_stripped_copy_has_the_pixels_and_nothing_else(backend: Backend, result: ImageResult) -> None:
    """Nothing of how it was made is in the file, and its name says so."""
    reply = site(backend).get(address(result.id, "stripped"))
    assert "a-fox-7-without-metadata.png" in reply.headers["content-disposition"]
    assert b"xmp" not in reply.content.lower()
    assert Image.open(io.BytesIO(reply.content)).tobytes() == result.image.tobytes()


def test_the_copy_with_settings_tells_its_form(backend: Backend, result: ImageResult) -> None:
    """What is embedded is the request; it holds no owner and no path."""
    reply = site(backend).get(address(result.id, "settings"))
    settings = images.read_settings(reply.content)
    assert settings is not None
    assert settings["request"]["prompt"] == "a fox"
    assert str(backend.studio.home) not in json.dumps(settings)


def test_the_code_of_a_picture_makes_it_again(backend: Backend, result: ImageResult) -> None:
    """Its seed, prompt and size stand in the code, in every language its provider has."""
    [code] = site(backend).get(address(result.id, "code")).json()
    assert "a fox" in code["code"]
    assert "seed=7" in code["code"].replace(" ", "")


def test_many_originals_come_as_one_zip(backend: Backend, result: ImageResult) -> None:
    """Byte for byte, under names of their own even where prompt and seed are the same, with their settings."""
    twin = backend.studio.generate("a fox", seed=7, width=512, height=256)
    reply = site(backend).post("/pictures/selection.zip", data={"ids": f"{result.id} {twin.id} {result.id}"})
    files = in_zip(reply.content)
    settings = json.loads(files.pop("settings.json"))
    assert files == {"a-fox-7.png": result.data, "a-fox-7-2.png": twin.data}
    assert settings["a-fox-7-2.png"]["request"]["height"] == 256


@pytest.mark.parametrize("ids", ["", "nothing", "../../etc/passwd", " ".join(["0" * 26] * 501)])
def test_a_zip_of_nothing_or_too_much_is_refused(ids: str, backend: Backend) -> None:
    """Unknown ids and endless lists get a sentence."""
    reply = site(backend).post("/pictures/selection.zip", data={"ids": ids})
    assert reply.status_code == 404
    assert reply.text


def test_no_address_answers_a_stranger(backend: Backend, result: ImageResult) -> None:
    """Neither a copy nor the code nor the zip of another visitor's picture, nor one among one's own."""
    own = backend.studio_for("sketch/sketch", "somebody").generate("an owl", width=512, height=512)
    stranger = site(backend, "somebody")
    parts = ("original", "download", "settings", "stripped", "code", "384", "1024")
    statuses = {stranger.get(address(result.id, what)).status_code for what in parts}
    assert statuses == {404}
    for ids in (result.id, f"{own.id} {result.id}"):
        assert stranger.post("/pictures/selection.zip", data={"ids": ids}).status_code == 404
    assert stranger.post("/restore", content=result.data).status_code == 422


def test_a_dropped_picture_gets_a_token_for_its_visitor(backend: Backend, result: ImageResult) -> None:
    """The route reads the file, and what it read waits for the visitor who sent it."""
    token = site(backend).post("/restore", content=result.data).json()["token"]
    assert backend.pending.take("me", token).values["prompt"] == "a fox"


@pytest.mark.parametrize("body", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 64])
def test_a_dropped_file_that_is_no_picture_gets_a_sentence(body: bytes, backend: Backend) -> None:
    """Nothing that is sent makes the route fail."""
    reply = site(backend).post("/restore", content=body)
    assert reply.status_code == 422
    assert reply.json()["problem"]


def test_too_large_a_file_is_refused_on_its_way(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than the limit is ever held."""
    monkeypatch.setattr(restore_gradio, "MOST_BYTES", 1000)
    assert "64 MB" in site(backend).post("/restore", content=b"x" * 2000).json()["problem"]


def test_looking_at_a_picture_prepares_its_preview(backend: Backend, result: ImageResult) -> None:
    """Once the original was sent its preview is there, so that the history need not wait for it."""
    site(backend).get(address(result.id))
    assert len(list((backend.studio.home / "previews" / "384").rglob("*.webp"))) == 1
