"""JPEG files as segments: metadata in and out without touching the pixels (ITU-T T.81, Exif 3.0, XMP part 3)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .container import MAX_TEXT, OURS, Header, Metadata, Unreadable, written_by_us
from .marks import with_source_type

SIGNATURE = b"\xff\xd8\xff"
MAX_BODY = 65_533
"""Bytes that fit in one segment, whose length has 16 bits and counts itself."""

MAX_SEGMENTS = 10_000
"""Real files stay far below: a colour profile takes at most 255."""

MAX_SCAN_MARKERS = 500
"""Real progressive files have about 20; as each scan is a pass over the whole picture, thousands would take minutes."""

APP0, APP1, APP2, APP11, APP14, COMMENT, SCAN, END = 0xE0, 0xE1, 0xE2, 0xEB, 0xEE, 0xFE, 0xDA, 0xD9
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}

EXIF, XMP, SETTINGS = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", OURS + b"\0"
PICTURE_PREFIXES = {APP0: b"JFIF\0", APP2: b"ICC_PROFILE\0", APP14: b"Adobe"}
"""The application segments that make the picture look as it does; the others, and comments, are metadata."""

_MARKER = re.compile(rb"\xff+([^\xff])(..)", re.DOTALL)  # any fill bytes, marker, length
_MARKER_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class Segment(NamedTuple):
    """One segment before the pixels; ``raw`` holds marker, length and body, and any fill bytes before them."""

    marker: int
    raw: bytes
    body: bytes


def header(data: bytes) -> Header:
    """Read size, depth and kind from the frame header, which comes before the pixels."""
    for segment in _segments(data):
        if segment.marker in FRAMES and len(segment.body) >= 6:
            depth, height, width = struct.unpack_from(">BHH", segment.body)
            return Header("jpeg", width, height, depth, segment.marker in PROGRESSIVE, lossless=False)
    raise Unreadable("is a JPEG that does not say how large it is")


def metadata(data: bytes) -> Metadata:
    """Read settings, EXIF and XMP, and check that the file is whole."""
    segments, _, _ = _split(data)
    settings = b"".join(
        s.body[len(SETTINGS) :] for s in segments if s.marker == COMMENT and s.body.startswith(SETTINGS)
    )
    signed = any(s.marker == APP11 and s.body.startswith(b"JP") and b"c2pa" in s.body for s in segments)
    return Metadata(settings[:MAX_TEXT], b"", _first(segments, EXIF), _first(segments, XMP), signed=signed)


def embed(data: bytes, metadata: Metadata) -> bytes:
    """Add EXIF, XMP and comments; the EXIF or XMP of somebody else is kept instead of ours."""
    segments, pixels, tail = _split(data)
    kept = [_marked(segment, metadata.source_type) for segment in segments if not _is_ours(segment)]
    added = [
        _segment(APP1, prefix + body)
        for prefix, body in ((EXIF, metadata.exif), (XMP, metadata.xmp))
        if body and len(prefix) + len(body) <= MAX_BODY and not _first(kept, prefix)
    ]
    room = MAX_BODY - len(SETTINGS)
    parts = [metadata.settings[start : start + room] for start in range(0, len(metadata.settings), room)]
    added += [_segment(COMMENT, SETTINGS + part) for part in parts]
    # JFIF and Exif must come first; offsets in a multi-picture index (APP2) count from the index onwards.
    place = next((i for i, segment in enumerate(kept) if segment.marker not in (APP0, APP1)), len(kept))
    return _join([*kept[:place], *added, *kept[place:]], pixels + tail)


def strip(data: bytes, exif: bytes) -> bytes:
    """Keep only what makes the picture look as it does, up to its end: phones append more pictures behind it."""
    segments, pixels, _ = _split(data)
    kept = [_without_thumbnail(segment) for segment in segments if _is_picture(segment)]
    place = 1 if kept and kept[0].marker == APP0 else 0
    added = [_segment(APP1, EXIF + exif)] if exif else []
    return _join([*kept[:place], *added, *kept[place:]], pixels)


def _segments(data: bytes) -> Iterator[Segment]:
    """The segments up to the first scan header, which is the last one given."""
    position = 2
    for _ in range(MAX_SEGMENTS):
        found = _MARKER.match(data, position)
        if found is None:
            break
        start, body = found.span()
        position = body - 2 + int.from_bytes(found[2])
        if not body <= position <= len(data):
            raise Unreadable("is a JPEG that is cut off")
        yield Segment(found[1][0], data[start:position], data[body:position])
        if found[1][0] == SCAN:
            return
    raise Unreadable("is a JPEG that is cut off" if position + 4 > len(data) else "is a JPEG with a damaged part")


def _split(data: bytes) -> tuple[list[Segment], bytes, bytes]:
    """Segments before the pixels, the pixels with all their scans and the end marker, and what follows them."""
    *segments, scan = _segments(data)
    start = 2 + sum(len(segment.raw) for segment in segments)
    end = _end_of_pixels(data, start + len(scan.raw))
    return segments, data[start:end], data[end:]


def _end_of_pixels(data: bytes, position: int) -> int:
    # A progressive JPEG has tables and scan headers between its scans: they are stepped over by their length.
    for _ in range(MAX_SCAN_MARKERS):
        found = _MARKER_IN_SCAN.search(data, position)
        if found is None:
            raise Unreadable("is a JPEG that is cut off")
        if data[found.end() - 1] == END:
            return found.end()
        position = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
    raise Unreadable("is a JPEG with a damaged part")


def _join(segments: Iterable[Segment], pixels: bytes) -> bytes:
    return b"".join([SIGNATURE[:2], *(segment.raw for segment in segments), pixels])


def _segment(marker: int, body: bytes) -> Segment:
    return Segment(marker, struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body, body)


def _first(segments: Iterable[Segment], prefix: bytes) -> bytes:
    found = (s.body[len(prefix) :] for s in segments if s.marker == APP1 and s.body.startswith(prefix))
    return next(found, b"")


def _is_ours(segment: Segment) -> bool:
    if segment.marker == APP1:
        return segment.body.startswith((EXIF, XMP)) and written_by_us(segment.body)
    return segment.marker == COMMENT and segment.body.startswith(SETTINGS)


def _marked(segment: Segment, source_type: str) -> Segment:
    """The XMP of somebody else with the source type in it, where that fits; any other segment as it is."""
    if segment.marker != APP1 or not segment.body.startswith(XMP):
        return segment
    body = with_source_type(segment.body, source_type)
    return segment if len(body) > MAX_BODY or body == segment.body else _segment(APP1, body)


def _is_picture(segment: Segment) -> bool:
    is_application = 0xE0 <= segment.marker <= 0xEF
    if is_application:
        return segment.marker in PICTURE_PREFIXES and segment.body.startswith(PICTURE_PREFIXES[segment.marker])
    return segment.marker != COMMENT


def _without_thumbnail(segment: Segment) -> Segment:
    # A JFIF header may end in a small picture: 12 bytes of facts, then its width and height.
    if segment.marker != APP0 or len(segment.body) == 14:
        return segment
    return _segment(APP0, segment.body[:12] + b"\0\0")
