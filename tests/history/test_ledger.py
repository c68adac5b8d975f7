"""The ledger: intents, jobs, endings, and what is counted for them."""

from __future__ import annotations

import asyncio

import pytest

from flux2_nb.errors import Moderated, OutcomeUnknown, StoreError, Unreachable
from flux2_nb.history import History, Parent, RunRecord
from flux2_nb.request import ImageRequest, Reference
from flux2_nb.wire import Job

from .making import NOON, make_run, make_stored

JOB = Job("job-1", poll_url="https://api.example/job-1", details={"urls": ["https://api.example/job-1"]})


def test_an_intent_is_journaled_as_sending_with_its_worst_price(history: History) -> None:
    """Before anything is sent the run stands in the ledger, its worst price reserved."""
    run = history.begin(make_run(estimate_usd=0.03, reserved_usd=0.05)).result()
    journaled = history.run(run.id)
    assert (journaled.state, journaled.spent_usd, journaled.created) == ("sending", 0.05, NOON)


def test_a_run_comes_back_as_it_was_journaled(history: History) -> None:
    """Every field the engine filled in can be read again."""
    parents = (Parent("picture-1", "edit"), Parent("picture-2", "remix"))
    run = make_run(
        request=ImageRequest("a fox", seed=3, width=512, height=768, extra={"go_fast": True}),
        owner="visitor",
        route="together",
        capability="json-prompt",
        values={"subjects": [{"name": "fox", "count": 2}], "guidance": 2.5},
        template="a {animal}",
        intent="click-1",
        account="abc",
        estimate_usd=0.03,
        note="A note.",
        parents=parents,
    )
    begun = history.begin(run).result()
    assert history.run(run.id) == begun


def test_the_job_is_kept_whole(history: History) -> None:
    """All that another process needs to collect a job is written down with it."""
    run = history.begin(make_run()).result()
    history.submitted(run.id, JOB).result()
    journaled = history.run(run.id)
    assert (journaled.state, journaled.job) == ("submitted", JOB)


def test_known_jobs_are_those_that_a_run_holds(history: History) -> None:
    """A job that belongs to a run can be told from one that nobody claimed."""
    run = history.begin(make_run()).result()
    history.submitted(run.id, JOB).result()
    assert history.known_jobs(["job-1", "job-2"]) == {"job-1"}


def test_the_same_intent_is_journaled_once(history: History) -> None:
    """A double click gives the first run back, and its price is reserved once."""
    first = history.begin(make_run(intent="click", estimate_usd=0.03)).result()
    second = history.begin(make_run(intent="click", estimate_usd=0.03)).result()
    assert second.id == first.id
    assert history.spent_today() == pytest.approx(0.03)


def test_two_owners_may_have_the_same_intent(history: History) -> None:
    """An intent stands for one person's click only."""
    first = history.begin(make_run(intent="click", owner="one")).result()
    second = history.begin(make_run(intent="click", owner="two")).result()
    assert second.id != first.id


def test_finishing_settles_the_reported_price(history: History) -> None:
    """The provider's own price replaces what was reserved."""
    run = history.begin(make_run(estimate_usd=0.03, reserved_usd=0.05)).result()
    result = history.finish(run.id, [make_stored(cost_usd=0.08)]).result()[0]
    assert (result.cost_usd, result.cost_is_reported) == (0.08, True)
    assert history.spent_today() == pytest.approx(0.08)


def test_finishing_without_a_reported_price_counts_the_estimate(history: History) -> None:
    """Where the provider tells no price the estimate is counted, and called one."""
    run = history.begin(make_run(estimate_usd=0.03, reserved_usd=0.05)).result()
    result = history.finish(run.id, [make_stored()]).result()[0]
    assert (result.cost_usd, result.cost_is_reported) == (0.03, False)
    assert history.run(run.id).cost_usd is None
    assert history.spent_today() == pytest.approx(0.03)


def test_the_price_quoted_with_the_job_is_the_reported_one(history: History) -> None:
    """A price told at submission counts from then on."""
    run = history.begin(make_run(estimate_usd=0.03)).result()
    history.submitted(run.id, Job("job", cost_usd=0.07)).result()
    assert history.spent_today() == pytest.approx(0.07)
    result = history.finish(run.id, [make_stored()]).result()[0]
    assert (result.cost_usd, result.cost_is_reported) == (0.07, True)


def test_pictures_of_one_run_share_its_price(history: History) -> None:
    """The parts add up to the price of the run."""
    run = history.begin(make_run()).result()
    results = history.finish(run.id, [make_stored(b"1"), make_stored(b"2")], cost_usd=0.1).result()
    assert [result.cost_usd for result in results] == pytest.approx([0.05, 0.05])


def test_a_result_holds_all_that_was_delivered(history: History) -> None:
    """Bytes, seed, rewritten prompt, flags and timings reach the person, and the bytes lie on disk unchanged."""
    run = history.begin(make_run()).result()
    stored = make_stored(b"bytes", seed=11, prompt_used="a better fox", flags={"nsfw": False})
    result = history.finish(run.id, [stored], {"total": 1.5}).result()[0]
    assert (result.data, result.seed, result.prompt_used) == (b"bytes", 11, "a better fox")
    assert (result.flags, result.timings, result.request) == ({"nsfw": False}, {"total": 1.5}, run.request)
    assert result.path is not None
    assert result.path.read_bytes() == b"bytes"
    assert result.path == history.home / "images" / result.sha256[:2] / f"{result.sha256}.png"


def test_the_seed_of_the_request_stands_in(history: History) -> None:
    """A provider that does not repeat the seed used the one that was sent."""
    run = history.begin(make_run()).result()
    assert history.finish(run.id, [make_stored()]).result()[0].seed == 7


def test_finishing_twice_keeps_the_first_pictures(history: History) -> None:
    """Two processes that collect the same job leave one picture, and both get it."""
    run = history.begin(make_run()).result()
    first = history.finish(run.id, [make_stored(b"one")]).result()
    second = history.finish(run.id, [make_stored(b"one")]).result()
    assert [result.id for result in second] == [result.id for result in first]
    assert history.count() == 1


def test_a_refused_run_frees_its_money(history: History) -> None:
    """What is known to be unspent is no longer counted."""
    run = history.begin(make_run(estimate_usd=0.03)).result()
    history.end(run.id, "refused", Unreachable("No connection.")).result()
    assert history.spent_today() == 0
    assert history.run(run.id).error == {
        "kind": "Unreachable",
        "message": "No connection. Nothing was spent.",
        "money": "none",
    }


@pytest.mark.parametrize("error", [OutcomeUnknown("The answer was lost."), Moderated("Refused.", money="spent"), None])
def test_money_that_may_be_spent_stays_counted(history: History, error: OutcomeUnknown | None) -> None:
    """Only a proof that nothing was spent frees a reservation."""
    run = history.begin(make_run(estimate_usd=0.03)).result()
    history.end(run.id, "unknown", error).result()
    assert history.spent_today() == pytest.approx(0.03)


def test_an_ending_that_comes_late_does_not_undo_a_picture(history: History) -> None:
    """A run that is done stays done."""
    run = history.begin(make_run(estimate_usd=0.03)).result()
    history.finish(run.id, [make_stored()]).result()
    history.end(run.id, "cancelled", Unreachable("No connection.")).result()
    assert history.run(run.id).state == "done"
    assert history.spent_today() == pytest.approx(0.03)


def test_an_unknown_run_whose_job_is_found_goes_on(history: History) -> None:
    """A lost job that is adopted later can be collected and clears the error."""
    run = history.begin(make_run()).result()
    history.end(run.id, "unknown", OutcomeUnknown("The answer was lost.")).result()
    history.submitted(run.id, JOB).result()
    history.finish(run.id, [make_stored()]).result()
    finished = history.run(run.id)
    assert (finished.state, finished.error) == ("done", None)


def test_a_run_that_was_never_journaled_is_refused(history: History) -> None:
    """A change to a run that is not there is an error, not silence."""
    with pytest.raises(StoreError, match="no run nowhere"):
        history.submitted("nowhere", JOB).result()


def test_unfinished_lists_what_is_still_to_come(history: History) -> None:
    """Runs under way are listed, oldest first and per owner; ended ones are not."""
    sending = history.begin(make_run(owner="me")).result()
    submitted = history.begin(make_run(owner="me")).result()
    history.submitted(submitted.id, JOB).result()
    history.begin(make_run(owner="visitor")).result()
    ended = history.begin(make_run(owner="me")).result()
    history.end(ended.id, "failed").result()
    assert [run.id for run in history.unfinished("me")] == [sending.id, submitted.id]
    assert len(history.unfinished()) == 3


def test_references_are_kept_once_and_come_back(history: History) -> None:
    """The bytes of a reference are stored by their hash, and a stored request gets them back with its own roles."""
    photo = Reference(
        b"photo", sha256="ab" * 32, media_type="image/jpeg", width=8, height=6, name="cat.jpg", role="style"
    )
    request = ImageRequest("like image 1", references=[photo])
    history.keep_references([photo, photo])
    run = history.begin(make_run(request=request)).result()
    assert [path.name for path in history.home.glob("references/ab/*")] == [f"{'ab' * 32}.jpeg"]
    journaled = history.run(run.id).request
    assert not journaled.references[0].is_read
    again = history.with_references(journaled)
    assert again == request
    assert again.references[0].data == b"photo"


async def test_the_engine_can_await_the_ledger_and_a_cancelled_wait_takes_nothing_back(history: History) -> None:
    """Cancelling the task that waits for the journal does not cancel the entry."""
    run: RunRecord = make_run()
    waiting = asyncio.wrap_future(history.begin(run))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.wrap_future(history.submitted(run.id, JOB))
    assert history.run(run.id).state == "submitted"
