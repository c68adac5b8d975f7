"""Many jobs with random faults: case 45, a hundred of them; ``make soak`` runs a thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from flux2_nb import purchase
from tests.doubles.bfl import BflDouble
from tests.reliability.soak import soak


@pytest.mark.case(45)
def test_a_hundred_jobs_with_random_faults_add_up(
    bfl_double: BflDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is bought twice, each job that was accepted is accounted for, and files and threads stay as few."""
    monkeypatch.setattr(purchase, "FIRST_PAUSE", 0.001)
    found = soak(bfl_double, tmp_path / "home", jobs=100)
    assert found.states.total() == 100
    assert max(found.purchases.values()) == 1
    assert not {"queued", "sending", "saving"} & set(found.states)
    # What was bought ended in a picture, in the provider's verdict, or as unknown and counted.
    paid = sum(found.states[state] for state in ("done", "submitted", "moderated", "failed", "expired", "unknown"))
    assert found.purchases.total() <= paid
    assert found.purchases.total() >= paid - found.states["unknown"]
    assert found.handles[1] <= found.handles[0] + 30
    assert found.threads[1] <= found.threads[0] + 12
