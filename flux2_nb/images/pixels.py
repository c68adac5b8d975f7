"""Pixels in and out: opening with care, decoding, shrinking, encoding."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

from PIL import Image
from PIL.Image import Resampling

from ..errors import InvalidRequest
from .colour import expand, flatten, to_srgb
from .container import Header, Metadata, Unreadable
from .exif import SIDEWAYS, TURNS, orientation
from .formats import CONTAINERS, LABELS, PILLOW_NAMES, read_header
from .marks import xmp_packet

MAX_PHOTOGRAPH = 65
"""Millions of pixels of an ordinary JPEG, which is decoded at a fraction of its size; covers the cameras of today."""

MAX_OTHER = 25
"""Millions of pixels of anything else, which has to be decoded whole: 100 MB of memory."""

DRAFT = 1.5
"""A JPEG is decoded at the smallest fraction (1/2, 1/4, 1/8) that is this much larger than what is wanted."""

ENCODERS: dict[str, dict[str, Any]] = {
    "png": {"format": "PNG", "compress_level": 2},
    "jpeg": {"format": "JPEG", "quality": 95, "subsampling": 0},
    "webp": {"format": "WEBP", "quality": 92, "method": 2},
}
"""How pictures are encoded: JPEG without colour subsampling, which blurs red text and thin coloured lines."""

THUMBNAILS: dict[str, dict[str, Any]] = {
    "JPEG": {"format": "JPEG", "quality": 85},
    "WEBP": {"format": "WEBP", "quality": 80, "method": 2},
}


def check_size(width: int, height: int, header: Header) -> None:
    """Refuse a picture that would take too much memory, before anything is decoded; raises `Unreadable`."""
    limit = MAX_PHOTOGRAPH if header.format == "jpeg" and not header.progressive else MAX_OTHER
    if width * height > limit * 1_000_000:
        megapixels = f"{width} x {height} pixels, {width * height / 1_000_000:,.1f} megapixels"
        raise Unreadable(f"has {megapixels}; at most {limit} are taken", "Make it smaller first.")


@dataclass(frozen=True)
class Opened:
    """A picture that is whole and of a bearable size, and is not decoded yet.

    Attributes:
        image: Pillow's view of it, not loaded.
        header: What its first bytes say.
        turn: Its orientation, 1 to 8.
    """

    image: Image.Image
    header: Header
    turn: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels as seen upright."""
        width, height = self.image.size
        return (height, width) if self.turn in SIDEWAYS else (width, height)


def open_picture(data: bytes) -> Opened:
    """Open a picture by the allow-list and the size caps, without decoding it; raises `Unreadable`."""
    header = read_header(data)
    check_size(header.width, header.height, header)
    turn = 1
    if header.format in CONTAINERS:
        turn = orientation(CONTAINERS[header.format].metadata(data).exif)
    try:
        image = Image.open(BytesIO(data), formats=PILLOW_NAMES)
    except Exception:  # Pillow raises many kinds on hostile files.
        raise Unreadable(f"is a {LABELS[header.format]} that is damaged") from None
    # The frames of a GIF may be larger than its header says.
    check_size(*image.size, header)
    return Opened(image, header, turn)


def load(image: Image.Image) -> None:
    """Decode an opened picture; raises `Unreadable` when it is cut off or damaged."""
    try:
        image.load()
    except Exception:  # As above.
        raise Unreadable("is cut off or damaged") from None


def shrunk(opened: Opened, size: tuple[int, int]) -> Image.Image:
    """Decode an opened picture, bring it to ``size`` (as seen upright), turn it upright and make it sRGB."""
    image, turn = opened.image, opened.turn
    width, height = size[::-1] if turn in SIDEWAYS else size
    image.draft(None, (int(width * DRAFT), int(height * DRAFT)))
    load(image)
    plain = expand(image)
    if plain.size != (width, height):
        plain = plain.resize((width, height), Resampling.LANCZOS, reducing_gap=2.0)
    plain = plain.transpose(TURNS[turn]) if turn in TURNS else plain
    return to_srgb(plain)


def encode(image: Image.Image, **options: Any) -> bytes:
    """Encode a picture without any of the metadata that Pillow carries along in ``info``."""
    image = flatten(image) if options["format"] == "JPEG" else image.copy() if image.info else image
    image.info = {}
    buffer = BytesIO()
    image.save(buffer, **options)
    return buffer.getvalue()


def encode_picture(image: Image.Image, format: str, source_type: str, caption: str) -> bytes:
    """Encode a picture that we drew, with a mark that says how it came about.

    Args:
        image: L, RGB or RGBA; transparency becomes white in a JPEG.
        format: ``png``, ``jpeg`` or ``webp``.
        source_type: IPTC's word for how it was made, such as ``algorithmicMedia``.
        caption: What it shows, for the description in its XMP packet.

    Raises:
        ValueError: When the format or the source type is unknown.
    """
    if format not in ENCODERS:
        raise ValueError(f'The format "{format}" is none of {", ".join(ENCODERS)}.')
    data = encode(image, **ENCODERS[format])
    return CONTAINERS[format].embed(data, Metadata(xmp=xmp_packet(source_type, caption)))


def decode(data: bytes) -> Image.Image:
    """Decode a picture as it is stored: its own mode, not turned, with its metadata in ``info``.

    Raises:
        InvalidRequest: When the bytes are no whole PNG, JPEG, WebP or GIF.
    """
    try:
        image = open_picture(data).image
        load(image)
    except Unreadable as error:
        raise InvalidRequest(f"The picture {error}.", next_step=error.remedy) from None
    return image


def thumbnail(data: bytes, side: int, format: Literal["WEBP", "JPEG"] = "WEBP") -> bytes:
    """Return a small copy, upright, in sRGB and without metadata.

    Args:
        data: A PNG, JPEG, WebP or GIF file.
        side: Longest side in pixels; a smaller picture keeps its size.
        format: ``WEBP`` keeps transparency, ``JPEG`` puts it on white.

    Raises:
        InvalidRequest: When the bytes are no whole picture.
    """
    try:
        opened = open_picture(data)
        shrink = min(1.0, side / max(opened.size))
        width, height = (max(1, round(length * shrink)) for length in opened.size)
        return encode(shrunk(opened, (width, height)), **THUMBNAILS[format])
    except Unreadable as error:
        raise InvalidRequest(f"The picture {error}.", next_step=error.remedy) from None
