"""Pictures in and out: reading, fitting, checking, encoding, and settings inside files.

Pillow's decoders are used here and nowhere else, behind an allow-list and size caps. Original bytes are never
re-encoded: settings are written, and metadata removed, beside untouched compressed pixels.
"""

from __future__ import annotations

from .fitting import fitted_size, prepare, prepared_notes
from .pixels import decode, encode_picture, thumbnail
from .reading import read_reference
from .settings import embed_settings, has_signature, read_settings, request_from_settings
from .sniffing import Sniffed, sniff
from .stripping import strip

__all__ = [
    "Sniffed",
    "decode",
    "embed_settings",
    "encode_picture",
    "fitted_size",
    "has_signature",
    "prepare",
    "prepared_notes",
    "read_reference",
    "read_settings",
    "request_from_settings",
    "sniff",
    "strip",
    "thumbnail",
]
