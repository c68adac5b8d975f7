"""Reading answers: what a status means everywhere, how long to wait, and values of the wrong type."""

from __future__ import annotations

import math
import time
from email.utils import formatdate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.errors import (
    AuthFailed,
    BadReply,
    Flux2Error,
    InsufficientCredit,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
)
from flux2_nb.keys import Setting
from flux2_nb.provider.refusals import raise_for_status
from flux2_nb.provider.replies import number_at, retry_after, shortened, text_at
from flux2_nb.wire import Reply
from tests.provider.feeding import says

SETTINGS = (Setting("ACME_KEY", "secret"), Setting("ACME_URL", "url"))


def raised(status: int, words: str = "", **headers: str) -> Flux2Error:
    with pytest.raises(Flux2Error) as caught:
        raise_for_status(says({}, status, **headers), label="Acme", words=words, settings=SETTINGS)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequest),
        (401, AuthFailed),
        (402, InsufficientCredit),
        (403, AuthFailed),
        (404, InvalidRequest),
        (408, OutcomeUnknown),
        (409, InvalidRequest),
        (413, InvalidRequest),
        (422, InvalidRequest),
        (429, RateLimited),
        (301, OutcomeUnknown),
        (500, OutcomeUnknown),
        (503, OutcomeUnknown),
        (524, OutcomeUnknown),
    ],
)
def test_a_status_means_the_same_everywhere(status: int, kind: type[Flux2Error]) -> None:
    """Below 500 the provider took nothing; of anything else nobody can tell, and it is counted as spent."""
    error = raised(status, "their words")
    assert (type(error), error.money) == (kind, "maybe" if kind is OutcomeUnknown else "none")
    assert "their words" in str(error)
    assert error.next_step


@pytest.mark.parametrize(("words", "end"), [("no room", "It said: no room. Nothing"), ("no!", "It said: no! Nothing")])
def test_the_providers_words_are_a_sentence(words: str, end: str) -> None:
    """They end with a stop, so that the next sentence can be read; without words there is none."""
    assert end in str(raised(400, words))
    assert "It said" not in str(raised(400))


def test_an_error_tells_status_provider_and_words() -> None:
    """A provider's error carries what its support would ask for."""
    error = raised(402, "no\n  credit")
    assert isinstance(error, ProviderError)
    assert (error.provider, error.status, error.hint) == ("Acme", 402, "no credit")


def test_a_refused_key_names_the_variable() -> None:
    """Only the secret settings are named, not the addresses."""
    assert "ACME_KEY" in str(raised(401))
    assert "ACME_URL" not in str(raised(401))


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("3", 3.0),
        ("0", 0.0),
        ("2.5", 2.5),
        ("-1", None),
        ("nan", None),
        ("inf", math.inf),
        ("-inf", None),
        ("1e35", 1e35),
        ("soon", None),
        ("", None),
        ("9" * 400, math.inf),
        ("604801", 604801.0),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0),
    ],
)
def test_a_retry_after_header_is_read(raw: str, seconds: float | None) -> None:
    """Seconds and dates count, however long; what is negative or no number is taken as nothing said."""
    assert retry_after(says({}, 429, retry_after=raw)) == seconds


def test_a_retry_after_date_counts_from_now() -> None:
    """A date a minute ahead is a pause of at most a minute."""
    found = retry_after(says({}, 429, retry_after=formatdate(time.time() + 60, usegmt=True)))
    assert found is not None
    assert 0 < found <= 60


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (10, 10.0),
        ("4", 4.0),
        (None, None),
        ([3], None),
        ({}, None),
        (10**400, math.inf),
        (-(10**400), None),
        (-5, None),
    ],
)
def test_a_retry_after_in_the_body_wins(value: Any, seconds: float | None) -> None:
    """Whatever stands in the body's retry_after, it is read or left out, never a crash."""
    assert retry_after(says({"retry_after": value}, 429, retry_after="99")) == seconds


@given(st.binary(max_size=200))
def test_no_body_breaks_the_reading_of_a_pause(body: bytes) -> None:
    """Bytes that claim to be JSON and are not leave the header in force."""
    reply = Reply(429, {"content-type": "application/json", "retry-after": "2"}, b"{" + body)
    assert retry_after(reply) in (2.0, None)


@pytest.mark.parametrize(
    ("value", "number"), [(3, 3.0), (1.5, 1.5), (True, None), ("3", None), (None, None), (10**400, None), ([], None)]
)
def test_only_a_finite_number_is_a_number(value: Any, number: float | None) -> None:
    """Texts, booleans and numbers beyond any size are taken as not told."""
    assert number_at({"cost": value}, "cost") == number


def test_an_endless_number_in_json_is_not_told() -> None:
    """1e999 is valid JSON and no amount of money."""
    assert number_at(Reply(200, {}, b'{"cost": 1e999}').object(), "cost") is None


@pytest.mark.parametrize("value", [None, "", 5, ["x"], {}])
def test_a_text_that_must_be_there_is_missed(value: Any) -> None:
    """The error names the provider and the field."""
    with pytest.raises(BadReply, match='Acme sent an answer without "id"'):
        text_at({"id": value}, "id", "Acme")


@given(st.text(max_size=1000))
def test_a_providers_words_become_one_short_line(text: str) -> None:
    """However long and broken the words are, a message stays one line of at most 300 characters."""
    line = shortened(text)
    assert len(line) <= 300
    assert line.splitlines() in ([line], [])
