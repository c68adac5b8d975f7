"""Where requests may go and whom they may trust: cases 10 and 11."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flux2_nb import errors
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import both, every
from tests.reliability.aftermath import sound
from tests.reliability.certificates import self_signed
from tests.reliability.raw import RawServer, answer

StudioAt = Callable[..., Studio]
Raw = Callable[..., RawServer]

INSIDE = ("http://169.254.169.254/latest/meta-data", "https://169.254.169.254/", "https://[::1]/", "file:///etc/passwd")


@pytest.fixture
def bystander(raw_server: Raw) -> RawServer:
    """Another server of this machine, at which nobody has any business; it would say yes to everything."""
    return raw_server(lambda method, path: answer({"id": "1", "status": "Ready", "result": {"sample": "x"}}))


@every
@pytest.mark.case(10)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_the_paid_request_is_not_followed(
    status: int, double: Double, provider: str, studio_at: StudioAt, bystander: RawServer
) -> None:
    """Neither the request nor the key goes where an answer points; what became of it is unknown."""
    double.script("submit", faults.redirect(bystander.url(), status))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.OutcomeUnknown):
        run.result(20)
    assert not bystander.seen
    sound(run, studio, "unknown", double=double)


@both
@pytest.mark.case(10)
def test_a_redirect_of_a_look_is_not_followed(
    double: Double, provider: str, studio_at: StudioAt, bystander: RawServer
) -> None:
    """The key goes nowhere else, and the job stays to be collected."""
    double.script("poll", faults.redirect(bystander.url()))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply, match="not followed"):
        run.result(20)
    assert not bystander.seen
    sound(run, studio, "submitted", double=double)
    (again,) = studio.resume()
    assert again.result(20).data in double.delivered.values()


@both
@pytest.mark.case(10)
@pytest.mark.parametrize("place", ["another port", *INSIDE])
def test_a_download_that_leads_inside_is_refused(
    place: str, double: Double, provider: str, studio_at: StudioAt, bystander: RawServer
) -> None:
    """A picture comes from a public https host or the base URL's own origin; a redirect changes nothing of that."""
    double.script("download", faults.redirect(bystander.url() if place == "another port" else place))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply, match="points to"):
        run.result(20)
    assert not bystander.seen
    sound(run, studio, "submitted", double=double)


@pytest.mark.case(10)
def test_redirects_of_a_download_come_to_an_end(bfl_double: Double, studio_at: StudioAt) -> None:
    """A few redirects within what is allowed are followed, a circle is not; no key goes along."""
    studio = studio_at(bfl_double, "bfl")
    bfl_double.script("download", faults.redirect("?around=1"), forever=True)
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply, match="without end"):
        run.result(20)
    downloads = [call for call in bfl_double.requests if call.stage == "download"]
    assert len(downloads) == 4
    assert not any("x-key" in call.headers for call in downloads)
    bfl_double.script("download", None, forever=True)
    sound(run, studio, "submitted", double=bfl_double)


@both
@pytest.mark.case(10, 11)
@pytest.mark.parametrize("place", ["another port", *INSIDE, "https://", "//", "no address", "https://[::1"])
def test_an_address_to_look_at_that_leads_astray_is_refused(
    place: str, double: Double, provider: str, studio_at: StudioAt, bystander: RawServer
) -> None:
    """An answer that names another host of this machine as the job's address is not followed there."""
    url = f"{bystander.url()}/v1/get_result?id=1" if place == "another port" else place
    double.script("submit", faults.edit({"polling_url": url, "urls": {"get": url}}))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply, match="points to"):
        run.result(20)
    assert not bystander.seen
    sound(run, studio, "submitted", double=double)


@pytest.mark.case(11)
@pytest.mark.parametrize("days", [1, -1], ids=["self-signed", "expired"])
def test_a_bad_certificate_is_refused(
    days: int, bfl_double: Double, studio_at: StudioAt, raw_server: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is not sent to a server that cannot prove who it is: nothing leaves, and the reason is told."""
    certificate, tls = self_signed(tmp_path, days)
    if days < 0:  # trusted, but out of date
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = raw_server(lambda method, path: answer(status=500), tls)
    studio = studio_at(bfl_double, "bfl")
    studio._settings["BFL_BASE_URL"] = server.url("https")
    run = studio.start("a fox")
    with pytest.raises(errors.Unreachable, match="bad certificate") as caught:
        run.result(20)
    assert ("expired" if days < 0 else "self-signed") in str(caught.value)
    assert "Nothing was spent." in str(caught.value)
    assert not server.seen
    sound(run, studio, "refused")


@pytest.mark.case(11)
def test_no_step_back_from_https_to_http(
    bfl_double: Double, studio_at: StudioAt, raw_server: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An https base URL whose answer names an http address for the job: nothing is sent there."""
    certificate, tls = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    plain = raw_server(lambda method, path: answer({"status": "Ready"}))
    accepted: dict[str, Any] = {"id": "4711", "polling_url": f"{plain.url()}/v1/get_result?id=4711", "cost": 3.0}
    server = raw_server(lambda method, path: answer(accepted), tls)
    studio = studio_at(bfl_double, "bfl")
    studio._settings["BFL_BASE_URL"] = server.url("https")
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply, match="not a public https address"):
        run.result(20)
    assert [head.split()[0] for head in server.seen] == ["POST"]
    assert not plain.seen
    sound(run, studio, "submitted")
