"""Pictures in and out: reading, fitting, checking, encoding, and settings inside files.

Pillow's decoders are used here and nowhere else, behind an allow-list and size caps. Original bytes are never
re-encoded: settings are written, and metadata removed, beside untouched compressed pixels.

What works on pixels is loaded when it is first used: a panel is shown, and a price told, without Pillow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazily import loader

if TYPE_CHECKING:
    from .editing import LONGEST_DRAWN as LONGEST_DRAWN
    from .editing import Box as Box
    from .editing import crop as crop
    from .editing import draw_over as draw_over
    from .fitting import fitted_size as fitted_size
    from .fitting import prepare as prepare
    from .pixels import decode as decode
    from .pixels import encode_picture as encode_picture
    from .pixels import thumbnail as thumbnail
    from .placing import Margins as Margins
    from .placing import canvas_size as canvas_size
    from .placing import place as place
    from .reading import MAX_RATIO as MAX_RATIO
    from .reading import measure_reference as measure_reference
    from .reading import read_reference as read_reference
    from .settings import embed_settings as embed_settings
    from .settings import has_signature as has_signature
    from .settings import read_settings as read_settings
    from .settings import request_from_settings as request_from_settings
    from .sniffing import Sniffed as Sniffed
    from .sniffing import sniff as sniff
    from .stripping import bare as bare
    from .stripping import strip as strip

_HOMES = {
    "LONGEST_DRAWN": "editing",
    "MAX_RATIO": "reading",
    "Box": "editing",
    "Margins": "placing",
    "Sniffed": "sniffing",
    "bare": "stripping",
    "canvas_size": "placing",
    "crop": "editing",
    "decode": "pixels",
    "draw_over": "editing",
    "embed_settings": "settings",
    "encode_picture": "pixels",
    "fitted_size": "fitting",
    "has_signature": "settings",
    "measure_reference": "reading",
    "place": "placing",
    "prepare": "fitting",
    "read_reference": "reading",
    "read_settings": "settings",
    "request_from_settings": "settings",
    "sniff": "sniffing",
    "strip": "stripping",
    "thumbnail": "pixels",
}
"""Name -> the module it lives in."""

__all__ = [
    "LONGEST_DRAWN",
    "MAX_RATIO",
    "Box",
    "Margins",
    "Sniffed",
    "bare",
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

__getattr__ = loader(__name__, _HOMES)
