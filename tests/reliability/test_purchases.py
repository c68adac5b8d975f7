"""Clicks, deaths, lost answers and restarts in any order: a short walk here, 10,000 steps in `make soak`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from flux2_nb import http

from .purchases import Purchases

SHORT = settings(
    max_examples=8,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Polls and retries follow each other at once."""
    pause = http._pause
    monkeypatch.setattr(http, "_pause", lambda seconds, terms: pause(min(seconds, 0.01), terms))
    stamina.set_testing(True, attempts=3, cap=True)
    yield
    stamina.set_testing(False)


@pytest.mark.case(39, 42)
def test_no_click_is_charged_twice() -> None:
    """Two processes on one folder: what was asked for once is bought at most once, and all that was bought is found."""
    run_state_machine_as_test(Purchases, settings=SHORT)
