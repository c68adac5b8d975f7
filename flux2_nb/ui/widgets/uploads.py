"""Pictures on their way from the page: in parts, because a notebook server takes no message beyond some megabytes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...errors import InvalidRequest

MOST_BYTES = 64 * 1024 * 1024
"""As large as a reference may be."""


class Uploads:
    """Puts the parts of each file together, and writes the files that a form wants as paths."""

    def __init__(self) -> None:
        self._parts: dict[str, list[bytes]] = {}

    @cached_property
    def _folder(self) -> TemporaryDirectory[str]:
        return TemporaryDirectory(prefix="flux2_nb-")

    def add(self, message: Mapping[str, Any], data: bytes) -> bytes | None:
        """Take the next part of a file.

        Args:
            message: ``upload`` names the file, ``last`` says whether this part ends it.
            data: The part.

        Returns:
            The whole file with its last part, else None.

        Raises:
            InvalidRequest: When the file grows beyond what a reference may be.
        """
        key = str(message["upload"])
        parts = self._parts.setdefault(key, [])
        parts.append(data)
        if sum(map(len, parts)) > MOST_BYTES:
            del self._parts[key]
            raise InvalidRequest("The picture is larger than 64 MB.", money="", next_step="Make it smaller first.")
        return b"".join(self._parts.pop(key)) if message.get("last") else None

    def write(self, data: bytes) -> str:
        """Write a drawing to a file of its own, which goes when the panel does."""
        path = Path(self._folder.name) / f"{secrets.token_hex(8)}.png"
        path.write_bytes(data)
        return str(path)
