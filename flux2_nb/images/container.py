"""What the three file formats have in common: the words in which one speaks of a picture file without decoding it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

OURS = b"flux2_nb"
"""Our name: the keyword of our settings, and the last word of our ``parameters`` text."""

OUR_BLOCKS = (b'x:xmptk="flux2_nb"', b"flux2_nb\0")
"""What stands in XMP and in EXIF of ours, so that writing twice replaces ours and nobody else's."""

MAX_TEXT = 4 * 1024 * 1024
"""The longest text read from a file, in bytes: a prompt of 100,000 characters needs at most 1.2 MB as ASCII JSON."""


class Unreadable(ValueError):
    """The bytes are no picture that can be used; the message ends a sentence that begins with the file's name.

    Attributes:
        remedy: What a person can do about it, one sentence.
    """

    def __init__(self, what: str, remedy: str = "Copy or download it again, or choose another picture.") -> None:
        super().__init__(what)
        self.remedy = remedy


@dataclass(frozen=True)
class Header:
    """What the first bytes of a picture file say, before anything is decoded.

    Attributes:
        format: ``png``, ``jpeg``, ``webp`` or ``gif``.
        width: Pixels as stored, before any orientation is applied.
        height: Pixels as stored.
        depth: Bits of a colour channel.
        progressive: A JPEG whose whole coefficients must be held in memory to decode it.
        lossless: Whether the format keeps every pixel as it was.
    """

    format: str
    width: int
    height: int
    depth: int = 8
    progressive: bool = False
    lossless: bool = True


@dataclass(frozen=True)
class Metadata:
    """What a picture file carries beside its pixels; for reading and for writing, where empty means "none".

    Attributes:
        settings: Our own settings, as ASCII JSON.
        parameters: Readable text in the way of Stable Diffusion web UIs; only PNG has a place for it, others use EXIF.
        exif: A TIFF structure, without the ``Exif`` prefix of JPEG.
        xmp: An XMP packet.
        source_type: IPTC's word for how the picture was made, for a packet of somebody else's that has none.
        signed: Whether a C2PA manifest is in the file.
    """

    settings: bytes = b""
    parameters: bytes = b""
    exif: bytes = b""
    xmp: bytes = b""
    source_type: str = ""
    signed: bool = False


def written_by_us(block: bytes) -> bool:
    """Whether a block of XMP or EXIF is ours."""
    return any(mark in block for mark in OUR_BLOCKS)


class Container(Protocol):
    """One file format: metadata in and out, with the compressed pixels untouched."""

    def header(self, data: bytes) -> Header:
        """Read the size and kind of the picture; raises `Unreadable` when they cannot be read."""

    def metadata(self, data: bytes) -> Metadata:
        """Walk the whole file and read what it carries; raises `Unreadable` when the file is cut off."""

    def embed(self, data: bytes, metadata: Metadata) -> bytes:
        """Add metadata: blocks of ours are replaced, those of others stay and keep their place.

        Somebody else's XMP is kept instead of ours, and told the source type where it has none.
        """

    def strip(self, data: bytes, exif: bytes) -> bytes:
        """Remove everything that does not change how the pixels look, then add ``exif`` if it is not empty."""
