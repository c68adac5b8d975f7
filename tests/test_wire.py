"""The words of flows: answers are read with care, and what may hold a key is not shown."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.errors import BadReply
from flux2_nb.wire import Delivery, Reply, Request

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(JSON)
def test_json_is_read_as_it_was_written(value: Any) -> None:
    """Any JSON value comes back equal."""
    assert Reply(200, {}, json.dumps(value).encode()).json() == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"id": ',
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b"\xff\xfe\x00",
        b'"\xc3"',
        b"[" * 100_000,
        b"1" * 5000,
    ],
    ids=[
        "empty",
        "page",
        "cut",
        "NaN",
        "infinity",
        "minus-infinity",
        "not-text",
        "half-a-letter",
        "deep",
        "long-number",
    ],
)
def test_what_is_no_json_is_a_bad_reply(body: bytes) -> None:
    """A login page, a cut body, NaN or nesting without end is told as such and shows none of the body."""
    with pytest.raises(BadReply, match=r"^The provider's answer is not JSON\.") as caught:
        Reply(200, {}, body).json()
    assert caught.value.status == 200


@given(st.binary(max_size=300))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    """Whatever bytes come, they are an object or a BadReply."""
    with contextlib.suppress(BadReply):
        assert isinstance(Reply(200, {}, body).object(), dict)


@pytest.mark.parametrize("body", [b"[]", b"null", b"3", b'"text"', b"true"])
def test_only_an_object_is_an_object(body: bytes) -> None:
    """Another JSON value where an object must be is a bad reply."""
    with pytest.raises(BadReply, match="not a JSON object"):
        Reply(200, {}, body).object()


@pytest.mark.parametrize(
    ("status", "ok"), [(199, False), (200, True), (204, True), (299, True), (300, False), (500, False)]
)
def test_only_2xx_is_ok(status: int, ok: bool) -> None:
    """A redirect is no success."""
    assert Reply(status).ok is ok


@pytest.mark.parametrize(
    ("line", "media_type"), [("Image/PNG; charset=x", "image/png"), (" image/webp ", "image/webp"), ("", "")]
)
def test_a_media_type_is_plain(line: str, media_type: str) -> None:
    """Parameters, case and white space are dropped."""
    assert Reply(200, {"content-type": line}).media_type == media_type


def test_a_request_does_not_show_its_headers() -> None:
    """They may hold the key, and a request may end up in a traceback."""
    assert "canary-key" not in repr(Request("POST", "https://api.example", {"Authorization": "Bearer canary-key"}))


def test_a_delivery_does_not_show_its_bytes() -> None:
    """A megabyte in a log helps nobody."""
    assert "picture" not in repr(Delivery(b"picture", seed=7))
