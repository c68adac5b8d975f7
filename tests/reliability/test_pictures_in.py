"""Pictures that people put in, through a studio to a provider: what is refused, what is sent, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageFile

from flux2_nb import Studio, images
from flux2_nb.errors import InvalidRequest
from tests.doubles.double import Double
from tests.engine.conftest import PROVIDERS, every
from tests.images import pictures

from .aftermath import assert_goes_on

StudioAt = Callable[..., Studio]


def animation(format: str, frames: int) -> bytes:
    """An animation of so many frames, each of one colour."""
    made = [Image.new("L", (64, 64), level % 256) for level in range(frames)]
    return pictures.file(made[0], format, save_all=True, append_images=made[1:], duration=10)


def photograph(turn: int = 6) -> bytes:
    """A photograph that lies on its side and tells where, with which camera, and what it looked like before."""
    tags = Image.Exif()
    tags.load(pictures.exif(orientation=turn))
    tags.get_ifd(0x8769)[0xA431] = "SERIAL-4711"
    before = pictures.file(Image.new("RGB", (32, 24), "purple"), "jpeg")
    data = pictures.file(
        pictures.corners((320, 240)), "jpeg", exif=tags.tobytes(), xmp=b"<x>secret place</x>", comment="secret words"
    )
    return pictures.with_jpeg_segment(data, 0xEF, b"thumbnail" + before)


PRIVATE = (b"SERIAL-4711", b"Secret Camera", b"secret place", b"secret words", b"thumbnail")


@pytest.mark.case(24)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pictures.bomb(12_000), "12000 x 12000 pixels"),
        (pictures.bomb(30_000), "30000 x 30000 pixels"),
        (animation("png", 10_000), "animated PNG"),
        (animation("gif", 10_000), "animated GIF"),
    ],
    ids=["12000", "30000", "APNG", "GIF"],
)
def test_a_flood_of_pixels_is_refused_before_decoding(
    data: bytes, words: str, bfl_double: Double, studio_at: StudioAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The header is enough to refuse it: no decoder is started, and nothing is sent."""

    def decoded(*_: Any) -> None:
        raise AssertionError("a decoder was started")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decoded)
    studio = studio_at(bfl_double, "bfl")
    with pytest.raises(InvalidRequest, match=words) as caught:
        studio.generate("image 1 at night", references=[data])
    assert caught.value.money == "none"
    assert not bfl_double.requests


@pytest.mark.case(25, 28)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"SIMPLE  =                    T" + b" " * 2850, "is a FITS file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "is an EPS or PostScript file"),
        (b"8BPS\0\1" + bytes(100), "is a Photoshop file"),
        (pictures.file(pictures.corners(), "tiff"), "is a TIFF picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is an SVG drawing"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "is a HEIC picture"),
        (b"", "is empty"),
        (pictures.plain("jpeg")[:-200], "cut off"),
    ],
    ids=["FITS", "EPS", "PSD", "TIFF", "SVG", "HEIC", "empty", "cut off"],
)
def test_what_is_no_picture_is_named_and_nothing_is_sent(
    data: bytes, words: str, bfl_double: Double, studio_at: StudioAt, tmp_path: Path
) -> None:
    """The name .png convinces nobody; the refusal says what the file is, and the studio goes on."""
    path = tmp_path / "fox.png"
    path.write_bytes(data)
    studio = studio_at(bfl_double, "bfl")
    with pytest.raises(InvalidRequest, match=rf"fox\.png.* {words}"):
        studio.generate("image 1 at night", references=[path])
    assert not bfl_double.requests
    assert_goes_on(studio, bfl_double)


@pytest.mark.case(26)
@every
def test_a_photograph_keeps_its_place_to_itself(double: Double, provider: str, studio_at: StudioAt) -> None:
    """Place, camera, serial number, comments and thumbnail are in nothing that is sent or kept; it stands upright."""
    studio = studio_at(double, provider)
    given = photograph()
    assert all(one in given for one in PRIVATE)
    result = studio.generate("image 1 at night", references=[given])
    [sent] = double.submits[0].references
    written = b"".join(path.read_bytes() for path in studio.home.rglob("*") if path.is_file())
    for one in PRIVATE:
        assert one not in sent
        assert one not in written
        assert one not in b"".join(call.body for call in double.requests)
    assert images.decode(sent).size == (240, 320)
    [reference] = result.request.references
    kept = studio.history.reference(reference.sha256)
    assert (kept.width, kept.height) == (240, 320)
    again = studio.generate(studio.history.with_references(result.request))
    assert again.request.key == result.request.key
    assert double.submits[1].references == double.submits[0].references


@pytest.mark.case(26)
def test_a_picture_of_the_history_is_kept_as_it_came(bfl_double: Double, studio_at: StudioAt) -> None:
    """What a provider delivered is recognised by its bytes when it is used as a reference, so these stay."""
    studio = studio_at(bfl_double, "bfl")
    drawn = studio.with_target("sketch").generate("a fox", width=64, height=64)
    made = studio.generate("image 1 at night", references=[drawn.data])
    kept = studio.history.reference(made.request.references[0].sha256)
    assert kept.data == drawn.data
    found = studio.history.find_original(kept.data)
    assert found is not None
    assert found.id == drawn.id


@pytest.mark.case(28)
@every
def test_one_reference_too_many_names_the_limit(double: Double, provider: str, studio_at: StudioAt) -> None:
    """The refusal says how many this model takes, and nothing is sent; as many as that are."""
    studio = studio_at(double, provider)
    most = studio.card.references.maximum
    with pytest.raises(InvalidRequest, match=f"takes at most {most} reference images, and this request has 11"):
        studio.generate("a collage", references=[pictures.plain()] * 11)
    assert not double.requests


@pytest.mark.case(28)
@pytest.mark.parametrize("name", PROVIDERS)
def test_the_same_file_twice_is_sent_twice(name: str, request: pytest.FixtureRequest, studio_at: StudioAt) -> None:
    """Image 1 and image 2 may be one picture: the prompt counts both, so both are sent; the file is kept once."""
    double: Double = request.getfixturevalue(f"{name}_double")
    studio = studio_at(double, name)
    studio.generate("image 1 beside image 2", references=[pictures.plain(), pictures.plain()])
    assert len(double.submits[0].references) == 2
    assert len([path for path in (studio.home / "references").rglob("*") if path.is_file()]) == 1
