"""What a provider refuses in so many words: cases 12, 13, 16 and 17."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from flux2_nb import errors
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import both, every
from tests.reliability.aftermath import sound

StudioAt = Callable[..., Studio]


def refusal(double: Double, status: int) -> faults.Fault:
    """One of the provider's own errors, by what it means."""
    return double.error({401: 10000, 403: 5016}[status] if double.key.startswith("cloudflare") else status)


@every
@pytest.mark.case(12)
@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_not_tried_twice(
    status: int, double: Double, provider: str, studio_at: StudioAt, caplog: pytest.LogCaptureFixture
) -> None:
    """One request; the variable is named, and the key is in nothing that is said."""
    if provider == "bfl" and status == 401:
        fault = faults.answer(401, '{"detail": "Not authenticated"}')
    elif provider == "replicate" and status == 403:
        fault = faults.answer(403, '{"detail": "Forbidden"}')
    else:
        fault = refusal(double, status)
    double.script("submit", fault)
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.AuthFailed) as caught:
        run.result(20)
    variable = next(one.variable for one in studio.provider.settings if one.kind == "secret")
    assert variable in str(caught.value)
    assert [call.stage for call in double.requests] == ["submit"]
    sound(run, studio, "refused", said=caplog.text, double=double)


@every
@pytest.mark.case(12)
def test_an_answer_that_echoes_the_key_is_masked(
    double: Double, provider: str, studio_at: StudioAt, caplog: pytest.LogCaptureFixture
) -> None:
    """A provider's own words are told, but not the key in them."""
    words = f"The key {double.key} is not known."
    body = json.dumps({"detail": words, "errors": [{"code": 1, "message": words}]})
    double.script("submit", faults.answer(401, body))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.AuthFailed, match="is not known"):
        run.result(20)
    sound(run, studio, "refused", said=caplog.text, double=double)


BILLING = {"bfl": "api.bfl.ai", "replicate": "replicate.com/account/billing", "cloudflare": "dash.cloudflare.com"}


@every
@pytest.mark.case(13)
def test_an_empty_account_is_told_where_to_pay(
    double: Double, provider: str, studio_at: StudioAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page for paying and the providers that are ready are named; nothing is tried twice or switched to."""
    other = "replicate" if provider != "replicate" else "bfl"
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_canary")
    monkeypatch.setenv("BFL_API_KEY", "canary-of-bfl")
    double.script("submit", faults.answer(402, '{"detail": "Insufficient credits"}'))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.InsufficientCredit) as caught:
        run.result(20)
    assert BILLING[provider] in str(caught.value)
    assert other in str(caught.value)
    assert f"{provider} is ready" not in str(caught.value)
    assert [call.stage for call in double.requests] == ["submit"]
    sound(run, studio, "refused", double=double)


@pytest.mark.case(13)
def test_without_another_key_the_sketch_is_offered(bfl_double: Double, studio_at: StudioAt) -> None:
    """Where no other provider is ready, drawing offline still is."""
    bfl_double.script("submit", bfl_double.error(402))
    run = studio_at(bfl_double, "bfl").start("a fox")
    with pytest.raises(errors.InsufficientCredit, match="the offline sketch needs no key and costs nothing"):
        run.result(20)


BLAMED: list[Any] = [
    pytest.param(
        "bfl", '{"detail": [{"loc": ["body", "width"], "msg": "not a multiple of 16"}]}', ("width",), id="bfl"
    ),
    pytest.param(
        "bfl",
        '{"detail": [{"loc": ["body", "input_image_2"], "msg": "bad"}, {"loc": ["body", "disable_pup"], "msg": "no"}]}',
        ("references", "prompt_upsampling"),
        id="bfl, two of ours by other names",
    ),
    pytest.param(
        "replicate",
        '{"detail": "x", "invalid_fields": [{"field": "input.output_format", "description": "no"}, '
        '{"field": "input.input_images.1", "description": "not an image"}]}',
        ("output_format", "references"),
        id="replicate, two",
    ),
    pytest.param(
        "cloudflare",
        '{"errors": [{"code": 5004, "message": "AiError: Model input is not valid: height: must be >= 256"}]}',
        ("height",),
        id="cloudflare, in a sentence",
    ),
    pytest.param("bfl", '{"detail": "Something about it"}', (), id="none named"),
]


@pytest.mark.case(16)
@pytest.mark.parametrize(("provider", "body", "fields"), BLAMED)
def test_the_fields_that_are_blamed_are_named(
    provider: str, body: str, fields: tuple[str, ...], request: pytest.FixtureRequest, studio_at: StudioAt
) -> None:
    """The error holds our names of the fields as data and in its words, and nothing is tried twice."""
    double: Double = request.getfixturevalue(f"{provider}_double")
    double.script("submit", faults.answer(422, body))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.InvalidRequest) as caught:
        run.result(20)
    assert caught.value.fields == fields
    assert caught.value.field == (fields[0] if fields else "")
    assert f"refused {' and '.join(fields) or 'the request'}." in str(caught.value)
    assert "Nothing was spent." in str(caught.value)
    assert [call.stage for call in double.requests] == ["submit"]
    sound(run, studio, "refused", double=double)


@both
@pytest.mark.case(17)
@pytest.mark.parametrize("end", ["moderated", "input moderated"])
def test_a_refused_picture_is_told_as_such(end: str, double: Double, provider: str, studio_at: StudioAt) -> None:
    """A verdict about content is an end of its own, in words of its own, and nothing is collected later."""
    double.script("job", faults.Fate(end=end))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.Moderated, match=r"refused|withheld") as caught:
        run.result(20)
    assert "Reword the prompt" in str(caught.value)
    assert not studio.unfinished()
    sound(run, studio, "moderated", double=double)


@pytest.mark.case(17)
@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("words", ["Your output has been flagged.", "Input prompt contains NSFW content"])
def test_cloudflares_refusal_may_come_with_any_status(
    words: str, status: int, cloudflare_double: Double, studio_at: StudioAt
) -> None:
    """Error 3030 that speaks of flagged content is a verdict; it is also seen with status 200."""
    cloudflare_double.script("submit", cloudflare_double.error(3030, f"AiError: {words}", status=status))
    studio = studio_at(cloudflare_double, "cloudflare")
    run = studio.start("a fox")
    with pytest.raises(errors.Moderated, match="Reword the prompt"):
        run.result(20)
    sound(run, studio, "moderated", double=cloudflare_double)
