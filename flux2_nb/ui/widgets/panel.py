"""A panel: a capability's form and its runs, in a notebook or a script. `view` shows it; this is what code holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from ... import capability as registry
from ...capability.base import Capability
from ...cards import ModelCard
from ...errors import Flux2Error, MissingExtra
from ...request import ImageRequest
from ...result import ImageResult
from ...run import Run, merged
from ...studio import Studio
from ..plan import Plan, make_plan
from ..shots import Shot, shot
from ..starting import begin, prepare
from .kernel import Home
from .state import FormState, PanelValues
from .still import still

if TYPE_CHECKING:
    from .view import PanelView

MOST_BATCHES = 6
"""Batches of runs that a panel keeps; older pictures are in the history."""

Batch = list[tuple[Run, str]]
"""Runs that began together, each with its label."""


def panel(capability: str | Capability, studio: Studio | None = None, **values: Any) -> Panel:
    """Return a notebook panel for a capability: show it, fill it in, run it, by hand or from code.

    Args:
        capability: Its name, such as ``multi-reference``; `capabilities` lists them.
        studio: Target, folder, keys and budget; FLUX2_PROVIDER and FLUX2_MODEL, else the offline sketch.
        **values: Values to start with, by field name; set one after the other, as if they were typed.

    Raises:
        InvalidRequest: When there is no such capability or field, or a field does not take its value.
    """
    return Panel(registry.get(capability) if isinstance(capability, str) else capability, studio, values)


class Panel:
    """A capability's form on a target, and the runs that were started from it.

    Args:
        capability: What it makes.
        studio: Target, folder, keys and budget.
        values: Values to start with.

    Attributes:
        capability: What it makes.
        studio: The present target, with its folder, keys and budget.
        problem: Why the last press of the button, or the last change, came to nothing; empty when it did not.
        errors: What went wrong with nobody to raise it to: in a callback, or in a run that was started by hand.
        reminder: One line on what an earlier kernel left unfinished, and how to collect it; empty when nothing is left.
    """

    def __init__(
        self, capability: Capability, studio: Studio | None = None, values: Mapping[str, Any] | None = None
    ) -> None:
        self.capability = capability
        self._first = self.studio = studio or Studio()
        self._state = FormState(capability, self.studio.card)
        self._batches: list[Batch] = []
        self._listeners: list[Callable[[], None]] = []
        self.problem = ""
        self.errors: list[Exception] = []
        self.reminder = ""
        self.home = Home(self._failed)
        self.home.spawn(self._look_back)
        for name, value in (values or {}).items():
            self._state.set(name, value)

    def __repr__(self) -> str:
        return f"Panel({self.capability.name!r}, {self.studio.card.target})"

    @property
    def state(self) -> FormState:
        """The form: its fields as the target narrows them, and what they hold."""
        return self._state

    @property
    def values(self) -> PanelValues:
        """The values by field name: ``panel.values["prompt"] = "..."`` fills in a field.

        Assigning a mapping sets the fields that it names, one after the other, and leaves the others as they are.
        """
        return PanelValues(self._state, self.changed)

    @values.setter
    def values(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self._state.set(name, value)
        self.changed()

    @property
    def plan(self) -> Plan:
        """What running it now would make, at what price, and what to know before."""
        return make_plan(self.studio, self.capability, self._state.active())

    def choose(self, provider: str | None = None, model: str | None = None) -> None:
        """Change the target; the form narrows to it, and what was filled in stays where it fits.

        Args:
            provider: Who runs it; the present one when not given.
            model: Which model; the provider's first when not given.

        Raises:
            InvalidRequest: When the provider or model is unknown; offers the nearest.
        """
        first = self._first.card
        same = (provider or self.studio.provider.name, model) in ((first.provider, first.model), (first.provider, None))
        self.studio = self._first if same else self.studio.with_target(provider, model)
        self._state.retarget(self.studio.card)
        self.changed()

    def requests(self) -> list[ImageRequest]:
        """Return what running it now would send, complete for the target; an empty seed is drawn anew each time.

        Raises:
            InvalidRequest: When the values ask for nothing, or for something the target does not take.
        """
        complete = self.capability.form(self.studio.card).complete(self._state.active())
        return [self.studio.request(one) for one in self.capability.requests(complete, self.studio.card)]

    def request(self) -> ImageRequest:
        """Return the first of `requests`."""
        return self.requests()[0]

    def start(self) -> list[Run]:
        """Begin a run for every request and return at once; the panel shows how they go on.

        Raises:
            InvalidRequest: When the values ask for nothing, or for something the target does not take.
            MissingKey: When the provider needs a key that is not there.
        """
        prepared = prepare(self.studio, self.capability, self._state.active())
        runs = begin(prepared)
        labels = [one.label for one in prepared]
        self._batches = [*self._batches, list(zip(runs, labels, strict=True))][-MOST_BATCHES:]
        self.problem = ""
        self.home.spawn(lambda: self._watch(runs))
        return runs

    async def run(self) -> ImageResult:
        """Start, wait until all runs have ended, and return the first picture; all of them are in `results`.

        Dropping the wait does not stop the runs.

        Raises:
            Flux2Error: What went wrong with the first run that failed; the pictures of the others are in `results`.
        """
        self.home.settle()
        runs = self.start()
        await asyncio.gather(*(_ended(run) for run in runs), return_exceptions=True)
        self.changed()
        pictures = [await run for run in runs]  # raises what the first one that failed has to say
        return pictures[0]

    def press(self) -> None:
        """Do what the button does: start, and keep in `errors` what goes wrong at once or later."""
        for run in self.start():
            self.home.spawn(partial(_ended, run))

    def cancel(self, run_id: str = "") -> None:
        """Ask one run to stop, or all that are under way; each run's last event tells the truth about the money."""
        for run in self.runs:
            if not run.is_over and run_id in ("", run.id):
                with suppress(Flux2Error):  # it ended while the click was on its way; the panel shows how
                    self.studio.cancel(run.id)

    @property
    def runs(self) -> list[Run]:
        """The runs of the latest batches, oldest first."""
        return [run for batch in self._batches for run, _ in batch]

    @property
    def results(self) -> list[ImageResult]:
        """The pictures of the latest start, in the order of their requests; those that have come so far."""
        latest = self._batches[-1] if self._batches else []
        return [result for run, _ in latest for result in run.latest.results]

    @property
    def result(self) -> ImageResult | None:
        """The first picture of the latest start; None as long as there is none."""
        return next(iter(self.results), None)

    def shots(self) -> list[list[Shot]]:
        """Return what to show of the runs now, newest batch first."""
        return [[shot(run, label) for run, label in batch] for batch in reversed(self._batches)]

    def find(self, image_id: str) -> ImageResult | None:
        """Return a picture of this panel by its id."""
        pictures = (result for run in self.runs for result in run.latest.results)
        return next((one for one in pictures if one.id == image_id), None)

    @property
    def card(self) -> ModelCard:
        """The present target's card."""
        return self.studio.card

    @cached_property
    def widget(self) -> PanelView:
        """The widget that shows it, to be put into boxes and tabs of one's own.

        Raises:
            MissingExtra: When the packages for notebooks are not installed.
        """
        try:
            from .view import PanelView
        except ImportError as error:
            raise MissingExtra(
                "Panels need ipywidgets and anywidget, which are not installed.",
                money="",
                next_step='Install them with: pip install "flux2-nb[notebooks]"',
            ) from error
        return PanelView(self)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call something, on the kernel's own thread, whenever there is something new to show."""
        self._listeners.append(listener)

    def changed(self) -> None:
        """Show what is new."""
        for listener in self._listeners:
            self.home.call(listener)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show the panel where a kernel runs, and a still picture of it where none does."""
        shown = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        data = shown[0] if isinstance(shown, tuple) else shown
        return {**(data or {}), **still(self)}

    async def _look_back(self) -> None:
        self.reminder = await asyncio.to_thread(lambda: self.studio.engine.reminder(self.studio.owner))
        if self.reminder:
            self.changed()

    async def _watch(self, runs: Sequence[Run]) -> None:
        self.changed()
        async for _ in merged(runs):
            self.changed()

    def _failed(self, error: Exception) -> None:
        self.errors.append(error)
        is_run = any(run.latest.error is error for run in self.runs)
        what = f"The panel failed: {type(error).__name__}: {error}."
        unknown = f"{what} What was already started goes on, and its pictures are in the history."
        # The failure of a run stands under the run.
        self.problem = self.problem if is_run else str(error) if isinstance(error, Flux2Error) else unknown
        self.changed()


async def _ended(run: Run) -> None:
    await run
