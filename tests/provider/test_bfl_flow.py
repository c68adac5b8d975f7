"""BFL's flow, fed by hand: the request, the poll address it was given, every state, and the picture's link."""

from __future__ import annotations

from typing import Any

import pytest

from flux2_nb import provider
from flux2_nb.cards import ModelCard
from flux2_nb.errors import (
    AuthFailed,
    BadReply,
    Expired,
    Flux2Error,
    InsufficientCredit,
    InvalidRequest,
    JobFailed,
    Moderated,
    OutcomeUnknown,
    RateLimited,
)
from flux2_nb.wire import Delivery, FilePart, Job, Reply
from tests.provider.feeding import HTML, KEY, Play, account_of, card_of, cards, picture, ready, says

BFL = provider.get("bfl")

JOB = Job("4c05", "https://api.eu2.bfl.ai/v1/get_result?id=4c05", cost_usd=0.03)

SAMPLE = "https://delivery.example/results/1_sample.jpeg?se=2025&sig=s"


def submit(card: ModelCard | None = None, **fields: Any) -> Play[Job | list[Delivery]]:
    chosen = card or card_of("bfl")
    return Play(BFL.submit(ready(chosen, **fields), chosen, account_of("bfl")))


def accepted(**fields: Any) -> Reply:
    return says({"id": "4c05", "polling_url": JOB.poll_url, "cost": 3.0, "input_mp": 0.0, "output_mp": 0.06, **fields})


def collect(job: Job = JOB) -> Play[list[Delivery]]:
    return Play(BFL.collect(job, account_of("bfl")))


def state(status: Any, **fields: Any) -> Reply:
    body = {"id": "4c05", "status": status, "result": None, "progress": None, "details": None, "preview": None}
    return says({**body, **fields})


def finished(**result: Any) -> Reply:
    return state("Ready", result={"start_time": 1.5, "prompt": "a red fox", "seed": 7, "sample": SAMPLE, **result})


def image() -> Reply:
    return Reply(200, {"content-type": "image/jpeg"}, b"picture")


# --- submit -----------------------------------------------------------------------------------------------------------


@cards("bfl")
def test_every_parameter_of_the_card_is_sent_explicitly(card: ModelCard) -> None:
    """The body holds the prompt, the size and each parameter under BFL's name; nothing is left to a default."""
    play = submit(card, aspect_ratio="16:9")
    play.through(accepted())
    request = ready(card, aspect_ratio="16:9")
    expected = {"prompt": "a red fox", "width": request.width, "height": request.height, **card.to_wire(request)}
    assert play.paid.json == expected
    assert {"seed", "safety_tolerance", "output_format"} <= set(expected)


@pytest.mark.parametrize(
    ("model", "asked", "name", "sent"),
    [
        ("flux-2-pro", True, "disable_pup", False),
        ("flux-2-pro", False, "disable_pup", True),
        ("flux-2-max", False, "disable_pup", True),
        ("flux-2-flex", False, "prompt_upsampling", False),
        ("flux-2-flex", True, "prompt_upsampling", True),
    ],
)
def test_upsampling_is_spelled_as_the_model_spells_it(model: str, asked: bool, name: str, sent: bool) -> None:
    """pro and max take the opposite of our switch, flex takes it as it is."""
    play = submit(card_of("bfl", model), prompt_upsampling=asked)
    play.through(accepted())
    assert play.paid.json[name] is sent


@cards("bfl")
def test_the_job_is_read_from_the_answer(card: ModelCard) -> None:
    """The id, the poll address as given (never built) and the cost in dollars come back."""
    play = submit(card)
    assert play.through(accepted()) == JOB
    assert (play.paid.url, play.paid.headers) == (f"https://api.bfl.ai/v1/{card.wire}", {"x-key": KEY})


@pytest.mark.parametrize(
    ("cost", "dollars"), [(7.000000000000001, 0.07), (1.4, 0.014), (None, None), ("3", None), (True, None)]
)
def test_credits_are_cents(cost: Any, dollars: float | None) -> None:
    """Float noise is rounded away, and what is no number is no cost."""
    job = submit().through(accepted(cost=cost))
    assert isinstance(job, Job)
    assert job.cost_usd == dollars


@cards("bfl")
def test_references_are_base64_and_numbered(card: ModelCard) -> None:
    """The first field has no number, the next ones are 2 and up."""
    play = submit(card, references=[picture(1), picture(2, media_type="image/jpeg"), picture(3)])
    play.through(accepted())
    assert play.paid.json["input_image"] == FilePart(picture(1), "base64", "image-1.png")
    assert play.paid.json["input_image_2"] == FilePart(picture(2, media_type="image/jpeg"), "base64", "image-2.jpeg")
    assert [name for name in play.paid.json if name.startswith("input_image")][2:] == ["input_image_3"]


INVALID = {"detail": [{"loc": ["body", "width"], "msg": "Input should be a multiple of 16", "type": "multiple_of"}]}

REFUSALS: list[tuple[str, Reply, type[Flux2Error], str]] = [
    ("bad key", says({"detail": "Not authenticated - Invalid Authentication"}, 403), AuthFailed, "none"),
    ("no key", says({"detail": "no"}, 401), AuthFailed, "none"),
    ("credit", says({"detail": "Insufficient credits"}, 402), InsufficientCredit, "none"),
    ("bad endpoint", says({"detail": "Not Found"}, 404), InvalidRequest, "none"),
    ("too large", Reply(413), InvalidRequest, "none"),
    ("bad request", says({"detail": "Bad request"}, 400), InvalidRequest, "none"),
    ("bad value", says(INVALID, 422), InvalidRequest, "none"),
    ("odd details", says({"detail": [1, 2]}, 422), InvalidRequest, "none"),
    ("too many", says({"detail": "Too many requests"}, 429), RateLimited, "none"),
    ("server error", says({"detail": "Internal server error"}, 500), OutcomeUnknown, "maybe"),
    ("page", HTML, OutcomeUnknown, "maybe"),
    ("unavailable", Reply(503), OutcomeUnknown, "maybe"),
    ("login page", Reply(200, {"content-type": "text/html"}, b"<html>"), BadReply, "maybe"),
    ("no id", says({"polling_url": JOB.poll_url}), BadReply, "maybe"),
    ("webhook answer", says({"id": "1", "status": "Pending", "webhook_url": "https://x.example"}), BadReply, "maybe"),
]


@pytest.mark.parametrize(
    ("reply", "kind", "money"), [row[1:] for row in REFUSALS], ids=[row[0].replace(" ", "-") for row in REFUSALS]
)
def test_each_refusal_is_told_apart(reply: Reply, kind: type[Flux2Error], money: str) -> None:
    """Every row of BFL's errors becomes the right one, which says whether money may have been spent."""
    with pytest.raises(Flux2Error) as caught:
        submit().through(reply)
    assert (type(caught.value), caught.value.money) == (kind, money)
    assert KEY not in str(caught.value)


def test_a_refused_value_is_named() -> None:
    """The place of a 422 is the field of the error, in BFL's words."""
    with pytest.raises(InvalidRequest, match="multiple of 16") as caught:
        submit().through(says(INVALID, 422))
    assert caught.value.field == "width"


def test_the_pause_that_bfl_asks_for_is_read() -> None:
    """A 429 with Retry-After says how long to wait."""
    with pytest.raises(RateLimited) as caught:
        submit().through(says({"detail": "Too many requests"}, 429, retry_after="2"))
    assert caught.value.retry_after == 2.0


# --- collect ----------------------------------------------------------------------------------------------------------


def test_the_picture_comes_with_what_bfl_says_of_it() -> None:
    """Seed, rewritten prompt and price are in the delivery; the bytes are untouched."""
    play = collect()
    (delivery,) = play.through(finished(prompt="a red fox, in careful detail"), image())
    assert delivery == Delivery(b"picture", 7, "a red fox, in careful detail", 0.03)
    assert play.downloads == [SAMPLE]


@pytest.mark.parametrize(
    ("told", "seed", "prompt"),
    [
        ({"seed": "7"}, None, "a red fox"),
        ({"seed": None}, None, "a red fox"),
        ({"prompt": ""}, 7, None),
        ({"prompt": ["x"]}, 7, None),
    ],
)
def test_odd_details_are_left_out(told: dict[str, Any], seed: int | None, prompt: str | None) -> None:
    """A seed that is no number and a prompt that is no text are taken as not told."""
    (delivery,) = collect().through(finished(**told), image())
    assert delivery == Delivery(b"picture", seed, prompt, 0.03)


def test_the_settled_cost_wins_over_the_quoted_one() -> None:
    """The newer answers of August 2026 state what was billed in the end."""
    ready = state("Ready", result={"sample": SAMPLE}, cost=4.5)
    (delivery,) = collect().through(ready, image())
    assert delivery.cost_usd == 0.045


@pytest.mark.parametrize("words", [["Pending", "Reasoning", "Generating"], ["Pondering"], [None], [3]])
def test_an_unknown_state_counts_as_running(words: list[Any]) -> None:
    """BFL added two states in 2026; any other is waited through as well, with its progress."""
    play = collect()
    play.through(*[state(word, progress=0.5) for word in words], finished(), image())
    assert [wait.note for wait in play.waits] == [str(word or "") for word in words]
    assert {(wait.seconds, wait.progress) for wait in play.waits} == {(0.5, 0.5)}


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("https://api.bfl.ai/v1/get_result?id=1", {"x-key": KEY}),
        ("https://api.us4.bfl.ai/v1/get_result?id=1", {"x-key": KEY}),
        ("https://bfl.ai.evil.example/v1/get_result?id=1", {}),
        ("https://notbfl.ai/v1/get_result?id=1", {}),
        ("http://api.eu2.bfl.ai/v1/get_result?id=1", {}),
        ("https://api.bfl.ai@evil.example/v1/get_result?id=1", {}),
        ("https://evil.example/?x=.bfl.ai", {}),
    ],
)
def test_the_key_goes_to_bfl_alone(url: str, headers: dict[str, str]) -> None:
    """A poll address at any other host, or without TLS, is asked without the key."""
    play = collect(Job("1", url))
    play.through(finished(), image())
    assert (play.requests[0].url, play.requests[0].headers) == (url, headers)


ENDS: list[tuple[str, Reply, type[Flux2Error], str]] = [
    (
        "prompt refused",
        state("Request Moderated", details={"Moderation Reasons": ["Public Figure"]}),
        Moderated,
        "Public",
    ),
    ("prompt refused bare", state("Request Moderated"), Moderated, "refused the prompt"),
    ("odd reasons", state("Request Moderated", details={"Moderation Reasons": "x"}), Moderated, "refused the prompt"),
    ("picture withheld", state("Content Moderated"), Moderated, "withheld"),
    ("failed", state("Error", details={"error": "out of memory"}), JobFailed, "out of memory"),
    ("failed without words", state("Error"), JobFailed, "could not make the picture"),
]


@pytest.mark.parametrize(
    ("reply", "kind", "words"), [row[1:] for row in ENDS], ids=[row[0].replace(" ", "-") for row in ENDS]
)
def test_each_end_is_told_apart(reply: Reply, kind: type[Flux2Error], words: str) -> None:
    """A refusal before, a refusal after, and a failure are different sentences with the job's id."""
    with pytest.raises(kind, match=words) as caught:
        collect().through(reply)
    assert (getattr(caught.value, "request_id", ""), caught.value.money) == ("4c05", "maybe")


@pytest.mark.parametrize(
    "replies",
    [
        [state("Task not found")] * 2,
        [says({"detail": "Not Found"}, 404)] * 2,
        [finished(), Reply(403, {}, b"<?xml?>")] * 2,
    ],
    ids=["not found", "404", "dead link"],
)
def test_a_picture_that_is_gone_is_expired(replies: list[Reply]) -> None:
    """It is looked for once more (the task may not be known everywhere yet), then given up; the money was spent."""
    play = collect()
    with pytest.raises(Expired) as caught:
        play.through(*replies)
    assert (caught.value.money, len(play.requests)) == ("spent", 2)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 524])
def test_trouble_at_bfl_does_not_end_a_job(status: int) -> None:
    """A look that fails for the moment is taken again after a pause; the deadline is the driver's."""
    play = collect()
    (delivery,) = play.through(Reply(status), Reply(status), finished(), image())
    assert (delivery.data, len(play.waits)) == (b"picture", 2)


def test_a_task_not_known_yet_is_asked_for_again() -> None:
    """One "Task not found" right after the submit is no loss."""
    (delivery,) = collect().through(state("Task not found"), finished(), image())
    assert delivery.data == b"picture"


@pytest.mark.parametrize("result", [None, {}, {"sample": ""}, {"sample": 5}, {"samples": [SAMPLE]}, "text"])
def test_a_renamed_result_is_a_bad_reply(result: Any) -> None:
    """A finished job without the link we know is told as such, with the field's name."""
    with pytest.raises(BadReply, match="sample"):
        collect().through(state("Ready", result=result))


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (says({"detail": "Not authenticated - Invalid Authentication"}, 403), AuthFailed),
        (says([]), BadReply),
        (Reply(200, {"content-type": "text/html"}, b"<html>"), BadReply),
    ],
    ids=["key", "list", "page"],
)
def test_a_refused_poll_is_an_error_and_not_an_endless_wait(reply: Reply, kind: type[Flux2Error]) -> None:
    """A key that was withdrawn meanwhile, or an answer that is none, is told."""
    with pytest.raises(kind):
        collect().through(reply)


# --- check and find ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"credits": 1250.5}, "1250.5 credits left ($12.51)."),
        ({"credits": None}, "The key is valid."),
        ({}, "The key is valid."),
    ],
)
def test_the_key_is_checked_by_its_credits(body: Any, sentence: str) -> None:
    """The credits left are told in dollars too; nothing of it pays."""
    play = Play(BFL.check(account_of("bfl")))
    assert play.through(says(body)) == sentence
    assert [(request.method, request.pays) for request in play.requests] == [("GET", False)]


def test_a_bad_key_names_its_variable() -> None:
    """The recorded 403 becomes a sentence with the variable to look at."""
    with pytest.raises(AuthFailed, match="BFL_API_KEY"):
        Play(BFL.check(account_of("bfl"))).through(says({"detail": "Not authenticated - Invalid Authentication"}, 403))


def test_a_lost_answer_cannot_be_found() -> None:
    """BFL keeps no list: looking for a lost run asks nothing and finds nothing."""
    card = card_of("bfl")
    play = Play(BFL.find(ready(card), card, account_of("bfl"), since=0))
    assert (play.through(), play.steps) == ([], [])
