"""The cap per UTC day."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flux2_nb.errors import BudgetExceeded
from flux2_nb.history import History

from .making import NOON, Clock, make_run, make_stored

REPOSITORY = Path(__file__).parents[2]
DAY = 86_400.0

SPENDER = """
import sys
from pathlib import Path
from flux2_nb.errors import BudgetExceeded
from flux2_nb.history import History
from tests.history.making import make_run
history = History(Path(sys.argv[1]))
history.open()
print("ready", flush=True)
sys.stdin.readline()
errors = [history.begin(make_run(estimate_usd=0.03), budget_usd=0.10).exception() for _ in range(10)]
assert {type(error) for error in errors} <= {type(None), BudgetExceeded}, errors
print(errors.count(None))
history.close()
"""


def test_a_run_over_the_budget_is_refused_and_not_journaled(history: History) -> None:
    """The run that would pass the cap is refused before anything is sent, and leaves no row."""
    history.begin(make_run(estimate_usd=0.06), budget_usd=0.10).result()
    with pytest.raises(BudgetExceeded, match=r"may cost \$0\.050; \$0\.060 of today's budget of \$0\.10"):
        history.begin(make_run(estimate_usd=0.05), budget_usd=0.10).result()
    assert len(history.unfinished()) == 1


def test_the_budget_can_be_spent_to_the_last_cent(history: History) -> None:
    """Sums of floating-point prices do not refuse the run that just fits."""
    for _ in range(10):
        history.begin(make_run(estimate_usd=0.01), budget_usd=0.10).result()
    with pytest.raises(BudgetExceeded):
        history.begin(make_run(estimate_usd=0.01), budget_usd=0.10).result()


def test_an_unknown_price_is_refused_under_a_budget(history: History) -> None:
    """A cap that cannot be held is not pretended."""
    with pytest.raises(BudgetExceeded, match="is unknown"):
        history.begin(make_run(), budget_usd=5).result()


def test_what_is_free_passes_a_budget_that_is_used_up(history: History) -> None:
    """A sketch costs nothing, so no budget refuses it."""
    history.begin(make_run(estimate_usd=0.10), budget_usd=0.10).result()
    assert history.begin(make_run(estimate_usd=0.0), budget_usd=0.10).result().state == "sending"


def test_the_worst_price_counts_not_the_likely_one(history: History) -> None:
    """A run is refused when it might pass the cap, though it probably would not."""
    with pytest.raises(BudgetExceeded):
        history.begin(make_run(estimate_usd=0.05, reserved_usd=0.20), budget_usd=0.10).result()


def test_the_budget_is_shared_by_all_owners(history: History) -> None:
    """The cap is of the folder: many visitors cannot pass it together."""
    history.begin(make_run(estimate_usd=0.09, owner="one"), budget_usd=0.10).result()
    with pytest.raises(BudgetExceeded):
        history.begin(make_run(estimate_usd=0.09, owner="two"), budget_usd=0.10).result()
    assert history.spent_today("two") == 0


@pytest.mark.case(43)
def test_a_new_utc_day_has_a_new_budget(history: History, clock: Clock) -> None:
    """Midnight in UTC frees the cap, and not a second earlier."""
    history.begin(make_run(estimate_usd=0.10), budget_usd=0.10).result()
    clock.now = NOON + DAY / 2 - 1
    with pytest.raises(BudgetExceeded):
        history.begin(make_run(estimate_usd=0.10), budget_usd=0.10).result()
    clock.now = NOON + DAY / 2
    assert history.begin(make_run(estimate_usd=0.10), budget_usd=0.10).result().state == "sending"


@pytest.mark.case(43)
def test_a_clock_set_back_frees_nothing(history: History, clock: Clock) -> None:
    """What was spent under a clock that ran ahead still counts after it was put right."""
    clock.now = NOON + DAY
    history.begin(make_run(estimate_usd=0.10), budget_usd=0.10).result()
    clock.now = NOON
    with pytest.raises(BudgetExceeded):
        history.begin(make_run(estimate_usd=0.10), budget_usd=0.10).result()


@pytest.mark.case(43)
def test_a_run_that_passes_midnight_counts_on_the_day_it_began(history: History, clock: Clock) -> None:
    """A run is counted once, on the day on which its price was checked."""
    run = history.begin(make_run(estimate_usd=0.10)).result()
    clock.now = NOON + DAY
    history.finish(run.id, [make_stored()]).result()
    assert history.spent_today() == 0


def test_two_processes_cannot_pass_the_cap_together(tmp_path: Path) -> None:
    """Of 20 runs of 3 cents that two processes journal at once under a cap of 10 cents, 3 are accepted."""
    command = [sys.executable, "-c", SPENDER, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    spenders = [subprocess.Popen(command, cwd=REPOSITORY, **pipes) for _ in range(2)]
    for spender in spenders:
        assert spender.stdout.readline() == "ready\n"
    for spender in spenders:
        spender.stdin.write("go\n")
        spender.stdin.flush()
    accepted = [int(spender.communicate()[0]) for spender in spenders]
    assert sum(accepted) == 3
