"""What the network does while an accepted job is waited for and fetched: cases 5 to 9."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from flux2_nb import errors, http
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import both
from tests.reliability.aftermath import sound

StudioAt = Callable[..., Studio]

TROUBLE = [
    pytest.param([faults.reset()] * 5, id="resets"),
    pytest.param([faults.answer(503)] * 5, id="503"),
    pytest.param([faults.reset(), faults.answer(503), faults.answer(429), faults.cut(), faults.answer(502)], id="all"),
]


@both
@pytest.mark.case(5)
@pytest.mark.parametrize("trouble", TROUBLE)
def test_five_troubles_while_looking_lose_nothing(
    trouble: list[faults.Fault], double: Double, provider: str, studio_at: StudioAt
) -> None:
    """Looks at a job are free, so they are repeated until one gets through."""
    double.script("poll", *trouble)
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    assert run.result(20).data in double.delivered.values()
    assert len(double.submits) == 1
    sound(run, studio, "done", double=double)


@both
@pytest.mark.case(6)
def test_another_process_collects_what_was_not_waited_for(double: Double, provider: str, studio_at: StudioAt) -> None:
    """The deadline ends the wait and not the job: once this process is gone, another collects it."""
    double.script("job", faults.Fate(pending=float("inf")))
    studio = studio_at(double, provider)
    studio.card = studio.card.model_copy(update={"deadline": 0.5})
    run = studio.start("a slow fox")
    with pytest.raises(errors.JobTimeout, match=r"resume\(\) fetches it without paying again"):
        run.result(20)
    sound(run, studio, "submitted")
    studio.engine.close()
    double.submits[0].fate = faults.Fate()
    program = f"""
        from flux2_nb import Studio
        studio = Studio({provider!r}, home={str(studio.home)!r}, settings={dict(double.environ)!r})
        (run,) = studio.resume()
        print(run.id, len(run.result(20).data))
        studio.engine.close()
    """
    told = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True, capture_output=True, text=True)
    assert told.stdout.split() == [run.id, str(len(double.submits[0].image))]
    assert studio.history.run(run.id).state == "done"
    assert len(double.submits) == 1


BROKEN = [
    pytest.param(faults.cut(), id="cut"),
    pytest.param(faults.cut(then="reset"), id="reset"),
    pytest.param(faults.wrong_length(+100), id="length too large"),
    pytest.param(faults.wrong_length(-100), id="length too small"),
]


@both
@pytest.mark.case(7)
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_download_is_fetched_anew(
    broken: faults.Fault, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """Half a picture is no picture: it is fetched once more, and only the whole one gets a name."""
    double.script("download", broken)
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    assert run.result(20).data in double.delivered.values()
    assert len(_originals(studio)) == 1
    assert len(double.submits) == 1
    sound(run, studio, "done", double=double)


@both
@pytest.mark.case(7)
@pytest.mark.parametrize("broken", BROKEN)
def test_a_download_that_stays_broken_is_left_for_later(
    broken: faults.Fault, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """After a few tries we give up without a file, and the picture can still be collected later."""
    double.script("download", broken, forever=True)
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.ProviderError, match=r"resume\(\) fetches it without paying again"):
        run.result(20)
    assert len([call for call in double.requests if call.stage == "download"]) <= http.TRIES
    assert not _originals(studio)
    sound(run, studio, "submitted")
    double.script("download", None, forever=True)
    (again,) = studio.resume()
    assert again.result(20).data in double.delivered.values()
    assert len(double.submits) == 1


@both
@pytest.mark.case(8)
@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_fresh_link_is_asked_for(status: int, double: Double, provider: str, studio_at: StudioAt) -> None:
    """When the link no longer works, the job is looked at again, and its new link works."""
    double.script("download", faults.answer(status))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    assert run.result(20).data in double.delivered.values()
    assert [call.stage for call in double.requests][-4:] == ["poll", "download", "poll", "download"]
    sound(run, studio, "done", double=double)


@both
@pytest.mark.case(8)
def test_a_picture_that_is_gone_is_told_with_its_job(double: Double, provider: str, studio_at: StudioAt) -> None:
    """When no link works any more, the run ends as expired: the money is gone, and the job's id is told."""
    double.script("download", faults.answer(403), faults.answer(404))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.Expired) as caught:
        run.result(20)
    assert double.submits[0].id in str(caught.value)
    assert "It was billed." in str(caught.value)
    assert not studio.unfinished()
    sound(run, studio, "expired", double=double)


@both
@pytest.mark.case(8)
def test_trouble_at_the_download_host_is_no_expiry(double: Double, provider: str, studio_at: StudioAt) -> None:
    """A host that answers 500 all the time still has the picture: the job stays to be collected."""
    double.script("download", faults.answer(500), forever=True)
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply, match="status 500"):
        run.result(20)
    double.script("download", None, forever=True)
    sound(run, studio, "submitted", double=double)
    (again,) = studio.resume()
    assert again.result(20).data in double.delivered.values()


@both
@pytest.mark.case(9)
def test_a_dripping_download_is_ended(
    double: Double, provider: str, studio_at: StudioAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each byte comes in time, but the whole does not: the deadline for the whole download ends it."""
    monkeypatch.setattr(http, "MAX_DOWNLOAD_SECONDS", 0.2)
    double.script("download", faults.drip(size=1, every=0.02))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.JobTimeout):
        run.result(20)
    assert run.seconds < 10
    sound(run, studio, "submitted", double=double)


@both
@pytest.mark.case(9)
@pytest.mark.parametrize("stage", ["poll", "submit"])
def test_a_dripping_answer_is_ended_by_the_deadline(
    stage: str, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """An answer that drips for longer than a run may take ends the wait."""
    double.script(stage, faults.drip(size=1, every=0.05))
    studio = studio_at(double, provider)
    usual = studio.card
    studio.card = usual.model_copy(update={"deadline": 0.4})
    if provider == "replicate":
        double.script("list", faults.answer(500), forever=True)
    run = studio.start("a fox")
    with pytest.raises((errors.JobTimeout, errors.OutcomeUnknown)):
        run.result(20)
    assert run.seconds < 10
    studio.card = usual
    sound(run, studio, "submitted" if stage == "poll" else "unknown", double=double)


@both
@pytest.mark.case(9)
def test_a_picture_over_40_mb_is_not_read_to_its_end(double: Double, provider: str, studio_at: StudioAt) -> None:
    """A body without end is cut off at the cap, and nothing of it is kept under the name of a picture."""
    double.script("download", faults.flood())
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply, match="more than 40 MB"):
        run.result(60)
    assert not _originals(studio)
    sound(run, studio, "submitted", double=double)


def _originals(studio: Studio) -> list[Any]:
    return [path for path in (studio.home / "images").rglob("*") if path.is_file()]
