"""Tells the runs of a living process from those of one that died.

A presence is a folder with a locked file in it. The operating system frees the lock when the process ends, however it
ends, which a process number cannot promise: numbers are used again, and differ between containers that share a folder.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from .records import new_id


class Presence:
    """A process at work on a home folder: this one once `begin` was called, or another one.

    Attributes:
        token: The name under which the process's runs are journaled; never used twice.
        folder: The process's own folder, for files that are still being written.
    """

    def __init__(self, processes: Path, token: str = "") -> None:
        self.token = token or new_id()
        self.folder = processes / self.token
        self._lock = FileLock(self.folder / "alive", timeout=0, mode=0o600, thread_local=False)

    def begin(self) -> None:
        """Announce this process; it is alive until `end`, or until the process is gone."""
        self.folder.mkdir(mode=0o700, parents=True)
        self._lock.acquire()

    def is_alive(self) -> bool:
        """Whether another process is still there."""
        if not self.folder.is_dir():
            return False
        try:
            with self._lock:
                return False
        except Timeout:
            return True

    def end(self) -> None:
        """Remove the folder with whatever was half written in it, and free the lock."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.release()


def crashed(processes: Path) -> list[Presence]:
    """Return the processes that ended without taking leave."""
    found = [Presence(processes, folder.name) for folder in processes.iterdir()] if processes.is_dir() else []
    return [presence for presence in found if not presence.is_alive()]
