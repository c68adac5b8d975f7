"""Picture files made for the tests: every one is built here, so that each test shows what is in its file."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

FORMATS = ("png", "jpeg", "webp")
CORNERS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


def file(image: Image.Image, format: str, **options: Any) -> bytes:
    """Return a picture as the bytes of a file."""
    buffer = BytesIO()
    image.save(buffer, format.upper(), **options)
    return buffer.getvalue()


def plain(format: str = "png", size: tuple[int, int] = (96, 80), **options: Any) -> bytes:
    """Return a small opaque picture with something to see in it."""
    return file(Image.linear_gradient("L").resize(size).convert("RGB"), format, **options)


def corners(size: tuple[int, int] = (160, 120)) -> Image.Image:
    """Return a picture with a red, green, blue and white quarter: top left, top right, bottom left, bottom right."""
    width, height = size[0] // 2, size[1] // 2
    image = Image.new("RGB", size)
    for colour, place in zip(CORNERS.values(), ((0, 0), (width, 0), (0, height), (width, height)), strict=True):
        image.paste(colour, (*place, place[0] + width, place[1] + height))
    return image


def exif(**values: Any) -> bytes:
    """Return EXIF with an orientation, a camera and a place."""
    tags = Image.Exif()
    tags[0x0112] = values.get("orientation", 1)
    tags[0x010F] = "Secret Camera"
    tags.get_ifd(0x8825)[1] = "N"
    tags.get_ifd(0x8825)[2] = (48.0, 51.0, 29.0)
    return tags.tobytes()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Return one PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_png_chunk(data: bytes, kind: bytes, body: bytes) -> bytes:
    """Return a PNG with one more chunk behind its header."""
    return data[:33] + png_chunk(kind, body) + data[33:]


def with_jpeg_segment(data: bytes, marker: int, body: bytes) -> bytes:
    """Return a JPEG with one more segment behind its JFIF header."""
    start = 4 + int.from_bytes(data[4:6])
    return data[:start] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + data[start:]


def with_webp_chunk(data: bytes, kind: bytes, body: bytes) -> bytes:
    """Return a WebP with one more chunk at its end."""
    whole = data[8:] + kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def bomb(side: int) -> bytes:
    """Return a square 1-bit PNG of a few kilobytes that decodes to an enormous picture."""
    rows = zlib.compressobj(1)
    pixels = b"".join(rows.compress(b"\0" * (1 + (side + 7) // 8)) for _ in range(side)) + rows.flush()
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")


def compressed_pixels(data: bytes) -> bytes:
    """Return the compressed pixel data of a PNG, JPEG or WebP file, found without the code under test."""
    if data.startswith(b"\x89PNG"):
        return b"".join(body for kind, body in _png_chunks(data) if kind == b"IDAT")
    if data.startswith(b"RIFF"):
        return b"".join(body for kind, body in _webp_chunks(data) if kind in (b"VP8 ", b"VP8L", b"ALPH"))
    return data[data.rindex(b"\xff\xda") :]


def _png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, position = [], 8
    while position < len(data):
        length = int.from_bytes(data[position : position + 4])
        found.append((data[position + 4 : position + 8], data[position + 8 : position + 8 + length]))
        position += 12 + length
    return found


def _webp_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    found, position = [], 12
    while position < len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        found.append((data[position : position + 4], data[position + 8 : position + 8 + length]))
        position += 8 + length + length % 2
    return found


def wide_gamut_profile() -> bytes:
    """Return a small ICC profile with the primaries of Display P3, adapted to D50, and a plain gamma of 2.2."""
    primaries = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
        b"wtpt": (0.96420, 1.0, 0.82491),
    }
    bodies = {name: b"XYZ \0\0\0\0" + _fixed(*values) for name, values in primaries.items()}
    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(2.2 * 256), 0)
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"wide\0" + b"\0" * 78
    bodies |= {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve, b"desc": text + b"\0" * (-len(text) % 4)}
    table, content = struct.pack(">I", len(bodies)), b""
    for name, body in bodies.items():
        table += name + struct.pack(">II", 132 + 12 * len(bodies) + len(content), len(body))
        content += body
    head = struct.pack(
        ">I4sI4s4s4s12s4s", 128 + len(table + content), b"", 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"", b"acsp"
    )
    return head + b"\0" * 28 + _fixed(0.96420, 1.0, 0.82491) + b"\0" * 48 + table + content


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))
