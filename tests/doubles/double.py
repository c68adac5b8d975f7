"""The base of the doubles: what one records, what its script says, and how a request finds its answer."""

from __future__ import annotations

import re
import threading
import time
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from .exchange import Call, Refused, Reply
from .faults import NO_FAULT, Fate, Fault, Wire
from .server import Server

Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True)
class Route:
    """One operation of a provider; `path` is a regular expression, its named groups become the call's `params`."""

    method: str
    path: str
    stage: str
    handler: Handler
    needs_key: bool = True


@dataclass
class Job:
    """What a double accepted and charged for: the request as read, and the picture it will deliver."""

    id: str
    model: str
    values: dict[str, Any]
    references: tuple[bytes, ...]
    fate: Fate
    created: float
    width: int
    height: int
    format: str
    seed: int
    image: bytes
    polls: int = 0
    ended: float | None = None

    def finished(self, now: float) -> bool:
        """Whether the job has come to its end at `now` (seconds since the epoch); it stays ended."""
        if self.ended is None and self.polls >= self.fate.pending and now >= self.created + self.fate.seconds:
            self.ended = now
        return self.ended is not None

    def unfinished_state(self, usual: tuple[str, ...]) -> str:
        """What this unfinished poll says, counting it: the scripted words, else the provider's, the last repeated."""
        states = self.fate.states or usual
        self.polls += 1
        return states[min(self.polls, len(states)) - 1]


class Double(ABC):
    """Plays one provider on 127.0.0.1 until it is stopped; a context manager.

    Attributes:
        origin: `http://127.0.0.1:<port>`.
        key: The one key it takes.
        fate: The course of jobs that no script speaks of (at once ready, unless changed).
        crashes: Errors of the double itself; leaving the context raises the first.
    """

    key_header: ClassVar[str] = "authorization"
    ends: ClassVar[tuple[str, ...]] = ("ready", "moderated", "input moderated", "failed", "missing")

    def __init__(self, *, key: str, port: int = 0) -> None:
        self.key = key
        self.fate = Fate()
        self.crashes: list[Exception] = []
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._jobs: dict[str, Job] = {}
        self._delivered: dict[str, bytes] = {}
        self._script: dict[str, deque[Fault | Fate | None]] = defaultdict(deque)
        self._forever: dict[str, Fault | Fate | None] = {}
        self._ahead = 0.0
        self._server = Server(self._answer, port)
        self.origin = self._server.origin
        self._routes = tuple((re.compile(route.path), route) for route in self.routes())

    @property
    @abstractmethod
    def url(self) -> str:
        """The base URL, as the provider's environment variable wants it."""

    @property
    @abstractmethod
    def environ(self) -> dict[str, str]:
        """The environment variables that point a client at this double."""

    @abstractmethod
    def routes(self) -> tuple[Route, ...]:
        """The operations the provider has."""

    @abstractmethod
    def authorise(self, call: Call) -> None:
        """Raises `Refused` unless the call carries the key exactly as the provider wants it."""

    @abstractmethod
    def not_found(self, call: Call) -> Reply:
        """The provider's reply to a path it does not have."""

    @abstractmethod
    def error(
        self, code: int, message: str = "", *, retry_after: str | None = None, status: int | None = None
    ) -> Fault:
        """A fault: one of the provider's own errors, in its own shape, for any stage; no work is done."""

    @property
    def requests(self) -> tuple[Call, ...]:
        """Every request received, in order of arrival."""
        with self._lock:
            return tuple(self._calls)

    @property
    def jobs(self) -> dict[str, Job]:
        """The accepted jobs by id, oldest first; their number is the number of charges."""
        with self._lock:
            return dict(self._jobs)

    @property
    def submits(self) -> tuple[Job, ...]:
        """The charges: every paid request accepted, in order, whether or not its reply arrived."""
        return tuple(self.jobs.values())

    @property
    def delivered(self) -> dict[str, bytes]:
        """The exact image bytes sent, by job id, in order of sending (before any fault of the download)."""
        with self._lock:
            return dict(self._delivered)

    @property
    def leaks(self) -> tuple[Call, ...]:
        """Requests that carried the key anywhere but in the API's own header, or to a download at all."""
        return tuple(call for call in self.requests if self._leaks(call))

    def _leaks(self, call: Call) -> bool:
        own_header = "" if call.stage == "download" else self.key_header
        rest = [value for name, value in call.headers.items() if name != own_header]
        text = " ".join([call.path, *call.query.values(), *rest])
        return self.key in text or self.key.encode() in call.body

    def script(self, stage: str, *outcomes: Fault | Fate | None, forever: bool = False) -> None:
        """Queues what happens to the next requests of a stage, one outcome each; None is "as usual".

        Fates go to the stage "job" and are taken by the next accepted submits; faults go to the other stages.
        `forever` repeats the last outcome once the queue is empty.

        Raises:
            ValueError: This double has no such stage, or the outcome does not belong there.
        """
        stages = {route.stage for _, route in self._routes}
        if stage not in stages | {"job"}:
            raise ValueError(f"{type(self).__name__} has the stages {', '.join(sorted(stages))} and job, not {stage!r}")
        wanted = Fate if stage == "job" else Fault
        for outcome in outcomes:
            if outcome is not None and not isinstance(outcome, wanted):
                raise ValueError(f"The stage {stage!r} takes a {wanted.__name__.lower()}, not {outcome!r}")
            if isinstance(outcome, Fate) and outcome.end not in self.ends:
                raise ValueError(f"{type(self).__name__} has no end {outcome.end!r}; it has {', '.join(self.ends)}")
        with self._lock:
            self._script[stage].extend(outcomes)
            if forever:
                self._forever[stage] = outcomes[-1]

    def advance(self, seconds: float) -> None:
        """Moves the double's clock forward: links expire, data is removed, deadlines pass."""
        self._ahead += seconds

    def now(self) -> float:
        """The double's clock, in seconds since the epoch."""
        return time.time() + self._ahead

    def accept(self, job: Job) -> Job:
        """Records a charge."""
        with self._lock:
            self._jobs[job.id] = job
        return job

    def deliver(self, job: Job) -> bytes:
        """The job's image, noted as delivered."""
        with self._lock:
            self._delivered[job.id] = job.image
        return job.image

    def next_fate(self) -> Fate:
        """The fate of the job that is being accepted."""
        outcome = self._next("job")
        return outcome if isinstance(outcome, Fate) else self.fate

    def start(self) -> Self:
        """Starts serving; requests sent before wait in the socket's queue."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stops serving and frees the port: connections are refused from here on."""
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop()
        if kind is None and self.crashes:
            raise self.crashes[0]

    def _next(self, stage: str) -> Fault | Fate | None:
        with self._lock:
            queue = self._script[stage]
            return queue.popleft() if queue else self._forever.get(stage)

    def _find(self, call: Call) -> Route | None:
        for pattern, route in self._routes:
            if call.method == route.method and (match := pattern.fullmatch(call.path)):
                call.stage, call.params = route.stage, match.groupdict()
                return route
        return None

    async def _answer(self, call: Call, wire: Wire) -> None:
        route = self._find(call)
        with self._lock:
            self._calls.append(call)
        fault = self._next(call.stage)
        fault = fault if isinstance(fault, Fault) else NO_FAULT
        reply = await self._work(call, route) if fault.worked else Reply()
        try:
            reply = fault.rewrite(reply)
        except Exception as error:
            reply = self._crash(error)
        call.status = reply.status
        await fault.send(wire, reply)

    async def _work(self, call: Call, route: Route | None) -> Reply:
        try:
            if route is None:
                return self.not_found(call)
            if route.needs_key:
                self.authorise(call)
            return await route.handler(call)
        except Refused as refusal:
            return refusal.reply
        except Exception as error:
            return self._crash(error)

    def _crash(self, error: Exception) -> Reply:
        self.crashes.append(error)
        return Reply(500, f"The double itself failed: {error!r}".encode(), "text/plain")
