"""Processes that buy one picture each and are killed, as by ``kill -9``, at a chosen step on the way.

Read line by line: ``home <tab> point <tab> provider <tab> settings as JSON``. One process is forked for each line, so
that imports are paid for once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flux2_nb import http, purchase
from flux2_nb.history.ledger import Ledger
from flux2_nb.history.store import History
from flux2_nb.studio import Studio


def die(*_: Any, **__: Any) -> Any:
    """End at once, as if the power were cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(wrapped: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with death at its end."""

    def run(*args: Any, **named: Any) -> Any:
        wrapped(*args, **named)
        die()

    return run


def after_future(wrapped: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with death once what it promised has come true."""

    def run(*args: Any, **named: Any) -> Any:
        wrapped(*args, **named).result()
        die()

    return run


POINTS: dict[str, tuple[Any, str, Callable[[Any], Any]]] = {
    "before the intent": (History, "begin", lambda _: die),
    "in the intent's transaction": (Ledger, "begin", after),
    "after the intent": (History, "begin", after_future),
    "before the paid request": (http.Client, "_pay", lambda _: die),
    "when its answer comes": (http, "_read", lambda _: die),
    "before the job is written down": (History, "submitted", lambda _: die),
    "in the job's transaction": (Ledger, "submitted", after),
    "after the job is written down": (History, "submitted", after_future),
    "before the download": (http.Client, "_download", lambda _: die),
    "before the picture is stored": (History, "finish", lambda _: die),
    "before its file has its name": (os, "replace", lambda _: die),
    "between file and row": (Ledger, "finish", lambda _: die),
    "in the row's transaction": (Ledger, "finish", after),
    "after the row": (History, "finish", after_future),
}
"""Where it dies, by name: what is replaced, and by what."""


def buy_and_die(home: str, point: str, provider: str, settings: str) -> None:
    """Buy one picture and die at the point; a death that never comes is told by the exit code."""
    place, name, change = POINTS[point]
    setattr(place, name, change(getattr(place, name)))
    Studio(provider, home=Path(home), settings=json.loads(settings)).generate("a fox", seed=7)
    os._exit(3)


def main() -> None:
    """Fork a process for every line, and say how it ended."""
    assert purchase  # everything a purchase needs is imported here, once
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            buy_and_die(*line.rstrip("\n").split("\t"))
        _, status = os.waitpid(process, 0)
        os.write(sys.stdout.fileno(), f"{os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
