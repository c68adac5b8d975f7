"""Decoding, small copies, and pictures that we draw ourselves."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from PIL import Image

from flux2_nb.errors import InvalidRequest
from flux2_nb.images import decode, encode_picture, thumbnail

from . import pictures

MARKUP = 'a "fox" & <img src=x onerror=alert(1)> ]]> {{7*7}} \N{FOX FACE}\x00\x1b\ufffe'


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_decoding_gives_a_loaded_picture(format: str) -> None:
    """The picture is decoded at once, so a damaged one is noticed here and not later."""
    data = pictures.plain(format)
    assert decode(data).size == (96, 80)
    with pytest.raises(InvalidRequest, match="cut off"):
        decode(data[:-20])


def test_decoding_refuses_what_is_not_on_the_list() -> None:
    """A TIFF is not opened, although Pillow could."""
    with pytest.raises(InvalidRequest, match="is a TIFF picture"):
        decode(pictures.file(pictures.corners(), "tiff"))


@pytest.mark.parametrize("source", pictures.FORMATS)
@pytest.mark.parametrize("format", ["JPEG", "WEBP"])
def test_a_thumbnail_is_small_upright_and_bare(source: str, format: str) -> None:
    """The longest side is kept to, a lying picture stands, and no metadata comes along."""
    data = pictures.file(pictures.corners((800, 600)), source, exif=pictures.exif(orientation=6))
    small = thumbnail(data, 200, format)
    image = decode(small)
    assert (image.format, image.size) == (format, (150, 200))
    assert b"Secret" not in small


def test_a_thumbnail_is_never_larger_than_the_picture() -> None:
    """A small picture keeps its size."""
    assert decode(thumbnail(pictures.plain(), 1000)).size == (96, 80)


def test_transparency_is_kept_in_webp_and_white_in_jpeg() -> None:
    """JPEG has no transparency; black would be a surprise."""
    clear = pictures.file(Image.new("RGBA", (90, 90), (255, 0, 0, 0)), "png")
    assert decode(thumbnail(clear, 64, "JPEG")).getpixel((5, 5)) == (255, 255, 255)
    assert decode(thumbnail(clear, 64, "WEBP")).convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.case(31)
@pytest.mark.parametrize("format", pictures.FORMATS)
def test_a_picture_of_ours_says_how_it_came_about(format: str) -> None:
    """The XMP packet is well-formed, names IPTC's source type, and holds the caption as text whatever is in it."""
    data = encode_picture(pictures.corners(), format, "algorithmicMedia", MARKUP)
    packet = decode(data).info["xmp"]
    text = "".join(ElementTree.fromstring(packet).itertext())
    assert "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia" in text
    assert 'a "fox" & <img src=x onerror=alert(1)> ]]> {{7*7}} \N{FOX FACE}\ufffd\ufffd\ufffd' in text


def test_the_same_picture_gives_the_same_bytes() -> None:
    """Nothing such as a date makes two encodings of one picture differ."""
    one, two = (encode_picture(pictures.corners(), "png", "algorithmicMedia", "a fox") for _ in range(2))
    assert one == two
    assert decode(one).tobytes() == pictures.corners().tobytes()


def test_unknown_words_are_refused() -> None:
    """A format or source type that does not exist is a mistake in a program, told at once."""
    with pytest.raises(ValueError, match="bmp"):
        encode_picture(pictures.corners(), "bmp", "algorithmicMedia", "")
    with pytest.raises(ValueError, match="photograph"):
        encode_picture(pictures.corners(), "png", "photograph", "")


def test_a_long_caption_still_fits_a_jpeg() -> None:
    """The packet of a JPEG has 64 kB; a caption of 100,000 wide characters is cut to fit."""
    data = encode_picture(pictures.corners(), "jpeg", "algorithmicMedia", "狐" * 100_000)
    assert "狐狐…" in decode(data).info["xmp"].decode()
