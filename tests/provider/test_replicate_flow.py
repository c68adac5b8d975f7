"""Replicate's flow, fed by hand: uploads, the prediction, its ends, cancelling, and looking for a lost one."""

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
from flux2_nb.provider.replicate import DATA_URI_BYTES, LONGEST_WAIT
from flux2_nb.wire import Delivery, FilePart, Job, Reply
from tests.provider.feeding import HTML, KEY, Play, account_of, card_of, cards, picture, ready, says

REPLICATE = provider.get("replicate")

API = "https://api.replicate.com/v1"

JOB = Job("abc", f"{API}/predictions/abc", f"{API}/predictions/abc/cancel")

THROTTLED = {"detail": "Request was throttled. Your rate limit resets in ~10s.", "status": 429, "retry_after": 10}


def submit(card: ModelCard | None = None, **fields: Any) -> Play[Job | list[Delivery]]:
    chosen = card or card_of("replicate")
    return Play(REPLICATE.submit(ready(chosen, **fields), chosen, account_of("replicate")))


def collect(job: Job = JOB) -> Play[list[Delivery]]:
    return Play(REPLICATE.collect(job, account_of("replicate")))


def prediction(status: str = "starting", **fields: Any) -> dict[str, Any]:
    urls = {"get": JOB.poll_url, "cancel": JOB.cancel_url, "web": "https://replicate.com/p/abc"}
    return {"id": "abc", "status": status, "urls": urls, "output": None, "error": None, **fields}


def created(**fields: Any) -> Reply:
    return says(prediction(**fields), 201)


def image(data: bytes = b"picture") -> Reply:
    return Reply(200, {"content-type": "image/png"}, data)


# --- submit -----------------------------------------------------------------------------------------------------------


@cards("replicate")
def test_every_parameter_of_the_card_is_sent_explicitly(card: ModelCard) -> None:
    """The input holds the prompt, the size and each parameter by Replicate's name; defaults differ by host."""
    play = submit(card, aspect_ratio="16:9")
    play.through(created())
    request = ready(card, aspect_ratio="16:9")
    ratio = {"aspect_ratio": "16:9", "output_megapixels": "1"}
    exact = {"aspect_ratio": "custom", "width": request.width, "height": request.height}
    expected = {"prompt": "a red fox", **card.to_wire(request), **(ratio if card.size.kind == "ratio" else exact)}
    assert play.paid.json == {"input": expected}
    assert set(card.parameters) <= set(expected)


def test_jpeg_is_spelled_as_replicate_spells_it() -> None:
    """The format jpeg is jpg on this wire."""
    play = submit(output_format="jpeg")
    play.through(created())
    assert play.paid.json["input"]["output_format"] == "jpg"


@cards("replicate")
def test_the_job_is_read_from_the_answer(card: ModelCard) -> None:
    """The prediction goes to its official model with the token; the id and both addresses come back."""
    play = submit(card)
    assert play.through(created()) == JOB
    assert play.paid.url == f"{API}/models/{card.wire}/predictions"
    assert play.paid.headers == {"Authorization": f"Bearer {KEY}"}


@cards("replicate")
def test_small_references_travel_as_data_uris(card: ModelCard) -> None:
    """They stand in order under the model's own field name."""
    play = submit(card, references=[picture(1), picture(2, media_type="image/webp")])
    play.through(created())
    parts = [FilePart(picture(1), "data-uri", "image-1.png")]
    parts.append(FilePart(picture(2, media_type="image/webp"), "data-uri", "image-2.webp"))
    assert play.paid.json["input"]["images" if "klein" in card.model else "input_images"] == parts


def test_large_references_go_through_the_files_api() -> None:
    """A picture above 256 kB is uploaded first, free of charge, and named by its address."""
    large = picture(2, DATA_URI_BYTES + 1)
    play = submit(references=[picture(1, DATA_URI_BYTES), large])
    play.through(says({"id": "f1", "urls": {"get": f"{API}/files/f1"}}, 201), created())
    upload, create = play.requests
    part = FilePart(large, "file", "image-2.png")
    assert (upload.url, upload.pays) == (f"{API}/files", False)
    assert upload.form == {"content": part, "filename": "image-2.png", "type": "image/png"}
    assert create.json["input"]["input_images"][1] == f"{API}/files/f1"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (says({"detail": "Files must be less than 100MB in size"}, 413), InvalidRequest),
        (says({"id": "f1"}, 201), BadReply),
        (says({"id": "f1", "urls": {"get": ""}}, 201), BadReply),
    ],
    ids=["too large", "no urls", "empty url"],
)
def test_a_failed_upload_costs_nothing_and_sends_nothing_more(reply: Reply, kind: type[Flux2Error]) -> None:
    """Without the upload there is no paid request."""
    play = submit(references=[picture(1, DATA_URI_BYTES + 1)])
    with pytest.raises(kind):
        play.through(reply)
    assert [request.pays for request in play.requests] == [False]


REFUSALS: list[tuple[str, Reply, type[Flux2Error], str]] = [
    ("token", says({"title": "Unauthenticated", "status": 401}, 401), AuthFailed, "none"),
    ("not allowed", says({"detail": "no"}, 403), AuthFailed, "none"),
    ("credit", says({"title": "Insufficient credit", "status": 402}, 402), InsufficientCredit, "none"),
    ("unknown model", says({"title": "Not found", "detail": "Not found."}, 404), InvalidRequest, "none"),
    ("too large", says({}, 413), InvalidRequest, "none"),
    ("bad value", says({"detail": "- input.seed: bad\n", "invalid_fields": []}, 422), InvalidRequest, "none"),
    ("throttled", says(THROTTLED, 429), RateLimited, "none"),
    ("server error", says({"detail": "Something went wrong."}, 500), OutcomeUnknown, "maybe"),
    ("page", HTML, OutcomeUnknown, "maybe"),
    ("unavailable", Reply(503), OutcomeUnknown, "maybe"),
    ("login page", Reply(200, {"content-type": "text/html"}, b"<html>"), BadReply, "maybe"),
    ("no id", says({"status": "starting"}, 201), BadReply, "maybe"),
    ("list", says([], 201), BadReply, "maybe"),
]


@pytest.mark.parametrize(
    ("reply", "kind", "money"), [row[1:] for row in REFUSALS], ids=[row[0].replace(" ", "-") for row in REFUSALS]
)
def test_each_refusal_is_told_apart(reply: Reply, kind: type[Flux2Error], money: str) -> None:
    """Every row of Replicate's errors becomes the right one, which says whether money may have been spent."""
    with pytest.raises(Flux2Error) as caught:
        submit().through(reply)
    assert (type(caught.value), caught.value.money) == (kind, money)
    assert KEY not in str(caught.value)


def test_a_refused_value_is_named() -> None:
    """The field of a 422 is the field of the error, in the provider's words."""
    blamed = {"type": "enum", "field": "input.output_format", "description": 'must be one of: "jpg", "png"'}
    reply = says({"detail": "- input.output_format: …", "invalid_fields": [blamed]}, 422)
    with pytest.raises(InvalidRequest, match='must be one of: "jpg", "png"') as caught:
        submit().through(reply)
    assert caught.value.field == "output_format"


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [(THROTTLED, {"retry_after": "99"}, 10.0), ({"detail": "slow down"}, {"retry_after": "3"}, 3.0), ({}, {}, None)],
    ids=["body first", "header", "neither"],
)
def test_the_pause_that_replicate_asks_for_is_read(body: Any, headers: dict[str, str], seconds: float | None) -> None:
    """The body's retry_after wins over the header; without either none is claimed."""
    with pytest.raises(RateLimited) as caught:
        submit().through(says(body, 429, **headers))
    assert caught.value.retry_after == seconds


# --- collect ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["https://replicate.delivery/x/out.png", ["https://replicate.delivery/x/out.png"]])
def test_one_address_or_a_list_of_them_is_a_picture(output: Any) -> None:
    """pro, flex, max and dev answer with one address, klein with a list."""
    play = collect()
    (delivery,) = play.through(says(prediction("succeeded", output=output, metrics={"predict_time": 2.5})), image())
    assert (delivery.data, delivery.flags) == (b"picture", {"metrics": {"predict_time": 2.5}})
    assert play.downloads == ["https://replicate.delivery/x/out.png"]


def test_every_picture_of_a_list_is_kept() -> None:
    """A list of two gives two deliveries, in order."""
    output = ["https://replicate.delivery/0.png", "https://replicate.delivery/1.png"]
    deliveries = collect().through(says(prediction("succeeded", output=output)), image(b"0"), image(b"1"))
    assert [delivery.data for delivery in deliveries] == [b"0", b"1"]


def test_an_unknown_state_counts_as_running() -> None:
    """Words that Replicate may add one day are waited through; the pauses grow to two seconds and no further."""
    states = ["starting", "processing", "pondering", None, *["processing"] * 20]
    play = collect()
    replies = [says(prediction(state)) for state in states]
    play.through(*replies, says(prediction("succeeded", output="https://x.example/1.png")), image())
    assert [wait.note for wait in play.waits[:4]] == ["starting", "processing", "pondering", ""]
    assert [wait.seconds for wait in play.waits] == sorted(wait.seconds for wait in play.waits)
    assert play.waits[-1].seconds == LONGEST_WAIT


def test_polls_carry_the_token_to_replicate_alone() -> None:
    """A poll address at another host gets no headers at all."""
    answer = says(prediction("succeeded", output="https://x.example/1.png"))
    own, foreign = collect(), collect(Job("abc", "https://api.replicate.com.evil.example/v1/predictions/abc"))
    own.through(answer, image())
    foreign.through(answer, image())
    assert (own.requests[0].headers, foreign.requests[0].headers) == ({"Authorization": f"Bearer {KEY}"}, {})


def test_a_job_without_an_address_is_looked_up_by_its_id() -> None:
    """An id with odd characters stays one segment of the path."""
    play = collect(Job("a/../b?c"))
    play.through(says(prediction("succeeded", output="https://x.example/1.png")), image())
    assert play.requests[0].url == f"{API}/predictions/a%2F..%2Fb%3Fc"


ENDS: list[tuple[str, dict[str, Any], type[Flux2Error], str]] = [
    ("sensitive", prediction("failed", error="The output was flagged as sensitive. (E005) (abc)"), Moderated, "maybe"),
    ("nsfw", prediction("failed", error="NSFW content detected. Try running it again."), Moderated, "maybe"),
    ("failed", prediction("failed", error="Prediction interrupted (code: E1000)"), JobFailed, "maybe"),
    ("failed without words", prediction("failed"), JobFailed, "maybe"),
    ("cancelled", prediction("canceled"), JobFailed, "maybe"),
    ("aborted", prediction("aborted"), JobFailed, "none"),
]


@pytest.mark.parametrize(
    ("body", "kind", "money"), [row[1:] for row in ENDS], ids=[row[0].replace(" ", "-") for row in ENDS]
)
def test_each_end_is_told_apart(body: dict[str, Any], kind: type[Flux2Error], money: str) -> None:
    """A refusal, a failure and a cancelled prediction are different errors with the job's id."""
    with pytest.raises(Flux2Error) as caught:
        collect().through(says(body))
    assert (type(caught.value), caught.value.money) == (kind, money)
    assert getattr(caught.value, "request_id", "") == "abc"


REMOVED = prediction("succeeded", output=None, data_removed=True)


@pytest.mark.parametrize(
    "replies",
    [
        [says(REMOVED), says(REMOVED)],
        [says(prediction("succeeded", output=None))] * 2,
        [says(prediction("succeeded", output=[]))] * 2,
        [says(prediction("succeeded", output={"image": "https://x.example/1.png"}))] * 2,
        [says(prediction("succeeded", output="https://x.example/1.png")), Reply(404)] * 2,
        [Reply(404)],
    ],
    ids=["removed", "null", "empty", "renamed", "dead link", "unknown"],
)
def test_a_picture_that_is_gone_is_expired(replies: list[Reply]) -> None:
    """It is looked for once more and then given up; the money was spent."""
    with pytest.raises(Expired) as caught:
        collect().through(*replies)
    assert caught.value.money == "spent"


def test_a_dead_link_is_renewed_once() -> None:
    """When a download fails, the next look may bring a link that works."""
    answer = says(prediction("succeeded", output="https://x.example/1.png"))
    (delivery,) = collect().through(answer, Reply(403), answer, image())
    assert delivery.data == b"picture"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 524])
def test_trouble_at_replicate_does_not_end_a_job(status: int) -> None:
    """A look that fails for the moment is taken again after a pause; the deadline is the driver's."""
    play = collect()
    answer = says(prediction("succeeded", output="https://x.example/1.png"))
    (delivery,) = play.through(Reply(status), Reply(status), answer, image())
    assert (delivery.data, len(play.waits)) == (b"picture", 2)


def test_a_refused_poll_is_an_error_and_not_an_endless_wait() -> None:
    """A key that was withdrawn meanwhile is told."""
    with pytest.raises(AuthFailed):
        collect().through(says({"title": "Unauthenticated"}, 401))


# --- cancel, find, check ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "agreed"),
    [
        (says(prediction("canceled")), True),
        (says(prediction("aborted")), True),
        (says(prediction("succeeded")), False),
        (says({"detail": "no"}, 404), False),
        (Reply(502), False),
    ],
    ids=["canceled", "aborted", "too late", "unknown", "down"],
)
def test_cancelling_tells_whether_replicate_agreed(reply: Reply, agreed: bool) -> None:
    """Only the states canceled and aborted count as yes."""
    play = Play(REPLICATE.cancel(JOB, account_of("replicate")))
    assert play.through(reply) is agreed
    assert (play.requests[0].method, play.requests[0].url) == ("POST", JOB.cancel_url)


def test_a_lost_prediction_is_found_by_its_input() -> None:
    """Of all predictions since then, only those of this model with this very input count, over several pages."""
    card = card_of("replicate")
    same = submit(card)
    same.through(created())
    given = same.paid.json["input"]
    entries = [
        {**prediction(), "id": "mine", "model": card.wire, "input": given},
        {**prediction(), "id": "other-seed", "model": card.wire, "input": {**given, "seed": 8}},
        {**prediction(), "id": "other-model", "model": "someone/else", "input": given},
        "nonsense",
    ]
    second = [{**prediction(), "id": "mine-too", "model": card.wire, "input": {**given, "added": "by them"}}]
    play = Play(REPLICATE.find(ready(card), card, account_of("replicate"), since=0))
    pages = [{"results": entries, "next": f"{API}/predictions?cursor=2"}, {"results": second, "next": None}]
    assert [job.id for job in play.through(*map(says, pages))] == ["mine", "mine-too"]
    assert play.requests[0].query == {"created_after": "1970-01-01T00:00:00+00:00"}


def test_the_next_page_gets_the_token_only_at_replicate() -> None:
    """A list that points to another host is followed without the key."""
    card = card_of("replicate")
    play = Play(REPLICATE.find(ready(card), card, account_of("replicate"), since=0))
    play.through(says({"results": [], "next": "https://evil.example/2"}), says({"results": None}))
    assert play.requests[1].headers == {}


def test_the_search_for_a_lost_prediction_ends() -> None:
    """A list without end is read for five pages."""
    card = card_of("replicate")
    play = Play(REPLICATE.find(ready(card), card, account_of("replicate"), since=0))
    page = says({"results": [], "next": f"{API}/predictions?cursor=1"})
    assert play.through(*[page] * 5) == []


@pytest.mark.parametrize("results", ["text", 5, {"a": 1}, None])
def test_a_list_that_is_none_finds_nothing(results: Any) -> None:
    """Whatever stands where the list should be, no job is made of it."""
    card = card_of("replicate")
    play = Play(REPLICATE.find(ready(card), card, account_of("replicate"), since=0))
    assert play.through(says({"results": results, "next": None})) == []


def test_the_token_is_checked_without_cost() -> None:
    """The account's name is told; a bad token names its variable."""
    play = Play(REPLICATE.check(account_of("replicate")))
    assert play.through(says({"type": "user", "username": "ada"})) == "The token belongs to ada."
    with pytest.raises(AuthFailed, match="REPLICATE_API_TOKEN"):
        Play(REPLICATE.check(account_of("replicate"))).through(says({}, 401))
