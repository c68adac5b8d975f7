"""What the history holds, as plain objects: a run, a delivery about to be stored, and one line of the history."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ..request import ImageRequest
from ..result import ImageResult
from ..wire import Delivery, Job

State = Literal[
    "queued",
    "sending",
    "submitted",
    "saving",
    "done",
    "cancelled",
    "failed",
    "moderated",
    "refused",
    "unknown",
    "expired",
]
"""Where a run is. ``unknown``: the paid request left and its answer was lost, so it counts as spent."""

UNFINISHED: tuple[State, ...] = ("queued", "sending", "submitted", "saving")
"""The states in which something is still to come."""


def new_id() -> str:
    """Return a new id, 26 hex digits; later ids sort after earlier ones."""
    return f"{time.time_ns():016x}{secrets.token_hex(5)}"


class Parent(NamedTuple):
    """A picture of the history that a run started from.

    Attributes:
        image_id: The picture's id.
        kind: ``edit`` (it was image 1), ``remix`` (its settings were taken) or ``branch`` (its prompt was).
    """

    image_id: str
    kind: str


@dataclass(frozen=True)
class RunRecord:
    """One request on its way to one target, as the ledger knows it.

    The engine fills in what is asked for and at what price; the ledger fills in what became of it.

    Attributes:
        request: What is asked for.
        provider: Who is asked.
        model: Which model.
        owner: Whose run it is.
        id: The run's id; sorts by time.
        route: The provider's route, where it has several.
        capability: The form it was asked with; empty for a plain call.
        values: The form's values, to fill it again; JSON values and references.
        template: The prompt before its variables were filled in.
        intent: A hash that stands for one click or call: an intent that is already journaled is not journaled twice.
        account: The fingerprint of the provider account.
        estimate_usd: The likely price; None when unknown.
        reserved_usd: The worst price; counted as spent until the run is settled.
        parents: The pictures it started from, as `Parent` or as pairs of image id and kind.
        note: Anything worth telling, one sentence.
        state: Where it is.
        job: What the provider accepted.
        cost_usd: The price the provider reported.
        spent_usd: What is counted for it now.
        error: ``kind``, ``message`` and ``money`` of the error it ended with.
        timings: Seconds by stage.
        created: When it was journaled, UTC epoch seconds; so are the next two.
        submitted: When the provider accepted it.
        finished: When it ended.
        process: The presence of the process that works on it.
    """

    request: ImageRequest
    provider: str
    model: str
    owner: str = "me"
    id: str = field(default_factory=new_id)
    route: str = ""
    capability: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    template: str = ""
    intent: str = ""
    account: str = ""
    estimate_usd: float | None = None
    reserved_usd: float | None = None
    parents: Sequence[tuple[str, str]] = ()
    note: str = ""
    state: State = "queued"
    job: Job | None = None
    cost_usd: float | None = None
    spent_usd: float = 0.0
    error: Mapping[str, str] | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    created: float | None = None
    submitted: float | None = None
    finished: float | None = None
    process: str = ""

    @property
    def worst_usd(self) -> float | None:
        """The price to reserve: the worst one, else the estimate, else None."""
        return self.estimate_usd if self.reserved_usd is None else self.reserved_usd


@dataclass(frozen=True)
class Stored:
    """A delivery whose bytes were looked at, ready to be stored.

    Attributes:
        delivery: The image as it arrived.
        format: ``png``, ``jpeg`` or ``webp``, read from the bytes.
        width: Pixels.
        height: Pixels.
        seed: The seed used, where the delivery does not say; the request's when missing.
        prompt_used: The prompt the provider rewrote ours into, where it really differs; the delivery's when missing.
    """

    delivery: Delivery
    format: str
    width: int
    height: int
    seed: int | None = None
    prompt_used: str | None = None

    @cached_property
    def sha256(self) -> str:
        """The hash of the bytes."""
        return hashlib.sha256(self.delivery.data).hexdigest()


@dataclass(frozen=True)
class HistoryItem:
    """One picture of the history, light: everything but its bytes.

    Attributes:
        id: The picture's id.
        run_id: The run that made it.
        owner: Whose it is.
        prompt: The prompt as it was sent, keys masked.
        prompt_used: The prompt the provider rewrote it into, when it told.
        template: The prompt before its variables were filled in.
        values: The form's values, to fill it again.
        capability: The form it was asked with.
        provider: Who made it.
        model: Which model.
        seed: The seed used.
        cost_usd: What it cost, or the estimate; None when unknown.
        cost_is_reported: Whether the provider itself stated the cost.
        created: When it was stored, in UTC.
        width: Pixels.
        height: Pixels.
        format: ``png``, ``jpeg`` or ``webp``.
        size_bytes: Of the original.
        sha256: The hash of the original.
        starred: Whether a person marked it.
        state: The state of its run.
        parents: The pictures it started from.
        path: Where the original lies.
    """

    id: str
    run_id: str
    owner: str
    prompt: str
    prompt_used: str | None
    template: str
    values: Mapping[str, Any]
    capability: str
    provider: str
    model: str
    seed: int | None
    cost_usd: float | None
    cost_is_reported: bool
    created: datetime
    width: int
    height: int
    format: str
    size_bytes: int
    sha256: str
    starred: bool
    state: State
    parents: tuple[Parent, ...]
    path: Path
    _load: Callable[[], ImageResult] = field(repr=False, compare=False)

    def result(self) -> ImageResult:
        """Load the picture with its bytes.

        Raises:
            InvalidRequest: When it was deleted meanwhile.
            StoreError: When its file cannot be read.
        """
        return self._load()


def utc(seconds: float) -> datetime:
    """Return epoch seconds as a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
