"""What it costs to refuse a picture that is small as a file and huge when opened, each in a process of its own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from flux2_nb.errors import InvalidRequest
from flux2_nb.images import read_reference
from flux2_nb.request import Reference
from tests.images import pictures
from tests.reliability.test_pictures_in import animation

from .table import Row, shown

BOMBS: dict[str, Callable[[], bytes]] = {
    "12,000 x 12,000 pixels": partial(pictures.bomb, 12_000),
    "30,000 x 30,000 pixels": partial(pictures.bomb, 30_000),
    "an animation of 10,000 frames": partial(animation, "gif", 10_000),
}
MOST_SECONDS, MOST_MEGABYTES = 0.1, 50.0


def run(quick: bool = False) -> list[Row]:
    """Refuse each some times."""
    made = {name: make() for name, make in BOMBS.items()}
    return [_row(name, [_in_a_new_process(data) for _ in range(3 if quick else 9)]) for name, data in made.items()]


def _row(name: str, costs: list[tuple[float, float]]) -> Row:
    seconds, megabytes = [one for one, _ in costs], max(more for _, more in costs)
    is_met = median(seconds) < MOST_SECONDS and megabytes < MOST_MEGABYTES
    ours = f"{shown(seconds)}, {megabytes:.1f} MB more memory"
    return Row(f"refusing {name}", ours, aim=f"< {MOST_SECONDS * 1000:g} ms, < {MOST_MEGABYTES:g} MB", met=is_met)


def refuse(data: bytes) -> tuple[float, float]:
    """Return the seconds and the megabytes of peak memory that one refusal takes."""
    read_reference(Reference(pictures.plain()))  # what is loaded with the first picture is not the bomb's doing
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew, on Linux
    before, began = _peak(), time.perf_counter()
    try:
        read_reference(Reference(data))
    except InvalidRequest:
        return time.perf_counter() - began, _peak() - before
    raise ValueError("it was not refused")


def _peak() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def _in_a_new_process(data: bytes) -> tuple[float, float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(refuse, data).result()


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
