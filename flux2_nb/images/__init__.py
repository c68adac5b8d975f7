"""Pictures in and out: reading, fitting, checking, encoding, and settings inside files.

Pillow's decoders are used here and nowhere else, behind an allow-list and size caps. Original bytes are never
re-encoded: settings are written, and metadata removed, beside untouched compressed pixels.
"""

from __future__ import annotations

from .editing import LONGEST_DRAWN, Box, crop, draw_over
from .fitting import fitted_size, prepare
from .pixels import decode, encode_picture, thumbnail
from .placing import Margins, canvas_size, place
from .reading import MAX_RATIO, measure_reference, read_reference
from .settings import embed_settings, has_signature, read_settings, request_from_settings
from .sniffing import Sniffed, sniff
from .stripping import strip

__all__ = [
    "LONGEST_DRAWN",
    "MAX_RATIO",
    "Box",
    "Margins",
    "Sniffed",
    "canvas_size",
    "crop",
    "decode",
    "draw_over",
    "embed_settings",
    "encode_picture",
    "fitted_size",
    "has_signature",
    "measure_reference",
    "place",
    "prepare",
    "read_reference",
    "read_settings",
    "request_from_settings",
    "sniff",
    "strip",
    "thumbnail",
]
