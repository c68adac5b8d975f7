"""Cancelling before the paid request, while it is on its way, while it is waited for, while it is fetched: case 38."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from flux2_nb import errors
from flux2_nb.request import Reference
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import both, every
from tests.engine.test_life import photograph, until
from tests.history.making import files_under
from tests.reliability.aftermath import sound

StudioAt = Callable[..., Studio]


@every
@pytest.mark.case(38)
def test_cancelled_before_it_is_sent_is_free(
    double: Double, provider: str, studio_at: StudioAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While its references are made ready nothing was sent, so nothing is."""
    studio = studio_at(double, provider)
    preparing: list[float] = []
    prepare = studio.engine.history.keep_references

    def slowly(references: Sequence[Reference]) -> None:
        preparing.append(1)
        until(lambda: run.stop.is_set())
        prepare(references)

    monkeypatch.setattr(studio.engine.history, "keep_references", slowly)
    run = studio.start("image 1 at night", references=[photograph()])
    until(lambda: preparing)
    studio.cancel(run.id)
    with pytest.raises(errors.Cancelled, match=r"cancelled before it was sent\. Nothing was spent\.") as caught:
        run.result(20)
    assert caught.value.money == "none"
    assert not double.submits
    assert studio.history.spent_today() == 0
    sound(run, studio, "cancelled", double=double)


@every
@pytest.mark.case(38)
def test_cancelled_while_the_paid_request_is_out(double: Double, provider: str, studio_at: StudioAt) -> None:
    """The request is not torn off: what was bought is cancelled where the provider can, and kept where it cannot."""
    double.script("submit", faults.slow(0.3))
    double.script("job", faults.Fate(pending=5))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    until(lambda: double.submits)
    studio.cancel(run.id)
    if provider == "replicate":
        with pytest.raises(errors.Cancelled, match=r"after it had been accepted\. It may have been billed"):
            run.result(20)
    else:
        assert run.result(20).data in double.delivered.values()
    assert len(double.submits) == 1
    assert studio.history.spent_today() > 0
    sound(run, studio, "cancelled" if provider == "replicate" else "done")


@both
@pytest.mark.case(38)
def test_cancelled_while_its_picture_comes(double: Double, provider: str, studio_at: StudioAt) -> None:
    """A picture that is on its way was paid for: it arrives whole, and no part of a file is left."""
    double.script("download", faults.drip(size=2_000, every=0.01))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    until(lambda: any(call.stage == "download" for call in double.requests))
    studio.cancel(run.id)
    result = run.result(20)
    assert result.data in double.delivered.values()
    assert result.path is not None
    assert result.path.read_bytes() == result.data
    assert not [name for name in files_under(studio.home) if name.endswith(".part")]
    sound(run, studio, "done", double=double)


@every
@pytest.mark.case(38)
def test_cancelled_when_it_is_over_changes_nothing(double: Double, provider: str, studio_at: StudioAt) -> None:
    """A wish that comes after the end is answered so, and the picture stays."""
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    data = run.result(20).data
    until(lambda: not studio.runs())
    with pytest.raises(errors.InvalidRequest, match="It may have ended already"):
        studio.cancel(run.id)
    assert studio.history.search()[0].result().data == data
    sound(run, studio, "done", double=double)
