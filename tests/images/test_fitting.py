"""Fitting reference images to a target: size, colours, orientation, and nothing private inside."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from flux2_nb.cards import ReferenceRule
from flux2_nb.errors import InvalidRequest
from flux2_nb.images import decode, fitted_size, prepare, read_reference
from flux2_nb.request import Reference
from flux2_nb.sizes import MEGAPIXEL

from . import pictures

CLOUDFLARE = ReferenceRule(maximum=4, max_side=511)
UNLIMITED = ReferenceRule(maximum=4)
RED = (255, 0, 0)


def colour(data: bytes, x: int = 40, y: int = 30) -> tuple[int, ...]:
    """Return one pixel as RGB or RGBA."""
    image = decode(data)
    pixel = (image if image.mode in ("RGB", "RGBA") else image.convert("RGB")).getpixel((x, y))
    assert isinstance(pixel, tuple)
    return pixel


def near(one: tuple[int, ...], other: tuple[int, ...], tolerance: int = 3) -> bool:
    """Whether two colours differ by no more than JPEG's rounding."""
    return len(one) == len(other) and all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


@given(
    width=st.integers(64, 9000),
    height=st.integers(64, 9000),
    side=st.none() | st.integers(256, 4096),
    megapixels=st.none() | st.floats(0.25, 9),
)
def test_fitted_size_keeps_within_the_limits(
    width: int, height: int, side: int | None, megapixels: float | None
) -> None:
    """Never larger than it was, never beyond a limit, and the ratio changes by less than a pixel's worth."""
    fitted = fitted_size(width, height, ReferenceRule(max_side=side, max_megapixels=megapixels))
    assert 1 <= fitted[0] <= width
    assert 1 <= fitted[1] <= height
    assert side is None or max(fitted) <= side
    assert megapixels is None or fitted[0] * fitted[1] <= megapixels * MEGAPIXEL
    assert abs(fitted[0] * height - fitted[1] * width) <= 1.5 * max(width, height)


def test_a_camera_photograph_fits_cloudflare() -> None:
    """The documented example: 12 megapixels become 511 x 383."""
    assert fitted_size(4032, 3024, CLOUDFLARE) == (511, 383)
    assert fitted_size(300, 200, CLOUDFLARE) == (300, 200)
    assert fitted_size(4096, 512, CLOUDFLARE) == (511, 64)


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_a_picture_that_fits_is_sent_byte_for_byte(format: str) -> None:
    """With nothing to change and nothing private inside, the file goes out as it is."""
    reference = read_reference(Reference(pictures.plain(format)))
    assert prepare(reference, CLOUDFLARE) == reference


@pytest.mark.case(26)
@pytest.mark.parametrize("format", pictures.FORMATS)
def test_metadata_goes_and_the_compressed_pixels_stay(format: str) -> None:
    """Place and camera are removed from a picture that fits, without encoding it anew."""
    data = pictures.plain(format, exif=pictures.exif(), xmp=b"<x>secret place</x>")
    sent = prepare(Reference(data), UNLIMITED).data
    assert b"Secret" in data
    assert b"Secret" not in sent
    assert b"secret" not in sent
    assert pictures.compressed_pixels(sent) == pictures.compressed_pixels(data)


@pytest.mark.case(26)
@pytest.mark.parametrize("format", pictures.FORMATS)
def test_metadata_goes_from_a_picture_that_is_made_smaller(format: str) -> None:
    """The same holds when it is encoded anew."""
    options = {"exif": pictures.exif(), "xmp": b"<x>secret place</x>"} | (
        {"comment": "secret"} if format == "jpeg" else {}
    )
    sent = prepare(Reference(pictures.plain(format, (900, 700), **options)), CLOUDFLARE)
    assert (sent.width, sent.height) == (511, 397)
    assert b"secret" not in sent.data.lower()


@pytest.mark.case(26)
@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("format", pictures.FORMATS)
@pytest.mark.parametrize("rule", [UNLIMITED, ReferenceRule(max_side=100)])
def test_every_orientation_ends_upright(format: str, turn: int, rule: ReferenceRule) -> None:
    """Each of the eight ways a camera may store a picture shows the same four corners."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = pictures.corners().transpose(undo[turn]) if turn in undo else pictures.corners()
    sent = prepare(Reference(pictures.file(stored, format, exif=pictures.exif(orientation=turn))), rule)
    image = decode(sent.data).convert("RGB")
    assert image.size == (sent.width, sent.height)
    assert sent.width > sent.height
    seen = [image.getpixel((round(x * image.width), round(y * image.height))) for y in (0.2, 0.8) for x in (0.2, 0.8)]
    for pixel, wanted in zip(seen, pictures.CORNERS.values(), strict=True):
        assert isinstance(pixel, tuple)
        assert near(pixel, wanted, 6)


def palette_with_transparency() -> Image.Image:
    image = pictures.corners().quantize(4)
    pixel = image.getpixel((40, 30))
    image.info["transparency"] = pixel
    return image


def grey_with_alpha(alpha: int) -> Image.Image:
    return Image.merge("LA", [Image.new("L", (160, 120), 200), Image.new("L", (160, 120), alpha)])


GOLDEN = {
    "CMYK": (pictures.file(Image.new("CMYK", (160, 120), (0, 255, 255, 0)), "jpeg", quality=95), RED),
    "16-bit grey": (pictures.file(Image.new("I;16", (160, 120), 200 * 257), "png"), (200, 200, 200)),
    "16-bit grey, dark": (pictures.file(Image.new("I;16", (160, 120), 255), "png"), (1, 1, 1)),
    "palette with transparency": (pictures.file(palette_with_transparency(), "png"), (255, 0, 0, 0)),
    "palette": (pictures.file(pictures.corners().quantize(4), "png"), RED),
    "grey with alpha": (pictures.file(grey_with_alpha(90), "png"), (200, 200, 200, 90)),
    "grey with full alpha": (pictures.file(grey_with_alpha(255), "png"), (200, 200, 200)),
    "1 bit": (pictures.file(Image.new("1", (160, 120), 1), "png"), (255, 255, 255)),
    "grey JPEG": (pictures.file(Image.new("L", (160, 120), 77), "jpeg"), (77, 77, 77)),
    "GIF": (pictures.file(pictures.corners(), "gif"), RED),
    "RGB with one transparent colour": (pictures.file(pictures.corners(), "png", transparency=RED), (255, 0, 0, 0)),
}


@pytest.mark.case(27)
@pytest.mark.parametrize("rule", [UNLIMITED, ReferenceRule(max_side=120)])
@pytest.mark.parametrize("kind", GOLDEN)
def test_colours_are_converted_correctly(kind: str, rule: ReferenceRule) -> None:
    """Every way of storing colours arrives as the same plain colour, with or without a change of size."""
    data, wanted = GOLDEN[kind]
    sent = prepare(Reference(data), rule).data
    image = decode(sent)
    seen = colour(sent, image.width // 4, image.height // 4)
    if wanted[3:] == (0,):
        assert seen[3] == 0
    else:
        assert near(seen, wanted)


@pytest.mark.case(27)
def test_sixteen_bit_colour_becomes_eight() -> None:
    """A 16-bit RGB PNG, which Pillow cannot write, is encoded anew in 8 bits."""
    row = b"\0" + struct.pack(">HHH", 40000, 20000, 10000) * 80
    head = pictures.png_chunk(b"IHDR", struct.pack(">IIBBBBB", 80, 80, 16, 2, 0, 0, 0))
    body = pictures.png_chunk(b"IDAT", zlib.compress(row * 80)) + pictures.png_chunk(b"IEND", b"")
    sent = prepare(Reference(b"\x89PNG\r\n\x1a\n" + head + body), UNLIMITED).data
    assert sent[24] == 8
    assert near(colour(sent), (156, 78, 39), 1)


@pytest.mark.case(27)
@pytest.mark.parametrize("format", pictures.FORMATS)
def test_wide_gamut_becomes_srgb(format: str) -> None:
    """A colour of Display P3 is sent as the sRGB colour that looks the same, and its profile is left behind."""
    profile = pictures.wide_gamut_profile()
    data = pictures.file(Image.new("RGB", (160, 120), (200, 100, 50)), format, icc_profile=profile, quality=95)
    sent = prepare(Reference(data), UNLIMITED).data
    # Worked out by hand: linear P3 (0.586, 0.127, 0.0278) to linear sRGB (0.689, 0.108, 0.009), then sRGB's curve.
    assert near(colour(sent), (216, 93, 24), 6)
    assert "icc_profile" not in decode(sent).info


@pytest.mark.parametrize("format", pictures.FORMATS)
def test_an_srgb_profile_asks_for_no_conversion(format: str) -> None:
    """A picture that says it is sRGB keeps its compressed pixels."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = pictures.plain(format, icc_profile=profile)
    sent = prepare(Reference(data), UNLIMITED).data
    assert pictures.compressed_pixels(sent) == pictures.compressed_pixels(data)


def test_a_broken_profile_is_ignored() -> None:
    """A profile that no colour engine reads changes nothing."""
    data = pictures.plain("jpeg", icc_profile=b"not a profile at all")
    assert near(colour(prepare(Reference(data), CLOUDFLARE).data), colour(data))


def test_photographs_stay_jpeg_and_drawings_png() -> None:
    """What was lossless stays lossless; a photograph does not grow."""
    sent = {format: prepare(Reference(pictures.plain(format, (900, 700))), CLOUDFLARE) for format in ("jpeg", "png")}
    assert sent["jpeg"].media_type == "image/jpeg"
    assert sent["png"].media_type == "image/png"
    lossless = pictures.file(pictures.corners((900, 700)), "webp", lossless=True)
    assert prepare(Reference(lossless), CLOUDFLARE).media_type == "image/png"
    assert prepare(Reference(pictures.plain("webp", (900, 700))), CLOUDFLARE).media_type == "image/jpeg"


def test_a_format_the_target_does_not_take_is_converted() -> None:
    """WebP for a target of JPEG only becomes JPEG, with white where it was transparent."""
    clear = pictures.file(Image.new("RGBA", (160, 120), (255, 0, 0, 0)), "webp")
    sent = prepare(Reference(clear), ReferenceRule(formats=("image/jpeg",)))
    assert sent.media_type == "image/jpeg"
    assert near(colour(sent.data), (255, 255, 255))


def test_the_second_picture_of_a_phone_is_left_behind() -> None:
    """A depth map behind the photograph, which may hold a place of its own, is not sent."""
    first, second = pictures.corners(), Image.new("RGB", (300, 300), "purple")
    sent = prepare(Reference(pictures.file(first, "mpo", save_all=True, append_images=[second])), UNLIMITED)
    assert sent.data.count(b"\xff\xd8\xff") == 1
    assert near(colour(sent.data), RED)


def test_damage_that_only_decoding_shows_is_refused() -> None:
    """A PNG with right checksums around broken pixels is refused before it is paid for."""
    data = pictures.plain()
    start = data.index(b"IDAT")
    broken = data[: start - 4] + pictures.png_chunk(b"IDAT", b"x" * 100) + pictures.png_chunk(b"IEND", b"")
    with pytest.raises(InvalidRequest, match="cut off or damaged"):
        prepare(Reference(broken, name="fox.png"), UNLIMITED)


def test_ten_at_once_are_the_same_as_one_by_one() -> None:
    """Threads do not disturb each other."""
    references = [Reference(pictures.plain("jpeg", (800 + 10 * n, 700))) for n in range(10)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda reference: prepare(reference, CLOUDFLARE), references))
    assert together == [prepare(reference, CLOUDFLARE) for reference in references]


def test_a_role_and_a_name_survive() -> None:
    """What a person gave to a reference is still there when it is prepared."""
    sent = prepare(Reference(pictures.plain("png", (900, 700)), role="style", name="mood"), CLOUDFLARE)
    assert (sent.role, sent.name) == ("style", "mood")


def test_shrinking_keeps_what_is_seen() -> None:
    """Decoding at a fraction and then shrinking gives nearly the picture that a full decode gives."""
    image = pictures.corners((2000, 1500))
    data = pictures.file(image, "jpeg", quality=95)
    ours = decode(prepare(Reference(data), CLOUDFLARE).data).convert("RGB")
    full = Image.open(BytesIO(data)).resize(ours.size, Image.Resampling.LANCZOS)
    differences = [abs(a - b) for a, b in zip(ours.tobytes(), full.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 1.5
