"""How long a provider may ask us to wait, and what happens meanwhile: case 14."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from email.utils import formatdate

import pytest

from flux2_nb import errors, purchase
from flux2_nb.run import Event, Run
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import every
from tests.reliability.aftermath import sound

StudioAt = Callable[..., Studio]


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause that the provider does not state is over at once."""
    monkeypatch.setattr(purchase, "FIRST_PAUSE", 0.001)


def events(run: Run) -> list[Event]:
    """Every event of a run that has ended."""

    async def all_of_them() -> list[Event]:
        return [event async for event in run.events()]

    return asyncio.run(all_of_them())


def refused(double: Double, retry_after: str | None) -> faults.Fault:
    """The provider takes no more requests, and says when it will."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return faults.answer(429, '{"detail": "slow down"}', headers)


SAT_OUT = [
    pytest.param("0", id="0"),
    pytest.param("0.05", id="a part of a second"),
    pytest.param("Mon, 01 Jan 2001 00:00:00 GMT", id="a date gone by"),
    pytest.param("-1", id="-1"),
    pytest.param("-inf", id="-inf"),
    pytest.param("nan", id="nan"),
    pytest.param("soon", id="garbage"),
    pytest.param("", id="empty"),
    pytest.param("Mon, 99 Foo 2001", id="a date that is none"),
    pytest.param(None, id="none"),
]


@every
@pytest.mark.case(14)
@pytest.mark.parametrize("retry_after", SAT_OUT)
def test_a_pause_that_can_be_sat_out_is(
    retry_after: str | None, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """Nothing was taken, so the request is sent again: after what was asked, or what is usual when that is unclear."""
    double.script("submit", refused(double, retry_after))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    assert run.result(20).data in double.delivered.values()
    assert len(double.submits) == 1
    sound(run, studio, "done", double=double)


TOO_LONG = ["121", "3600", "inf", "1e35", "9" * 400, formatdate(time.time() + 3600, usegmt=True)]


@every
@pytest.mark.case(14)
@pytest.mark.parametrize("retry_after", TOO_LONG, ids=["121", "3600", "inf", "1e35", "400 digits", "a date"])
def test_a_longer_pause_ends_the_run(retry_after: str, double: Double, provider: str, studio_at: StudioAt) -> None:
    """Above two minutes the run ends and says how long was asked for; nothing is sent again."""
    double.script("submit", refused(double, retry_after))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.RateLimited, match="we wait 120 s at most") as caught:
        run.result(20)
    assert "Nothing was spent." in str(caught.value)
    assert [call.stage for call in double.requests] == ["submit"]
    sound(run, studio, "refused", double=double)


@pytest.mark.case(14)
def test_patience_has_an_end(bfl_double: Double, studio_at: StudioAt) -> None:
    """A provider that never has room is asked a few times, not for ever."""
    bfl_double.script("submit", refused(bfl_double, None), forever=True)
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox")
    with pytest.raises(errors.RateLimited):
        run.result(20)
    assert len(bfl_double.requests) == purchase.RATE_LIMIT_TRIES
    sound(run, studio, "refused")


@pytest.mark.case(14)
def test_a_used_up_day_is_not_waited_for(cloudflare_double: Double, studio_at: StudioAt) -> None:
    """Cloudflare's daily allowance does not come back within two minutes."""
    cloudflare_double.script("submit", cloudflare_double.error(3036))
    studio = studio_at(cloudflare_double, "cloudflare")
    run = studio.start("a fox")
    with pytest.raises(errors.RateLimited):
        run.result(20)
    assert len(cloudflare_double.requests) == 1
    sound(run, studio, "refused", double=cloudflare_double)


@pytest.mark.case(14)
def test_the_pause_is_counted_down(bfl_double: Double, studio_at: StudioAt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events tell what is left of the pause, in words and as a number that falls."""
    monkeypatch.setattr(purchase, "COUNTDOWN_SECONDS", 0.02)
    bfl_double.script("submit", refused(bfl_double, "0.1"))
    run = studio_at(bfl_double, "bfl").start("a fox")
    run.result(20)
    left = [event.pause for event in events(run) if event.pause is not None]
    assert len(left) > 1
    assert left == sorted(left, reverse=True)
    assert any(event.note == "Black Forest Labs asks for a pause: 1 s left." for event in events(run))


@every
@pytest.mark.case(14)
def test_a_pause_can_be_cancelled(double: Double, provider: str, studio_at: StudioAt) -> None:
    """Who does not want to wait cancels, at once and for nothing."""
    double.script("submit", refused(double, "100"))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    while run.latest.pause is None:
        assert not run.is_over
        time.sleep(0.005)
    studio.cancel(run.id)
    with pytest.raises(errors.Cancelled, match="Nothing was spent"):
        run.result(10)
    assert not double.submits
    sound(run, studio, "cancelled", double=double)


@pytest.mark.case(14)
def test_a_look_that_hangs_can_be_cancelled(replicate_double: Double, studio_at: StudioAt) -> None:
    """Also while a look at a job hangs, or is about to be repeated: the cancel does not wait for it."""
    replicate_double.script("job", faults.Fate(pending=float("inf")))
    replicate_double.script("poll", faults.stall(), forever=True)
    studio = studio_at(replicate_double, "replicate")
    run = studio.start("a fox")
    while "poll" not in [call.stage for call in replicate_double.requests]:
        assert not run.is_over
        time.sleep(0.005)
    studio.cancel(run.id)
    with pytest.raises(errors.Cancelled, match="It may have been billed"):
        run.result(10)
    replicate_double.script("poll", None, forever=True)
    sound(run, studio, "cancelled")
