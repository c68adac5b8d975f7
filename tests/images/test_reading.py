"""Reading reference images: what is taken, and the sentence for everything else."""

from __future__ import annotations

import hashlib
import resource
from pathlib import Path

import numpy
import pytest
from PIL import Image

from flux2_nb.errors import InvalidRequest
from flux2_nb.images import decode, measure_reference, read_reference
from flux2_nb.request import Reference

from . import pictures


def refusal(source: object) -> str:
    """Return the sentence with which a reference is refused, after checking that it names the field and the money."""
    with pytest.raises(InvalidRequest) as caught:
        read_reference(Reference(source))
    assert caught.value.field == "references"
    assert caught.value.money == "none"
    assert caught.value.next_step
    return str(caught.value)


@pytest.mark.parametrize("format", [*pictures.FORMATS, "gif"])
def test_bytes_are_kept_and_described(format: str) -> None:
    """The original bytes stay, with their hash, media type and size."""
    data = pictures.plain(format)
    reference = read_reference(Reference(data, role="style"))
    assert reference.data == data
    assert reference.sha256 == hashlib.sha256(data).hexdigest()
    assert (reference.media_type, reference.width, reference.height) == (f"image/{format}", 96, 80)
    assert reference.role == "style"
    assert reference.is_read


@pytest.mark.parametrize("as_text", [True, False])
def test_a_path_gives_its_name(tmp_path: Path, as_text: bool) -> None:
    """A file is read from a path or its text, and keeps its name without the folders."""
    path = tmp_path / "fox.png"
    path.write_bytes(pictures.plain())
    reference = read_reference(Reference(str(path) if as_text else path))
    assert (reference.name, reference.data) == ("fox.png", path.read_bytes())


def test_a_pillow_image_becomes_a_lossless_file() -> None:
    """A picture in memory is encoded without loss."""
    image = pictures.corners()
    reference = read_reference(Reference(image))
    assert reference.media_type == "image/png"
    assert decode(reference.data).tobytes() == image.tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I;16"])
def test_pillow_images_of_every_colour_mode_are_taken(mode: str) -> None:
    """Each mode that stands for colours ends as a readable picture of the same size."""
    image = Image.new(mode, (80, 64)) if mode == "I;16" else pictures.corners((80, 64)).convert(mode)
    reference = read_reference(Reference(image))
    assert (reference.width, reference.height) == (80, 64)


def test_a_read_reference_is_not_read_again() -> None:
    """Reading twice gives the very same object."""
    reference = read_reference(Reference(pictures.plain()))
    assert read_reference(reference) is reference


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_size_is_as_seen_upright(format: str) -> None:
    """A picture that a camera stored lying counts with its sides exchanged."""
    data = pictures.file(pictures.corners((160, 120)), format, exif=pictures.exif(orientation=6))
    reference = read_reference(Reference(data))
    assert (reference.width, reference.height) == (120, 160)


def test_the_content_counts_and_not_the_ending(tmp_path: Path) -> None:
    """A JPEG that is named .png is read as the JPEG it is."""
    path = tmp_path / "photo.png"
    path.write_bytes(pictures.plain("jpeg"))
    assert read_reference(Reference(path)).media_type == "image/jpeg"


HOSTILE = {
    "a FITS file": b"SIMPLE  =                    T" + b" " * 2850,
    "an EPS or PostScript file": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n",
    "a Photoshop file": b"8BPS\0\1" + b"\0" * 100,
    "a TIFF picture": pictures.file(pictures.corners(), "tiff"),
    "a BMP picture": pictures.file(pictures.corners(), "bmp"),
    "a HEIC picture": b"\0\0\0\x18ftypheic" + b"\0" * 100,
    "an AVIF picture": b"\0\0\0\x1cftypavif" + b"\0" * 100,
    "an SVG drawing": b'<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "an HTML page": b"\n<!DOCTYPE html><html></html>",
    "a PDF document": b"%PDF-1.7\n",
    "JSON text": b'{"prompt": "a fox"}',
    "text": "ein grüner Fuchs".encode(),
    "a file of an unknown kind": b"\1\2\3\4" * 50,
}


@pytest.mark.case(25)
@pytest.mark.parametrize("kind", HOSTILE)
def test_other_kinds_of_file_are_named(tmp_path: Path, kind: str) -> None:
    """A file of another kind under a .png name is refused by what it is."""
    path = tmp_path / "picture.png"
    path.write_bytes(HOSTILE[kind])
    sentence = refusal(path)
    assert "picture.png is " in sentence
    assert kind in sentence


@pytest.mark.case(28)
def test_missing_folder_empty_and_address_are_told_apart(tmp_path: Path) -> None:
    """Each way in which a path leads nowhere has its own sentence."""
    (tmp_path / "empty.png").touch()
    assert "does not exist" in refusal(tmp_path / "none.png")
    assert "is a folder" in refusal(tmp_path)
    assert "is empty" in refusal(tmp_path / "empty.png")
    assert "is empty" in refusal(b"")
    assert "is a web address" in refusal("https://example.com/fox.png")
    assert "not a plain file" in refusal("/dev/zero")


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """The size on disk decides, so nothing of a huge file enters memory."""
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(3 * 1024**3)
    assert "has 3,072 MB; at most 64 MB are taken" in refusal(path)


def test_sources_of_other_types_are_named() -> None:
    """An array is refused with what is taken instead, and a reference from history with what is missing."""
    assert "is a Python ndarray. Nothing was spent. Give a path" in refusal(numpy.zeros((80, 80, 3)))
    assert "known only by its hash" in refusal(None)
    assert "mode F" in refusal(Image.new("F", (80, 80)))


@pytest.mark.case(28)
@pytest.mark.parametrize("format", pictures.FORMATS)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.97])
def test_a_file_that_is_cut_off_is_refused(format: str, part: float) -> None:
    """Whatever the place of the cut, it is noticed before anything is paid."""
    data = pictures.file(Image.effect_noise((200, 200), 60).convert("RGB"), format)
    assert f"is a {'WebP' if format == 'webp' else format.upper()}" in refusal(data[: int(len(data) * part)])


def test_a_png_with_a_flipped_bit_is_refused() -> None:
    """The checksums of the pixel data are looked at."""
    data = bytearray(pictures.plain())
    data[-30] ^= 1
    assert "damaged part" in refusal(bytes(data))


@pytest.mark.parametrize(("format", "label"), [("gif", "GIF"), ("png", "PNG"), ("webp", "WebP")])
def test_animations_are_refused(format: str, label: str) -> None:
    """A moving picture is refused, as only one frame would count."""
    frames = [Image.new("RGB", (80, 80), colour) for colour in ("red", "green", "blue")]
    data = pictures.file(frames[0], format, save_all=True, append_images=frames[1:], duration=100)
    assert f"is an animated {label}" in refusal(data)


def test_a_phone_photograph_with_a_second_picture_is_taken() -> None:
    """The extra pictures that phones append do not make a photograph an animation."""
    first, second = pictures.corners(), Image.new("RGB", (80, 80))
    data = pictures.file(first, "mpo", save_all=True, append_images=[second])
    reference = read_reference(Reference(data))
    assert (reference.media_type, reference.width) == ("image/jpeg", 160)


@pytest.mark.case(24)
@pytest.mark.parametrize("side", [12_000, 30_000])
def test_a_decompression_bomb_costs_no_memory(side: int) -> None:
    """A tiny file with an enormous picture is refused from its header."""
    data = pictures.bomb(side)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sentence = refusal(data)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert f"{side} x {side} pixels" in sentence
    assert grown < 50 * 1024


@pytest.mark.case(24)
def test_a_gif_frame_larger_than_its_header_says_is_refused() -> None:
    """The true size of a GIF is that of its frame, and it is the one that counts."""
    data = bytearray(pictures.plain("gif"))
    frame = data.index(b"\x2c\0\0\0\0")
    data[frame + 5 : frame + 9] = b"\x40\x1f\x40\x1f"
    assert "8000 x 8000 pixels" in refusal(bytes(data))


def test_a_large_photograph_is_taken_and_a_large_progressive_one_is_not() -> None:
    """An ordinary JPEG is decoded at a fraction of its size, a progressive one needs all of its memory."""
    image = Image.new("L", (7000, 5000))
    assert read_reference(Reference(pictures.file(image, "jpeg"))).width == 7000
    assert "at most 25 are taken" in refusal(pictures.file(image, "jpeg", progressive=True))


@pytest.mark.case(27)
@pytest.mark.parametrize(
    ("size", "words"), [((1, 1), "at least 64"), ((63, 90), "at least 64"), ((64, 513), "8 times")]
)
def test_shapes_that_flux_does_not_take_are_refused(size: tuple[int, int], words: str) -> None:
    """Sides under 64 pixels and ratios beyond 8:1 are refused as FLUX.2's own code does."""
    assert words in refusal(Image.new("RGB", size))


def test_the_most_extreme_shapes_that_flux_takes_are_read() -> None:
    """64 pixels and 8:1 are still inside the limits."""
    assert read_reference(Reference(Image.new("RGB", (64, 512)))).height == 512


def test_a_file_is_measured_again_when_it_changes(tmp_path: Path) -> None:
    """What is remembered of a file never outlives it: another picture under the same name is seen and read."""
    path = tmp_path / "photo.png"
    path.write_bytes(pictures.plain("png", (320, 240)))
    first = measure_reference(Reference(path))
    assert (first.width, first.height, first.source) == (320, 240, str(path))
    assert measure_reference(Reference(path)) == first
    path.write_bytes(pictures.plain("png", (200, 100)))
    again = read_reference(Reference(path))
    assert (again.width, again.height) == (200, 100)
    assert again.data == path.read_bytes()
    assert again.sha256 == measure_reference(Reference(path)).sha256 != first.sha256


def test_a_measured_reference_is_read_as_any_other(tmp_path: Path) -> None:
    """Measuring first changes nothing in what is sent."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(pictures.plain("jpeg", (320, 240)))
    assert read_reference(measure_reference(Reference(path))) == read_reference(Reference(path))


def test_measuring_refuses_what_reading_refuses(tmp_path: Path) -> None:
    """A missing file, and one that is no picture."""
    (tmp_path / "page.png").write_bytes(b"<!doctype html>")
    for name in ("gone.png", "page.png"):
        with pytest.raises(InvalidRequest, match=name):
            measure_reference(Reference(tmp_path / name))
