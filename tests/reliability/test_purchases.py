"""Clicks, deaths, lost answers and restarts in any order: a short walk here, 10,000 steps in `make soak`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina
from hypothesis.stateful import run_state_machine_as_test

from .purchases import Purchases, walk, without_pauses

SHORT = walk(8, 12, derandomize=True)


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Polls and retries follow each other at once."""
    stamina.set_testing(True, attempts=3, cap=True)
    with without_pauses():
        yield
    stamina.set_testing(False)


@pytest.mark.case(39, 42)
def test_no_click_is_charged_twice() -> None:
    """Two processes on one folder: what was asked for once is bought at most once, and all that was bought is found."""
    run_state_machine_as_test(Purchases, settings=SHORT)
