"""The Cloudflare double plays Workers AI: one multipart POST, the reply in base64, every part checked."""

from __future__ import annotations

import base64
import io
from functools import partial
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.doubles import CloudflareDouble, Fate
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


def submit(
    double: CloudflareDouble, model: str = "flux-2-dev", references: tuple[bytes, ...] = (), **values: str
) -> httpx.Response:
    files: dict[str, Any] = {name: (None, value) for name, value in {"prompt": "a red fox", **values}.items()}
    files |= {f"input_image_{n}": (f"{n}.png", data, "image/png") for n, data in enumerate(references)}
    address = f"{double.url}/accounts/{double.account_id}/ai/run/@cf/black-forest-labs/{model}"
    return post(address, files=files, headers={"Authorization": f"Bearer {double.key}"})


def failure(reply: httpx.Response) -> tuple[int, int, bool]:
    body = reply.json()
    return reply.status_code, body["errors"][0]["code"], body["success"]


@pytest.mark.parametrize("image_format", ["jpeg", "png", "webp"])
def test_cloudflare_answers_with_the_image(cloudflare_double: CloudflareDouble, image_format: str) -> None:
    """One POST brings a base64 image of the size asked for, whose bytes the double noted."""
    cloudflare_double.image_format = image_format
    reply = submit(cloudflare_double, references=(png(511, 300),), width="512", height="768", steps="25", seed="7")
    data = base64.b64decode(reply.json()["result"]["image"])
    assert data == cloudflare_double.delivered[reply.headers["cf-ray"]]
    assert (opened(data).size, (opened(data).format or "").lower()) == ((512, 768), image_format)
    assert cloudflare_double.submits[0].references == (png(511, 300),)


def test_cloudflare_has_a_default_size(cloudflare_double: CloudflareDouble) -> None:
    """Without width and height the image is 1024x768."""
    data = base64.b64decode(submit(cloudflare_double, "flux-2-klein-4b").json()["result"]["image"])
    assert opened(data).size == (1024, 768)


def test_cloudflare_takes_the_same_body_through_a_gateway(cloudflare_double: CloudflareDouble) -> None:
    """The AI Gateway's path leads to the same model; an unknown gateway does not."""
    files = {"prompt": (None, "a red fox")}
    headers = {"Authorization": f"Bearer {cloudflare_double.key}"}
    start = f"{cloudflare_double.origin}/v1/{cloudflare_double.account_id}"
    end = "workers-ai/@cf/black-forest-labs/flux-2-dev"
    assert post(f"{start}/{cloudflare_double.gateway_id}/{end}", files=files, headers=headers).is_success
    assert failure(post(f"{start}/other/{end}", files=files, headers=headers)) == (404, 7003, False)


def test_cloudflare_refuses_json(cloudflare_double: CloudflareDouble) -> None:
    """These models take multipart even for a prompt alone."""
    address = f"{cloudflare_double.url}/accounts/{cloudflare_double.account_id}/ai/run/@cf/black-forest-labs/flux-2-dev"
    headers = {"Authorization": f"Bearer {cloudflare_double.key}"}
    assert failure(post(address, json={"prompt": "a red fox"}, headers=headers)) == (400, 3030, False)


@pytest.mark.parametrize(
    ("model", "values", "word"),
    [
        ("flux-2-klein-9b", {"steps": "4"}, "steps"),
        ("flux-2-dev", {"steps": "many"}, "steps"),
        ("flux-2-dev", {"width": "255"}, "width"),
        ("flux-2-dev", {"height": "1921"}, "height"),
        ("flux-2-dev", {"width": "512.0"}, "width"),
        ("flux-2-dev", {"guidance": "nan"}, "guidance"),
        ("flux-2-dev", {"output_format": "png"}, "output_format"),
        ("flux-2-dev", {"input_image_0": text(png())}, "input_image_0"),
    ],
)
def test_cloudflare_refuses_what_its_models_do_not_take(
    cloudflare_double: CloudflareDouble, model: str, values: dict[str, str], word: str
) -> None:
    """One part out of the table is 3030 with its name, and no charge."""
    reply = submit(cloudflare_double, model, (), **values)
    assert failure(reply) == (400, 3030, False)
    assert word in reply.json()["errors"][0]["message"]
    assert not cloudflare_double.submits


@pytest.mark.parametrize("reference", [png(512, 64), png(64, 512), b"<html>", png()[:100], b""])
def test_cloudflare_refuses_references_it_cannot_use(cloudflare_double: CloudflareDouble, reference: bytes) -> None:
    """A reference of 512 pixels on a side, or one that does not decode, is refused."""
    assert failure(submit(cloudflare_double, references=(reference,))) == (400, 3030, False)


def test_cloudflare_refuses_a_fifth_reference(cloudflare_double: CloudflareDouble) -> None:
    """Four parts are known, input_image_0 to input_image_3."""
    assert submit(cloudflare_double, references=(png(),) * 4).is_success
    assert failure(submit(cloudflare_double, references=(png(),) * 5)) == (400, 3030, False)


@pytest.mark.parametrize(("header", "expected"), [("Bearer wrong", (401, 10000)), ("", (400, 9106))])
def test_cloudflare_tells_a_wrong_token_from_none(
    cloudflare_double: CloudflareDouble, header: str, expected: tuple[int, int]
) -> None:
    """The two refusals of a token have codes of their own."""
    address = f"{cloudflare_double.url}/accounts/{cloudflare_double.account_id}/ai/models/search"
    assert failure(get(address, headers={"Authorization": header} if header else {}))[:2] == expected


def test_cloudflare_flags_with_status_400_or_200(cloudflare_double: CloudflareDouble) -> None:
    """Code 3030 comes with HTTP 400 as a fate, and with 200 where a script says so."""
    cloudflare_double.script("job", Fate(end="moderated"))
    cloudflare_double.script("submit", None, cloudflare_double.error(3030, status=200))
    replies = [submit(cloudflare_double) for _ in range(2)]
    assert [failure(reply) for reply in replies] == [(400, 3030, False), (200, 3030, False)]
