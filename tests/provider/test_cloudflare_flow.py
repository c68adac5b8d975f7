"""Cloudflare's flow, fed by hand: what it sends, and what it makes of every answer."""

from __future__ import annotations

import base64

import pytest

from flux2_nb import provider
from flux2_nb.cards import ModelCard
from flux2_nb.errors import (
    AuthFailed,
    BadReply,
    Flux2Error,
    InvalidRequest,
    Moderated,
    OutcomeUnknown,
    RateLimited,
)
from flux2_nb.wire import Delivery, FilePart, Job, Reply
from tests.provider.feeding import HTML, KEY, Play, account_of, card_of, cards, picture, ready, says

JPEG = b"\xff\xd8\xff\xe0 a picture"


def submit(card: ModelCard | None = None, *, gateway: str = "", **fields: object) -> Play[Job | list[Delivery]]:
    chosen = card or card_of("cloudflare")
    account = account_of("cloudflare", CLOUDFLARE_GATEWAY_ID=gateway)
    return Play(provider.get("cloudflare").submit(ready(chosen, **fields), chosen, account))


def done(image: bytes = JPEG) -> Reply:
    return says({"result": {"image": base64.b64encode(image).decode()}, "success": True, "errors": [], "messages": []})


def fails(code: int, message: str = "no", status: int = 400, **headers: str) -> Reply:
    body = {"result": None, "success": False, "errors": [{"code": code, "message": message}], "messages": []}
    return says(body, status, **headers)


@cards("cloudflare")
def test_every_parameter_of_the_card_is_sent_explicitly(card: ModelCard) -> None:
    """Size, seed and each parameter are in the form as text; a fixed one (klein's steps) is not."""
    play = submit(card, aspect_ratio="16:9")
    play.through(done())
    size = card.size.by_ratio("16:9", 1.0)
    expected = {"prompt": "a red fox", "width": str(size.width), "height": str(size.height), "seed": "7"}
    expected |= {"steps": "25", "guidance": "4.0"} if card.family == "dev" else {}
    assert dict(play.paid.form or {}) == expected


def test_the_request_goes_to_the_account_with_the_token() -> None:
    """The address holds the account's id and the model, the token is in its header alone, and time is given."""
    play = submit()
    play.through(done())
    expected = "https://api.cloudflare.com/client/v4/accounts/the-CLOUDFLARE_ACCOUNT_ID/ai/run/"
    assert (play.paid.method, play.paid.url) == ("POST", f"{expected}@cf/black-forest-labs/flux-2-dev")
    assert play.paid.headers == {"Authorization": f"Bearer {KEY}"}
    assert play.paid.timeout >= 120


def test_a_gateway_is_used_when_it_is_set() -> None:
    """With a gateway's id the request goes through it, to the same model with the same token."""
    play = submit(gateway="my-gateway")
    play.through(done())
    expected = "https://gateway.ai.cloudflare.com/v1/the-CLOUDFLARE_ACCOUNT_ID/my-gateway/workers-ai/"
    assert play.paid.url == f"{expected}@cf/black-forest-labs/flux-2-dev"


def test_references_are_file_parts_counted_from_zero() -> None:
    """The prompt's image 1 is the field input_image_0, as a file named for people."""
    play = submit(references=[picture(1), picture(2, media_type="image/jpeg")])
    play.through(done())
    form = play.paid.form or {}
    assert [name for name in form if name.startswith("input_image")] == ["input_image_0", "input_image_1"]
    assert form["input_image_1"] == FilePart(picture(2, media_type="image/jpeg"), "file", "image-2.jpeg")


@pytest.mark.parametrize(
    "reply",
    [
        done(),
        says({"success": True, "result": {"image": "data:image/jpeg;base64," + base64.b64encode(JPEG).decode()}}),
        Reply(200, {"content-type": "image/jpeg"}, JPEG),
    ],
    ids=["base64", "data URI", "bare picture"],
)
def test_the_picture_arrives_untouched(reply: Reply) -> None:
    """In each form that was ever seen, the delivery holds the provider's bytes and our seed."""
    assert submit().through(reply) == [Delivery(JPEG, seed=7)]


REFUSALS: list[tuple[str, Reply, type[Flux2Error], str]] = [
    ("no such model", fails(5007), InvalidRequest, "none"),
    ("invalid model id", fails(3042, status=404), InvalidRequest, "none"),
    ("bad base64", fails(5004), InvalidRequest, "none"),
    ("no body", fails(3003), InvalidRequest, "none"),
    ("too large", fails(3006, status=413), InvalidRequest, "none"),
    ("timeout", fails(3007, status=408), OutcomeUnknown, "maybe"),
    ("aborted", fails(3008, status=408), OutcomeUnknown, "maybe"),
    ("terms", fails(5016, status=403), AuthFailed, "none"),
    ("model not allowed", fails(5018, status=403), AuthFailed, "none"),
    ("private model", fails(3041, status=403), AuthFailed, "none"),
    ("account blocked", fails(3023, status=403), AuthFailed, "none"),
    ("old SDK", fails(5019, status=405), InvalidRequest, "none"),
    ("no LoRA", fails(5005, status=405), InvalidRequest, "none"),
    ("allowance used up", fails(3036, status=429), RateLimited, "none"),
    ("out of capacity", fails(3040, status=429), RateLimited, "none"),
    ("bad token", fails(10000, status=400), AuthFailed, "none"),
    ("bad token, 401", fails(10000, status=401), AuthFailed, "none"),
    ("missing token", fails(9106), AuthFailed, "none"),
    ("bad account", fails(7003, status=404), InvalidRequest, "none"),
    ("bad value", fails(3030, "AiError: Model input is not valid: width: must be <= 1920"), InvalidRequest, "none"),
    ("bad value, 200", fails(3030, "AiError: Model input is not valid", status=200), InvalidRequest, "none"),
    ("flagged", fails(3030, "AiError: Your output has been flagged. Please choose another"), Moderated, "maybe"),
    ("flagged, 200", fails(3030, "AiError: Your output has been flagged", status=200), Moderated, "maybe"),
    ("prompt", fails(3030, "Input prompt contains NSFW content"), Moderated, "maybe"),
    ("reference", fails(3030, "Input image contains NSFW content."), Moderated, "maybe"),
    ("output", fails(3030, "Output image contains NSFW content (1f)"), Moderated, "maybe"),
    ("server error", says({}, 500), OutcomeUnknown, "maybe"),
    ("cut, 400", Reply(400, {"content-type": "application/json"}, b'{"errors": [{"co'), OutcomeUnknown, "maybe"),
    ("page", HTML, OutcomeUnknown, "maybe"),
    ("gateway timeout", Reply(524), OutcomeUnknown, "maybe"),
    ("login page", Reply(200, {"content-type": "text/html"}, b"<html>"), BadReply, "maybe"),
    ("empty", Reply(200, {"content-type": "application/json"}), BadReply, "maybe"),
    ("list", says([]), BadReply, "maybe"),
    ("no picture", says({"success": True, "result": {}}), BadReply, "maybe"),
    ("null picture", says({"success": True, "result": None}), BadReply, "maybe"),
    ("damaged", says({"success": True, "result": {"image": "###"}}), BadReply, "maybe"),
]


@pytest.mark.parametrize(
    ("reply", "kind", "money"), [row[1:] for row in REFUSALS], ids=[row[0].replace(" ", "-") for row in REFUSALS]
)
def test_each_refusal_is_told_apart(reply: Reply, kind: type[Flux2Error], money: str) -> None:
    """Every row of Cloudflare's table becomes the right error, which says whether money may have been spent."""
    with pytest.raises(Flux2Error) as caught:
        submit().through(reply)
    assert (type(caught.value), caught.value.money) == (kind, money)
    assert KEY not in str(caught.value)


def test_the_providers_own_words_are_told() -> None:
    """What Cloudflare says of a bad value is part of the sentence."""
    with pytest.raises(InvalidRequest, match="Finetune is missing required files"):
        submit().through(fails(3039, "Finetune is missing required files"))


@pytest.mark.parametrize(("code", "retryable"), [(3036, False), (3040, True)])
def test_a_used_up_allowance_is_not_waited_for(code: int, retryable: bool) -> None:
    """Out of capacity passes by itself, the daily allowance does not; a Retry-After is read."""
    with pytest.raises(RateLimited) as caught:
        submit().through(fails(code, status=429, retry_after="12"))
    assert (caught.value.retryable, caught.value.retry_after) == (retryable, 12.0)


def test_the_token_is_checked_without_cost() -> None:
    """The list of models is asked for, with the token; nothing of it pays."""
    play = Play(provider.get("cloudflare").check(account_of("cloudflare")))
    assert play.through(says({"result": [], "success": True})) == "The token is valid."
    assert play.requests[0].url.endswith("/accounts/the-CLOUDFLARE_ACCOUNT_ID/ai/models/search")
    assert not any(request.pays for request in play.requests)


def test_a_bad_token_is_named_with_its_variable() -> None:
    """The error names the variable to look at and the status that came."""
    with pytest.raises(AuthFailed, match="CLOUDFLARE_API_TOKEN") as caught:
        Play(provider.get("cloudflare").check(account_of("cloudflare"))).through(fails(9106))
    assert caught.value.provider == "Cloudflare"


def test_a_lost_answer_cannot_be_found() -> None:
    """Cloudflare keeps no list: looking for a lost run asks nothing and finds nothing."""
    card = card_of("cloudflare")
    play = Play(provider.get("cloudflare").find(ready(card), card, account_of("cloudflare"), since=0))
    assert (play.through(), play.steps) == ([], [])
