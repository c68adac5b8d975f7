"""Reading a provider's answers: the errors that mean the same everywhere, and how long to wait."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

from ..errors import (
    AuthFailed,
    BadReply,
    Flux2Error,
    InsufficientCredit,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
)
from ..keys import Setting
from ..wire import Reply

LONGEST_WAIT = 7 * 86_400.0
"""Seconds above which a ``Retry-After`` is taken for nonsense."""


def text_at(body: Mapping[str, Any], name: str, label: str) -> str:
    """Return a text the provider must have sent.

    Raises:
        BadReply: When it is missing or of another type.
    """
    value = body.get(name)
    if not isinstance(value, str) or not value:
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


def will_pass(reply: Reply) -> bool:
    """Whether an answer to a look at a job tells only of the host's trouble just now: the job itself goes on."""
    return reply.status in (408, 425, 429) or reply.status >= 500


def shortened(text: object, limit: int = 300) -> str:
    """Return a provider's own words on one line and short enough for a message."""
    line = " ".join(str(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def said(words: str) -> str:
    """Return a provider's own words as a sentence that another can follow; empty words make none."""
    return f" It said: {words}{'' if words[-1] in '.!?…' else '.'}" if words else ""


def retry_after(reply: Reply) -> float | None:
    """Return the seconds a reply asks to wait: the body's ``retry_after``, or the header in seconds or as a date.

    Negative, endless and absurd values count as nothing said.
    """
    raw: Any = reply.headers.get("retry-after")
    if reply.media_type == "application/json" or reply.body[:1] == b"{":
        with suppress(BadReply):
            raw = reply.object().get("retry_after", raw)
    try:
        seconds = float(raw)
    except (TypeError, ValueError, OverflowError):
        seconds = _until(str(raw))
    return seconds if math.isfinite(seconds) and 0 <= seconds <= LONGEST_WAIT else None


def _until(date: str) -> float:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return math.nan


def raise_for_status(reply: Reply, *, label: str, words: str, settings: Iterable[Setting], field: str = "") -> NoReturn:
    """Raise what an unsuccessful answer to the paid request means.

    Args:
        reply: The answer, with a status that is not 2xx.
        label: The provider's name for people.
        words: The provider's own words, already picked out of the body.
        settings: The provider's settings, to name the variable when the key was refused.
        field: The field the provider blames, when it names one.
    """
    hint = shortened(words)
    kind, sentence, next_step = _meaning(reply.status, label, settings)
    if kind is InvalidRequest:
        raise InvalidRequest(f"{sentence}{said(hint)}", field=field, next_step=next_step)
    error = kind(f"{sentence}{said(hint)}", next_step=next_step)
    if isinstance(error, ProviderError):
        error.provider, error.status, error.hint = label, reply.status, hint
    if isinstance(error, RateLimited):
        error.retry_after = retry_after(reply)
    raise error


def _meaning(status: int, label: str, settings: Iterable[Setting]) -> tuple[type[Flux2Error], str, str]:
    variables = " and ".join(setting.variable for setting in settings if setting.kind == "secret")
    if status in (401, 403):
        return AuthFailed, f"{label} refused the key.", f"Check {variables}, and that the key may use this model."
    if status == 402:
        return (
            InsufficientCredit,
            f"{label} says the account has no credit left.",
            "Top it up there, or choose another provider.",
        )
    if status == 404:
        return InvalidRequest, f"{label} does not know this address or model.", "Check the model and the base URL."
    if status == 413:
        return InvalidRequest, f"{label} says the request is too large.", "Use fewer or smaller reference images."
    if status == 429:
        return RateLimited, f"{label} takes no more requests just now.", "Wait a little and try again."
    if 400 <= status < 500 and status != 408:
        return InvalidRequest, f"{label} refused the request.", "Change what it names and try again."
    return (
        OutcomeUnknown,
        f"{label} answered with status {status} and did not say whether the job was taken.",
        "Look at your account there before you try again: trying again may cost again.",
    )
