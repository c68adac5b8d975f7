"""Processes that store pictures and are killed, as by ``kill -9``, at a chosen point of their last run."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from flux2_nb.history import History
from flux2_nb.history.ledger import Ledger
from flux2_nb.wire import Job

from .making import make_run, make_stored, store


def die(*_: Any, **__: Any) -> Any:
    """End at once, as if the power were cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def say(*words: str) -> None:
    """Tell the parent what was acknowledged, in one write, which a kill cannot cut in two."""
    os.write(sys.stdout.fileno(), f"{' '.join(words)}\n".encode())


def last_run(history: History, point: str) -> None:
    """Take one more run up to the point, and die there."""
    run = make_run("the last", estimate_usd=0.03)
    say("intent", run.id)
    if point == "in the commit of the intent":
        event.listen(history._core.open().database.writing, "commit", die)
    history.begin(run).result()
    if point == "after the intent":
        die()
    if point == "in the commit of the job":
        event.listen(history._core.open().database.writing, "commit", die)
    history.submitted(run.id, Job("the-job", poll_url="https://api.example/the-job")).result()
    if point == "after the job":
        die()
    places: dict[str, Callable[[], Any]] = {
        "before the file has its name": lambda: patch("os.replace", die),
        "between file and row": lambda: patch.object(Ledger, "finish", die),
        "in the commit of the row": lambda: event.listen(history._core.open().database.writing, "commit", die),
    }
    patching = places.get(point, lambda: None)()
    if hasattr(patching, "start"):
        patching.start()
    result = history.finish(run.id, [make_stored(b"the last picture")]).result()[0]
    say("done", result.id)
    die()


def live_and_die(home: str, point: str) -> None:
    """Store a few pictures, then die at the point; or store without end from four threads until killed from outside."""
    history = History(Path(home))
    if point == "anywhere":
        for _ in range(4):
            threading.Thread(target=forever, args=(history,)).start()
        signal.pause()
    for _ in range(3):
        say("done", store(history).id)
    last_run(history, point)


def forever(history: History) -> None:
    """Store pictures until the end."""
    while True:
        say("done", store(history).id)


def main() -> None:
    """Start a process for every line of the input, and tell when it has ended: imports are paid for once."""
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            live_and_die(*line.rstrip("\n").split("\t"))
        say("process", str(process))
        os.waitpid(process, 0)
        say("gone", str(process))


if __name__ == "__main__":
    main()
