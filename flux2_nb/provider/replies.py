"""Reading a provider's answers: values of the right kind, what stands in an answer cut short, how long to wait."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any

from ..errors import BadReply
from ..wire import Reply

LARGEST_WHOLE_NUMBER = 2**63 - 1
"""What the history can hold; a larger seed is taken as not told."""

LONGEST_PAUSE = 120.0
"""Seconds; the longest pause a provider may ask for. What asks for more is not sat out."""

GONE = (403, 404, 410)
"""Answers to a download after which its link works no more; any other trouble passes."""

NOT_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
"""Control characters and lone halves of a character, which belong in no id and no address."""

REQUEST_IDS = ("cf-ray", "x-request-id", "request-id")
"""Header lines in which an answer names itself, for the provider's support."""


def text_at(body: Mapping[str, Any], name: str, label: str) -> str:
    """Return a text the provider must have sent.

    Raises:
        BadReply: When it is missing, of another type, or holds control characters or half a character.
    """
    value = body.get(name)
    if not isinstance(value, str) or not value or NOT_TEXT.search(value):
        raise BadReply(f'{label} sent an answer without "{name}".', provider=label)
    return value


def number_at(body: Mapping[str, Any], name: str) -> float | None:
    """Return a finite number the provider may have sent; None for anything else."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:  # JSON knows whole numbers of any length
        return None
    return number if math.isfinite(number) else None


def price_at(body: Mapping[str, Any], name: str) -> float | None:
    """Return an amount of money the provider may have sent; None for anything else, also for less than nothing."""
    amount = number_at(body, name)
    return amount if amount is not None and amount >= 0 else None


def whole_number_at(body: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number from 0 up that the provider may have sent; None for anything else."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= LARGEST_WHOLE_NUMBER else None


def members(body: bytes) -> dict[str, Any]:
    """Return the members of a JSON object that arrived whole, of an answer that may be cut short anywhere.

    Where a name is repeated there are none: nobody can tell which of the values is meant.
    """
    found: dict[str, Any] = {}
    # Nesting without end, too, only ends the reading.
    with suppress(ValueError, RecursionError):
        for name, value in _members(body.decode("utf-8", "replace")):
            if name in found:
                return {}
            found[name] = value
    return found


def _members(text: str) -> Iterator[tuple[str, Any]]:
    decoder, end = json.JSONDecoder(), _after(text, 0, "{")
    while True:
        name, end = decoder.raw_decode(text, _after(text, end))
        value, end = decoder.raw_decode(text, _after(text, _after(text, end, ":")))
        end = _after(text, end)
        if not isinstance(name, str) or text[end : end + 1] not in (",", "}"):
            return  # a number at the very end may go on
        yield name, value
        end = _after(text, end, ",")


def _after(text: str, start: int, sign: str = "") -> int:
    """Return where the next thing stands after white space and, when one is given, a sign that must be there."""
    while text[start : start + 1] in (" ", "\t", "\n", "\r"):
        start += 1
    if not sign:
        return start
    if text[start : start + 1] != sign:
        raise ValueError(f"no {sign} at {start}")
    return start + 1


def request_id(reply: Reply) -> str:
    """Return what a provider's support can find an answer by: the id in it, else in its header lines, else nothing."""
    candidates = [members(reply.body).get("id"), *(reply.headers.get(name) for name in REQUEST_IDS)]
    known = (one for one in candidates if isinstance(one, str) and one.isprintable() and 0 < len(one) <= 100)
    return next(known, "")


def will_pass(reply: Reply) -> bool:
    """Whether an answer to a look at a job tells only of the host's trouble just now: the job itself goes on."""
    return reply.status in (408, 425, 429) or reply.status >= 500


def pause_after(reply: Reply, usual: float) -> float:
    """Return the seconds to wait before the next look at a job, after an answer that will pass."""
    return max(usual, min(retry_after(reply) or 0.0, LONGEST_PAUSE))


def shortened(text: object, limit: int = 300) -> str:
    """Return a provider's own words on one line and short enough for a message."""
    line = " ".join(str(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def said(words: str) -> str:
    """Return a provider's own words as a sentence that another can follow; empty words make none."""
    return f" It said: {words}{'' if words[-1] in '.!?…' else '.'}" if words else ""


def retry_after(reply: Reply) -> float | None:
    """Return the seconds a reply asks to wait: the body's ``retry_after``, or the header in seconds or as a date.

    What cannot be read, and less than nothing, counts as nothing said; however long, even without end, is told as it
    is, for the caller to refuse.
    """
    raw: Any = reply.headers.get("retry-after")
    if reply.media_type == "application/json" or reply.body[:1] == b"{":
        with suppress(BadReply):
            raw = reply.object().get("retry_after", raw)
    try:
        seconds = float(raw)
    except OverflowError:  # a whole number of hundreds of digits
        seconds = math.inf if raw > 0 else math.nan
    except (TypeError, ValueError):
        seconds = _until(str(raw))
    return seconds if seconds >= 0 else None


def _until(date: str) -> float:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return math.nan
