"""WebP files as RIFF chunks: metadata in and out without touching the pixels (RFC 9649)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import NamedTuple

from .container import MAX_TEXT, Header, Metadata, Unreadable, written_by_us
from .marks import with_source_type

SIGNATURE = b"RIFF"
MAX_CHUNKS = 100_000

EXTENDED, LOSSY, LOSSLESS, EXIF, XMP, SETTINGS = b"VP8X", b"VP8 ", b"VP8L", b"EXIF", b"XMP ", b"FX2N"
"""Chunk names. ``FX2N`` is our own: the format lets writers add chunks, which readers skip and keep."""

HAS_ALPHA, HAS_EXIF, HAS_XMP = 0x10, 0x08, 0x04
PICTURE_KINDS = {EXTENDED, LOSSY, LOSSLESS, b"ALPH", b"ICCP", b"ANIM", b"ANMF"}
"""The chunks that make the picture look as it does; everything else is metadata."""


class Chunk(NamedTuple):
    """One RIFF chunk, without its padding."""

    kind: bytes
    body: bytes


def header(data: bytes) -> Header:
    """Read the canvas size from the first chunk, whichever of the three kinds it is."""
    chunks, _ = _split(data)
    width, height, _ = _canvas(chunks[0])
    return Header("webp", width, height, lossless=any(chunk.kind == LOSSLESS for chunk in chunks))


def metadata(data: bytes) -> Metadata:
    """Read settings, EXIF and XMP, and check that the file is whole."""
    chunks = {chunk.kind: chunk.body for chunk in reversed(_split(data)[0])}
    exif = chunks.get(EXIF, b"").removeprefix(b"Exif\0\0")
    return Metadata(chunks.get(SETTINGS, b"")[:MAX_TEXT], b"", exif, chunks.get(XMP, b""), signed=b"C2PA" in chunks)


def embed(data: bytes, metadata: Metadata) -> bytes:
    """Add EXIF, XMP and settings behind the pixels; the EXIF or XMP of somebody else is kept instead of ours."""
    chunks, tail = _split(data)
    kept = [_marked(chunk, metadata.source_type) for chunk in chunks if not _is_ours(chunk)]
    present = {chunk.kind for chunk in kept}
    wanted = ((EXIF, metadata.exif), (XMP, metadata.xmp), (SETTINGS, metadata.settings))
    added = [Chunk(kind, body) for kind, body in wanted if body and kind not in present]
    return _join(_extended([*kept, *added])) + tail


def strip(data: bytes, exif: bytes) -> bytes:
    """Keep only the chunks that make the picture look as it does."""
    chunks, tail = _split(data)
    kept = [chunk for chunk in chunks if chunk.kind in PICTURE_KINDS]
    if len(kept) == len(chunks) and not tail and not exif:
        return data
    return _join(_extended([*kept, *([Chunk(EXIF, exif)] if exif else [])]))


def _split(data: bytes) -> tuple[list[Chunk], bytes]:
    end = 8 + int.from_bytes(data[4:8], "little")
    chunks: list[Chunk] = []
    position = 12
    while position < end:
        if position + 8 > len(data) or len(chunks) > MAX_CHUNKS:
            raise Unreadable("is a WebP that is cut off")
        kind, length = struct.unpack_from("<4sI", data, position)
        chunks.append(Chunk(kind, data[position + 8 : position + 8 + length]))
        if len(chunks[-1].body) != length:
            raise Unreadable("is a WebP that is cut off")
        position += 8 + length + length % 2
    if not chunks:
        raise Unreadable("is a WebP that is cut off")
    return chunks, data[position:]


def _join(chunks: Iterable[Chunk]) -> bytes:
    parts = [b"WEBP"]
    for kind, body in chunks:
        parts += [kind, struct.pack("<I", len(body)), body, b"\0" * (len(body) % 2)]
    return SIGNATURE + struct.pack("<I", sum(map(len, parts))) + b"".join(parts)


def _extended(chunks: list[Chunk]) -> list[Chunk]:
    """The chunks behind a VP8X chunk whose flags tell of the metadata that is there; none where none is needed."""
    kinds = {chunk.kind for chunk in chunks}
    flags = HAS_EXIF * (EXIF in kinds) | HAS_XMP * (XMP in kinds)
    if chunks[0].kind == EXTENDED:
        old = chunks[0].body
        return [Chunk(EXTENDED, bytes([old[0] & ~(HAS_EXIF | HAS_XMP) | flags]) + old[1:]), *chunks[1:]]
    if len(chunks) == 1:
        return chunks
    width, height, alpha = _canvas(chunks[0])
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return [Chunk(EXTENDED, bytes([flags | HAS_ALPHA * alpha, 0, 0, 0]) + sides), *chunks]


def _canvas(first: Chunk) -> tuple[int, int, bool]:
    """Width, height, and whether there may be transparency, from the first chunk of a file."""
    kind, body = first
    if kind == EXTENDED and len(body) >= 10:
        width, height = int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
        return width, height, bool(body[0] & HAS_ALPHA)
    if kind == LOSSLESS and body[:1] == b"\x2f" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    if kind == LOSSY and body[3:6] == b"\x9d\x01\x2a" and len(body) >= 10:
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF, False
    raise Unreadable("is a WebP with a damaged start")


def _marked(chunk: Chunk, source_type: str) -> Chunk:
    """The XMP of somebody else with the source type in it; any other chunk as it is."""
    return Chunk(XMP, with_source_type(chunk.body, source_type)) if chunk.kind == XMP else chunk


def _is_ours(chunk: Chunk) -> bool:
    return chunk.kind == SETTINGS or (chunk.kind in (EXIF, XMP) and written_by_us(chunk.body))
