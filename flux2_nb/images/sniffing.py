"""Whether what a provider delivered is a whole picture."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import BadReply
from .container import Unreadable
from .formats import CONTAINERS, LABELS
from .pixels import load, open_picture

CHECKSUMMED = ("png",)
"""Formats whose own checksums tell a whole picture from a damaged one; decoding 1 MP would take 30 ms more."""


@dataclass(frozen=True)
class Sniffed:
    """What bytes turned out to be.

    Attributes:
        format: ``png``, ``jpeg`` or ``webp``.
        media_type: Such as ``image/png``.
        width: Pixels, as seen upright.
        height: Pixels.
    """

    format: str
    media_type: str
    width: int
    height: int


def sniff(data: bytes) -> Sniffed:
    """Make sure that what a provider delivered is a whole picture, by its checksums or by decoding it; tell its size.

    Raises:
        BadReply: When it is anything else, such as an HTML page, or a picture that is cut off.
    """
    try:
        opened = open_picture(data)
        name, size = opened.header.format, opened.size
        if name not in CONTAINERS:
            raise Unreadable(f"is a {LABELS[name]}, which no FLUX.2 provider is known to deliver")
        if name not in CHECKSUMMED:
            # A JPEG is read whole also when it is drawn at an eighth of its size, in a fraction of the time.
            opened.image.draft(None, (1, 1))
            load(opened.image)
    except Unreadable as error:
        next_step = "Look at the provider's own list of results before you ask for it again."
        raise BadReply(f"What the provider sent {error}.", next_step=next_step) from None
    return Sniffed(name, f"image/{name}", *size)
