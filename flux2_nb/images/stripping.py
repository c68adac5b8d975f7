"""Metadata out, pixels untouched."""

from __future__ import annotations

from ..errors import InvalidRequest
from ..request import Reference
from .container import Unreadable
from .exif import orientation, orientation_exif
from .formats import CONTAINERS, LABELS, read_header


def strip(data: bytes) -> bytes:
    """Return a PNG, JPEG or WebP file without metadata; the compressed pixels stay as they are, byte for byte.

    Prompts, EXIF with place and camera, XMP, comments, hidden small pictures and signatures go, also the marks that say
    that a model made it. What makes it look as it does stays: colour profile, transparency, orientation.

    Raises:
        InvalidRequest: When the bytes are no whole PNG, JPEG or WebP.
    """
    try:
        name = read_header(data).format
        if name not in CONTAINERS:
            raise Unreadable(f"is a {LABELS[name]}", "Save it as PNG first.")
        container = CONTAINERS[name]
        return container.strip(data, orientation_exif(orientation(container.metadata(data).exif)))
    except Unreadable as error:
        raise InvalidRequest(f"The picture {error}.", next_step=error.remedy) from None


def bare(reference: Reference) -> Reference:
    """Return a reference image as it is kept: without metadata, under the hash of the file that was given.

    A GIF, which holds neither place nor camera and is never kept, is returned as it is.

    Raises:
        InvalidRequest: When the bytes are not at hand, or no whole picture.
    """
    if reference.media_type == "image/gif":
        return reference
    return reference.model_copy(update={"source": strip(reference.data)})
