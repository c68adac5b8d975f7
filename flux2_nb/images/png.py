"""PNG files as chunks: metadata in and out without touching the pixels (PNG specification, third edition)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import NamedTuple

from .container import MAX_TEXT, OURS, Header, Metadata, Unreadable, written_by_us
from .marks import with_source_type

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 100_000
"""Real files stay far below: a 64 MB file in chunks of 8 kB has 8,000."""

SETTINGS, PARAMETERS, XMP = OURS, b"parameters", b"XML:com.adobe.xmp"
TEXT_KINDS = {b"tEXt", b"zTXt", b"iTXt"}
PICTURE_KINDS = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT",
    b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"bKGD", b"pHYs",
}  # fmt: skip
"""The chunks that make the picture look as it does; everything else is metadata."""


class Chunk(NamedTuple):
    """One chunk; ``raw`` holds its length, kind, body and checksum."""

    kind: bytes
    raw: bytes

    @property
    def body(self) -> bytes:
        """What the chunk holds."""
        return self.raw[8:-4]


def header(data: bytes) -> Header:
    """Read the size and bit depth from the IHDR chunk."""
    if len(data) < 33 or data[12:16] != b"IHDR":
        raise Unreadable("is a PNG that is cut off at its start")
    width, height, depth = struct.unpack_from(">IIB", data, 16)
    return Header("png", width, height, depth)


def metadata(data: bytes) -> Metadata:
    """Read texts, EXIF and XMP, and check that the file is whole."""
    chunks = _split(data)[0]
    texts = dict(_text(chunk) for chunk in reversed(chunks) if chunk.kind in TEXT_KINDS)
    exif = next((chunk.body for chunk in chunks if chunk.kind == b"eXIf"), b"")
    signed = any(chunk.kind == b"caBX" for chunk in chunks)
    return Metadata(texts.get(SETTINGS, b""), texts.get(PARAMETERS, b""), exif, texts.get(XMP, b""), signed=signed)


def embed(data: bytes, metadata: Metadata) -> bytes:
    """Add texts before the pixels; the XMP or parameters of somebody else are kept instead of ours."""
    chunks, tail = _split(data)
    kept = [_marked(chunk, metadata.source_type) for chunk in chunks if not _is_ours(chunk)]
    present = {_text(chunk)[0] for chunk in kept if chunk.kind in TEXT_KINDS}
    texts = {SETTINGS: metadata.settings, PARAMETERS: metadata.parameters, XMP: metadata.xmp}
    added = [_itxt(keyword, text) for keyword, text in texts.items() if text and keyword not in present]
    first_pixels = next((i for i, chunk in enumerate(kept) if chunk.kind == b"IDAT"), 1)
    return _join([*kept[:first_pixels], *added, *kept[first_pixels:]]) + tail


def strip(data: bytes, exif: bytes) -> bytes:
    """Keep only the chunks that make the picture look as it does."""
    kept = [chunk for chunk in _split(data)[0] if chunk.kind in PICTURE_KINDS]
    return _join([kept[0], *([_chunk(b"eXIf", exif)] if exif else []), *kept[1:]])


def _split(data: bytes) -> tuple[list[Chunk], bytes]:
    chunks: list[Chunk] = []
    position = len(SIGNATURE)
    while not chunks or chunks[-1].kind != b"IEND":
        if position + 12 > len(data) or len(chunks) > MAX_CHUNKS:
            raise Unreadable("is a PNG that is cut off")
        length, kind = struct.unpack_from(">I4s", data, position)
        chunk = Chunk(kind, data[position : position + 12 + length])
        if len(chunk.raw) != 12 + length:
            raise Unreadable("is a PNG that is cut off")
        # A lower-case first letter marks a chunk that decoders may ignore, so its checksum is not worth a refusal.
        if kind[:1].isupper() and zlib.crc32(memoryview(chunk.raw)[4:-4]) != int.from_bytes(chunk.raw[-4:]):
            raise Unreadable("is a PNG with a damaged part")
        chunks.append(chunk)
        position += 12 + length
    return chunks, data[position:]


def _join(chunks: Iterable[Chunk]) -> bytes:
    return b"".join([SIGNATURE, *(chunk.raw for chunk in chunks)])


def _chunk(kind: bytes, body: bytes) -> Chunk:
    return Chunk(kind, struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))


def _itxt(keyword: bytes, text: bytes) -> Chunk:
    # Not compressed, no language, no translated keyword.
    return _chunk(b"iTXt", keyword + b"\0\0\0\0\0" + text.replace(b"\0", b""))


def _is_ours(chunk: Chunk) -> bool:
    if chunk.kind != b"iTXt":
        return False
    keyword, text = _text(chunk)
    return (
        keyword == SETTINGS
        or (keyword == PARAMETERS and text.endswith(OURS))
        or (keyword == XMP and written_by_us(text))
    )


def _marked(chunk: Chunk, source_type: str) -> Chunk:
    """The XMP of somebody else with the source type in it; any other chunk as it is."""
    keyword, text = _text(chunk) if chunk.kind == b"iTXt" else (b"", b"")
    marked = with_source_type(text, source_type) if keyword == XMP else text
    return chunk if marked == text else _itxt(XMP, marked)


def _text(chunk: Chunk) -> tuple[bytes, bytes]:
    """Keyword and UTF-8 text of a text chunk; the text is empty when it cannot be read."""
    keyword, _, rest = chunk.body.partition(b"\0")
    if chunk.kind == b"tEXt":
        return keyword, rest[:MAX_TEXT].decode("latin-1").encode()
    if chunk.kind == b"zTXt":
        return keyword, _inflate(rest[1:]).decode("latin-1").encode()
    compressed, rest = rest[:1] == b"\1", rest[2:]
    text = rest.partition(b"\0")[2].partition(b"\0")[2]
    return keyword, _inflate(text) if compressed else text[:MAX_TEXT]


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MAX_TEXT)
    except zlib.error:
        return b""
