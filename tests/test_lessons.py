"""What the notebooks share: the line on where pictures come from, the plan with its cap, the check of an answer."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from flux2_nb import lessons
from flux2_nb.errors import BudgetExceeded, InvalidRequest
from flux2_nb.lessons import Lab
from flux2_nb.request import ImageRequest
from flux2_nb.shortcuts import generate
from flux2_nb.studio import Studio
from tests.doubles import BflDouble


@pytest.fixture
def live(bfl_double: BflDouble, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The lab of a reader with a key."""
    monkeypatch.setenv("FLUX2_PROVIDER", "bfl")
    monkeypatch.setenv("FLUX2_BUDGET_USD", "")
    for name, value in bfl_double.environ.items():
        monkeypatch.setenv(name, value)
    lab = lessons.start()
    yield lab
    lab.studio.engine.close()


def test_offline_says_so() -> None:
    """Without a provider the first line says that sketches are drawn here, and the plan that they are free."""
    lab = lessons.start()
    assert repr(lab).startswith("Offline: the sketch provider draws")
    assert "Here: free." in repr(lab.plan(minutes=10, pictures=3))
    assert "FLUX2_BUDGET_USD" not in os.environ


def test_live_says_what_it_costs(live: Lab) -> None:
    """With a provider the first line names it, and the plan adds up pictures, further megapixels and references."""
    assert repr(live).startswith("Live: FLUX.2 [pro], Black Forest Labs")
    plan = live.plan(minutes=10, pictures=4, references=2, megapixels=7)
    requests = [ImageRequest("a fox", width=2048, height=1024)] * 3 + [ImageRequest("a fox", width=1024, height=1024)]
    price = live.card.price
    assert plan.price_on(live.card) == pytest.approx(sum(map(live.studio.estimate, requests)) + 2 * price.input)


def test_live_is_capped(live: Lab) -> None:
    """From the plan on, what would pass twice its price is refused before anything is sent."""
    live.plan(minutes=10, pictures=1)
    for seed in (1, 2):
        generate("a fox", seed=seed, width=1024, height=1024)
    with pytest.raises(BudgetExceeded):
        generate("a fox", seed=3, width=1024, height=1024)


def test_what_others_spent_in_the_folder_leaves_room(live: Lab) -> None:
    """The budget counts the whole folder: a lesson begins after what visitors of the same folder have spent."""
    for seed in (1, 2, 3):
        Studio("bfl", owner="a visitor").generate("a fox", seed=seed, width=1024, height=1024)
    live.plan(minutes=10, pictures=1)
    assert generate("a fox", seed=4, width=1024, height=1024).seed == 4


def test_a_cap_of_ones_own_stays(live: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lesson never raises the budget that its reader has set."""
    monkeypatch.setenv("FLUX2_BUDGET_USD", "0.02")
    lessons.start().plan(minutes=10, pictures=5)
    assert os.environ["FLUX2_BUDGET_USD"] == "0.02"


def test_running_the_plan_again_gives_room_again(live: Lab) -> None:
    """To run its cell again is to say yes to as much once more."""
    first = live.plan(minutes=10, pictures=1).left_usd
    generate("a fox", seed=1, width=1024, height=1024)
    assert live.plan(minutes=10, pictures=1).left_usd == pytest.approx(first, abs=0.002)


WANTED = {"it is wide": lambda made: made.width > made.height, "it has a seed": lambda made: made.seed is not None}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (..., "Nothing to check yet: put your answer in place of the three dots, then run both cells."),
        (ImageRequest("a fox", width=64, height=96, seed=1), "Not yet.\n  Missing: it is wide"),
        (ImageRequest("a fox", width=96, height=64, seed=1), "Well done.\n  ✓ it is wide\n  ✓ it has a seed"),
    ],
)
def test_check(answer: object, said: str) -> None:
    """An answer is held against each sentence, and the verdict says which do not hold."""
    assert repr(lessons.start().check(answer, WANTED)) == said


def test_an_answer_of_another_kind_is_missing_everything() -> None:
    """An answer that cannot even be looked at is no crash but a sentence."""
    verdict = lessons.start().check("a fox", WANTED)
    assert not verdict.is_passed
    assert "it is wide (AttributeError: 'str' object has no attribute 'width')" in repr(verdict)


def test_models_as_a_table() -> None:
    """Limits, prices and licences come from the catalogue, as a table that every viewer shows."""
    table = lessons.start().models("bfl")._repr_markdown_()
    assert table.splitlines()[0].startswith("| provider | model |")
    assert "`flux-2-pro`" in table


def test_samples() -> None:
    """A picture to try with is a file; a wrong name gets the nearest."""
    lab = lessons.start()
    assert lab.sample("room").is_file()
    with pytest.raises(InvalidRequest, match="room"):
        lab.sample("rooms")
