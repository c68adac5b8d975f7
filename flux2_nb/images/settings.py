"""Settings inside a picture file: written beside untouched pixels, and read back with care."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import InvalidRequest, nearest
from ..request import ImageRequest, Reference
from .container import Metadata, Unreadable
from .exif import comment_exif, read_comment
from .files import read_file
from .formats import CONTAINERS, LABELS, format_of, read_header
from .marks import source_type_of, xmp_packet
from .parameters import parameters_text, read_parameters

_REFERENCE_FIELDS = set(Reference.model_fields) - {"source"}
"""What settings may say of a reference. Never its source: a stranger's picture could name a file of this machine."""


def embed_settings(data: bytes, settings: Mapping[str, Any]) -> bytes:
    """Write settings into a PNG, JPEG or WebP file; the compressed pixels stay as they are, byte for byte.

    Three things are added: the settings as JSON; the same in words, as Stable Diffusion web UIs show it; and an XMP
    packet with IPTC's digital source type, the prompt and the model. What others put in (XMP, EXIF, a signature) stays;
    where a file has room for one such block only, theirs is kept instead of ours, and the source type is added to their
    XMP where it names none. A C2PA signature no longer fits the changed file: ask `has_signature` first.

    Args:
        data: The file.
        settings: ``ImageResult.settings``; JSON values.

    Raises:
        InvalidRequest: When the file is no whole PNG, JPEG or WebP.
    """
    try:
        header = read_header(data)
        if header.format not in CONTAINERS:
            raise Unreadable(
                f"is a {LABELS[header.format]}, which has no place for settings", "Save it without settings."
            )
        words = parameters_text(settings, header.width, header.height)
        request = settings.get("request")
        prompt = str(request.get("prompt", "")) if isinstance(request, Mapping) else ""
        metadata = Metadata(
            settings=json.dumps(dict(settings), allow_nan=False).encode(),
            parameters=words.encode("utf-8", "replace"),
            exif=b"" if header.format == "png" else comment_exif(words),
            xmp=xmp_packet(source_type_of(settings), prompt, _system(settings)),
            source_type=source_type_of(settings),
        )
        return CONTAINERS[header.format].embed(data, metadata)
    except Unreadable as error:
        raise InvalidRequest(f"The picture {error}.", next_step=error.remedy) from None


def read_settings(source: str | Path | bytes) -> dict[str, Any] | None:
    """Read the settings in a picture file, or the ``parameters`` text of a foreign one.

    Args:
        source: A path, or the bytes of a file.

    Returns:
        The settings as `embed_settings` got them, or ``{"request": {...}}`` from a foreign picture; None without any.

    Raises:
        InvalidRequest: When the file cannot be read, is no whole picture, or its settings are damaged.
    """
    data, name = (bytes(source), "") if isinstance(source, (bytes, bytearray)) else read_file(source)
    try:
        form = read_header(data).format
        metadata = CONTAINERS[form].metadata(data) if form in CONTAINERS else Metadata()
    except Unreadable as error:
        raise InvalidRequest(f"{name or 'This picture'} {error}.", next_step=error.remedy) from None
    if metadata.settings:
        return _parsed(metadata.settings, name)
    words = metadata.parameters.decode("utf-8", "replace") or read_comment(metadata.exif)
    return read_parameters(words) if words else None


def request_from_settings(settings: Mapping[str, Any]) -> ImageRequest:
    """Return the request that settings tell of, with the seed that was used.

    Raises:
        InvalidRequest: When they hold no request, a value that does not fit, or names of a newer version.
    """
    fields = settings.get("request", settings if "prompt" in settings else None)
    if not isinstance(fields, Mapping):
        raise InvalidRequest("These settings hold no request.", next_step="Choose another picture.")
    _refuse_unknown(set(fields) - set(ImageRequest.model_fields), list(ImageRequest.model_fields))
    references = fields.get("references") or []
    if not isinstance(references, (list, tuple)):
        raise InvalidRequest("The references in these settings are not a list.", field="references")
    known = {**fields, "references": [_reference(reference) for reference in references]}
    if known.get("seed") is None and settings.get("seed") is not None:
        known["seed"] = settings["seed"]
    return ImageRequest(**known)


def has_signature(data: bytes) -> bool:
    """Whether a C2PA manifest is in the file, which tells who made it and breaks when settings are embedded.

    False also for bytes that are no picture.
    """
    form = format_of(data)
    try:
        return form in CONTAINERS and CONTAINERS[form].metadata(data).signed
    except Unreadable:
        return False


def _system(settings: Mapping[str, Any]) -> str:
    if settings.get("provider") == "sketch":
        return ""
    return " on ".join(str(settings[name]) for name in ("model", "provider") if settings.get(name))


def _parsed(text: bytes, name: str) -> dict[str, Any]:
    try:
        settings = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        settings = None
    if not isinstance(settings, dict):
        raise InvalidRequest(
            f"The settings in {name or 'this picture'} are damaged.", next_step="Fill in the form by hand."
        )
    return settings


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _reference(fields: Any) -> Reference:
    if not isinstance(fields, Mapping):
        raise InvalidRequest("A reference in these settings is not a group of fields.", field="references")
    _refuse_unknown(set(fields) - _REFERENCE_FIELDS, sorted(_REFERENCE_FIELDS))
    try:
        return Reference(**fields)
    except ValidationError as error:
        place = error.errors()[0]["loc"][0]
        raise InvalidRequest(f'"{place}" of a reference in these settings does not fit.', field="references") from None


def _refuse_unknown(names: set[Any], known: list[str]) -> None:
    if not names:
        return
    shown = sorted(str(name)[:60] for name in names)[:5]
    listed = ", ".join(f'"{name}"' for name in shown)
    hint = nearest(shown[0], known) if len(shown) == 1 else ""
    raise InvalidRequest(
        f"These settings hold {listed}, which this version of flux2_nb does not know.",
        field=shown[0],
        next_step=hint or "Update flux2_nb, or fill in the form by hand.",
    )
