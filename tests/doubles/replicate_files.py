"""Replicate's files: uploads that predictions refer to by URL, and the reading of those references."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from .exchange import Upload
from .pictures import MIME_TYPES, open_reference
from .schema import Field, Table, violations

LARGEST_FILE = 100 * 1000 * 1000  # bytes
FIELDS: Table = {
    "content": Field("string", required=True),
    "filename": Field("string", max_length=255),
    "type": Field("string"),
    "metadata": Field("string"),
}
_DATA_URI = re.compile(r"data:(?P<type>image/[a-z]+);base64,(?P<data>.+)", re.DOTALL)


@dataclass(frozen=True)
class StoredFile:
    """One uploaded file; times in seconds since the epoch."""

    id: str
    name: str
    content_type: str
    data: bytes
    metadata: dict[str, Any]
    created: float


def read_upload(form: list[tuple[str, str | Upload]], now: float) -> StoredFile:
    """The file in a form.

    Raises:
        ValueError: The form is not what the files API takes; the message says why.
    """
    values = dict(form)
    content = values.get("content")
    if not isinstance(content, Upload):
        raise ValueError("content must be a file part")
    if len(values) < len(form):
        raise ValueError("A field was given more than once")
    broken = violations(FIELDS, {**values, "content": ""})
    if broken:
        raise ValueError(f"{broken[0].name} breaks the rule {broken[0].rule}")
    metadata = json.loads(str(values.get("metadata", "{}")))
    if not isinstance(metadata, dict):
        raise ValueError("metadata must be a JSON object")
    name = str(values.get("filename", content.filename))
    kind = str(values.get("type", content.content_type or "application/octet-stream"))
    return StoredFile(uuid.uuid4().hex[:26], name, kind, content.data, metadata, now)


def file_body(stored: StoredFile, url: str, created_at: str, expires_at: str) -> dict[str, Any]:
    """The file resource, as the API describes it; `name` and `etag` besides, which the official client needs."""
    digest = hashlib.sha256(stored.data).hexdigest()
    return {
        "id": stored.id,
        "name": stored.name,
        "content_type": stored.content_type,
        "size": len(stored.data),
        "etag": digest[:32],
        "checksums": {"sha256": digest},
        "metadata": stored.metadata,
        "created_at": created_at,
        "expires_at": expires_at,
        "urls": {"get": url},
    }


def resolve_reference(uri: str, files_url: str, files: dict[str, StoredFile]) -> bytes:
    """The bytes of a reference image, from a data URI or from a URL of the files API.

    Raises:
        ValueError: It is neither, or no image, or not the type its data URI declares.
    """
    if uri.startswith(files_url + "/"):
        stored = files.get(uri.removeprefix(files_url + "/"))
        if stored is None:
            raise ValueError("no such file")
        open_reference(stored.data)
        return stored.data
    match = _DATA_URI.fullmatch(uri)
    if match is None:
        raise ValueError("only data URIs of images and URLs of the files API can be read here")
    try:
        data = base64.b64decode(match["data"], validate=True)
    except binascii.Error as error:
        raise ValueError(f"bad base64: {error}") from error
    if MIME_TYPES[open_reference(data).format.lower()] != match["type"]:
        raise ValueError(f"the data URI says {match['type']}, its bytes do not")
    return data
