"""What went wrong with the disk or the database, as a sentence."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ..errors import Flux2Error, StoreError

_SPACE = "Free some space, or choose another folder with FLUX2_HOME."
_RIGHTS = "Make it writable, or choose another folder with FLUX2_HOME."
_LOCKED = "Another program holds it: close that one, or try again."
_AGAIN = "Try again: the damaged file is then set aside and a new one begun."

_BY_SQLITE_CODE: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: ("The history stayed locked for too long.", _LOCKED),
    sqlite3.SQLITE_LOCKED: ("The history stayed locked for too long.", _LOCKED),
    sqlite3.SQLITE_FULL: ("The disk is full: the history could not be written.", _SPACE),
    sqlite3.SQLITE_READONLY: ("The history cannot be written: it is read-only, or its file was moved away.", _RIGHTS),
    sqlite3.SQLITE_CANTOPEN: ("The history file cannot be opened.", _RIGHTS),
    sqlite3.SQLITE_PERM: ("The history file cannot be opened.", _RIGHTS),
    sqlite3.SQLITE_CORRUPT: ("The history file is damaged.", _AGAIN),
    sqlite3.SQLITE_NOTADB: ("The history file is damaged.", _AGAIN),
    sqlite3.SQLITE_IOERR: ("The disk failed while the history was read or written.", "Look at the disk."),
}

_BY_ERRNO: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("The disk is full.", _SPACE),
    errno.EDQUOT: ("Your share of the disk is used up.", _SPACE),
    errno.EROFS: ("The folder is read-only.", _RIGHTS),
    errno.EACCES: ("The folder may not be written.", _RIGHTS),
    errno.EPERM: ("The folder may not be written.", _RIGHTS),
    errno.ENOTDIR: ("There is a file where a folder should be.", "Choose another folder with FLUX2_HOME."),
    errno.EEXIST: ("There is a file where a folder should be.", "Choose another folder with FLUX2_HOME."),
    errno.ENOENT: ("A file of the history is gone.", ""),
    errno.EMFILE: ("Too many files are open.", "Try again when fewer runs are under way."),
}


def is_damage(error: BaseException) -> bool:
    """Whether an error says that the database file is not (or no longer) a sound one."""
    return _sqlite_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def explain(error: Exception, home: Path) -> Exception:
    """Return the `StoreError` for a failure of disk or database; any other error as it is."""
    if isinstance(error, Flux2Error):
        return error
    if isinstance(error, (SQLAlchemyError, sqlite3.Error)):
        fallback = (f"The history could not be read or written ({_words(error)}).", "")
        what, next_step = _BY_SQLITE_CODE.get(_sqlite_code(error), fallback)
    elif isinstance(error, OSError):
        fallback = (f"A file of the history could not be read or written ({error.strerror or error}).", "")
        what, next_step = _BY_ERRNO.get(error.errno or 0, fallback)
    else:
        return error
    return StoreError(f"{what} It lies in {home}.", next_step=next_step)


@contextmanager
def explained(home: Path, explain: Callable[[Exception, Path], Exception] = explain) -> Iterator[None]:
    """Turn failures of disk and database inside the block into a `StoreError`."""
    try:
        yield
    except Exception as error:
        explanation = explain(error, home)
        if explanation is error:
            raise
        raise explanation from error


def _sqlite_code(error: BaseException) -> int:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return int(getattr(cause, "sqlite_errorcode", 0)) & 0xFF


def _words(error: Exception) -> str:
    # The statement and its parameters, which SQLAlchemy adds, may hold a prompt.
    return str(error.orig if isinstance(error, DBAPIError) else type(error).__name__)
