"""The Replicate double plays Replicate: predictions, waiting, lists, files, and the official client on top."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from PIL import Image
from replicate.client import Client
from replicate.exceptions import ModelError, ReplicateError

from tests.doubles import Fate, ReplicateDouble
from tests.doubles.pictures import draw

# Nothing here speaks TLS: verify=False spares each call the reading of the certificates.
get = partial(httpx.get, verify=False)
post = partial(httpx.post, verify=False)
delete = partial(httpx.delete, verify=False)


def png(width: int = 64, height: int = 64) -> bytes:
    return draw(width, height, "png", b"\1" * 16)


def data_uri(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def submit(
    double: ReplicateDouble, model: str = "flux-2-pro", headers: dict[str, str] | None = None, **values: Any
) -> httpx.Response:
    address = f"{double.url}/models/black-forest-labs/{model}/predictions"
    headers = {"Authorization": f"Bearer {double.key}", **(headers or {})}
    return post(address, json={"input": {"prompt": "a red fox", **values}}, headers=headers)


def read(double: ReplicateDouble, url: str, **query: Any) -> Any:
    return get(url, params=query or None, headers={"Authorization": f"Bearer {double.key}"}).json()


@pytest.mark.parametrize(("model", "listed"), [("flux-2-dev", False), ("flux-2-klein-4b", True)])
def test_replicate_delivers_a_url_or_a_list(replicate_double: ReplicateDouble, model: str, listed: bool) -> None:
    """klein's output is a list of one address, the others' one address; its bytes are those noted."""
    created = submit(replicate_double, model, aspect_ratio="16:9", output_format="png")
    done = read(replicate_double, created.json()["urls"]["get"])
    assert isinstance(done["output"], list) is listed
    image = get(done["output"][0] if listed else done["output"])
    assert (created.status_code, done["status"]) == (201, "succeeded")
    assert image.content == replicate_double.delivered[done["id"]]
    assert opened(image.content).size == (1360, 768)


def test_replicate_refuses_in_the_recorded_words(replicate_double: ReplicateDouble) -> None:
    """The 422 body has the shape and wording third parties logged."""
    reply = submit(replicate_double, output_format="jpeg")
    description = 'output_format must be one of the following: "webp", "jpg", "png"'
    assert reply.json() == {
        "detail": f"- input.output_format: {description}\n",
        "status": 422,
        "title": "Input validation failed",
        "invalid_fields": [{"type": "enum", "field": "input.output_format", "description": description}],
    }


@pytest.mark.parametrize(
    ("model", "values", "field", "kind"),
    [
        ("flux-2-pro", {"steps": 20}, "input", "additional_property_not_allowed"),
        ("flux-2-klein-4b", {"input_images": []}, "input", "additional_property_not_allowed"),
        ("flux-2-dev", {"images": []}, "input", "additional_property_not_allowed"),
        ("flux-2-pro", {"safety_tolerance": 0}, "input.safety_tolerance", "number_gte"),
        ("flux-2-dev", {"width": 1441}, "input.width", "number_lte"),
        ("flux-2-pro", {"width": "512"}, "input.width", "invalid_type"),
        ("flux-2-dev", {"input_images": [data_uri(png())] * 5}, "input.input_images", "array_max_items"),
        ("flux-2-pro", {"aspect_ratio": "custom", "width": 512}, "input", "required"),
        ("flux-2-pro", {"input_images": [data_uri(png()).replace("png", "jpeg", 1)]}, "input.input_images.0", "format"),
        ("flux-2-pro", {"input_images": ["https://example.com/fox.png"]}, "input.input_images.0", "format"),
    ],
)
def test_replicate_refuses_what_its_models_do_not_take(
    replicate_double: ReplicateDouble, model: str, values: dict[str, Any], field: str, kind: str
) -> None:
    """One input out of the model's schema is a 422 that names it, and no charge."""
    reply = submit(replicate_double, model, **values)
    assert reply.status_code == 422
    assert [(problem["field"], problem["type"]) for problem in reply.json()["invalid_fields"]] == [(field, kind)]
    assert not replicate_double.submits


def test_replicate_rounds_custom_sizes(replicate_double: ReplicateDouble) -> None:
    """A custom size is rounded to the model's multiple, and a size without "custom" is ignored."""
    submit(replicate_double, aspect_ratio="custom", width=1000, height=500)
    submit(replicate_double, width=512, height=512)
    assert [(job.width, job.height) for job in replicate_double.submits] == [(992, 496), (1024, 1024)]


def test_replicate_holds_its_reply_when_asked_to_wait(replicate_double: ReplicateDouble) -> None:
    """With `Prefer: wait` a finished prediction is 201 with its output, an unfinished one 202."""
    replicate_double.script("job", None, Fate(pending=1))
    first, second = (submit(replicate_double, headers={"Prefer": "wait=5"}) for _ in range(2))
    assert (first.status_code, first.json()["status"]) == (201, "succeeded")
    assert (second.status_code, second.json()["status"]) == (202, "starting")


def test_replicate_aborts_what_has_not_started_by_its_deadline(replicate_double: ReplicateDouble) -> None:
    """`Cancel-After` names a deadline in the reply and ends the prediction there."""
    replicate_double.fate = Fate(pending=9)
    created = submit(replicate_double, headers={"Cancel-After": "1m30s"}).json()
    replicate_double.advance(91)
    assert "deadline" in created
    assert read(replicate_double, created["urls"]["get"])["status"] == "aborted"


def test_replicate_lists_what_was_created_in_a_window(replicate_double: ReplicateDouble) -> None:
    """The list has the newest first, in pages, and keeps its window across pages."""
    replicate_double.page_size = 2
    created = []
    for _ in range(5):
        created.append(submit(replicate_double).json())
        replicate_double.advance(10)
    window = {"created_after": created[1]["created_at"], "created_before": created[4]["created_at"]}
    first = read(replicate_double, f"{replicate_double.url}/predictions", **window)
    second = read(replicate_double, first["next"])
    assert [one["id"] for one in first["results"] + second["results"]] == [created[n]["id"] for n in (3, 2, 1)]
    assert second["next"] is None


def test_replicate_removes_data_after_an_hour(replicate_double: ReplicateDouble) -> None:
    """An hour after the end the output is gone, from the prediction and from the delivery host."""
    done = submit(replicate_double, headers={"Prefer": "wait"}).json()
    replicate_double.advance(3601)
    later = read(replicate_double, done["urls"]["get"])
    assert (later["output"], later["data_removed"]) == (None, True)
    assert get(done["output"]).status_code == 404


def test_replicate_keeps_files_for_references(replicate_double: ReplicateDouble) -> None:
    """An uploaded file serves as a reference by its URL until it is deleted."""
    headers = {"Authorization": f"Bearer {replicate_double.key}"}
    files = {"content": ("fox.png", png(), "image/png")}
    stored = post(f"{replicate_double.url}/files", files=files, headers=headers)
    address = stored.json()["urls"]["get"]
    assert submit(replicate_double, input_images=[address]).status_code == 201
    assert (stored.status_code, replicate_double.submits[0].references) == (201, (png(),))
    assert delete(address, headers=headers).status_code == 204
    assert submit(replicate_double, input_images=[address]).status_code == 422


@pytest.fixture
def official(replicate_double: ReplicateDouble) -> Iterator[Client]:
    """Replicate's own Python client, pointed at the double (its base URL goes without the version)."""
    client = Client(api_token=replicate_double.key, base_url=replicate_double.origin)
    yield client
    client._client.close()


def test_the_official_client_runs_a_prediction(official: Client, replicate_double: ReplicateDouble) -> None:
    """`run` uploads the reference, creates with `Prefer: wait`, polls, and hands over the output's address."""
    replicate_double.script("job", Fate(pending=1))
    official.poll_interval = 0
    inputs = {"prompt": "a red fox", "input_images": [io.BytesIO(png())], "output_format": "png"}
    output: Any = official.run("black-forest-labs/flux-2-pro", input=inputs)
    assert get(output).content == replicate_double.submits[0].image
    assert [call.stage for call in replicate_double.requests] == ["upload", "submit", "poll", "poll", "download"]


def test_the_official_client_takes_an_early_reply(official: Client, replicate_double: ReplicateDouble) -> None:
    """Output beside the state "processing" is what its comment says the API sends, and it is content with that."""
    replicate_double.early_reply = True
    output: Any = official.run("black-forest-labs/flux-2-klein-4b", input={"prompt": "a red fox"})
    assert get(output[0]).content == replicate_double.submits[0].image
    assert [call.stage for call in replicate_double.requests] == ["submit", "download"]


def test_the_official_client_reads_a_refusal(official: Client, replicate_double: ReplicateDouble) -> None:
    """A refused input is its `ReplicateError`, a moderated prediction its `ModelError`."""
    with pytest.raises(ReplicateError, match="Input validation failed"):
        official.run("black-forest-labs/flux-2-pro", input={"prompt": "a red fox", "steps": 4})
    replicate_double.script("job", Fate(end="moderated"))
    with pytest.raises(ModelError, match="E005"):
        official.run("black-forest-labs/flux-2-pro", input={"prompt": "a red fox"})


def test_the_official_client_cancels(official: Client, replicate_double: ReplicateDouble) -> None:
    """A running prediction that is cancelled says so from then on."""
    replicate_double.fate = Fate(pending=float("inf"))
    prediction = official.models.predictions.create("black-forest-labs/flux-2-max", input={"prompt": "a red fox"})
    prediction.reload()
    running = prediction.status
    prediction.cancel()
    prediction.reload()
    assert (running, prediction.status) == ("processing", "canceled")
