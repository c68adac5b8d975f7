"""The same request twice: a double click is asked about, and a press that began nothing does not count as the first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ClassVar

import pytest

from flux2_nb import capability
from flux2_nb import provider as registry
from flux2_nb.cards import ModelCard
from flux2_nb.errors import BudgetExceeded
from flux2_nb.provider.base import Provider, Report
from flux2_nb.provider.sketch import Sketch
from flux2_nb.request import ImageRequest
from flux2_nb.studio import Studio
from flux2_nb.ui import tab
from flux2_nb.ui.board import Board
from flux2_nb.ui.repeats import A_MOMENT, JUST_MADE, UNDER_WAY, Repeats, fingerprint
from flux2_nb.ui.starting import Prepared, prepare
from flux2_nb.wire import Delivery

TEXT = capability.get("text-to-image")
FOX = {"prompt": "a fox"}


class Paid(Provider):
    """A sketch for five cents."""

    name: ClassVar[str] = "paid"
    runs_here: ClassVar[bool] = True

    def cards(self) -> list[ModelCard]:
        price = {"kind": "megapixels", "first": 0.05}
        return [ModelCard.model_validate({"provider": "paid", "model": "paid-1", "label": "Paid One", "price": price})]

    def render(self, request: ImageRequest, card: ModelCard, report: Report) -> list[Delivery]:
        return Sketch().render(request, card, report)


@pytest.fixture
def paid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A studio of a provider that charges."""
    monkeypatch.setitem(registry._registered, "paid", Paid())
    studio = Studio("paid", home=tmp_path / "home")
    yield studio
    studio.engine.close()


def test_a_double_click_is_asked_about_once() -> None:
    """The same within a moment is held back; after a while it is another press."""
    repeats, asked = Repeats(), fingerprint(["bfl/flux-2-pro"], FOX)
    assert repeats.problem(asked, is_same_picture=False, now=0) == ""
    repeats.began(asked, now=0)
    assert repeats.problem(asked, is_same_picture=False, now=A_MOMENT / 2).startswith(JUST_MADE)
    assert repeats.problem(asked, is_same_picture=False, now=A_MOMENT * 2) == ""


def test_what_did_not_begin_is_no_first_click() -> None:
    """A press that was refused leaves nothing behind: the next one, at once, is not a second click."""
    repeats, asked = Repeats(), fingerprint(["bfl/flux-2-pro"], FOX)
    assert repeats.problem(asked, is_same_picture=False, now=0) == ""
    assert repeats.problem(asked, is_same_picture=False, now=A_MOMENT / 4) == ""


def test_the_same_seed_under_way_is_asked_about_once() -> None:
    """A request that is under way with a kept seed is held back until it is asked for again; another one is not."""
    repeats = Repeats()
    one, other = fingerprint(["t"], {"seed": 7}), fingerprint(["t"], {"seed": 8})
    repeats.began(one, now=0)
    assert repeats.problem(one, is_same_picture=True, now=5).startswith(UNDER_WAY)
    repeats.began(other, now=10)
    assert repeats.problem(one, is_same_picture=True, now=15).startswith(UNDER_WAY)
    assert repeats.problem(one, is_same_picture=True, now=20) == ""


def test_targets_tell_presses_apart() -> None:
    """The same values on one more target are another request."""
    assert fingerprint(["a"], {"seed": 7}) != fingerprint(["a", "b"], {"seed": 7})


def test_a_refused_press_may_be_repeated(paid: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine refused may be pressed again in the same moment, and is then begun."""
    board, prepared = Board(), prepare(paid, TEXT, FOX)
    begin = tab.begin

    def refuse(prepared: list[Prepared]) -> None:
        monkeypatch.setattr(tab, "begin", begin)
        raise BudgetExceeded("Today's budget is spent.")

    monkeypatch.setattr(tab, "begin", refuse)
    with pytest.raises(BudgetExceeded):
        tab._begin(board, prepared, FOX)
    runs = tab._begin(board, prepared, FOX)
    assert (len(runs), board.problem) == (1, "")


def test_two_presses_at_the_same_time_buy_one_picture(paid: Studio) -> None:
    """However close together, one of two equal presses begins and the other one is asked about."""
    board, prepared, gate = Board(), prepare(paid, TEXT, FOX), threading.Barrier(2)

    def press(_: int) -> int:
        gate.wait()
        return len(tab._begin(board, prepared, FOX))

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == [0, 1]
    assert len(paid.runs()) == 1
