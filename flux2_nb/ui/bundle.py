"""Many originals as one file: a zip that is written while it is sent, so that it takes no memory and no disk."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from ..history import HistoryItem
from .view import file_name

SETTINGS_NAME = "settings.json"
"""The file in the zip that says how each picture was made."""


def bundle(items: Sequence[HistoryItem]) -> Iterator[bytes]:
    """Yield a zip of the originals, byte for byte, and of their settings; nothing is packed twice.

    Raises:
        StoreError: While it is sent, when a file is gone; what was sent is then no whole zip.
    """
    sink = _Sink()
    settings: dict[str, Any] = {}
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for item, name in zip(items, unique_names(items), strict=True):
            result = item.result()
            archive.writestr(_entry(name, item.created), result.data)
            settings[name] = {"origin": result.origin, **result.settings}
            yield sink.take()
        text = json.dumps(settings, ensure_ascii=False, indent=2)
        archive.writestr(SETTINGS_NAME, text)
    yield sink.take()


def unique_names(items: Iterable[HistoryItem]) -> list[str]:
    """Return a file name for each picture, numbered from the second one on where several would have the same."""
    used: set[str] = set()
    names = []
    for item in items:
        name = first = file_name(item.prompt, item.seed, item.format)
        stem, _, ending = first.rpartition(".")
        number = 1
        while name.lower() in used:
            number += 1
            name = f"{stem}-{number}.{ending}"
        used.add(name.lower())
        names.append(name)
    return names


def _entry(name: str, created: datetime) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, created.timetuple()[:6])


class _Sink:
    """A file that only goes forwards: what was written is taken away and sent."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is written is there at once."""

    def close(self) -> None:
        """Do nothing: there is no file."""

    def take(self) -> bytes:
        data = bytes(self._written)
        self._written.clear()
        return data
