"""The nine kinds of field on their way to the page and back: as JSON, and pictures by a key instead of their bytes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ... import images
from ...errors import Flux2Error, InvalidRequest
from ...forms import Field
from ..narrowing import kind_of
from ..repeated import MOST_ROWS, column_properties, columns_of, completed, one_of, read_rows

EMPTY_NUMBER = "automatic"
"""Stands in a number field that is empty."""

THUMBNAIL_SIDE = 240
"""Longest side in pixels of a reference on the page."""

SHEET = (1024, 768)
"""Width and height of a blank sheet to draw on, in pixels; no drawing is shown larger than its longer side."""


class Pictures:
    """The pictures in a form: the page knows each by a key, so that it can order them but name no file of its own."""

    def __init__(self) -> None:
        self._by_key: dict[str, Any] = {}
        self._previews: dict[tuple[str, int], str] = {}

    def key(self, picture: str | Path | bytes) -> str:
        """Return the key of a picture, from now on known."""
        data = picture if isinstance(picture, bytes) else str(picture).encode()
        key = hashlib.sha256(data).hexdigest()[:24]
        self._by_key[key] = picture
        return key

    def get(self, key: object) -> Any:
        """Return a picture by its key; None for a key that we never gave away."""
        return self._by_key.get(str(key))

    def preview(self, key: str, side: int) -> str:
        """Return a small copy as a data address; empty when the picture cannot be read, which a note explains."""
        if (key, side) not in self._previews:
            self._previews[key, side] = self._made(self._by_key[key], side)
        return self._previews[key, side]

    def _made(self, picture: str | Path | bytes, side: int) -> str:
        try:
            data = picture if isinstance(picture, bytes) else Path(picture).expanduser().read_bytes()
            small = images.thumbnail(data, side)
        except (OSError, Flux2Error):
            return ""
        return f"data:image/webp;base64,{base64.b64encode(small).decode()}"


def properties(field: Field) -> dict[str, Any]:
    """Return what the page has to know of a field as the target shows it."""
    optional = field.placeholder or EMPTY_NUMBER
    shared = {
        "name": field.name,
        "kind": kind_of(field),
        "label": field.label,
        "help": field.help,
        "off": field.off,
        "hidden": field.hidden,
        "group": field.group,
        "placeholder": optional if kind_of(field) == "optional" else field.placeholder,
        "lines": field.lines,
    }
    own = _OWN.get(field.kind)
    return {**shared, **(own(field) if own else {})}


def shown(field: Field, value: Any, pictures: Pictures) -> Any:
    """Return a value as the page shows it."""
    if field.kind == "choice":
        return next((index for index, (_, choice) in enumerate(field.choices) if choice == value), None)
    if field.kind == "number":
        return value if isinstance(value, str) else "" if value is None else f"{value:g}" if _is_short(value) else value
    if field.kind in ("rows", "palette"):
        return completed(field, value)
    if field.kind == "references":
        return [_reference(one, pictures) for one in value or [] if one.get("image")]
    if field.kind == "drawing":
        return _drawing(value, pictures)
    return bool(value) if field.kind == "switch" else value or ""


def read(field: Field, raw: Any, pictures: Pictures) -> Any:
    """Return the value that the page sent for a field.

    Raises:
        InvalidRequest: When no page of ours would have sent it.
    """
    if field.kind == "choice":
        if not isinstance(raw, int) or not 0 <= raw < len(field.choices):
            raise InvalidRequest(f"{field.label} has no choice number {raw}.", field=field.name, money="")
        return field.choices[raw][1]
    if field.kind == "number":
        return _number(field, raw)
    if field.kind in ("rows", "palette"):
        return read_rows(field, raw)
    if field.kind == "references":
        return _references(field, raw, pictures)
    if field.kind == "drawing":
        return pictures.get(raw) if raw else None
    return bool(raw) if field.kind == "switch" else str(raw)


def _bounds(field: Field) -> dict[str, Any]:
    return {"minimum": field.minimum, "maximum": field.maximum, "step": field.step or (0.1 if _slides(field) else 1)}


def _slides(field: Field) -> bool:
    return kind_of(field) == "slider"


def _choices(field: Field) -> dict[str, Any]:
    return {"choices": [str(label) for label, _ in field.choices]}


def _repeated(field: Field) -> dict[str, Any]:
    columns = [column_properties(field, column) for column in columns_of(field)]
    return {"columns": columns, "most": MOST_ROWS if field.most is None else field.most, "noun": one_of(field)}


_OWN: Mapping[str, Callable[[Field], dict[str, Any]]] = {
    "choice": _choices,
    "number": _bounds,
    "rows": _repeated,
    "palette": _repeated,
    "references": _repeated,
    "drawing": lambda field: {"sheet": list(SHEET)},
}
"""Kind -> what the page has to know of it beyond what all have."""


def _is_short(value: Any) -> bool:
    """Whether the general format shows all of a number: it would round a long seed."""
    return isinstance(value, float) and abs(value) < 100_000


def _number(field: Field, raw: Any) -> Any:
    """Return the number a person typed; None for an empty field, the text itself for what is none."""
    text = "" if raw is None else str(raw).strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if field.step == 1 and number.is_integer() else number


def _reference(one: Mapping[str, Any], pictures: Pictures) -> dict[str, Any]:
    key = pictures.key(one["image"])
    cells = {name: value for name, value in one.items() if name != "image"}
    return {**cells, "image": key, "preview": pictures.preview(key, THUMBNAIL_SIDE)}


def _references(field: Field, raw: Any, pictures: Pictures) -> list[dict[str, Any]]:
    rows = raw if isinstance(raw, list) else []
    found = [pictures.get(row.get("image")) for row in rows if isinstance(row, Mapping)]
    cells = read_rows(field, rows)
    pairs = zip(found, cells, strict=True)
    return [{"image": picture, **row} for picture, row in pairs if picture is not None]


def _drawing(value: Any, pictures: Pictures) -> dict[str, Any] | None:
    if value is None:
        return None
    key = pictures.key(value)
    return {"image": key, "preview": pictures.preview(key, SHEET[0])}
