"""Many jobs with random faults, counted: ``make soak`` runs a thousand, the tests a hundred.

Who calls it switches off the waits between tries: it shows what is counted and kept, not how long it would take.
"""

from __future__ import annotations

import gc
import os
import random
import resource
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from flux2_nb import errors
from flux2_nb.history.records import State
from flux2_nb.run import Run
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.reliability.aftermath import assert_not_written

DEADLINE = 2.0
"""Seconds; a stalled answer ends the wait after this."""

FAULTS: dict[str, Sequence[faults.Fault]] = {
    "submit": (
        faults.reset(),
        faults.reset(worked=False),
        faults.cut(),
        faults.cut(0.99),
        faults.truncate(),
        faults.html(),
        faults.html(worked=True),
        faults.answer(429, "", {"Retry-After": "0"}),
        faults.answer(402),
        faults.answer(422),
        faults.answer(500),
        faults.answer(503, worked=True),
        faults.redirect("http://127.0.0.1:9/"),
        faults.stall(),
    ),
    "poll": (
        faults.reset(),
        faults.answer(503),
        faults.cut(),
        faults.truncate(),
        faults.html(),
        faults.edit({"status": ["?"]}),
        faults.redirect("http://127.0.0.1:9/"),
    ),
    "download": (
        faults.reset(),
        faults.cut(),
        faults.wrong_length(-10),
        faults.wrong_length(10),
        faults.answer(403),
        faults.answer(500),
        faults.html(),
    ),
}
"""What goes wrong, by stage."""

FATES = (faults.Fate(end="moderated"), faults.Fate(end="failed"), faults.Fate(image=b"no picture"))


@dataclass(frozen=True)
class Soaked:
    """What was counted.

    Attributes:
        states: How the runs stand in the history at the end, after everything collectable was collected.
        purchases: Accepted paid requests, by prompt; each run has a prompt of its own.
        handles: Open files before and after.
        threads: Threads before and after.
        megabytes: Resident memory after a tenth of the jobs, and at the end.
    """

    states: Counter[str]
    purchases: Counter[str]
    handles: tuple[int, int]
    threads: tuple[int, int]
    megabytes: tuple[float, float]


def soak(double: Double, home: Path, jobs: int, share: float = 0.1, seed: int = 7) -> Soaked:
    """Run jobs, each request of which meets a fault with the chance of ``share``; check what must hold, and count."""
    chance = random.Random(seed)
    studio = Studio("bfl", home=home, settings=double.environ, concurrency=8)
    studio.card = studio.card.model_copy(update={"deadline": DEADLINE})
    studio.generate("warm up", width=64, height=64)
    before, early = (_handles(), threading.active_count()), 0.0
    for first in range(0, jobs, 25):
        _script(double, chance, share)
        runs = [studio.start(f"fox {number}", width=64, height=64) for number in range(first, min(first + 25, jobs))]
        for run in runs:
            _wait(run)
        early = early or (_megabytes() if first >= jobs // 10 else 0.0)
    for stage in FAULTS:
        double.script(stage, None, forever=True)
    for run in studio.resume():
        _wait(run)
    gc.collect()
    after = (_handles(), threading.active_count())
    owner = studio.engine.history
    states = Counter(
        record.state for record in owner.runs(get_args(State), limit=10 * jobs) if record.request.prompt != "warm up"
    )
    purchases = Counter(job.values["prompt"] for job in double.submits if job.values["prompt"] != "warm up")
    studio.engine.close()
    assert_not_written(double.key, home)
    return Soaked(states, purchases, (before[0], after[0]), (before[1], after[1]), (early, _megabytes()))


def _script(double: Double, chance: random.Random, share: float) -> None:
    """Say what befalls the next requests of each stage."""
    for stage, known in FAULTS.items():
        double.script(stage, *[chance.choice(known) if chance.random() < share else None for _ in range(25)])
    double.script("job", *[chance.choice(FATES) if chance.random() < share / 4 else None for _ in range(25)])


def _wait(run: Run) -> None:
    with suppress(errors.Flux2Error):
        run.result(60)


def _handles() -> int:
    return len(os.listdir("/proc/self/fd"))


def _megabytes() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 2**20
