"""The pictures the doubles deliver, and the strict reading of those they are given.

A delivered picture is a real PNG, JPEG or WebP of exactly the size asked for. Encoding is the only cost of any weight,
so one picture per size, format and colour is kept, and each request's own digest is stamped into its metadata: every
request gets different bytes for the price of a copy.
"""

from __future__ import annotations

import colorsys
import hashlib
import io
import json
import random
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PIL import ExifTags, Image, ImageDraw

COLOURS = 8
REFERENCE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MIME_TYPES = {"jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
_NO_DIGEST = "0123456789abcdef" * 2
_SAVING: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85},
    "PNG": {"compress_level": 1},
    "WEBP": {"lossless": True, "quality": 0, "method": 0},
}


@dataclass(frozen=True)
class Opened:
    """A reference image that decoded to its last pixel; sizes in pixels, format as Pillow names it."""

    format: str
    width: int
    height: int


@lru_cache(maxsize=64)
def open_reference(data: bytes) -> Opened:
    """Decodes a reference image whole.

    Raises:
        ValueError: These bytes are no JPEG, PNG, WebP or GIF, or they end early.
    """
    try:
        with Image.open(io.BytesIO(data), formats=REFERENCE_FORMATS) as image:
            image.load()
            return Opened(image.format or "", image.width, image.height)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"not a readable image: {error}") from error


def digest_of(values: Mapping[str, Any], references: tuple[bytes, ...] = ()) -> bytes:
    """16 bytes that stand for a request: the same values and references, the same digest."""
    hashed = hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode())
    for reference in references:
        hashed.update(hashlib.sha256(reference).digest())
    return hashed.digest()[:16]


def draw(width: int, height: int, image_format: str, digest: bytes) -> bytes:
    """A picture of `width` x `height` pixels as "jpeg" (or "jpg"), "png" or "webp"; the same digest, the same bytes."""
    kind = "JPEG" if image_format in ("jpg", "jpeg") else image_format.upper()
    picture = _encoded(width, height, kind, digest[0] % COLOURS)
    if kind != "PNG":
        return picture.replace(_NO_DIGEST.encode(), digest.hex().encode(), 1)
    # A PNG chunk carries a checksum, so the digest comes as a chunk of its own before the last one (IEND, 12 bytes).
    text = b"tEXtDigest\0" + digest.hex().encode()
    chunk = (len(text) - 4).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    return picture[:-12] + chunk + picture[-12:]


@lru_cache(maxsize=128)
def _encoded(width: int, height: int, kind: str, colour: int) -> bytes:
    dice = random.Random(colour)
    image = Image.new("RGB", (width, height), _shade(colour / COLOURS, 0.85))
    pen = ImageDraw.Draw(image)
    for value in (0.55, 0.7, 1.0):
        left, top = dice.randrange(width), dice.randrange(height)
        box = (left, top, left + max(width // 3, 1), top + max(height // 3, 1))
        pen.ellipse(box, fill=_shade(dice.random(), value))
    output = io.BytesIO()
    image.save(output, kind, exif=_labels(), **_SAVING[kind])
    return output.getvalue()


def _shade(hue: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.45, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _labels() -> Image.Exif:
    """EXIF in the manner of BFL's published inference code, which writes the maker and "AI generated"."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Black Forest Labs"
    exif[ExifTags.Base.Software] = "AI generated;img2img;flux2"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ImageUniqueID] = _NO_DIGEST
    return exif
