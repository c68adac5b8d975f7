"""A reference image from wherever it is: a path, bytes or a Pillow image, checked before it costs anything."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from ..errors import InvalidRequest
from ..request import Reference
from .colour import expand, to_srgb
from .container import Unreadable
from .files import read_file, size_problem
from .formats import LABELS
from .pixels import MAX_OTHER, encode, open_picture

MIN_SIDE = 64
"""The shortest side in pixels that FLUX.2's own code takes (flux2 and diffusers 0.42, image processors)."""

MAX_RATIO = 8
"""The longest side over the shortest that they take."""


def read_reference(reference: Reference) -> Reference:
    """Read a reference image and fill in what is known of it without decoding it.

    PNG, JPEG, WebP and still GIF are taken, up to 64 MB; an ordinary JPEG up to 65 megapixels, anything else up to 25,
    because it has to be decoded whole. The size is checked before any memory is spent, and the file to be whole.

    Args:
        reference: With a path, bytes or a Pillow image as its source; one that is read already is returned as it is.

    Returns:
        The reference with the original bytes, their hash, media type, name, and width and height as seen upright.

    Raises:
        InvalidRequest: With the field ``references``: it is missing, unreadable, cut off, animated, too large or small.
    """
    if reference.is_read:
        return reference
    if isinstance(reference.source, str):
        measured = measure_reference(reference)
        data, _ = read_file(reference.source, "references")
        if hashlib.sha256(data).hexdigest() == measured.sha256:  # else it was written anew in between
            return measured.model_copy(update={"source": data})
    return _read(reference)


def measure_reference(reference: Reference) -> Reference:
    """Fill in what is known of a reference image without holding its bytes; a file is looked at once while it stays.

    This is for what is asked at every keystroke: a photograph of 12 megapixels takes 45 ms to read and check, and
    microseconds from then on.

    Args:
        reference: As for `read_reference`.

    Returns:
        The reference with hash, media type, name, and width and height as seen upright; its source as it was.

    Raises:
        InvalidRequest: As `read_reference` does.
    """
    if reference.sha256:
        return reference
    try:
        stat = Path(reference.source).expanduser().stat() if isinstance(reference.source, str) else None
    except (OSError, ValueError, RuntimeError):
        stat = None  # reading it says what is wrong with it
    if stat is None:
        return _read(reference)
    version = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    known = dict(_file_facts(str(reference.source), version))
    return reference.model_copy(update={**known, "name": reference.name or known["name"]})


def _read(reference: Reference) -> Reference:
    data, found = _bytes_of(reference)
    return reference.model_copy(update={"source": data, **_known(data, reference.name or found)})


@lru_cache(maxsize=256)
def _file_facts(path: str, version: tuple[int, ...]) -> tuple[tuple[str, Any], ...]:
    """What is known of one version of a file; no pixels and no bytes are kept, and no refusal."""
    return tuple(_known(*read_file(path, "references")).items())


def _known(data: bytes, name: str) -> dict[str, Any]:
    """Name, media type, hash, and width and height as seen upright, as fields of a reference."""
    try:
        media_type, width, height = _facts(data)
    except Unreadable as error:
        raise _refused(name, str(error) + ".", error.remedy) from None
    sha256 = hashlib.sha256(data).hexdigest()
    return {"name": name, "media_type": media_type, "width": width, "height": height, "sha256": sha256}


def _facts(data: bytes) -> tuple[str, int, int]:
    """Media type, and width and height as seen upright."""
    problem = size_problem(len(data))
    if problem:
        raise Unreadable(problem.rstrip("."), "Choose another file.")
    opened = open_picture(data)
    name = opened.header.format
    # A phone's JPEG may hold several pictures (a depth or brightness map); the first is the photograph.
    if name != "jpeg" and getattr(opened.image, "is_animated", False):
        raise Unreadable(f"is an animated {LABELS[name]}", "Save one of its frames as PNG and add that.")
    width, height = opened.size
    if min(width, height) < MIN_SIDE:
        raise Unreadable(f"has {width} x {height} pixels; each side needs at least {MIN_SIDE}", "Use a larger picture.")
    if max(width, height) > MAX_RATIO * min(width, height):
        what = f"has {width} x {height} pixels; one side may be at most {MAX_RATIO} times the other"
        raise Unreadable(what, "Crop it first.")
    return f"image/{name}", width, height


def _bytes_of(reference: Reference) -> tuple[bytes, str]:
    source: Any = reference.source
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), ""
    if isinstance(source, (str, Path)):
        return read_file(source, "references")
    if isinstance(source, Image.Image):
        return _bytes_of_image(source, reference.name), Path(str(getattr(source, "filename", ""))).name
    if source is None:
        raise _refused(
            reference.name, "is known only by its hash; its bytes are not at hand.", "Add the picture again."
        )
    what = f"is a Python {type(source).__name__}."
    raise _refused(reference.name, what, "Give a path, the bytes of a file, or a Pillow image.")


def _bytes_of_image(image: Image.Image, name: str) -> bytes:
    try:
        if image.width * image.height > MAX_OTHER * 1_000_000:
            raise Unreadable(f"has more than {MAX_OTHER} megapixels", "Make it smaller first.")
        return encode(to_srgb(expand(ImageOps.exif_transpose(image))), format="PNG", compress_level=1)
    except Unreadable as error:
        raise _refused(name, str(error) + ".", error.remedy) from None
    except Exception as error:  # Decoding happens here when the image was opened and not loaded.
        raise _refused(name, f"cannot be read ({type(error).__name__}).", "Choose another picture.") from None


def _refused(name: str, what: str, next_step: str) -> InvalidRequest:
    return InvalidRequest(f"{name or 'A reference image'} {what}", field="references", next_step=next_step)
