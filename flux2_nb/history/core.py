"""What the faces of the history share: the folder, opened on first use, and the ways to write and to read."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import Connection

from ..errors import StoreError
from . import removal
from .database import NAME, Database
from .failures import explain, explained, is_damage
from .files import Files
from .ledger import Ledger
from .presence import Presence, crashed
from .rows import Clean
from .unsaved import Unsaved
from .writer import Operation, Writer, failed_future

log = logging.getLogger("flux2_nb")

T = TypeVar("T")

PROCESSES = "processes"
_FILE_THREADS = 4


@dataclass(frozen=True)
class Opened:
    """Everything that lives as long as the folder is open."""

    process: int
    inode: int
    presence: Presence
    database: Database
    writer: Writer
    pool: ThreadPoolExecutor
    files: Files
    ledger: Ledger

    def close(self) -> None:
        """Write what is queued, then let go of everything."""
        self.pool.shutdown()
        self.writer.close()
        self.database.close()
        self.presence.end()


class Core:
    """A home folder and the one writer to it in this process.

    Attributes:
        notices: What a person should know of the store, one sentence each.
        unsaved: The pictures that could not be written.
        lost: By owner, how many requests of dead processes were found on their way and are not told of yet.

    Args:
        home: The folder; made when it is missing.
        clean: Masks keys in what is stored.
        busy_seconds: How long to wait for another process's lock.
        clock: UTC epoch seconds.
    """

    def __init__(
        self, home: Path, clean: Clean, busy_seconds: float = 5.0, clock: Callable[[], float] = time.time
    ) -> None:
        self.home = Path(home)
        self.notices: list[str] = []
        self.clock = clock
        self.clean = clean
        self.unsaved = Unsaved()
        self.lost: Counter[str] = Counter()
        self._busy_seconds = busy_seconds
        self._opening = Lock()
        self._opened: Opened | None = None
        self._is_suspect = False

    def open(self) -> Opened:
        """Open the folder unless it is open.

        Raises:
            StoreError: When it cannot be made, read or written.
        """
        with self._opening:
            opened = self._opened
            if opened and opened.process != os.getpid():
                opened = None  # a forked child: its parent's threads and connections are not its own
            elif opened and _inode(self.home / NAME) != opened.inode:
                opened.close()
                opened = None
                self._notice("The history file was taken away while in use; a new one was begun.")
            elif opened and self._is_suspect:
                opened.close()
                opened = None  # to be checked, and set aside where it is damaged
            if opened is None:
                with explained(self.home):
                    opened = self._open()
                atexit.register(self.close)
            self._opened = opened
            return opened

    def write(self, operation: Operation[T]) -> Future[T]:
        """Queue an operation for the writer; every failure, also one of opening, comes by the future."""
        try:
            return self.open().writer.submit(operation)
        except StoreError as error:
            return failed_future(error)

    def journal(self, entry: Callable[[Ledger, Connection], T]) -> Future[T]:
        """Queue an entry of the ledger for the writer."""
        try:
            opened = self.open()
        except StoreError as error:
            return failed_future(error)
        return opened.writer.submit(partial(entry, opened.ledger))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading; never waits for the writer's queue."""
        opened = self.open()
        with explained(self.home, self._explain), opened.database.reading.connect() as connection:
            yield connection

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from opening or recovering the folder meanwhile."""
        try:
            with FileLock(self.home / "opening.lock", timeout=self._busy_seconds, mode=0o600, thread_local=False):
                yield
        except Timeout:
            raise StoreError(
                f"The history stayed locked for too long. It lies in {self.home}.",
                next_step="Another program holds it: close that one, or try again.",
            ) from None

    def is_dead(self, token: str) -> bool:
        """Whether the process of a presence is gone."""
        return not Presence(self.home / PROCESSES, token).is_alive()

    def sweep(self) -> None:
        """Remove what dead processes left half written; called while `alone`."""
        for presence in crashed(self.home / PROCESSES):
            shutil.rmtree(presence.folder, ignore_errors=True)

    def remove_deleted(self) -> None:
        """Remove the files that nobody needs any more."""
        files = self.open().files
        while self.write(partial(removal.remove_originals, files=files)).result():
            pass
        self.write(partial(removal.remove_references, files=files)).result()

    def close(self) -> None:
        """Write what is queued and close; the folder opens again when it is used again."""
        with self._opening:
            if self._opened and self._opened.process == os.getpid():
                self._opened.close()
            self._opened = None
            atexit.unregister(self.close)

    def _open(self) -> Opened:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = Database(self.home / NAME, self._busy_seconds)
        with self.alone():
            # Reading the whole file takes a moment; only a crash calls for it.
            for notice in database.prepare(thorough=self._is_suspect or bool(crashed(self.home / PROCESSES))):
                self._notice(notice)
            self._is_suspect = False
            presence = Presence(self.home / PROCESSES)
            presence.begin()
        files = Files(self.home, presence.folder)
        return Opened(
            process=os.getpid(),
            inode=_inode(self.home / NAME),
            presence=presence,
            database=database,
            writer=Writer(database.writing, partial(self._explain, home=self.home)),
            pool=ThreadPoolExecutor(_FILE_THREADS, thread_name_prefix="flux2-files"),
            files=files,
            ledger=Ledger(presence.token, self.clean, files, self.clock),
        )

    def _notice(self, sentence: str) -> None:
        self.notices.append(sentence)
        log.warning("%s It lies in %s.", sentence, self.home)

    def _explain(self, error: Exception, home: Path) -> Exception:
        """Return an error as a sentence; one that says the file is damaged has it looked at before the next use."""
        self._is_suspect = self._is_suspect or is_damage(error)
        return explain(error, home)


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0
