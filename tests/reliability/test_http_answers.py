"""Answers that are not what a provider would say: cases 15, 18 and 19."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from flux2_nb import errors
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import every
from tests.reliability.aftermath import found_in_the_list_or_unknown, sound

StudioAt = Callable[..., Studio]


@every
@pytest.mark.case(15)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_on_the_paid_request_is_never_repeated(
    status: int, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """Nobody can tell whether it was taken: sent once, counted as spent, told as possibly billed."""
    double.script("submit", faults.answer(status))
    studio = studio_at(double, provider, max_price_usd=0.25)
    run = studio.start("a fox")
    with pytest.raises(errors.OutcomeUnknown, match="It may have been billed") as caught:
        run.result(20)
    assert str(status) in str(caught.value)
    assert len([call for call in double.requests if call.stage == "submit"]) == 1
    assert studio.history.spent_today() == pytest.approx(studio.history.run(run.id).worst_usd)
    sound(run, studio, "unknown", double=double)


@every
@pytest.mark.case(15)
def test_a_picture_behind_a_server_error_is_found_where_there_is_a_list(
    double: Double, provider: str, studio_at: StudioAt
) -> None:
    """The request was taken all the same: Replicate's list gives the job back; elsewhere it stays unknown."""
    double.script("submit", faults.answer(503, worked=True))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    found_in_the_list_or_unknown(run, studio, double)


@pytest.mark.case(15)
def test_a_server_error_on_an_upload_costs_nothing(replicate_double: Double, studio_at: StudioAt) -> None:
    """What comes before the paid request buys nothing, whatever becomes of it."""
    from tests.engine.test_life import photograph

    replicate_double.script("upload", faults.answer(500), forever=True)
    studio = studio_at(replicate_double, "replicate")
    run = studio.start("image 1 at night", references=[photograph(2400, 1800)])
    with pytest.raises(errors.Unreachable, match="Nothing was spent"):
        run.result(20)
    assert not replicate_double.submits
    sound(run, studio, "refused", double=replicate_double)


@every
@pytest.mark.case(18)
def test_a_sign_in_page_is_not_the_provider(
    double: Double, provider: str, studio_at: StudioAt, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told as what it is; its beginning stands in the log alone, at most 200 characters, without the key."""
    page = f"<title>Sign in</title><p>canary-of-the-page {double.key}".ljust(195, ".") + double.key + "x" * 500
    double.script("submit", faults.answer(200, page, content_type="text/html"))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.OutcomeUnknown, match="not the provider's: it is a web page") as caught:
        run.result(20)
    assert "canary-of-the-page" in caplog.text
    assert "x" * 100 not in caplog.text
    assert double.key[:5] not in caplog.text
    assert "canary-of-the-page" not in f"{caught.value!r} {caught.value} {vars(caught.value)}"
    files = [path for path in studio.home.rglob("*") if path.is_file()]
    assert not [path for path in files if b"canary-of-the-page" in path.read_bytes()]
    sound(run, studio, "unknown", said=caplog.text, double=double)


@every
@pytest.mark.case(19)
@pytest.mark.parametrize("status", [200, 201, 204])
def test_an_empty_answer_is_a_lost_one(status: int, double: Double, provider: str, studio_at: StudioAt) -> None:
    """A paid request that is answered with nothing at all may have been taken."""
    double.script("submit", faults.answer(status))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.OutcomeUnknown, match="could not be read"):
        run.result(20)
    sound(run, studio, "unknown", double=double)


@pytest.mark.case(19)
@pytest.mark.parametrize("stage", ["submit", "poll", "download"])
def test_a_small_answer_that_unpacks_to_gigabytes_is_not_unpacked(
    stage: str, bfl_double: Double, studio_at: StudioAt
) -> None:
    """The cap holds for what an answer unpacks to."""
    bfl_double.script(stage, faults.bomb(80))
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox")
    with pytest.raises(errors.ProviderError, match="sent more than"):
        run.result(20)
    sound(run, studio, "unknown" if stage == "submit" else "submitted", double=bfl_double)


@pytest.mark.case(19)
def test_only_what_was_asked_for_is_unpacked(bfl_double: Double, studio_at: StudioAt) -> None:
    """Brotli unpacks a few bytes to gigabytes in one step, before any cap can see them: it is not unpacked at all."""
    body = bytes.fromhex("8b0080") + b"{}" + bytes.fromhex("03")  # Brotli for {}

    def packed(reply: Any) -> Any:
        return replace(reply, body=body, headers={"content-encoding": "br"})

    bfl_double.script("poll", faults.rewrite(packed))
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply, match="packed its answer in a way that was not asked for"):
        run.result(20)
    assert bfl_double.requests[0].headers["accept-encoding"] == "gzip"
    sound(run, studio, "submitted", double=bfl_double)
