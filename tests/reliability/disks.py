"""Disks that refuse, where root too would meet it: the error comes from the call that would have given it."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from flux2_nb.studio import Studio

Broken = Callable[[Studio], AbstractContextManager[None]]


def refusing(call: str, code: int) -> Broken:
    """A disk on which one call of the history's files gives this error."""

    @contextmanager
    def broken(_: Studio) -> Iterator[None]:
        def refuse(*_: Any, **__: Any) -> Any:
            raise OSError(code, os.strerror(code))

        with patch(f"flux2_nb.history.files.{call}", refuse):
            yield

    return broken


def refusing_rows(statement: str, code: int = sqlite3.SQLITE_FULL) -> Broken:
    """A disk on which the database cannot carry out statements that begin so."""

    @contextmanager
    def broken(studio: Studio) -> Iterator[None]:
        engine = studio.engine.history._core.open().database.writing

        def refuse(_: Any, __: Any, text: str, *___: Any) -> None:
            if text.startswith(statement):
                error = sqlite3.OperationalError("the disk refused")
                error.sqlite_errorcode = code
                raise error

        event.listen(engine, "before_cursor_execute", refuse)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", refuse)

    return broken


FULL_AFTER_THE_BYTES = refusing("os.replace", errno.ENOSPC)
READ_ONLY = refusing("tempfile.mkstemp", errno.EROFS)
NO_PERMISSION = refusing("tempfile.mkstemp", errno.EACCES)
NO_ROW = refusing_rows("INSERT INTO images")
NO_JOB = refusing_rows("UPDATE runs SET state=?, process=?, submitted=?")
NO_INTENT = refusing_rows("INSERT INTO runs")
NOTHING_MORE = refusing_rows("")
"""After the intent nothing is written any more."""
