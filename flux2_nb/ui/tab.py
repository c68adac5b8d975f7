"""One capability as a tab: its form, and the button that says what pressing it comes to. The results are `results`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from ..capability.base import Capability, Example
from ..cards import ModelCard
from ..errors import Flux2Error
from ..run import Run
from ..studio import Studio
from .backend import Backend
from .board import Board
from .code_panel import CodePanel
from .crowds import refuse_crowd
from .fields_gradio import QUIET, Trigger, bind
from .form_gradio import FormView
from .html_gradio import still
from .markup import render
from .plan import Plan, make_plan, priced
from .repeats import fingerprint
from .request_code import request_code
from .results import RUNS, ResultsView
from .several import prepare_all
from .several_gradio import SeveralView
from .starting import Prepared, begin
from .turns import Turns


class CapabilityTab:
    """A tab.

    Args:
        capability: What it shows.
        backend: What the handlers share.
        target: The component that holds the present target.
        session: The component that shows what the visitor's whole session came to.
    """

    def __init__(self, capability: Capability, backend: Backend, target: Component, session: gr.HTML) -> None:
        self.capability = capability
        self.backend = backend
        self.target = target
        self.form = FormView(capability, backend.studio.card)
        self.several = SeveralView(capability, backend.studio)
        self.results = ResultsView(capability.name, backend, session)
        self._turns = Turns()
        # Without notes: some count tokens, whose tables take seconds to load, and are asked for when the tab is opened.
        self._start: Plan = priced(backend.studio, capability, capability.form(backend.studio.card).defaults)

    def build(self) -> None:
        """Put the tab on the page and bind its events."""
        with gr.Tab(self.capability.title, id=self.capability.name) as self._tab, gr.Row(elem_classes=["f2-body"]):
            with gr.Column(scale=5, min_width=320, elem_classes=["f2-form"]):
                self._build_main()
                self._build_more()
            with gr.Column(scale=6, min_width=320, elem_classes=["f2-results"]):
                self.results.build()
        self._bind()

    @property
    def inputs(self) -> list[Component]:
        """The components that `read` takes the values of."""
        return [self.several.component, *self.form.inputs]

    def read(self, raw: Sequence[Any]) -> tuple[list[str], dict[str, Any]]:
        """Return which other targets are ticked, and the form's values, from those of the inputs."""
        return list(raw[0] or []), self.form.read(raw[1:])

    def outputs(self, only: Sequence[str] | None = None) -> list[Any]:
        """Return the components that `updates` has an update for."""
        return [*self.form.outputs(only), *self._consequences]

    def updates(
        self, studio: Studio, values: Mapping[str, Any], ticked: Sequence[str], only: Sequence[str] | None = None
    ) -> list[Any]:
        """Return an update for each of the outputs that shows these values on the studio's target.

        Args:
            studio: The target.
            values: By field name.
            ticked: The other targets that are wanted too.
            only: The fields; all of them when not given.
        """
        return [*self.form.updates(studio.card, values, only), *self._consequent(studio, values, ticked)]

    @property
    def _consequences(self) -> list[Any]:
        return [self._plan, self._button, self._notes, self.several.component, *self.code.outputs]

    def _build_main(self) -> None:
        with gr.Column(elem_classes=["f2-main"]):
            gr.Markdown(self.capability.summary, elem_classes=["f2-summary"])
            with gr.Row(elem_classes=["f2-chips"]):
                self._chips = [
                    gr.Button(example.label, size="sm", min_width=0, scale=0) for example in self.capability.examples
                ]
            self.form.build("main")
            self._clock = gr.Number(visible=False)
            with gr.Column(elem_classes=["f2-action"]):
                self._plan = still(render("plan", plan=self._start))
                with gr.Row(equal_height=True):
                    words = self._start.button_text(self.capability.action)
                    self._button = gr.Button(
                        words, variant="primary", scale=2, min_width=130, elem_classes=["f2-generate"]
                    )
                    self.results.build_stop()
            self._notes = still(render("notes", plan=self._start))

    def _build_more(self) -> None:
        with gr.Column(elem_classes=["f2-more"]):
            for section in self.form.sections:
                with gr.Accordion(section.capitalize(), open=False):
                    self.form.build(section)
            self.several.build()
            self.code = CodePanel(self._start.first, self.backend.studio.card)

    def _bind(self) -> None:
        inputs = [self.target, *self.inputs]
        timed = [self._clock, *inputs]
        # Gradio hands a page's function the outputs after the inputs, and takes back the inputs only (6.31).
        now = f"(...all) => [performance.now(), ...all.slice(1, {len(timed)})]"
        self._bind_changes(timed, now)
        for chip, example in zip(self._chips, self.capability.examples, strict=True):
            chip.click(self._filling(example), timed, self.outputs(), js=now, **QUIET)
        self._button.click(self._generate, inputs, self.results.outputs, **RUNS)
        self.results.bind()

    def _bind_changes(self, inputs: list[Any], now: str) -> None:
        """Bind what follows from a change: in the plan always, in other fields where the capability says so."""
        syncs = type(self.capability).sync is not Capability.sync
        plain: list[Trigger] = [Trigger(self.several.component.input, drives=False)]
        for view in self.form.views:
            driving = [trigger for trigger in view.triggers if syncs and view.field.drives and trigger.drives]
            plain += [trigger for trigger in view.triggers if trigger not in driving]
            bind(driving, self._following(view.field.name), inputs, self.outputs(), now)
        bind(plain, self._refresh, inputs, self._consequences, now)
        self._tab.select(self._refresh, inputs, self._consequences, js=now, **QUIET)

    def _refresh(self, request: gr.Request, when: float, target: str, *raw: Any) -> list[Any]:
        self._turns.take(str(request.session_hash), when)
        ticked, values = self.read(raw)
        return self._if_newest(request, when, self._consequent(self._studio(request, target), values, ticked))

    def _following(self, changed: str) -> Callable[..., list[Any]]:
        """Return the handler of a change; a function of its own, because Gradio finds no request in a ``partial``."""

        def follow(request: gr.Request, when: float, target: str, *raw: Any) -> list[Any]:
            return self._changed(
                lambda values, card: self.capability.sync(values, changed, card), request, when, target, raw
            )

        return follow

    def _filling(self, example: Example) -> Callable[..., list[Any]]:
        """Return the handler of an example's button."""

        def fill(request: gr.Request, when: float, target: str, *raw: Any) -> list[Any]:
            return self._changed(
                lambda values, card: self.capability.fill(values, example, card), request, when, target, raw
            )

        return fill

    def _changed(
        self,
        change: Callable[[dict[str, Any], ModelCard], Mapping[str, Any]],
        request: gr.Request,
        when: float,
        target: str,
        raw: Sequence[Any],
    ) -> list[Any]:
        """Return an update for each output; fields that did not change are left alone, for a person may be typing."""
        self._turns.take(str(request.session_hash), when)
        studio, (ticked, values) = self._studio(request, target), self.read(raw)
        changed = change(values, studio.card)
        values |= changed
        updates: list[Any] = []
        for view in self.form.views:
            name = view.field.name
            untouched = [gr.skip() for _ in view.outputs]
            updates += self.form.updates(studio.card, values, [name]) if name in changed else untouched
        return [*updates, *self._if_newest(request, when, self._consequent(studio, values, ticked))]

    def _if_newest(self, request: gr.Request, when: float, updates: list[Any]) -> list[Any]:
        """Leave the plan alone where the page has told of a further change meanwhile: that one knows better."""
        is_newest = self._turns.is_newest(str(request.session_hash), when)
        return updates if is_newest else [gr.skip() for _ in updates]

    def _consequent(self, studio: Studio, values: Mapping[str, Any], ticked: Sequence[str]) -> list[Any]:
        active = self.form.active(values, studio.card)
        own = make_plan(studio, self.capability, active)
        offered, plan = self.several.updates(studio, active, ticked, own)
        button = gr.update(value=plan.button_text(self.capability.action))
        code = request_code(own.first, studio.card).values()
        return [render("plan", plan=plan), button, render("notes", plan=plan), offered, *code]

    async def _generate(self, request: gr.Request, target: str, *raw: Any) -> AsyncIterator[list[Any]]:
        board = self.backend.board(request, self.capability.name)
        studio, (ticked, values) = self._studio(request, target), self.read(raw)
        values = self.form.active(values, studio.card)
        try:
            others = self.several.chosen(studio, ticked)
            prepared = await asyncio.to_thread(prepare_all, studio, self.capability, values, others)
            runs = await asyncio.to_thread(_begin, board, prepared, values)
        except Flux2Error as error:
            board.problem, runs = str(error), []
        async for shown in self.results.followed(request, board, runs):
            yield shown

    def _studio(self, request: gr.Request, target: str) -> Studio:
        return self.backend.studio_for(target, self.backend.owner(request))


def _begin(board: Board, prepared: Sequence[Prepared], values: Mapping[str, Any]) -> list[Run]:
    """Begin the runs and put them on the board in one go: a page that is closed meanwhile finds them there.

    Nothing begins where exactly this was just asked for and costs something; the board says so.
    """
    asked = _asked(prepared, values)
    with board.repeats.turn:
        board.problem = _repeated(board, prepared, values, asked)
        if board.problem:
            return []
        for one in prepared[:1]:
            refuse_crowd(one.studio.engine, one.studio.owner, len(prepared))
        runs = begin(prepared)
        board.repeats.began(asked, time.monotonic())
        board.add(runs, [one.label for one in prepared], asked)
    return runs


def _repeated(board: Board, prepared: Sequence[Prepared], values: Mapping[str, Any], asked: str) -> str:
    if all(one.studio.card.price.kind == "free" for one in prepared):
        return ""
    is_same_picture = values.get("seed") is not None and board.is_under_way(asked)
    return board.repeats.problem(asked, is_same_picture=is_same_picture, now=time.monotonic())


def _asked(prepared: Sequence[Prepared], values: Mapping[str, Any]) -> str:
    """Return what stands for a press: the targets, and the values as the history keeps them, with the seed as typed."""
    targets = tuple(one.studio.card.target for one in prepared)
    typed = {**prepared[0].values, "seed": values.get("seed")} if prepared else {}
    return fingerprint(targets, typed)
