"""Pictures on disk: stored once by the hash of their bytes, whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from ..errors import InvalidRequest
from .records import Stored

FORMATS: dict[str, str] = {"image/png": "png", "image/jpeg": "jpeg", "image/webp": "webp"}
"""File endings by media type."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Files:
    """The folders of originals, references and previews under a home folder.

    Args:
        home: The home folder.
        scratch: Where files are written before they get their names; on the same disk.
    """

    def __init__(self, home: Path, scratch: Path) -> None:
        self._home = home
        self._scratch = scratch

    def original(self, sha256: str, format: str) -> Path:
        """Return where the original with this hash lies."""
        return self._home.joinpath("images", sha256[:2], f"{sha256}.{format}")

    def reference(self, sha256: str, media_type: str) -> Path:
        """Return where the reference with this hash lies."""
        return self._home.joinpath("references", sha256[:2], f"{sha256}.{FORMATS[media_type]}")

    def preview(self, sha256: str, side: int) -> Path:
        """Return where the preview of an original lies, or will lie."""
        return self._home.joinpath("previews", str(side), sha256[:2], f"{sha256}.webp")

    def find_reference(self, sha256: str) -> tuple[bytes, str] | None:
        """Return the bytes and the media type of a reference, or None when it is not here.

        Raises:
            InvalidRequest: When the text is not a hash: it becomes part of a path.
        """
        if not _SHA256.fullmatch(sha256):
            raise InvalidRequest(f"{sha256[:80]!r} is not the hash of a reference image.", field="references")
        for media_type in FORMATS:
            path = self.reference(sha256, media_type)
            if path.is_file():
                return path.read_bytes(), media_type
        return None

    def keep_original(self, picture: Stored) -> None:
        """Write a delivery's bytes as they came."""
        self.keep(self.original(picture.sha256, picture.format), picture.delivery.data)

    def keep(self, path: Path, data: bytes) -> None:
        """Write a file so that it is on the disk, whole, when this returns; a file that is already there stays."""
        if path.is_file() and path.stat().st_size == len(data):
            return
        made_folder = not path.parent.is_dir()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(suffix=".part", dir=self._scratch)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise
        _sync_folder(path.parent)
        if made_folder:
            _sync_folder(path.parent.parent)

    def forget_original(self, sha256: str, format: str) -> None:
        """Remove an original and its previews."""
        self.original(sha256, format).unlink(missing_ok=True)
        for side in (self._home / "previews").glob("*"):
            self.preview(sha256, int(side.name)).unlink(missing_ok=True)

    def forget_reference(self, sha256: str) -> None:
        """Remove a reference."""
        for media_type in FORMATS:
            self.reference(sha256, media_type).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows has no such call; it journals names by itself
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
