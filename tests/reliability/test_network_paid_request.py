"""What the network does to the one request that costs money: cases 1 to 4."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from flux2_nb import errors
from flux2_nb.run import Run
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.doubles.exchange import Reply
from tests.engine.conftest import every
from tests.reliability.aftermath import sound
from tests.reliability.raw import RawServer, answer

StudioAt = Callable[..., Studio]


def ended(run: Run, kind: type[errors.Flux2Error]) -> errors.Flux2Error:
    """Wait for the end of a run and return its error, which is of this kind."""
    with pytest.raises(kind) as caught:
        run.result(20)
    return caught.value


@every
@pytest.mark.case(1)
def test_a_refused_connection_costs_nothing(double: Double, provider: str, studio_at: StudioAt) -> None:
    """Nobody listens: the request never left, and the run says so."""
    double.stop()
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    error = ended(run, errors.Unreachable)
    assert "could not be reached" in str(error)
    assert "Nothing was spent." in str(error)
    assert studio.history.spent_today() == 0
    sound(run, studio, "refused")


@pytest.mark.case(1)
def test_a_name_without_an_address_costs_nothing(
    bfl_double: Double, studio_at: StudioAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name service knows no such host: the request never left."""

    def nowhere(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    studio = studio_at(bfl_double, "bfl")
    studio._settings["BFL_BASE_URL"] = "https://provider.localhost"
    run = studio.start("a fox")
    assert "could not be reached. Nothing was spent." in str(ended(run, errors.Unreachable))
    sound(run, studio, "refused")


@pytest.mark.case(1)
def test_a_connection_is_tried_three_times(
    bfl_double: Double, studio_at: StudioAt, raw_server: Callable[..., RawServer]
) -> None:
    """A server that hangs up before TLS is agreed has read nothing, so it is tried again: three times in all."""
    server = raw_server(lambda method, path: b"", hang_up=True)
    studio = studio_at(bfl_double, "bfl")
    studio._settings["BFL_BASE_URL"] = server.url("https")
    run = studio.start("a fox")
    ended(run, errors.Unreachable)
    assert server.connections == 3
    sound(run, studio, "refused")


@pytest.mark.case(1)
@pytest.mark.parametrize("address", ["api.bfl.ai", "https://", "file:///etc/passwd", "https://[::1"])
def test_a_base_url_that_is_none_costs_nothing(address: str, bfl_double: Double, studio_at: StudioAt) -> None:
    """The base URL is blamed, not an answer that never came; nothing is sent, least of all the key."""
    studio = studio_at(bfl_double, "bfl")
    studio._settings["BFL_BASE_URL"] = address
    run = studio.start("a fox")
    error = ended(run, errors.Flux2Error)
    assert error.money == "none"
    sound(run, studio, "refused")


@every
@pytest.mark.case(2, 4)
@pytest.mark.parametrize("fault", [faults.reset(), faults.stall()], ids=["reset", "silence"])
def test_a_lost_answer_is_counted_as_spent(
    fault: faults.Fault, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """The request was read and no answer came: one purchase, counted, and told as possibly billed."""
    double.script("submit", fault)
    if provider == "replicate":  # its list would give the job back
        double.script("list", faults.answer(500), forever=True)
    studio = studio_at(double, provider, max_price_usd=0.25)
    usual = studio.card
    studio.card = usual.model_copy(update={"deadline": 0.5})
    run = studio.start("a fox")
    error = ended(run, errors.OutcomeUnknown)
    assert "It may have been billed." in str(error)
    assert "counted as spent" in str(error)
    assert run.latest.kind == "unknown"
    assert len(double.submits) == 1
    assert studio.history.spent_today() == pytest.approx(studio.history.run(run.id).worst_usd)
    studio.card = usual
    sound(run, studio, "unknown", double=double)


@pytest.mark.case(4)
def test_the_wait_for_an_answer_is_as_long_as_stated(
    bfl_double: Double, studio_at: StudioAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence past the read timeout of the request ends the wait, long before the deadline of the run."""
    provider = Studio("bfl").provider
    patient = provider.submit

    def impatient(*args: Any) -> Any:
        flow = patient(*args)
        reply = yield replace(next(flow), timeout=0.2)
        try:
            flow.send(reply)
        except StopIteration as end:
            return end.value

    monkeypatch.setattr(provider, "submit", impatient)
    bfl_double.script("submit", faults.stall())
    run = studio_at(bfl_double, "bfl").start("a fox")
    assert "none came in time" in str(ended(run, errors.OutcomeUnknown))
    assert run.seconds < 10


@pytest.mark.case(3)
@pytest.mark.parametrize("then", ["close", "reset"])
@pytest.mark.parametrize("provider", ["bfl", "replicate"])
def test_a_job_named_in_a_cut_answer_is_collected(
    provider: str, then: Any, request: pytest.FixtureRequest, studio_at: StudioAt
) -> None:
    """What can still be read of the answer holds the job: it is kept, and its picture arrives."""
    double: Double = request.getfixturevalue(f"{provider}_double")

    def longer(reply: Reply) -> Reply:
        return replace(reply, body=reply.body.rstrip()[:-1] + b', "logs": "' + b"x" * 4000 + b'"}')

    double.script("submit", replace(faults.cut(0.8, then=then), rewrite=longer))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    assert run.result(20).data in double.delivered.values()
    job = studio.history.run(run.id).job
    assert job is not None
    assert job.id in double.jobs
    assert len(double.submits) == 1
    assert "list" not in [call.stage for call in double.requests]
    sound(run, studio, "done", double=double)


@pytest.mark.case(3)
def test_a_job_whose_address_was_lost_is_named(bfl_double: Double, studio_at: StudioAt) -> None:
    """With its id alone BFL's job cannot be fetched, but its support can find it: the error tells the id."""
    bfl_double.script("submit", faults.cut(0.5))
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox")
    error = ended(run, errors.OutcomeUnknown)
    (job,) = bfl_double.submits
    assert job.id in str(error)
    assert isinstance(error, errors.OutcomeUnknown)
    assert error.request_id == job.id
    sound(run, studio, "unknown", double=bfl_double)


@pytest.mark.case(3)
def test_an_id_in_the_header_lines_is_told(cloudflare_double: Double, studio_at: StudioAt) -> None:
    """Cloudflare keeps no pictures, but names each answer in a header line."""
    cloudflare_double.script("submit", faults.cut(0.5))
    studio = studio_at(cloudflare_double, "cloudflare")
    run = studio.start("a fox")
    error = ended(run, errors.OutcomeUnknown)
    (job,) = cloudflare_double.submits
    assert f"Its id there is {job.id}." in str(error)
    sound(run, studio, "unknown", double=cloudflare_double)


@pytest.mark.case(12)
def test_a_key_that_cannot_be_sent_is_refused(bfl_double: Double, studio_at: StudioAt) -> None:
    """A key copied with a line break or a typographic dash is told as such, not as a lost answer."""
    for key in ("first-half\nsecond-half", "a–dash–in–it"):
        studio = studio_at(bfl_double, "bfl", key=key)
        run = studio.start("a fox")
        assert "a character that no key has" in str(ended(run, errors.AuthFailed))
        sound(run, studio, "refused")
    assert not bfl_double.requests


def test_an_answer_of_the_raw_server_is_whole() -> None:
    """The server the TLS cases use says how long its answers are."""
    assert answer({"a": 1}).endswith(b'\r\n\r\n{"a": 1}')
