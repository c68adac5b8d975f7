"""Checking what a provider delivered."""

from __future__ import annotations

import pytest
from PIL import Image

from flux2_nb.errors import BadReply
from flux2_nb.images import Sniffed, sniff

from . import pictures


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_a_whole_picture_is_described(format: str) -> None:
    """Format, media type and size come from the bytes and from nothing else."""
    assert sniff(pictures.plain(format)) == Sniffed(format, f"image/{format}", 96, 80)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><title>Sign in</title>", "is an HTML page"),
        (b'{"error": "no"}', "is JSON text"),
        (pictures.plain("gif"), "is a GIF"),
        (pictures.file(pictures.corners(), "tiff"), "is a TIFF picture"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG that is cut off"),
        (b"\xff\xd8\xff\xe0", "is a JPEG that is cut off"),
        (b"RIFF\x10\0\0\0WEBP", "is a WebP that is cut off"),
    ],
)
def test_anything_else_is_named(data: bytes, words: str) -> None:
    """A page, an error or another format is told apart, and the sentence leaves open whether it was billed."""
    with pytest.raises(BadReply, match=words) as caught:
        sniff(data)
    assert "It may have been billed." in str(caught.value)


@pytest.mark.parametrize("format", pictures.FORMATS)
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.999])
def test_a_cut_download_is_refused(format: str, part: float) -> None:
    """A download that stopped anywhere is no picture."""
    data = pictures.file(Image.effect_noise((200, 200), 60).convert("RGB"), format)
    with pytest.raises(BadReply, match="cut off"):
        sniff(data[: int(len(data) * part)])


@pytest.mark.parametrize("place", range(40, 400, 40))
def test_a_flipped_bit_in_a_png_is_refused(place: int) -> None:
    """Damage inside the pixels of a PNG is found by its checksums."""
    data = bytearray(pictures.file(Image.effect_noise((100, 100), 60), "png"))
    data[place] ^= 4
    with pytest.raises(BadReply):
        sniff(bytes(data))


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    """A small progressive file that would be decoded thousands of times over is not decoded at all."""
    data = pictures.plain("jpeg", progressive=True)
    scan = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(BadReply, match="damaged part"):
        sniff(data[:-2] + scan * 2000 + b"\xff\xd9")
