"""What must be found after a process was killed in the middle of a purchase."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

from flux2_nb.engine import Engine
from tests.doubles.double import Double

from .purchases import Process

ROOT = Path(__file__).parents[2]

UNSENT = ("before the intent", "in the intent's transaction")
"""Deaths before anything was written down: nothing was asked for, as far as anybody will ever know."""

UNBOUGHT = ("after the intent", "before the paid request")
"""Deaths after which a run is counted as spent although nothing was bought: that cannot be told from outside."""

UNKNOWN = ("when its answer comes", "before the job is written down", "in the job's transaction")
"""Deaths after the provider took the request and before we knew which job it was."""


class Mortals:
    """Starts processes that die at a chosen step."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.reliability.mortal"]
        self._parent = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        with self._parent:
            assert self._parent.stdin is not None
            self._parent.stdin.close()

    def die(self, home: Path, point: str, provider: str, double: Double) -> None:
        """Let a process buy one picture and die at a point on the way."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        print(home, point, provider, json.dumps(double.environ), sep="\t", file=self._parent.stdin, flush=True)
        assert int(self._parent.stdout.readline()) == -signal.SIGKILL, f"nobody died {point}"


def check_after(home: Path, point: str, provider: str, double: Double) -> None:
    """Start anew on the folder of a dead process, take up what is unfinished, and lay both books side by side."""
    before = len(double.submits)
    studio = Process(provider, home=home, settings=double.environ)
    studio.own_engine = Engine(home)
    try:
        for run in studio.resume():
            run.result(20)
        states = [run.state for run in studio.history.runs(["done", "unknown", "sending", "submitted", "failed"])]
        pictures = [item.result().data for item in studio.history.search()]
        spent = studio.history.spent_today()
    finally:
        studio.own_engine.close()
    assert len(double.submits) == before, "a new process bought something"
    assert before == (0 if point in UNSENT + UNBOUGHT else 1)
    if point in UNSENT:
        assert (states, pictures, spent) == ([], [], 0)
    elif point in UNBOUGHT + UNKNOWN:
        assert (states, pictures) == (["unknown"], [])
        assert spent > 0
    else:
        assert states == ["done"]
        assert pictures == list(double.delivered.values())[-1:]
        assert spent > 0
    _assert_no_remains(home, len(pictures))
    assert not double.leaks


def _assert_no_remains(home: Path, pictures: int) -> None:
    """Every picture's file belongs to a row, and nothing half written is left."""
    files = [path for path in (home / "images").rglob("*") if path.is_file()]
    assert len(files) == pictures
    assert not list(home.rglob("*.part"))


def kill_and_check(mortals: Mortals, folder: Path, point: str, provider: str, double: Double) -> None:
    """One death and its aftermath, in a folder that is gone afterwards."""
    home = folder / "home"
    mortals.die(home, point, provider, double)
    check_after(home, point, provider, double)
    shutil.rmtree(home)
