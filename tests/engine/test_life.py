"""Each provider's whole life against its double, over real HTTP: submit, wait, download, refuse, cancel, resume."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from flux2_nb import errors
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double

from .conftest import both, every

StudioAt = Callable[..., Studio]


def photograph(width: int = 900, height: int = 600) -> bytes:
    """Return a JPEG with some detail in it."""
    file = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(file, "JPEG", quality=92)
    return file.getvalue()


def until(what: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)


@every
def test_the_bytes_sent_are_the_bytes_kept(double: Double, provider: str, studio_at: StudioAt) -> None:
    """What the provider delivered is what the result holds and what lies on disk."""
    result = studio_at(double, provider).generate("a red fox", seed=7)
    sent = list(double.delivered.values())
    assert [result.data] == sent
    assert result.path is not None
    assert result.path.read_bytes() == sent[0]
    assert result.seed == 7


@every
def test_references_arrive_in_order(double: Double, provider: str, studio_at: StudioAt) -> None:
    """Every provider gets the references in upload order, whole and decodable."""
    wide, tall = photograph(900, 600), photograph(400, 700)
    studio_at(double, provider).generate("image 1 in the style of image 2", references=[wide, tall])
    first, second = (Image.open(io.BytesIO(data)) for data in double.submits[0].references)
    assert first.width > first.height
    assert second.width < second.height


@every
def test_events_tell_the_whole_story(double: Double, provider: str, studio_at: StudioAt) -> None:
    """The events come in order and end with the picture, followed from another event loop."""
    studio = studio_at(double, provider)

    async def kinds() -> list[str]:
        return [event.kind async for event in studio.stream(["a lighthouse"])]

    seen = list(dict.fromkeys(asyncio.run(kinds())))
    expected = (
        ["queued", "saving", "done"]
        if provider == "cloudflare"
        else ["queued", "submitted", "running", "saving", "done"]
    )
    assert seen == expected


@every
@pytest.mark.case(12)
def test_a_wrong_key_costs_nothing_and_names_the_variable(double: Double, provider: str, studio_at: StudioAt) -> None:
    """A refused key is said so, once, with the name of the variable and never the key."""
    studio = studio_at(double, provider, key="not-the-right-key-at-all")
    with pytest.raises(errors.AuthFailed) as caught:
        studio.generate("a fox")
    variable = next(one.variable for one in studio.provider.settings if one.kind == "secret")
    assert variable in str(caught.value)
    assert "not-the-right-key" not in str(caught.value)
    assert not double.submits


@every
@pytest.mark.case(2)
def test_a_lost_answer_is_never_sent_again(double: Double, provider: str, studio_at: StudioAt) -> None:
    """When the paid request was taken and its answer lost, one charge is all; Replicate's list gives it back."""
    double.script("submit", faults.reset())
    studio = studio_at(double, provider)
    run = studio.start("a fox", seed=11)
    if provider == "replicate":
        assert run.result(20).data in double.delivered.values()
    else:
        with pytest.raises(errors.OutcomeUnknown):
            run.result(20)
        assert studio.history.run(run.id).state == "unknown"
    assert len(double.submits) == 1


def test_two_possible_jobs_are_not_guessed_between(replicate_double: Double, studio_at: StudioAt) -> None:
    """A lost create with two equal unclaimed predictions in the list stays unknown."""
    studio = studio_at(replicate_double, "replicate")
    replicate_double.script("submit", faults.reset(), faults.reset(), forever=False)
    replicate_double.script("list", faults.answer(500), forever=True)
    first = studio.start("a fox", seed=11)
    with pytest.raises(errors.OutcomeUnknown):
        first.result(60)
    replicate_double.script("list", forever=False)
    assert len(replicate_double.submits) == 1


@every
@pytest.mark.case(14)
def test_a_full_provider_is_asked_again(double: Double, provider: str, studio_at: StudioAt) -> None:
    """A 429 was refused, so the request is sent again after the pause, and bought once."""
    wait = faults.answer(429, '{"detail": "slow down", "retry_after": 0}')
    double.script("submit", double.error(3040) if provider == "cloudflare" else wait)
    studio_at(double, provider).start("a fox").result(20)
    assert len(double.submits) == 1


def test_a_failed_upload_buys_nothing(replicate_double: Double, studio_at: StudioAt) -> None:
    """When a large reference cannot be uploaded the run ends there, and no job is left to come back for."""
    replicate_double.script("upload", faults.reset(), forever=True)
    studio = studio_at(replicate_double, "replicate")
    run = studio.start("image 1 at night", references=[photograph(2400, 1800)])
    with pytest.raises(errors.Unreachable) as caught:
        run.result(20)
    assert caught.value.money == "none"
    assert "resume" not in str(caught.value)
    assert studio.history.run(run.id).state == "refused"
    assert not studio.unfinished()
    assert not replicate_double.submits


@pytest.mark.case(38)
def test_cancelling_at_replicate_reaches_replicate(replicate_double: Double, studio_at: StudioAt) -> None:
    """A job that runs is cancelled there, and the error tells that money may have been spent."""
    replicate_double.script("job", faults.Fate(pending=1000))
    studio = studio_at(replicate_double, "replicate")
    run = studio.start("a fox")
    until(lambda: run.latest.kind == "running" and replicate_double.submits)
    studio.cancel(run.id)
    with pytest.raises(errors.Cancelled) as caught:
        run.result(10)
    assert caught.value.money == "maybe"
    assert studio.history.run(run.id).state == "cancelled"
    assert any(call.stage == "cancel" for call in replicate_double.requests)


@pytest.mark.case(38)
def test_a_cancel_that_comes_too_late_keeps_the_picture(replicate_double: Double, studio_at: StudioAt) -> None:
    """When Replicate does not cancel, the run says just that, and keeps what was paid for."""
    replicate_double.script("job", faults.Fate(pending=2))
    replicate_double.script("cancel", faults.answer(200, '{"status": "succeeded"}'))
    studio = studio_at(replicate_double, "replicate")
    run = studio.start("a fox")
    until(lambda: run.latest.kind == "running" and replicate_double.submits)
    studio.cancel(run.id)
    assert run.result(20).data in replicate_double.delivered.values()

    async def notes() -> list[str]:
        return [event.note async for event in run.events()]

    told = asyncio.run(notes())
    assert any("did not cancel" in note for note in told)
    assert not any("cannot cancel" in note for note in told)


@pytest.mark.case(38)
def test_bfl_cannot_cancel_and_the_picture_is_kept(bfl_double: Double, studio_at: StudioAt) -> None:
    """Where a job cannot be cancelled it is paid for, so its picture is collected and the run says why."""
    bfl_double.script("job", faults.Fate(pending=2))
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox")
    until(lambda: bfl_double.submits)
    studio.cancel(run.id)
    assert run.result(20).data in bfl_double.delivered.values()


@pytest.mark.case(38)
def test_cancelling_in_the_queue_costs_nothing(bfl_double: Double, studio_at: StudioAt) -> None:
    """A run that waits for its place is cancelled before anything is sent."""
    bfl_double.script("job", faults.Fate(seconds=1))
    studio = studio_at(bfl_double, "bfl", concurrency=1)
    first, second = studio.start("one"), studio.start("two")
    until(lambda: bfl_double.submits)
    studio.cancel(second.id)
    with pytest.raises(errors.Cancelled) as caught:
        second.result(20)
    assert caught.value.money == "none"
    first.result(20)
    assert len(bfl_double.submits) == 1


@both
@pytest.mark.case(44)
def test_a_dropped_wait_does_not_stop_the_run(double: Double, provider: str, studio_at: StudioAt) -> None:
    """Cancelling the coroutine that waits only detaches: the picture lands in the history."""
    double.script("job", faults.Fate(pending=1))
    studio = studio_at(double, provider)

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(studio.agenerate("a fox with a lantern"), 0.3)

    asyncio.run(give_up())
    until(lambda: studio.history.search("lantern"), 20)


@both
@pytest.mark.case(6)
def test_another_process_collects_the_job(double: Double, provider: str, studio_at: StudioAt, tmp_path: Path) -> None:
    """After a kill the job whose id was journaled is fetched by resume(), and nothing is bought again."""
    double.script("job", faults.Fate(pending=3))
    program = f"""
        import os
        from flux2_nb import Studio
        studio = Studio({provider!r}, home={str(tmp_path / "home")!r}, settings={dict(double.environ)!r})
        run = studio.start("a fox that survives")
        while run.latest.kind not in ("submitted", "running"):
            pass
        os.kill(os.getpid(), 9)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False, timeout=30)
    studio = studio_at(double, provider)
    assert [record.state for record in studio.unfinished()] == ["submitted"]
    (run,) = studio.resume()
    assert run.result(30).data in double.delivered.values()
    assert len(double.submits) == 1
    assert not studio.unfinished()


@both
@pytest.mark.case(6)
def test_the_deadline_ends_the_wait_and_not_the_job(
    double: Double, provider: str, studio_at: StudioAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that takes too long stays collectable."""
    double.script("job", faults.Fate(pending=6))
    studio = studio_at(double, provider)
    studio.card = studio.card.model_copy(update={"deadline": 1.0})
    run = studio.start("a slow fox")
    with pytest.raises(errors.JobTimeout):
        run.result(20)
    (record,) = studio.unfinished()
    assert record.state == "submitted"
    (again,) = studio.resume()
    assert again.result(20).data in double.delivered.values()


@both
@pytest.mark.parametrize(
    "trouble",
    [faults.html(), faults.truncate(), faults.answer(401, '{"detail": "no"}')],
    ids=["sign-in page", "cut JSON", "key refused"],
)
def test_trouble_with_a_poll_leaves_the_job_collectable(
    double: Double, provider: str, studio_at: StudioAt, trouble: faults.Fault
) -> None:
    """Only the provider's own verdict ends an accepted job; an answer that makes no sense ends our waiting."""
    double.script("poll", trouble)
    studio = studio_at(double, provider)
    with pytest.raises(errors.ProviderError) as caught:
        studio.generate("a fox")
    assert caught.value.money == "maybe"
    assert "resume() fetches it without paying again" in str(caught.value)
    (run,) = studio.resume()
    assert run.result(20).data in double.delivered.values()
    assert len(double.submits) == 1


def test_bfl_reports_the_cost_and_the_rewritten_prompt(bfl_double: Double, studio_at: StudioAt) -> None:
    """The cost in the reply is the cost recorded, and the prompt the makers rewrote is kept beside ours."""
    result = studio_at(bfl_double, "bfl", "flux-2-flex").generate("a fox", prompt_upsampling=True)
    assert result.cost_is_reported
    assert result.prompt_used
    assert result.prompt_used != result.request.prompt == "a fox"


def test_upsampling_can_be_turned_off(bfl_double: Double, studio_at: StudioAt) -> None:
    """Turned off, the provider is told so and the prompt stays ours."""
    result = studio_at(bfl_double, "bfl", "flux-2-pro").generate("a fox", prompt_upsampling=False)
    assert bfl_double.submits[0].values["disable_pup"] is True
    assert result.prompt_used is None


def test_a_gateway_has_another_path(cloudflare_double: Double, studio_at: StudioAt) -> None:
    """With a gateway id the request goes through the AI Gateway's own path."""
    origin = cloudflare_double.url.partition("/client")[0]
    gateway = {"CLOUDFLARE_GATEWAY_ID": cloudflare_double.gateway_id, "CLOUDFLARE_GATEWAY_URL": f"{origin}/v1"}
    settings = {**cloudflare_double.environ, **gateway}
    studio = Studio("cloudflare", home=studio_at(cloudflare_double, "cloudflare").home, settings=settings)
    studio.generate("a fox")
    assert ["/workers-ai/" in call.path for call in cloudflare_double.requests if call.stage == "submit"] == [True]


@every
def test_the_key_can_be_checked_without_cost(double: Double, provider: str, studio_at: StudioAt) -> None:
    """A key check asks something free and answers with a sentence."""
    assert studio_at(double, provider).check().endswith(".")
    assert not double.submits


def test_runs_stand_side_by_side_within_the_limit(bfl_double: Double, studio_at: StudioAt) -> None:
    """No more runs of an account are under way than its limit allows, and all of them finish."""
    bfl_double.script("job", faults.Fate(seconds=0.2), forever=True)
    studio = studio_at(bfl_double, "bfl", concurrency=3)
    runs = [studio.start(f"fox {number}") for number in range(7)]
    most = 0
    while not all(run.is_over for run in runs):
        most = max(most, sum(run.latest.kind in ("submitted", "running") for run in runs))
        time.sleep(0.01)
    assert most <= 3
    assert len({run.result().id for run in runs}) == 7


def test_a_budget_refuses_before_anything_is_sent(bfl_double: Double, studio_at: StudioAt) -> None:
    """Under a cap of 5 cents two pictures at 3 cents are one too many, and the second costs nothing."""
    studio = studio_at(bfl_double, "bfl", budget_usd=0.05)
    studio.generate("one")
    with pytest.raises(errors.BudgetExceeded):
        studio.generate("two")
    assert len(bfl_double.submits) == 1


def test_a_refused_run_complains_of_nothing_else(
    bfl_double: Double, studio_at: StudioAt, caplog: pytest.LogCaptureFixture
) -> None:
    """A run that the budget refused was never journaled, and nobody tries to write down its end."""
    with pytest.raises(errors.BudgetExceeded):
        studio_at(bfl_double, "bfl", budget_usd=0).generate("one")
    assert caplog.messages == []


@pytest.mark.case(44)
def test_closing_the_engine_leaves_no_thread(tmp_path: Path) -> None:
    """A closed engine has ended its loop and its database writer."""
    before = threading.active_count()
    studio = Studio(home=tmp_path / "other")
    studio.generate("a fox", width=64, height=64)
    studio.engine.close()
    assert threading.active_count() == before
