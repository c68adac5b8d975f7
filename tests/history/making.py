"""Runs and deliveries for the tests of the history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flux2_nb.history import History, HistoryItem, RunRecord, Stored
from flux2_nb.request import ImageRequest
from flux2_nb.result import ImageResult
from flux2_nb.wire import Delivery

NOON = 1_795_348_800.0
"""2026-11-22 12:00:00 UTC."""


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def make_run(prompt: str = "a red fox", **fields: Any) -> RunRecord:
    """A run as the engine hands it over."""
    request = fields.pop("request", None) or ImageRequest(prompt, seed=7)
    return RunRecord(request=request, provider="sketch", model="flux-2-pro", **fields)


def make_stored(data: bytes = b"picture", **fields: Any) -> Stored:
    """A delivery as the engine hands it over."""
    return Stored(Delivery(data, **fields), "png", 4, 3)


def store(history: History, prompt: str = "a red fox", data: bytes | None = None, **fields: Any) -> ImageResult:
    """Journal a run and finish it with one picture."""
    run = history.begin(make_run(prompt, **fields)).result()
    return history.finish(run.id, [make_stored(run.id.encode() if data is None else data)]).result()[0]


def found(items: list[HistoryItem]) -> list[str]:
    """The prompts of a page."""
    return [item.prompt for item in items]


def files_under(folder: Path) -> list[str]:
    """The names of all files under a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
