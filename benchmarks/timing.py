"""Taking turns: what is compared is measured alternately, so that a slow moment of the machine hits both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence

Act = Callable[[], object]


def by_turns(acts: Sequence[Act], turns: int) -> list[list[float]]:
    """Time each act ``turns`` times, A B A B, after one turn that warms up and is not counted.

    Returns:
        The seconds of each act.
    """
    times: list[list[float]] = [[] for _ in acts]
    for turn in range(turns + 1):
        for act, measured in zip(acts, times, strict=True):
            taken = seconds(act)
            if turn:
                measured.append(taken)
    return times


def seconds(act: Act) -> float:
    """Time one act once, with the garbage of the one before swept up."""
    gc.collect()
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
