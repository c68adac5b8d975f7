"""The database file: opened, checked, brought to the newest schema, set aside when it is damaged."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from ..errors import StoreError
from .failures import is_damage
from .schema import MIGRATIONS, migrate

NAME = "history.db"
_COMPANIONS = ("", "-journal", "-wal", "-shm")

# Versions 3.7.0 to 3.51.2 can damage a file in WAL mode that two connections write (sqlite.org/wal.html#walresetbug).
_JOURNAL_MODE = "WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "DELETE"


class Database:
    """Two ways to one file: `writing`, whose transactions take the write lock at once, and `reading`.

    Args:
        path: The file.
        busy_seconds: How long to wait for another process's lock.
    """

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self._path = path
        self.writing = _engine(path, busy_seconds, "BEGIN IMMEDIATE", "PRAGMA synchronous = FULL")
        self.reading = _engine(path, busy_seconds, "BEGIN", "PRAGMA query_only = ON")

    def prepare(self, thorough: bool) -> list[str]:
        """Make or check the file and bring it to the newest schema; called once, by one process at a time.

        Args:
            thorough: Check the whole file, not only its beginning: for use after a crash.

        Returns:
            What a person should know, as sentences.

        Raises:
            StoreError: When the file is from a newer version.
        """
        self._touch()
        try:
            return self._check_and_migrate(thorough)
        except DBAPIError as error:
            if not is_damage(error):
                raise
        notice = self._set_aside()
        self._touch()
        self._check_and_migrate(thorough=False)
        return [notice]

    def close(self) -> None:
        """Close every connection."""
        self.writing.dispose()
        self.reading.dispose()

    def _touch(self) -> None:
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))

    def _check_and_migrate(self, thorough: bool) -> list[str]:
        with self.writing.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA journal_mode = {_JOURNAL_MODE}")
        with self.writing.begin() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > len(MIGRATIONS):
                raise StoreError(
                    f"The history in {self._path.parent} was written by a newer flux2_nb; it was left as it is.",
                    next_step="Update flux2_nb, or choose another folder with FLUX2_HOME.",
                )
            if thorough and connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() != "ok":
                raise _damaged()
            notices = [self._back_up(version)] if 0 < version < len(MIGRATIONS) else []
            migrate(connection)
        return notices

    def _back_up(self, version: int) -> str:
        """Copy the file as it is before its schema changes; called under the write lock."""
        backup = self._path.with_name(f"{NAME}.schema-{version}")
        part = Path(f"{backup}.part")
        try:
            os.close(os.open(part, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600))
            with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy)
            os.replace(part, backup)
        finally:
            part.unlink(missing_ok=True)
        return f"The history was brought to a newer form. As it was before, it is kept as {backup.name}."

    def _set_aside(self) -> str:
        self.close()
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        aside = self._path.with_name(f"{NAME}.corrupt-{stamp}")
        for companion in _COMPANIONS:
            # A journal left behind would be played into the new file.
            part = Path(f"{self._path}{companion}")
            if part.exists():
                os.replace(part, f"{aside}{companion}")
        return (
            f"The history file was damaged. It was set aside as {aside.name} and a new history begun; the pictures "
            "are still in their folder. What was spent earlier today no longer counts against the budget."
        )


def _damaged() -> DBAPIError:
    error = sqlite3.DatabaseError("quick_check failed")
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return DBAPIError("PRAGMA quick_check", None, error)


def _engine(path: Path, busy_seconds: float, begin: str, pragma: str) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
        pool_size=4,
        max_overflow=12,
        # Prompts stay out of error messages.
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        # Transactions are begun by us: the driver's own way would take the write lock too late.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
