"""The long versions of the reliability tests, against doubles: ``make soak``; some twenty minutes on two cores.

``jobs``: a thousand jobs with random faults. ``steps``: 10,000 steps of two processes that click, die and come back.
``kills``: ``kill -9`` fifty times at every step of a purchase. Without a word: all three.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import stamina
from hypothesis.stateful import run_state_machine_as_test

from flux2_nb import purchase
from tests.doubles import BflDouble, ReplicateDouble
from tests.reliability.kills import Mortals, kill_and_check
from tests.reliability.mortal import POINTS
from tests.reliability.purchases import Purchases, walk, without_pauses
from tests.reliability.soak import soak

KILLS = 50
STEPS = 10_000
PROVIDERS = (("bfl", BflDouble), ("replicate", ReplicateDouble))


def jobs(seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder, BflDouble() as double:
        found = soak(double, Path(folder), 1000, seed=seed)
    print(f"1000 jobs: {dict(found.states)}")
    print(f"purchases: {found.purchases.total()}, of one job at most {max(found.purchases.values())}")
    print(f"open files: {found.handles[0]} before, {found.handles[1]} after; threads: {found.threads}")
    early, late = found.megabytes
    print(f"memory, with all that the double remembers: {early:.0f} MB after a tenth, {late:.0f} MB at the end")
    print("no key in any byte written")


def steps(seed: int) -> None:
    with without_pauses():
        while Counted.steps < STEPS:
            run_state_machine_as_test(Counted, settings=walk(50, 50, print_blob=True))
            print(f"{Counted.steps} steps so far", flush=True)
    print(f"{Counted.steps} steps of two processes: no click was charged twice, every purchase was found")


class Counted(Purchases):
    steps = 0

    def check_invariants(self, *told: Any) -> None:
        Counted.steps += 1
        super().check_invariants(*told)


def kills(seed: int) -> None:
    deaths = 0
    with Mortals() as mortals:
        for number in range(KILLS):
            provider, kind = PROVIDERS[number % len(PROVIDERS)]
            for point in POINTS:
                with tempfile.TemporaryDirectory() as folder, kind() as double:
                    kill_and_check(mortals, Path(folder), point, provider, double)
                deaths += 1
    print(
        f"{deaths} deaths at {len(POINTS)} steps: nothing was bought twice, every job that was written down was fetched"
    )


SOAKS: dict[str, Callable[[int], None]] = {"jobs": jobs, "kills": kills, "steps": steps}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", nargs="*", default=list(SOAKS), help="jobs, kills or steps; all three unless told")
    parser.add_argument("--seed", type=int, default=7, help="of the jobs' faults")
    told = parser.parse_args()
    logging.disable(logging.ERROR)  # a thousand jobs have a hundred complaints
    stamina.set_testing(True, attempts=6, cap=True)
    purchase.FIRST_PAUSE = 0.001
    for name in told.which:
        began = time.monotonic()
        SOAKS[name](told.seed)
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
