"""Pictures that visitors put in: kept byte for byte, shown to their owner only, refused with a sentence, swept."""

from __future__ import annotations

import io
import os
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from flux2_nb.errors import InvalidRequest
from flux2_nb.studio import Studio
from flux2_nb.ui import reference_files, reference_routes
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.reference_files import KEPT, ReferenceFiles, is_id, safe_name
from flux2_nb.ui.serving import serving_options
from flux2_nb.ui.visitors import Visitors


@pytest.fixture
def files(tmp_path: Path) -> ReferenceFiles:
    """The pictures of an app in its own folder."""
    return ReferenceFiles(tmp_path / "uploads")


@pytest.fixture
def visitor(files: ReferenceFiles) -> Callable[[], TestClient]:
    """Makes a visitor with a cookie of their own."""
    app = Starlette(routes=reference_routes.routes(files), middleware=[Middleware(Visitors)])
    return lambda: TestClient(app, headers={"origin": "http://testserver"})


def picture(format: str = "PNG", size: tuple[int, int] = (320, 240), **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(buffer, format, **options)
    return buffer.getvalue()


def add(client: TestClient, data: bytes, name: str = "a cat.png") -> dict[str, object]:
    reply = client.post("/references", params={"name": name}, content=data)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def bomb() -> bytes:
    """A PNG of a few bytes that would fill a gigabyte."""
    header = (30_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def test_bytes_are_kept_as_they_are(visitor: Callable[[], TestClient], files: ReferenceFiles) -> None:
    """What is put in is what is stored and given back, metadata and all; the answer tells name and size upright."""
    data = picture("JPEG", exif=orientation(6))
    client = visitor()
    added = add(client, data, "C:\\photos\\Ünï code.jpg")
    assert (added["name"], added["size"]) == ("Ünï code.jpg", [240, 320])
    path = files.path_of(added["id"])
    assert path is not None
    assert path.read_bytes() == data
    full = client.get(f"/references/{added['id']}/full")
    assert (full.content, full.headers["content-type"]) == (data, "image/jpeg")


def orientation(value: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


def test_only_the_owner_is_shown_a_picture(visitor: Callable[[], TestClient]) -> None:
    """The owner gets a small copy that no browser runs or guesses the type of; a stranger gets nothing, and no crop."""
    owner, stranger = visitor(), visitor()
    file_id = add(owner, picture(size=(1200, 900)))["id"]
    small = owner.get(f"/references/{file_id}/preview")
    assert max(Image.open(io.BytesIO(small.content)).size) == 384
    assert (small.headers["x-content-type-options"], small.headers["content-security-policy"]) == ("nosniff", "sandbox")
    assert {stranger.get(f"/references/{file_id}/{what}").status_code for what in ("preview", "large", "full")} == {404}
    order = {"box": [0, 0, 100, 100]}
    assert stranger.post(f"/references/{file_id}/crop", json=order).status_code == 404
    assert stranger.post(f"/references/{file_id}/draw", content=picture()).status_code == 404


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is an SVG drawing"),
        (b"II*\0" + b"\0" * 60, "is a TIFF picture"),
        (bomb(), "900.0 megapixels"),
        (picture(size=(40, 40)), "each side needs at least 64"),
        (picture()[:200], ""),
    ],
    ids=["empty", "svg", "tiff", "bomb", "tiny", "cut off"],
)
def test_what_is_no_picture_gets_a_sentence(
    data: bytes, sentence: str, visitor: Callable[[], TestClient], files: ReferenceFiles
) -> None:
    """Whatever cannot be used is refused before it is decoded, says why, and leaves nothing behind."""
    reply = visitor().post("/references", params={"name": "x.png"}, content=data)
    assert reply.status_code == 422
    assert reply.text.startswith("x.png ")
    assert sentence in reply.text
    assert not list(files.home.glob("*/*"))


def test_a_large_file_is_refused_on_its_way(visitor: Callable[[], TestClient], monkeypatch: pytest.MonkeyPatch) -> None:
    """A body beyond the limit is refused, whether it says its length or not."""
    monkeypatch.setattr(reference_routes, "MAX_BYTES", 1000)
    client = visitor()
    said = client.post("/references", content=b"x" * 2000)
    streamed = client.post("/references", content=iter([b"x" * 600, b"x" * 600]))
    assert (said.status_code, streamed.status_code) == (413, 413)
    assert "the most that is taken" in streamed.text


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}],
)
def test_another_site_cannot_put_anything_in(headers: dict[str, str], visitor: Callable[[], TestClient]) -> None:
    """A page of another site that a visitor has open cannot use the visitor's cookie."""
    assert visitor().post("/references", content=picture(), headers=headers).status_code == 403


def test_the_own_page_may(visitor: Callable[[], TestClient]) -> None:
    """The app's own page is told by the browser's header, or by its origin where the browser sends no such header."""
    client = visitor()
    for headers in ({"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}):
        assert client.post("/references", content=picture(), headers=headers).status_code == 200


def test_a_crop_comes_from_the_bytes_put_in(visitor: Callable[[], TestClient], files: ReferenceFiles) -> None:
    """A crop is a new picture of the size asked for, upright, and names the one it was made from."""
    client = visitor()
    added = add(client, picture("JPEG", (800, 600), exif=orientation(6)), "photo.jpg")
    reply = client.post(f"/references/{added['id']}/crop", json={"box": [100, 200, 400, 400], "longest": 200})
    made = reply.json()
    assert (made["size"], made["box"], made["before"]["id"]) == ([200, 200], [100, 200, 400, 400], added["id"])
    assert made["id"] != added["id"]
    assert files.path_of(added["id"]) is not None
    path = files.path_of(made["id"])
    assert path is not None
    assert (path.name, Image.open(io.BytesIO(path.read_bytes())).format) == ("photo.jpg", "JPEG")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"box": [1, 2]}', b'{"box": "abcd"}', b'{"box": [NaN, 0, 1, 1]}'])
def test_a_crop_that_makes_no_sense_is_refused(body: bytes, visitor: Callable[[], TestClient]) -> None:
    """An order that is no box gets a sentence."""
    client = visitor()
    file_id = add(client, picture())["id"]
    reply = client.post(f"/references/{file_id}/crop", content=body)
    assert (reply.status_code, reply.text[:6]) == (400, "A crop")


def test_a_frame_beside_the_picture_is_refused(visitor: Callable[[], TestClient]) -> None:
    """A box that lies outside says so."""
    client = visitor()
    file_id = add(client, picture())["id"]
    reply = client.post(f"/references/{file_id}/crop", json={"box": [5000, 0, 100, 100]})
    assert (reply.status_code, "nothing inside this frame" in reply.text) == (422, True)


def test_a_drawing_is_laid_over_the_picture(visitor: Callable[[], TestClient], files: ReferenceFiles) -> None:
    """The drawing alone is sent; the outcome has the picture's own size and both on it."""
    client = visitor()
    file_id = add(client, picture(size=(640, 480)), "room.jpg")["id"]
    overlay = Image.new("RGBA", (320, 240), (0, 0, 0, 0))
    overlay.paste((255, 0, 0, 255), (0, 0, 100, 100))
    buffer = io.BytesIO()
    overlay.save(buffer, "PNG")
    made = client.post(f"/references/{file_id}/draw", content=buffer.getvalue()).json()
    path = files.path_of(made["id"])
    assert path is not None
    drawn = Image.open(io.BytesIO(path.read_bytes())).convert("RGB")
    assert (path.name, drawn.size, drawn.getpixel((50, 50))) == ("room.png", (640, 480), (255, 0, 0))
    assert drawn.getpixel((400, 479)) == Image.open(io.BytesIO(picture(size=(640, 480)))).getpixel((400, 479))


@pytest.mark.parametrize(
    "value",
    ["", "../../etc/passwd", "/etc/passwd", "a" * 16 + "-" + "b" * 32 + "/..", "0" * 16 + "-" + "0" * 32, None, 7, {}],
)
def test_nothing_but_an_id_leads_to_a_file(value: object, files: ReferenceFiles) -> None:
    """Whatever a browser sends, no path comes of it unless a picture was kept under it."""
    files.keep("someone", picture(), "a.png")
    assert files.path_of(value) is None


def test_an_id_is_found_by_its_path_only(files: ReferenceFiles, tmp_path: Path) -> None:
    """A path that was not given by `keep` has no id, even one of the same shape elsewhere."""
    path = files.keep("someone", picture(), "a.png")
    assert is_id(files.id_of(path))
    assert files.path_of(files.id_of(path)) == path
    assert files.id_of(tmp_path / "references" / path.parent.parent.name / path.parent.name / "a.png") == ""
    assert files.id_of("/etc/passwd") == ""


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../x.png", "x.png"),
        ("..", "picture"),
        (".facts.json", "facts.json"),
        ("a\x00b\n.png", "a_b_.png"),
        ("", "picture"),
        ("猫の写真.jpg", "猫の写真.jpg"),
    ],
)
def test_a_name_is_a_plain_file_s(name: str, safe: str) -> None:
    """No name leads out of its folder or hides a file."""
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_ending() -> None:
    """A name longer than a disk takes is cut, in whole letters."""
    short = safe_name("é" * 300 + ".jpeg")
    assert short.endswith("é.jpeg")
    assert len(short.encode()) <= 120


def test_what_was_not_used_for_a_day_is_swept(files: ReferenceFiles) -> None:
    """A picture goes a day after a form last used it; one that is in use stays, with what it was made from."""
    old, used = (files.keep("someone", picture(), name) for name in ("old.png", "used.png"))
    before = files.get(files.id_of(used))
    made = files.keep("someone", picture(), "made.png", before=before)
    for path in (old, used, made):
        os.utime(path.parent / ".facts.json", (time.time() - KEPT - 60,) * 2)
    assert files.path_of(files.id_of(made)) == made
    files.keep("someone else", picture(), "new.png")
    assert [path.exists() for path in (old, used, made)] == [False, True, True]


def test_one_visitor_cannot_fill_the_disk(files: ReferenceFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a limit a visitor's pictures are refused with a sentence; others' are not counted."""
    data = picture()
    monkeypatch.setattr(reference_files, "MOST_BYTES", int(len(data) * 1.5))
    files.keep("someone", data, "a.png")
    files.keep("someone else", data, "a.png")
    with pytest.raises(InvalidRequest, match="no more are taken"):
        files.keep("someone", data, "b.png")


def test_forgetting_removes_an_owner_s_pictures_only(files: ReferenceFiles) -> None:
    """A visitor who wants everything gone leaves the others' pictures alone."""
    mine, other = files.keep("me", picture(), "a.png"), files.keep("you", picture(), "a.png")
    assert files.forget("me") == 1
    assert (mine.exists(), other.exists()) == (False, True)


def test_samples_are_for_everyone(files: ReferenceFiles, visitor: Callable[[], TestClient], tmp_path: Path) -> None:
    """A picture of the package is shown to any visitor and kept once; a file elsewhere is no sample."""
    sample = next(reference_files.PACKAGE.rglob("*.webp"), None)
    if sample is not None:
        first, again = files.keep_sample(sample), files.keep_sample(sample)
        assert first == again
        assert visitor().get(f"/references/{files.id_of(first)}/preview").status_code == 200
    outside = tmp_path / "secret.png"
    outside.write_bytes(picture())
    with pytest.raises(InvalidRequest):
        files.keep_sample(outside)


def test_gradio_s_own_way_to_files_is_closed(
    files: ReferenceFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gradio, which shows any file of its folder to whoever knows the path, shows none of these."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(files.folder))
    studio = Studio("sketch", home=tmp_path / "home")
    path = files.keep("someone", picture(), "a.png")
    options = serving_options(Backend(studio, files.folder), personal=False, allowed_hosts=(), asked={})
    assert any(path.resolve().is_relative_to(one) for one in options["blocked_paths"])
    with gr.Blocks(analytics_enabled=False) as page:
        gr.Markdown("a page")
    page.blocked_paths = options["blocked_paths"]
    (files.folder / "open.png").write_bytes(picture())
    client = TestClient(gr.routes.App.create_app(page))
    statuses = [client.get(f"/gradio_api/file={one}").status_code for one in (path, files.folder / "open.png")]
    studio.engine.close()
    assert statuses == [403, 200]
