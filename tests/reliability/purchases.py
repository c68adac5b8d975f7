"""Two processes on one data folder that click, die and come back while providers misbehave: a machine for hypothesis.

A process here is an engine with a store of its own; its death is its loop torn down at whatever it awaits. Deaths by
``kill -9`` are in `kills`.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from flux2_nb import http
from flux2_nb.engine import Engine
from flux2_nb.errors import Flux2Error
from flux2_nb.history.records import UNFINISHED, State
from flux2_nb.run import Run
from flux2_nb.studio import Studio
from tests.doubles import BflDouble, CloudflareDouble, ReplicateDouble, faults
from tests.doubles.double import Double

PATIENCE = 20.0
"""Seconds within which a run must have ended once its provider is well."""

NAMES = ("first", "second")
PROVIDERS: dict[str, type[BflDouble] | type[ReplicateDouble] | type[CloudflareDouble]] = {
    "bfl": BflDouble,
    "replicate": ReplicateDouble,
    "cloudflare": CloudflareDouble,
}

TROUBLES: dict[str, tuple[str, Any]] = {
    "none": ("submit", None),
    "answer lost": ("submit", faults.reset()),
    "lost before it was read": ("submit", faults.reset(worked=False)),
    "answer cut": ("submit", faults.cut(0.5, "reset")),
    "answer no JSON": ("submit", faults.truncate()),
    "trouble": ("submit", faults.answer(503)),
    "polls reset": ("poll", faults.reset()),
    "polls in trouble": ("poll", faults.answer(502)),
    "download cut": ("download", faults.cut(0.5, "close")),
    "download gone": ("download", faults.answer(404)),
    "moderated": ("job", faults.Fate(end="moderated")),
    "failed": ("job", faults.Fate(end="failed")),
    "never ready": ("job", faults.Fate(pending=10**9)),
}
"""What goes wrong next, by name: the stage and the fault."""

AT_ONCE = ("cloudflare",)
"""Providers whose answer to the paid request is the picture."""

AFTERWARDS = ("poll", "download")
"""What is asked of the others after it."""

ENDED = set(get_args(State)) - set(UNFINISHED)
COST_NOTHING = ("refused", "cancelled")


def walk(examples: int, steps: int, **more: Any) -> settings:
    """Return settings for so many walks of so many steps, however long each takes."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **more,
    )


@contextmanager
def without_pauses() -> Iterator[None]:
    """Let polls follow each other at once."""
    pause = http._pause
    with patch.object(http, "_pause", lambda seconds, terms: pause(min(seconds, 0.01), terms)):
        yield


class Process(Studio):
    """A studio with an engine of its own, as another process would have."""

    own_engine: Engine

    @property
    def engine(self) -> Engine:
        """The engine of this process alone."""
        return self.own_engine


class Purchases(RuleBasedStateMachine):
    """Whatever happens in whatever order, each click is charged at most once, and in the end every job is found."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="purchases-"))
        self.doubles: dict[str, Double] = {name: kind() for name, kind in PROVIDERS.items()}
        for double in self.doubles.values():
            double.__enter__()
        self.processes: dict[str, Engine | None] = dict.fromkeys(NAMES)
        self.waiting: list[tuple[str, Run]] = []
        self.clicks = 0

    @initialize()
    def begin(self) -> None:
        """Both processes are there at the start."""
        for name in NAMES:
            self.processes[name] = Engine(self.home)

    def studio(self, process: str, provider: str) -> Process | None:
        """A studio in a process, or None when it is dead."""
        engine = self.processes[process]
        if engine is None:
            return None
        studio = Process(provider, home=self.home, settings=self.doubles[provider].environ)
        studio.own_engine = engine
        return studio

    @rule(
        process=st.sampled_from(NAMES),
        provider=st.sampled_from(list(PROVIDERS)),
        trouble=st.sampled_from(list(TROUBLES)),
    )
    def click(self, process: str, provider: str, trouble: str) -> None:
        """Somebody asks for a picture while something is about to go wrong."""
        studio = self.studio(process, provider)
        if studio is None:
            return
        stage, fault = TROUBLES[trouble]
        if fault is not None and not (provider in AT_ONCE and stage in AFTERWARDS):
            self.doubles[provider].script(stage, fault)
        self.clicks += 1
        self.waiting.append((process, studio.start(f"a fox, number {self.clicks}", seed=self.clicks)))

    @rule(process=st.sampled_from(NAMES))
    def kill(self, process: str) -> None:
        """A process ends at whatever it is doing."""
        engine = self.processes[process]
        if engine is not None:
            engine.close()
            self.processes[process] = None
            self.waiting = [one for one in self.waiting if one[0] != process]

    @rule(process=st.sampled_from(NAMES))
    def restart(self, process: str) -> None:
        """A process comes back and takes up what nobody is working on."""
        self.kill(process)
        self.processes[process] = Engine(self.home)
        self.resume(process)

    @rule(process=st.sampled_from(NAMES))
    def resume(self, process: str) -> None:
        """Somebody asks for what is unfinished, perhaps twice, perhaps in both processes."""
        for provider in PROVIDERS:
            studio = self.studio(process, provider)
            if studio is not None and any(one.provider == provider for one in studio.unfinished()):
                self.waiting += [(process, run) for run in self._resumed(studio)]

    def _resumed(self, studio: Process) -> list[Run]:
        try:
            return studio.resume()
        except Flux2Error:
            return []  # for want of the other provider's key, which its own studio has

    @rule()
    def heal(self) -> None:
        """The providers finish what they have, and everybody waits for it."""
        for _, run in self.waiting:
            self._await(run)
        self.waiting.clear()

    def _await(self, run: Run) -> None:
        """Wait for a run; it may stand behind others whose jobs are still to be accepted, and to be finished."""
        until = time.monotonic() + PATIENCE
        while True:
            for job in (job for double in self.doubles.values() for job in double.submits):
                if job.fate.end == "ready":
                    job.fate = faults.Fate()
            try:
                run.result(0.1)
            except TimeoutError:
                assert time.monotonic() < until, f"{run} does not end"
            except Flux2Error:
                return
            else:
                return

    @invariant()
    def no_click_is_charged_twice(self) -> None:
        """What a person asked for once was accepted at most once, at whichever provider."""
        assert [prompt for prompt, times in self._charged().items() if times > 1] == []

    def _charged(self) -> Counter[str]:
        submits = [job for double in self.doubles.values() for job in double.submits]
        return Counter(str(job.values["prompt"]) for job in submits)

    def teardown(self) -> None:
        """Both processes die, a new one cleans up; then the providers' books and ours are laid side by side."""
        try:
            for name in NAMES:
                self.restart(name)
                self.heal()
                self.kill(name)
            self.processes["first"] = Engine(self.home)
            self._compare_books()
            self.kill("first")
        finally:
            for double in self.doubles.values():
                double.__exit__(None, None, None)
            shutil.rmtree(self.home, ignore_errors=True)

    def _compare_books(self) -> None:
        engine = self.processes["first"]
        assert engine is not None
        states = {run.request.prompt: run.state for run in engine.history.runs(get_args(State), limit=10_000)}
        assert set(states.values()) <= ENDED
        for prompt in self._charged():
            assert states[prompt] not in COST_NOTHING, f"{prompt} was charged and is told to be {states[prompt]}"
        pictures = [item.result() for item in engine.history.search(limit=10_000)]
        assert len(pictures) == sum(state == "done" for state in states.values())
        for picture in pictures:
            assert hashlib.sha256(picture.data).hexdigest() == picture.sha256
        for double in self.doubles.values():
            assert not double.leaks
