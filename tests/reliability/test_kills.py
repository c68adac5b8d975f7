"""``kill -9`` at every step of a purchase; fifty times each in `make soak`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doubles.double import Double
from tests.engine.conftest import both

from .kills import Mortals, kill_and_check
from .mortal import POINTS


@pytest.fixture(scope="module")
def mortals() -> Iterator[Mortals]:
    with Mortals() as mortals:
        yield mortals


@pytest.mark.case(39)
@both
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_step_buys_nothing_twice(
    double: Double, provider: str, point: str, mortals: Mortals, tmp_path: Path
) -> None:
    """What was bought is bought once; a job whose id was written down is fetched, any other counts as spent."""
    kill_and_check(mortals, tmp_path, point, provider, double)
