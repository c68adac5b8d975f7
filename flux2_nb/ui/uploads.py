"""Whose the files in the folder of uploads are: Gradio keeps them without a name, and a visitor may want them gone.

Gradio empties the folder when the app starts and removes what is older than a day, so memory is enough here.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

UPLOAD = "/gradio_api/upload"
"""Where Gradio takes files; it answers with a list of the paths they lie under (gradio 6.31)."""


class Uploads:
    """Which visitor put which file into the folder.

    Args:
        folder: The folder; files elsewhere are not touched.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._paths: defaultdict[str, set[Path]] = defaultdict(set)
        self._lock = threading.Lock()

    def note(self, owner: str, paths: Iterable[str | Path]) -> None:
        """Write down that these files are an owner's."""
        resolved = [Path(path).resolve() for path in paths]
        with self._lock:
            self._paths[owner].update(path for path in resolved if path.is_relative_to(self._folder))

    def forget(self, owner: str) -> int:
        """Remove an owner's files, except those that another visitor uploaded too; returns how many were there."""
        with self._lock:
            mine = self._paths.pop(owner, set())
            shared = {path for paths in self._paths.values() for path in paths}
        gone = [path for path in mine - shared if path.is_file()]
        for path in gone:
            path.unlink(missing_ok=True)
            with suppress(OSError):  # something else lies in it
                path.parent.rmdir()
        return len(gone)


class NoteUploads:
    """ASGI middleware that writes down whose each upload is; stands inside `visitors.Visitors`.

    Args:
        app: What to wrap.
        uploads: Where it is written down.
    """

    def __init__(self, app: ASGIApp, uploads: Uploads) -> None:
        self.app = app
        self.uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].endswith(UPLOAD):
            await self.app(scope, receive, send)
            return
        answer = bytearray()

        async def send_and_read(message: Message) -> None:
            if message["type"] == "http.response.body":
                answer.extend(message.get("body", b""))
                if not message.get("more_body"):
                    self.uploads.note(scope["state"]["owner"], _paths_in(bytes(answer)))
            await send(message)

        await self.app(scope, receive, send_and_read)


def _paths_in(answer: bytes) -> list[str]:
    """Return the paths in Gradio's answer; none where it refused."""
    try:
        paths = json.loads(answer)
    except ValueError:
        return []
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []
