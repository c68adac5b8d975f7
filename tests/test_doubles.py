"""What every double has: its records, its script, and faults that do what their names say."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import pytest

from tests.doubles import BflDouble, Double, Fate, Fault, ReplicateDouble, faults

# Nothing here speaks TLS: verify=False spares each call the reading of the certificates.
get = partial(httpx.get, verify=False)
post = partial(httpx.post, verify=False)


@pytest.fixture
def client(bfl_double: BflDouble) -> Iterator[httpx.Client]:
    """A client with BFL's key."""
    with httpx.Client(base_url=bfl_double.url, headers={"x-key": bfl_double.key}, verify=False) as client:
        yield client


def submit(client: httpx.Client, prompt: str = "a red fox") -> httpx.Response:
    return client.post("/v1/flux-2-pro", json={"prompt": prompt})


@pytest.mark.parametrize(
    ("fault", "error", "charges"),
    [
        (faults.reset(), httpx.ReadError, 1),
        (faults.reset(worked=False), httpx.ReadError, 0),
        (faults.stall(), httpx.ReadTimeout, 1),
        (faults.stall(worked=False), httpx.ReadTimeout, 0),
        (faults.slow(60), httpx.ReadTimeout, 1),
        (faults.cut(), httpx.RemoteProtocolError, 1),
        (faults.cut(then="reset"), httpx.ReadError, 1),
        (faults.cut(0, then="stall"), httpx.ReadTimeout, 1),
        (faults.wrong_length(10), httpx.RemoteProtocolError, 1),
        (faults.drip(every=60), httpx.ReadTimeout, 1),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_lost_reply_is_charged_when_the_work_was_done(
    bfl_double: BflDouble, client: httpx.Client, fault: Fault, error: type[Exception], charges: int
) -> None:
    """The client sees the failure that belongs to the fault; the next request is as usual."""
    bfl_double.script("submit", fault)
    client.timeout = httpx.Timeout(0.1 if error is httpx.ReadTimeout else 30)
    with pytest.raises(error):
        submit(client)
    client.timeout = httpx.Timeout(30)
    while not (bfl_double.requests and bfl_double.requests[0].status):
        time.sleep(0.001)
    assert len(bfl_double.submits) == charges
    assert submit(client).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "start", "charges"),
    [
        (faults.answer(204), 204, b"", 0),
        (faults.answer(503, '{"detail": "busy"}'), 503, b'{"detail": "busy"}', 0),
        (faults.answer(200, b"[NaN]", worked=True), 200, b"[NaN]", 1),
        (faults.html(), 200, b"<!DOCTYPE html>", 0),
        (faults.redirect("http://127.0.0.2/"), 307, b"", 0),
        (faults.truncate(0.1), 200, b'{"id": ', 1),
        (faults.wrong_length(-50), 200, b'{"id": ', 1),
        (faults.bomb(1), 200, bytes(2**20), 1),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_whole_reply_can_be_wrong(
    bfl_double: BflDouble, client: httpx.Client, fault: Fault, status: int, start: bytes, charges: int
) -> None:
    """Other statuses and bodies arrive as complete HTTP, with or without a charge."""
    bfl_double.script("submit", fault)
    reply = submit(client)
    assert (reply.status_code, reply.content.startswith(start)) == (status, True)
    assert len(bfl_double.submits) == charges


def test_a_truncated_reply_is_no_json(bfl_double: BflDouble, client: httpx.Client) -> None:
    """HTTP is content, a JSON reader is not."""
    bfl_double.script("submit", faults.truncate())
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        submit(client).json()


def test_an_edit_reaches_into_the_reply(bfl_double: BflDouble, client: httpx.Client) -> None:
    """Nested keys are changed, their neighbours kept."""
    bfl_double.script("poll", faults.edit({"result": {"sample": "http://169.254.169.254/x"}, "status": "Ready!"}))
    polled = client.get(submit(client).json()["polling_url"]).json()
    assert (polled["status"], polled["result"]["sample"]) == ("Ready!", "http://169.254.169.254/x")
    assert polled["result"]["seed"] == bfl_double.submits[0].seed


def test_a_flood_goes_on_until_the_client_leaves(bfl_double: BflDouble, client: httpx.Client) -> None:
    """A body without end can be read as far as one likes."""
    bfl_double.script("submit", faults.flood())
    received = 0
    with client.stream("POST", "/v1/flux-2-pro", json={"prompt": "a red fox"}) as reply:
        for block in reply.iter_raw():
            received += len(block)
            if received > 5_000_000:
                break
    assert "content-length" not in reply.headers
    assert submit(client).status_code == 200


def test_a_fate_can_deliver_other_bytes(bfl_double: BflDouble, client: httpx.Client) -> None:
    """The download brings exactly the scripted bytes under an image's type."""
    bfl_double.script("job", Fate(image=b"<html>no image</html>"))
    polled = client.get(submit(client).json()["polling_url"]).json()
    assert get(polled["result"]["sample"]).content == b"<html>no image</html>"


@pytest.mark.parametrize("retry_after", ["2", "-1", "nan", "Wed, 21 Oct 2026 07:28:00 GMT", "soon"])
def test_an_error_carries_any_retry_after(bfl_double: BflDouble, client: httpx.Client, retry_after: str) -> None:
    """The provider's own 429 with the header's text as given."""
    bfl_double.script("submit", bfl_double.error(429, retry_after=retry_after))
    reply = submit(client)
    assert (reply.status_code, reply.headers["retry-after"]) == (429, retry_after)
    assert reply.json() == {"detail": "Too many requests"}


def test_outcomes_are_taken_in_order(bfl_double: BflDouble, client: httpx.Client) -> None:
    """One outcome per request, None as usual, and the last for ever where asked."""
    bfl_double.script("submit", bfl_double.error(500), None, bfl_double.error(503), forever=True)
    assert [submit(client).status_code for _ in range(5)] == [500, 200, 503, 503, 503]


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [("cancel", faults.reset()), ("submit", Fate()), ("job", faults.reset()), ("job", Fate(end="lost"))],
)
def test_a_script_that_cannot_happen_is_refused(bfl_double: BflDouble, stage: str, outcome: Fault | Fate) -> None:
    """A stage the provider lacks, or an outcome in the wrong place, is an error in the test itself."""
    with pytest.raises(ValueError, match=r"stage|end"):
        bfl_double.script(stage, outcome)


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("/v1/credits", {"x-key": "{key}", "x-other": "{key}"}),
        ("/v1/credits?key={key}", {}),
        ("/delivery/results/1_sample.jpeg", {"x-key": "{key}"}),
    ],
)
def test_a_key_in_the_wrong_place_is_a_leak(url: str, headers: dict[str, str]) -> None:
    """Another header, the address, or a download: each is noted."""
    with BflDouble() as double:
        sent = {name: value.format(key=double.key) for name, value in headers.items()}
        get(double.origin + url.format(key=double.key), headers=sent)
        get(double.origin + "/v1/credits", headers={"x-key": double.key})
        assert [call.at for call in double.leaks] == [double.requests[0].at]


def test_a_crash_of_the_double_is_not_swallowed() -> None:
    """What goes wrong inside a double fails the test that used it."""

    def use() -> None:
        with BflDouble() as double:
            double.script("submit", faults.rewrite(lambda reply: json.loads("no JSON")))
            post(double.url + "/v1/flux-2-pro")

    with pytest.raises(json.JSONDecodeError):
        use()


def test_a_stopped_double_refuses_connections() -> None:
    """The port is free again, even with a client left waiting."""
    double: Double = ReplicateDouble().start()
    double.script("account", faults.stall())
    address = httpx.URL(double.origin)
    with socket.create_connection((address.host, address.port or 0)) as waiting:
        waiting.sendall(b"GET /v1/account HTTP/1.1\r\nHost: double\r\n\r\n")
        while not double.requests:
            time.sleep(0.001)
        double.stop()
        assert waiting.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.host, address.port or 0))


def test_many_threads_are_counted_right(bfl_double: BflDouble) -> None:
    """Records are whole when many clients come at once, and no two pictures are the same bytes."""
    address, headers = f"{bfl_double.url}/v1/flux-2-pro", {"x-key": bfl_double.key}
    with httpx.Client(headers=headers, verify=False) as client, ThreadPoolExecutor(8) as pool:
        prompts = [f"fox {n}" for n in range(40)]
        list(pool.map(lambda prompt: client.post(address, json={"prompt": prompt}), prompts))
    assert sorted(job.values["prompt"] for job in bfl_double.submits) == sorted(prompts)
    assert len({job.image for job in bfl_double.submits}) == 40
