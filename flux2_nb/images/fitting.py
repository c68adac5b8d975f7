"""What is sent of a reference image: upright, without metadata, in sRGB, and no larger than the target takes."""

from __future__ import annotations

import hashlib
import math

from PIL import Image

from ..cards import ReferenceRule
from ..errors import InvalidRequest
from ..request import Reference
from ..sizes import MEGAPIXEL
from .colour import PLAIN_MODES, srgb_transform
from .container import Header, Unreadable
from .pixels import ENCODERS, Opened, encode, load, open_picture, shrunk
from .reading import read_reference
from .stripping import strip


def fitted_size(width: int, height: int, rule: ReferenceRule) -> tuple[int, int]:
    """Return the size in pixels at which a reference of this size is sent; never larger than it is.

    Args:
        width: Pixels, as seen upright.
        height: Pixels.
        rule: The limits of the target.
    """
    limit = rule.max_megapixels * MEGAPIXEL if rule.max_megapixels else math.inf
    shrink = min(1.0, (rule.max_side or math.inf) / max(width, height), math.sqrt(limit / (width * height)))
    if shrink == 1.0:
        return width, height
    exact = (width * shrink, height * shrink)
    rounded = (max(1, round(exact[0])), max(1, round(exact[1])))
    if rounded[0] * rounded[1] <= limit:
        return rounded
    return max(1, math.floor(exact[0])), max(1, math.floor(exact[1]))


def prepare(reference: Reference, rule: ReferenceRule) -> Reference:
    """Return what is sent of a reference image; safe to call from several threads at once.

    A picture that already fits is sent with its own compressed pixels, only without metadata. Else it is turned
    upright, converted to sRGB, made smaller with its ratio kept, and encoded anew: a photograph (JPEG or lossy WebP)
    as JPEG of quality 95 without colour subsampling; a lossless or transparent picture as PNG.

    Args:
        reference: Read here when it is not read yet.
        rule: The limits of the target.

    Returns:
        The same reference with the bytes, hash, media type and size of what is sent.

    Raises:
        InvalidRequest: With the field ``references``, when it cannot be read or its pixels turn out to be damaged.
    """
    reference = read_reference(reference)
    size = fitted_size(reference.width, reference.height, rule)
    try:
        data, media_type = _prepared(reference.data, size, rule)
    except Unreadable as error:
        what = f"{reference.name or 'A reference image'} {error}."
        raise InvalidRequest(what, field="references", next_step=error.remedy) from None
    sent = {"source": data, "sha256": hashlib.sha256(data).hexdigest(), "media_type": media_type}
    return reference.model_copy(update={**sent, "width": size[0], "height": size[1]})


def _prepared(data: bytes, size: tuple[int, int], rule: ReferenceRule) -> tuple[bytes, str]:
    opened = open_picture(data)
    media_type = f"image/{opened.header.format}"
    if opened.size == size and media_type in _taken(rule) and _is_plain(opened):
        _check_pixels(opened.image)
        return strip(data), media_type
    fitted = shrunk(opened, size)
    name = _format_for(fitted, opened.header, rule)
    return encode(fitted, **ENCODERS[name]), f"image/{name}"


def _is_plain(opened: Opened) -> bool:
    """Whether any reader sees the same picture, upright and in the same colours, with nothing to convert."""
    image = opened.image
    plain = image.mode in PLAIN_MODES and opened.header.depth == 8 and "transparency" not in image.info
    return plain and opened.turn == 1 and srgb_transform(image) is None


def _check_pixels(image: Image.Image) -> None:
    # At an eighth of its size a JPEG is still read to its end.
    image.draft(None, (image.width // 8, image.height // 8))
    load(image)


def _format_for(image: Image.Image, header: Header, rule: ReferenceRule) -> str:
    best = "png" if header.lossless or image.mode == "RGBA" else "jpeg"
    taken = _taken(rule)
    return next(name for name in (best, "png", "jpeg", "webp") if f"image/{name}" in taken)


def _taken(rule: ReferenceRule) -> set[str]:
    """The media types that can be sent; a GIF is always converted, as its comments are not stripped."""
    return {f"image/{name}" for name in ENCODERS} & set(rule.formats)
