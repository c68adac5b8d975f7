"""The values of a form on their way into the history and back: pictures by their hash, everything else as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Flux2Error
from ..forms import Field, Form
from .reference_files import ReferenceFiles

if TYPE_CHECKING:
    from ..history import HistoryView

PICTURE_KEY = "sha256"
"""A picture among the kept values is a mapping with this one key."""


def kept(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they are kept: JSON values, and each picture by the hash of its bytes."""
    return {field.name: _kept(field, values[field.name]) for field in form if field.name in values}


def recalled(values: Mapping[str, Any], history: HistoryView, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Return kept values as a form takes them, with pictures written to files of their own.

    Args:
        values: What `kept` gave, out of the history.
        history: Where the pictures are.
        folder: Where files may be written that the UI shows.

    Returns:
        The values, and a sentence for every picture that is no longer there.
    """
    lost: list[str] = []

    def back(value: Any) -> Any:
        if isinstance(value, Mapping) and set(value) == {PICTURE_KEY}:
            return _file(str(value[PICTURE_KEY]), history, folder, lost)
        if isinstance(value, Mapping):
            return {name: back(item) for name, item in value.items()}
        return [back(item) for item in value] if isinstance(value, (list, tuple)) else value

    return {name: back(value) for name, value in values.items()}, lost


def _kept(field: Field, value: Any) -> Any:
    if field.kind == "drawing":
        return _by_hash(value)
    if field.kind == "references":
        return [{**one, "image": _by_hash(one.get("image"))} for one in value or []]
    return value


def _by_hash(picture: str | Path | bytes | None) -> dict[str, str] | None:
    if picture is None:
        return None
    data = picture if isinstance(picture, bytes) else Path(picture).read_bytes()
    return {PICTURE_KEY: hashlib.sha256(data).hexdigest()}


def _file(sha256: str, history: HistoryView, folder: Path, lost: list[str]) -> str | None:
    try:
        reference = history.reference(sha256)
        name = reference.name or f"reference.{reference.media_type.rpartition('/')[2]}"
        return str(ReferenceFiles(folder).keep(history.owner or "", reference.data, name))
    except Flux2Error as error:
        lost.append(str(error))
        return None
