"""Which picture formats are taken, how each is recognised, and what the others are called when they are refused."""

from __future__ import annotations

import re

from . import jpeg, png, webp
from .container import Container, Header, Unreadable

CONTAINERS: dict[str, Container] = {"png": png, "jpeg": jpeg, "webp": webp}
"""The formats that can hold settings: what providers deliver and take."""

LABELS = {"png": "PNG", "jpeg": "JPEG", "webp": "WebP", "gif": "GIF"}
"""The names of the formats for people."""

PILLOW_NAMES = ("PNG", "JPEG", "WEBP", "GIF")
"""What Pillow may open. Everything else stays shut: its decoders of rare formats had most of its security faults."""

OTHER_KINDS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"SIMPLE  =", "a FITS file"),
    (0, b"%!PS", "an EPS or PostScript file"),
    (0, b"\xc5\xd0\xd3\xc6", "an EPS file"),
    (0, b"8BPS", "a Photoshop file"),
    (0, b"II*\0", "a TIFF picture or a camera's raw file"),
    (0, b"MM\0*", "a TIFF picture or a camera's raw file"),
    (0, b"II+\0", "a TIFF picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"BM", "a BMP picture"),
    (0, b"\0\0\1\0", "an icon file"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (0, b"qoif", "a QOI picture"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"\x1f\x8b", "a compressed archive"),
    (4, b"ftypavif", "an AVIF picture"),
    (4, b"ftyphei", "a HEIC picture"),
    (4, b"ftyphev", "a HEIC picture"),
    (4, b"ftypmif1", "a HEIC or AVIF picture"),
    (4, b"ftyp", "a video"),
    (8, b"AVI ", "a video"),
    (0, b"\x1a\x45\xdf\xa3", "a video"),
)
"""Other kinds of file by the bytes at a place in them; the first that fits counts."""

TEXT_KINDS: tuple[tuple[str, str], ...] = (
    ("<svg", "an SVG drawing"),
    ("<!doctype html", "an HTML page"),
    ("<html", "an HTML page"),
    ("{", "JSON text"),
    ("<?xml", "an XML file"),
)
"""Other kinds of text by what they begin with; SVG may stand behind an XML declaration and comments."""

_CONTROL_CHARACTER = re.compile(rb"[\x00-\x08\x0e-\x1f]")


def format_of(data: bytes) -> str | None:
    """Return ``png``, ``jpeg``, ``webp`` or ``gif``, from the first bytes; None for anything else."""
    if data.startswith(png.SIGNATURE):
        return "png"
    if data.startswith(jpeg.SIGNATURE):
        return "jpeg"
    if data.startswith(webp.SIGNATURE) and data[8:12] == b"WEBP":
        return "webp"
    return "gif" if data.startswith((b"GIF87a", b"GIF89a")) else None


def read_header(data: bytes) -> Header:
    """Read format and stored size from the first bytes, in microseconds and without decoding anything.

    Raises:
        Unreadable: When the bytes are no picture of a known format, or do not tell its size.
    """
    name = format_of(data)
    if name is None:
        raise Unreadable(f"is {describe(data)}, not a picture that can be used", "Save it as PNG, JPEG or WebP first.")
    if name == "gif":
        header = Header("gif", int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
    else:
        header = CONTAINERS[name].header(data)
    if not (header.width and header.height):
        raise Unreadable(f"is a {LABELS[name]} without a size")
    return header


def describe(data: bytes) -> str:
    """Say what bytes are that are no picture we take, such as ``a TIFF picture`` or ``an HTML page``."""
    if not data:
        return "empty"
    for place, magic, kind in OTHER_KINDS:
        if data[place : place + len(magic)] == magic:
            return kind
    start = data[:1024]
    if _CONTROL_CHARACTER.search(start):
        return "a file of an unknown kind"
    text = start.decode("utf-8-sig", "replace").strip().lower()
    if text.startswith("<?xml") and "<svg" in text:
        return "an SVG drawing"
    return next((kind for beginning, kind in TEXT_KINDS if text.startswith(beginning)), "text")
