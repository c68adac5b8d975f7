"""Pictures on their way from the page: in parts, because a notebook server takes no message beyond some megabytes."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...errors import InvalidRequest

MOST_BYTES = 64 * 1024 * 1024
"""As large as a reference may be."""

MOST_REFUSED = 100
"""Refused files that are remembered; further parts of one are let fall."""

TOO_LARGE = "The picture has more than 64 MB, which is the most that is taken."


class Uploads:
    """Puts the parts of each file together, and writes the files that a form wants as paths."""

    def __init__(self) -> None:
        self._parts: dict[str, list[bytes]] = {}
        self._refused: OrderedDict[str, None] = OrderedDict()

    @cached_property
    def _folder(self) -> TemporaryDirectory[str]:
        return TemporaryDirectory(prefix="flux2_nb-")

    def add(self, message: Mapping[str, Any], data: bytes) -> bytes | None:
        """Take the next part of a file.

        Args:
            message: ``upload`` names the file, ``last`` says whether this part ends it.
            data: The part.

        Returns:
            The whole file with its last part; else None, and for every further part of a file that was refused.

        Raises:
            InvalidRequest: When the file grows beyond what a reference may be.
        """
        key = str(message["upload"])
        if key in self._refused:
            return None
        parts = self._parts.setdefault(key, [])
        parts.append(data)
        if sum(map(len, parts)) > MOST_BYTES:
            self._refuse(key)
            raise InvalidRequest(TOO_LARGE, money="", next_step="Make it smaller first.")
        return b"".join(self._parts.pop(key)) if message.get("last") else None

    def _refuse(self, key: str) -> None:
        del self._parts[key]
        self._refused[key] = None
        while len(self._refused) > MOST_REFUSED:
            self._refused.popitem(last=False)

    def write(self, data: bytes) -> str:
        """Write a drawing to a file of its own, which goes when the panel does."""
        path = Path(self._folder.name) / f"{secrets.token_hex(8)}.png"
        path.write_bytes(data)
        return str(path)
