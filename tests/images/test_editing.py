"""Cutting a part out of a picture, and drawing over it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from flux2_nb.errors import InvalidRequest
from flux2_nb.images import Box, crop, draw_over


def file(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def quarters() -> Image.Image:
    """Red, green, blue and white quarters, read like a page."""
    image = Image.new("RGB", (200, 100), "white")
    for colour, place in (("#ff0000", (0, 0)), ("#00ff00", (100, 0)), ("#0000ff", (0, 50))):
        image.paste(colour, (*place, place[0] + 100, place[1] + 50))
    return image


def test_a_lossless_picture_is_cut_without_loss() -> None:
    """The pixels of the part are those of the picture."""
    part = opened(crop(file(quarters()), Box(90, 40, 20, 20)))
    assert part.format == "PNG"
    assert part.convert("RGB").tobytes() == quarters().crop((90, 40, 110, 60)).tobytes()


def test_a_photograph_is_cut_as_seen_upright() -> None:
    """A picture that lies on its side is turned first, and what comes of it carries no orientation any more."""
    exif = Image.Exif()
    exif[0x0112] = 6
    part = opened(crop(file(quarters(), "JPEG", quality=100, subsampling=0, exif=exif), Box(50, 0, 50, 100)))
    red, green, blue = part.convert("RGB").getpixel((25, 50))  # type: ignore[misc]  # three numbers, for RGB
    assert (part.format, part.size, part.getexif().get(0x0112)) == ("JPEG", (50, 100), None)
    assert red > 240 > 20 > max(green, blue)


def test_the_longest_side_is_kept_to() -> None:
    """A part is made smaller to the longest side asked for, and never larger."""
    data = file(quarters().resize((2000, 1000)))
    assert opened(crop(data, Box(0, 0, 1000, 500), 250)).size == (250, 125)
    assert opened(crop(data, Box(0, 0, 100, 50), 250)).size == (100, 50)


@given(st.integers(-50, 250), st.integers(-50, 150), st.integers(1, 400), st.integers(1, 400), st.integers(1, 300))
def test_any_frame_gives_what_lies_inside_or_a_sentence(
    left: int, top: int, width: int, height: int, longest: int
) -> None:
    """Every box that touches the picture gives a picture within the bounds asked for; any other is refused."""
    data = file(quarters())
    touches = left < 200 and top < 100 and left + width > 0 and top + height > 0
    if not touches:
        with pytest.raises(InvalidRequest, match="nothing inside"):
            crop(data, Box(left, top, width, height), longest)
        return
    part = opened(crop(data, Box(left, top, width, height), longest))
    assert max(part.size) <= longest
    assert part.width <= min(200, left + width) - max(0, left)
    assert part.height <= min(100, top + height) - max(0, top)


def test_a_drawing_covers_only_where_it_was_drawn() -> None:
    """Transparent parts of the drawing leave the picture as it is, pixel by pixel."""
    overlay = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    overlay.paste((0, 0, 0, 255), (0, 0, 10, 10))
    drawn = opened(draw_over(file(quarters()), file(overlay))).convert("RGB")
    assert drawn.getpixel((5, 5)) == (0, 0, 0)
    assert drawn.crop((10, 0, 200, 100)).tobytes() == quarters().crop((10, 0, 200, 100)).tobytes()


def test_a_picture_is_drawn_on_at_a_bounded_size() -> None:
    """A large picture is made smaller first; the drawing is scaled with it."""
    drawn = opened(draw_over(file(quarters()), file(Image.new("RGBA", (400, 200))), longest=100))
    assert drawn.size == (100, 50)


@pytest.mark.parametrize("data", [b"", b"<svg/>", file(quarters())[:80]])
def test_damaged_bytes_get_a_sentence(data: bytes) -> None:
    """What is no whole picture is refused, on either side."""
    with pytest.raises(InvalidRequest):
        crop(data, Box(0, 0, 10, 10))
    with pytest.raises(InvalidRequest):
        draw_over(file(quarters()), data)
