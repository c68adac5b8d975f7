"""A clock that jumps, daylight saving, midnight during a job: waits do not notice, and the day is UTC. Case 43."""

from __future__ import annotations

import ast
import importlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb import errors
from flux2_nb.history import History
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import both, every
from tests.engine.test_life import until
from tests.history.making import NOON, Clock, make_run
from tests.reliability.aftermath import sound

StudioAt = Callable[..., Studio]

PACKAGE = Path(__file__).parents[2] / "flux2_nb"
HOUR, DAY, YEAR = 3_600.0, 86_400.0, 365 * 86_400.0
CAP, PRICE = 0.10, 0.03

OF_THE_CLOCK = {
    "history/core.py": "when a run was journaled",
    "history/database.py": "the name of a file set aside",
    "history/ledger.py": "when a run was journaled",
    "history/records.py": "ids that sort by time",
    "history/store.py": "when a run was journaled",
    "live/__main__.py": "the date of a report",
    "provider/replies.py": "a Retry-After that is a date",
    "purchase.py": "since when the provider's own list is searched",
    "ui/history_tab.py": "today and yesterday, as headings",
    "ui/reference_files.py": "the age of files",
}
"""The only modules that may ask what time it is; everything that waits asks a clock that cannot be set."""


@pytest.mark.case(43)
def test_nothing_waits_by_a_clock_that_can_be_set() -> None:
    """The time of day is asked for where a date is wanted, and nowhere else."""
    asked = {"time", "time_ns", "now", "utcnow", "today"}

    def asks(tree: ast.AST) -> bool:
        owned = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in asked]
        return any(ast.unparse(node.value) in ("time", "datetime", "date") for node in owned)

    found = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py") if asks(ast.parse(path.read_text()))}
    assert found == set(OF_THE_CLOCK)


class Times:
    """The module `time` with a time of day that can be set."""

    def __init__(self, clock: Clock) -> None:
        self.time = clock
        self.time_ns = lambda: int(clock() * 1e9)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of day, for every module of the package that asks; not for the doubles."""
    wall = Clock()
    importlib.import_module("flux2_nb.engine")  # and with it all that a run goes through
    ours = [module for name, module in list(sys.modules.items()) if name.startswith("flux2_nb.")]
    for module in [one for one in ours if getattr(one, "time", None) is time]:
        monkeypatch.setattr(module, "time", Times(wall))
    return wall


def on(studio: Studio, wall: Clock) -> Studio:
    """A studio whose history goes by that clock."""
    studio.engine.history._core.clock = wall
    return studio


@both
@pytest.mark.case(43)
@pytest.mark.parametrize("jump", [YEAR, -YEAR], ids=["forward", "back"])
def test_a_jump_during_a_job_neither_ends_nor_stretches_the_wait(
    double: Double, provider: str, studio_at: StudioAt, wall: Clock, jump: float
) -> None:
    """A year forward is not past the deadline; a year back does not put it off."""
    double.script("job", faults.Fate(pending=3), faults.Fate(pending=float("inf")))
    studio = on(studio_at(double, provider), wall)
    run = studio.start("a fox")
    until(lambda: run.latest.kind == "running")
    wall.now += jump
    assert run.result(20).data in double.delivered.values()
    studio.card = studio.card.model_copy(update={"deadline": 0.5})
    endless = studio.start("a slow fox")
    until(lambda: endless.latest.kind == "running")
    wall.now -= jump
    with pytest.raises(errors.JobTimeout):
        endless.result(20)
    sound(run, studio, "done")


@every
@pytest.mark.case(43)
@pytest.mark.parametrize("jump", [YEAR, -YEAR], ids=["forward", "back"])
def test_a_jump_during_a_pause_does_not_change_it(
    double: Double, provider: str, studio_at: StudioAt, wall: Clock, jump: float
) -> None:
    """A pause of half a second stays one, whatever the clock says meanwhile."""
    double.script("submit", faults.answer(429, '{"detail": "slow down"}', {"retry-after": "0.5"}))
    studio = on(studio_at(double, provider), wall)
    run = studio.start("a fox")
    until(lambda: run.latest.pause)
    wall.now += jump
    assert run.result(20).data in double.delivered.values()
    sound(run, studio, "done", double=double)


@both
@pytest.mark.case(43)
def test_midnight_during_a_job(double: Double, provider: str, studio_at: StudioAt, wall: Clock) -> None:
    """A job of yesterday that ends today counts for yesterday: today's budget is whole, and is used up once."""
    wall.now = NOON + DAY / 2 - 1
    double.script("job", faults.Fate(pending=3))
    studio = on(studio_at(double, provider, "flux-2-pro", budget_usd=0.05), wall)
    run = studio.start("a fox")
    until(lambda: run.latest.kind == "running")
    wall.now += 2
    assert run.result(20).cost_usd == pytest.approx(PRICE)
    assert studio.history.spent_today() == 0
    assert studio.generate("a fox of the new day").cost_usd == pytest.approx(PRICE)
    with pytest.raises(errors.BudgetExceeded):
        studio.generate("one too many")
    wall.now -= 2  # the clock is set back over midnight
    with pytest.raises(errors.BudgetExceeded):
        studio.generate("one too many")
    assert len(double.submits) == 2


def spend(history: History, clock: Clock, moments: list[float]) -> dict[str, int]:
    """Try to spend at each moment; return how many runs of each UTC day were accepted."""
    accepted: defaultdict[str, int] = defaultdict(int)
    for clock.now in moments:
        future = history.begin(make_run(estimate_usd=PRICE), budget_usd=CAP)
        if future.exception() is None:
            accepted[datetime.fromtimestamp(clock.now, UTC).date().isoformat()] += 1
    return dict(accepted)


ZONES = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/St_Johns", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
]
"""A zone, and a day on which its clocks are changed."""


@pytest.mark.case(43)
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs tzset")
@pytest.mark.parametrize(("zone", "day"), ZONES)
def test_daylight_saving_changes_no_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, day: str
) -> None:
    """Where the clocks are changed, each UTC day still has its budget once: three runs of 3 cents under 10."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    clock = Clock()
    history = History(tmp_path, clock=clock)
    begin = datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp() - DAY
    accepted = spend(history, clock, [begin + HOUR / 2 * step for step in range(3 * 48)])
    history.close()
    monkeypatch.undo()
    time.tzset()
    assert sorted(accepted.values()) == [3, 3, 3]


@pytest.mark.case(43)
@given(jumps=st.lists(st.integers(-72, 72), max_size=14))
def test_no_day_has_its_budget_twice(tmp_path_factory: pytest.TempPathFactory, jumps: list[int]) -> None:
    """However the clock jumps, by hours forth and back, no UTC day takes more than its budget."""
    clock = Clock()
    history = History(tmp_path_factory.mktemp("home"), clock=clock)
    moments = [NOON + HOUR * sum(jumps[:count]) for count in range(len(jumps) + 1)]
    accepted = spend(history, clock, [moment for moment in moments for _ in range(2)])
    history.close()
    assert max(accepted.values()) <= 3
