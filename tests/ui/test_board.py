"""What stands beside a form after the button: batches, the queue, what was spent, and the same request twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from flux2_nb import provider as registry
from flux2_nb.cards import ModelCard
from flux2_nb.errors import Flux2Error, JobFailed
from flux2_nb.provider.base import Provider, Report
from flux2_nb.provider.sketch import Sketch
from flux2_nb.request import ImageRequest
from flux2_nb.run import Event, Run
from flux2_nb.studio import Studio
from flux2_nb.ui import pace
from flux2_nb.ui.board import Board, Boards
from flux2_nb.ui.pace import Pace
from flux2_nb.ui.results import board_markup, comparison
from flux2_nb.ui.tally import Tally, total
from flux2_nb.ui.turns import Turns
from flux2_nb.wire import Delivery

WAIT = 30
"""Seconds after which a run that does not end fails its test."""


class Gated(Provider):
    """Draws when it is let; charges five cents a picture, by its card's estimate."""

    name: ClassVar[str] = "gated"
    runs_here: ClassVar[bool] = True

    def __init__(self) -> None:
        self.gate = threading.Event()

    def cards(self) -> list[ModelCard]:
        price = {"kind": "megapixels", "first": 0.05}
        seed = {"kind": "integer", "minimum": 0, "maximum": 2**32 - 1}
        card = {"provider": "gated", "model": "gated-1", "label": "Gated One", "price": price}
        return [ModelCard.model_validate({**card, "parameters": {"seed": seed}, "references": {"maximum": 2}})]

    def render(self, request: ImageRequest, card: ModelCard, report: Report) -> list[Delivery]:
        while not self.gate.wait(0.01):
            report(0.5)
        if "break" in request.prompt:
            raise JobFailed("The picture could not be drawn.", provider="gated", money="spent")
        return Sketch().render(request, card, report)


@pytest.fixture
def gated(monkeypatch: pytest.MonkeyPatch) -> Gated:
    """The gated provider, registered."""
    made = Gated()
    monkeypatch.setitem(registry._registered, made.name, made)
    return made


@pytest.fixture
def studio(tmp_path: Path, gated: Gated) -> Iterator[Studio]:
    """A studio of the gated provider."""
    studio = Studio("gated", home=tmp_path / "home", concurrency=1)
    yield studio
    gated.gate.set()
    studio.engine.close()


def ended(*runs: Run) -> None:
    """Waits until the runs have ended, however."""
    for run in runs:
        try:
            run.results(WAIT)
        except Flux2Error:
            continue


def is_running(run: Run) -> None:
    """Waits until the run has begun."""
    patience = threading.Event()
    while run.latest.kind != "running":
        patience.wait(0.01)


def test_the_queue_counts_who_runs_and_who_waits(studio: Studio, gated: Gated) -> None:
    """With room for one run, one of three runs and two wait; when all have ended nothing is said."""
    board = Board()
    runs = [studio.start("a fox", seed=seed) for seed in range(3)]
    board.add(runs)
    is_running(runs[0])
    assert board.queue_text() == "1 running, 2 waiting"
    gated.gate.set()
    ended(*runs)
    assert board.queue_text() == ""


def test_a_stopped_run_leaves_the_others(studio: Studio, gated: Gated) -> None:
    """Stopping one of a batch keeps what the others make, and the batch tells both with the money."""
    board = Board()
    runs = [studio.start("a fox", seed=seed) for seed in range(2)]
    board.add(runs)
    studio.cancel(runs[1].id)
    gated.gate.set()
    ended(*runs)
    [batch] = board.batches()
    assert [shot.stage for shot in batch.shots] == ["done", "cancelled"]
    assert batch.words.startswith("1 picture, 1 stopped in ")
    assert batch.words.endswith(": about $0.05")


def test_what_is_no_longer_shown_stays_counted(studio: Studio, gated: Gated) -> None:
    """A picture that was deleted, and batches that made room, are still part of what the session came to."""
    boards, board = Boards(), Board()
    boards._boards[("me", "text-to-image")] = board
    gated.gate.set()
    runs = [studio.start("a fox", seed=seed) for seed in range(9)]
    ended(*runs)
    for run in runs:
        board.add([run])
    boards.forget("me", runs[-1].result().id)
    tally, queue = boards.session("me")
    assert (tally.pictures, tally.spent_text, queue) == (9, "about $0.45", "")
    assert boards.session("somebody else") == (Tally(), "")
    assert len(board.batches()) < len(runs)


def test_a_failed_run_says_what_may_be_lost(studio: Studio, gated: Gated) -> None:
    """A run that failed after it was billed is counted apart, with its estimate."""
    board = Board()
    gated.gate.set()
    run = studio.start("break")
    ended(run)
    board.add([run])
    [batch] = board.batches()
    assert batch.words.startswith("0 pictures, 1 failed in ")
    assert batch.words.endswith(": up to $0.05 may have been billed")


@pytest.mark.parametrize(
    ("tally", "text"),
    [
        (Tally(), "nothing spent"),
        (Tally(2), "free"),
        (Tally(2, 0.06), "$0.06"),
        (Tally(2, 0.06, estimated=1), "about $0.06"),
        (Tally(2, 0.03, unpriced=1), "$0.03 and 1 picture whose cost is not known"),
        (Tally(1, unpriced=1), "cost not known"),
        (Tally(1, 0.03, failed=1, doubtful=1, doubtful_usd=0.05), "$0.03, up to $0.05 more may have been billed"),
        (Tally(failed=1, doubtful=1, doubtful_usd=0.05), "up to $0.05 may have been billed"),
        (Tally(failed=1, doubtful=1), "something may have been billed"),
    ],
)
def test_the_money_in_words(tally: Tally, text: str) -> None:
    """Known, estimated, unknown and doubtful money are told apart."""
    assert tally.spent_text == text


def test_tallies_add_up() -> None:
    """A session is the sum of its batches."""
    assert total([Tally(1, 0.03), Tally(2, 0.06, estimated=2), Tally(stopped=1)]) == Tally(3, 0.09, 2, stopped=1)


def test_a_board_knows_what_is_under_way(studio: Studio, gated: Gated) -> None:
    """What was asked for is known to be under way until its last run has ended."""
    board = Board()
    run = studio.start("a fox")
    board.add([run], asked="this")
    assert (board.is_under_way("this"), board.is_under_way("that")) == (True, False)
    gated.gate.set()
    ended(run)
    assert not board.is_under_way("this")


def test_an_edit_is_held_against_its_original(studio: Studio, gated: Gated, tmp_path: Path) -> None:
    """A result with a reference can be compared with it; a single picture without one with nothing."""
    gated.gate.set()
    first = studio.start("a fox", seed=1)
    edit = studio.start("snow on image 1", references=[first.result(WAIT).data], seed=2)
    ended(edit)
    board = Board()
    board.add([first])
    board.add([edit])
    compared, nothing = (comparison(batch) for batch in board.batches())
    sha256 = edit.request.references[0].sha256
    assert [one["src"] for one in compared] == [f"given/{sha256}", f"pictures/{edit.result().id}/original"]
    assert [one["name"] for one in compared] == ["image 1 as it was given", "the result"]
    assert nothing == []


def test_a_sketch_says_what_it_could_not_draw(tmp_path: Path) -> None:
    """A word without a drawing is named under the sketch, and nothing is where all was drawn."""
    studio = Studio("sketch", home=tmp_path / "home")
    runs = [studio.start(prompt, seed=1) for prompt in ("a fox beside a zorble", "a fox")]
    ended(*runs)
    board = Board()
    board.add(runs)
    missing = [shot.pictures[0].missing for shot in board.batches()[0].shots]
    assert ("zorble" in missing[0], missing[1]) == (True, "")
    studio.engine.close()


def test_markup_holds_every_action_and_no_raw_prompt(tmp_path: Path) -> None:
    """A finished picture offers what can be done with it, and a prompt with markup stays text."""
    studio = Studio("sketch", home=tmp_path / "home")
    run = studio.start('a <b>fox</b>\' beside "${x}"', seed=7)
    ended(run)
    board = Board()
    board.add([run])
    markup = board_markup(board)
    for how in ("all", "remix", "seed", "reference", "branch"):
        assert f'data-how="{how}" data-id="{run.result().id}"' in markup
    assert "<b>fox</b>" not in markup
    studio.engine.close()


def test_an_answer_that_was_overtaken_is_known() -> None:
    """Of two changes of one page the later one answers, whichever arrives first; another page's do not matter."""
    turns = Turns()
    turns.take("one", 5.0)
    assert turns.is_newest("one", 5.0)
    turns.take("one", 3.0)
    turns.take("other", 9.0)
    assert [turns.is_newest("one", when) for when in (3.0, 5.0)] == [False, True]
    assert turns.is_newest("other", 9.0)


async def test_a_flood_of_news_is_told_in_few_looks() -> None:
    """A run that reports a thousand times within a beat is looked at once, when it has ended."""

    async def flood() -> AsyncIterator[Event]:
        for _ in range(1000):
            yield Event("1", "running")
            await asyncio.sleep(0)

    assert len([None async for _ in Pace().of(flood())]) == 1


async def test_the_more_follow_the_less_often_each_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that goes on is looked at once a beat; a beat is longer where many pages follow theirs."""
    monkeypatch.setattr(pace, "A_BEAT", 0.001)
    shared = Pace()

    async def endless() -> AsyncIterator[Event]:
        while True:
            yield Event("1", "running")
            await asyncio.sleep(0)

    following = [shared.of(endless()) for _ in range(2 * pace.AT_EASE)]
    alone = shared.beat
    for one in following:
        await anext(one)
    assert shared.beat == 2 * alone
    for one in following:
        await one.aclose()
    assert shared.beat == alone


async def test_nothing_to_follow_is_looked_at_once() -> None:
    """Where no run is left the page is brought up to date and the handler ends."""

    async def silence() -> AsyncIterator[Event]:
        return
        yield

    assert [None async for _ in Pace().of(silence())] == [None]
