"""The BFL double plays BFL: the exchange, every field checked, prices, links and ends."""

from __future__ import annotations

import base64
import io
from functools import partial
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.doubles import BflDouble, Fate
from tests.doubles.pictures import draw

# Nothing here speaks TLS: verify=False spares each call the reading of the certificates.
get = partial(httpx.get, verify=False)
post = partial(httpx.post, verify=False)


def png(width: int = 64, height: int = 64) -> bytes:
    return draw(width, height, "png", b"\1" * 16)


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def submit(double: BflDouble, model: str = "flux-2-pro", **values: Any) -> httpx.Response:
    body = {"prompt": "a red fox", **values}
    return post(f"{double.url}/v1/{model}", json=body, headers={"x-key": double.key})


def test_bfl_delivers_the_size_and_format_asked_for(bfl_double: BflDouble) -> None:
    """Submit, poll and download end in the very bytes the double noted, with the cost of the recorded exchange."""
    submitted = submit(bfl_double, width=256, height=320, seed=42, output_format="webp").json()
    polled = get(submitted["polling_url"]).json()
    image = get(polled["result"]["sample"])
    assert (submitted["cost"], submitted["output_mp"]) == (3.0, 0.08)
    assert (polled["status"], polled["result"]["seed"]) == ("Ready", 42)
    assert image.content == bfl_double.delivered[submitted["id"]]
    assert image.headers["content-type"] == "image/webp"
    assert (opened(image.content).size, opened(image.content).format) == ((256, 320), "WEBP")


def test_bfl_jpegs_say_in_exif_that_they_are_generated(bfl_double: BflDouble) -> None:
    """The default format is JPEG, with EXIF a client must pass through untouched."""
    submit(bfl_double)
    image = opened(bfl_double.submits[0].image)
    assert image.format == "JPEG"
    assert "AI generated" in image.getexif()[0x0131]


def test_bfl_knows_a_task_only_at_its_polling_url(bfl_double: BflDouble) -> None:
    """A client that builds the polling URL from the base URL finds no task."""
    name = submit(bfl_double).json()["id"]
    built = get(f"{bfl_double.url}/v1/get_result", params={"id": name}).json()
    assert built["status"] == "Task not found"


def test_bfl_refuses_a_wrong_key_in_its_own_words(bfl_double: BflDouble) -> None:
    """The recorded 403 body comes back and nothing is charged."""
    reply = post(f"{bfl_double.url}/v1/flux-2-pro", json={"prompt": "x"}, headers={"x-key": "wrong"})
    assert (reply.status_code, reply.json()) == (403, {"detail": "Not authenticated - Invalid Authentication"})
    assert not bfl_double.submits


@pytest.mark.parametrize(
    ("model", "field", "value", "kind"),
    [
        ("flux-2-pro", "aspect_ratio", "1:1", "extra_forbidden"),
        ("flux-2-pro", "guidance", 3.0, "extra_forbidden"),
        ("flux-2-flex", "guidance", 1.0, "greater_than_equal"),
        ("flux-2-flex", "steps", 51, "less_than_equal"),
        ("flux-2-flex", "steps", 20.0, "integer_type"),
        ("flux-2-flex", "disable_pup", True, "extra_forbidden"),
        ("flux-2-pro", "seed", "7", "integer_type"),
        ("flux-2-pro", "seed", True, "integer_type"),
        ("flux-2-pro", "prompt", None, "string_type"),
        ("flux-2-pro", "width", 63, "greater_than_equal"),
        ("flux-2-pro", "width", 1000, "multiple_of"),
        ("flux-2-pro", "safety_tolerance", 6, "less_than_equal"),
        ("flux-2-pro", "output_format", "jpg", "enum"),
        ("flux-2-pro", "input_image_9", "", "extra_forbidden"),
        ("flux-2-klein-4b", "input_image_5", "", "extra_forbidden"),
        ("flux-2-pro", "input_image", "not base64", "value_error"),
        ("flux-2-pro", "input_image", text(b"<html>"), "value_error"),
        ("flux-2-pro", "input_image", text(png()[:200]), "value_error"),
    ],
)
def test_bfl_refuses_what_its_schema_does_not_allow(
    bfl_double: BflDouble, model: str, field: str, value: object, kind: str
) -> None:
    """One field out of the schema is a 422 that names it, and no charge."""
    reply = submit(bfl_double, model, **{field: value})
    assert reply.status_code == 422
    assert [(problem["loc"], problem["type"]) for problem in reply.json()["detail"]] == [(["body", field], kind)]
    assert not bfl_double.submits


@pytest.mark.parametrize(
    ("model", "switch", "rewritten"),
    [
        ("flux-2-pro", {}, True),
        ("flux-2-pro", {"disable_pup": True}, False),
        ("flux-2-flex", {"prompt_upsampling": False}, False),
        ("flux-2-klein-9b", {}, False),
    ],
)
def test_bfl_reports_the_prompt_it_used(
    bfl_double: BflDouble, model: str, switch: dict[str, bool], rewritten: bool
) -> None:
    """The result's prompt differs from the one sent exactly where upsampling is on."""
    polled = get(submit(bfl_double, model, **switch).json()["polling_url"]).json()
    assert (polled["result"]["prompt"] != "a red fox") is rewritten


def test_bfl_charges_for_input_and_output(bfl_double: BflDouble) -> None:
    """A 2 MP picture with a 1 MP reference costs 3 + 1.5 + 1.5 credits, which leave the account."""
    bfl_double.credits = 10.0
    reference = png(1024, 1024)
    reply = submit(bfl_double, width=2048, height=1024, input_image=text(reference)).json()
    assert (reply["cost"], reply["input_mp"], reply["output_mp"]) == (6.0, 1.0, 2.0)
    assert (bfl_double.submits[0].references, bfl_double.credits) == ((reference,), 4.0)
    assert submit(bfl_double, width=2048, height=2048).status_code == 402


def test_bfl_links_end_and_a_poll_gives_a_fresh_one(bfl_double: BflDouble) -> None:
    """Ten minutes on, the signed link is refused and the next poll's link works."""
    polling_url = submit(bfl_double).json()["polling_url"]
    old = get(polling_url).json()["result"]["sample"]
    bfl_double.advance(602)
    fresh = get(polling_url).json()["result"]["sample"]
    assert (get(old).status_code, get(fresh).status_code) == (403, 200)


def test_bfl_takes_24_tasks_at_a_time(bfl_double: BflDouble) -> None:
    """The 25th task that is still running is a 429."""
    bfl_double.fate = Fate(seconds=60)
    assert [submit(bfl_double).status_code for _ in range(25)] == [200] * 24 + [429]


def test_bfl_had_no_disable_pup_once(bfl_double: BflDouble) -> None:
    """The older schema is one switch away."""
    bfl_double.older_schema = True
    assert submit(bfl_double, disable_pup=True).status_code == 422


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("moderated", "Content Moderated"),
        ("input moderated", "Request Moderated"),
        ("failed", "Error"),
        ("missing", "Task not found"),
    ],
)
def test_bfl_ends_as_scripted(bfl_double: BflDouble, end: str, status: str) -> None:
    """Two unfinished polls in the given words, then the given end."""
    bfl_double.script("job", Fate(pending=2, states=("Pending", "Pondering"), end=end))
    polling_url = submit(bfl_double).json()["polling_url"]
    assert [get(polling_url).json()["status"] for _ in range(3)] == ["Pending", "Pondering", status]
