"""Seeing what passes on the wire: a flow inside a flow, which changes nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ..provider.base import Provider, Stage
from ..wire import Download, Flow, Reply, Request, Step

T = TypeVar("T")

FLOWS = ("check", "submit", "collect", "cancel", "find")


@dataclass(frozen=True)
class Exchange:
    """A request or download, and what came back."""

    kind: Stage
    step: Request | Download
    reply: Reply


class Watcher:
    """Keeps what the flows of a provider send and receive, after the driver's retries and redirects."""

    def __init__(self) -> None:
        self._exchanges: list[Exchange] = []

    def take(self) -> list[Exchange]:
        """Return what was seen since the last call, in order."""
        seen, self._exchanges = self._exchanges, []
        return seen

    def over(self, provider: Provider) -> Provider:
        """Return the same provider, watched."""
        watched = copy.copy(provider)
        for name in FLOWS:
            vars(watched)[name] = self._watching(name, getattr(provider, name))
        return watched

    def _watching(self, name: str, flow: Callable[..., Flow[T]]) -> Callable[..., Flow[T]]:
        def watched(*args: Any, **kwargs: Any) -> Flow[T]:
            inner = flow(*args, **kwargs)
            answer: Reply | None = None
            try:
                while True:
                    step = inner.send(answer)
                    answer = yield step
                    if answer is not None and isinstance(step, (Request, Download)):
                        self._exchanges.append(Exchange(_kind(name, step), step, answer))
            except StopIteration as end:
                result: T = end.value
                return result
            finally:
                inner.close()

        return watched


def _kind(flow: str, step: Step) -> Stage:
    if isinstance(step, Download):
        return "download"
    if isinstance(step, Request) and step.pays:
        return "submit"
    kinds: dict[str, Stage] = {"check": "check", "submit": "upload", "collect": "poll"}
    return kinds.get(flow, "other")
