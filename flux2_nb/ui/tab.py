"""One capability as a tab: its form, the button with the price beside it, and the pictures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component

from ..capability.base import Capability
from ..errors import Flux2Error
from ..run import Run, merged
from ..studio import Studio
from .backend import Backend
from .board import Board
from .code_panel import CodePanel, snippets
from .fields_gradio import QUIET, Trigger, bind
from .form_gradio import FormView
from .html_gradio import clickable, still
from .markup import render
from .plan import Plan, make_plan
from .starting import run_labels, start

RUNS: dict[str, Any] = {
    "concurrency_limit": None,
    "trigger_mode": "multiple",
    "show_progress": "hidden",
    "api_visibility": "private",
}
"""How a handler is bound that follows runs: another click adds to them, and none waits for another."""


class CapabilityTab:
    """A tab.

    Args:
        capability: What it shows.
        backend: What the handlers share.
        target: The component that holds the present target.
    """

    def __init__(self, capability: Capability, backend: Backend, target: Component) -> None:
        self.capability = capability
        self.backend = backend
        self.target = target
        self.form = FormView(capability, backend.studio.card, target)
        self._start: Plan = make_plan(backend.studio, capability, capability.form(backend.studio.card).defaults)

    def build(self) -> None:
        """Put the tab on the page and bind its events."""
        with gr.Tab(self.capability.title, id=self.capability.name), gr.Row(elem_classes=["f2-body"]):
            with gr.Column(scale=5, min_width=320, elem_classes=["f2-form"]):
                self._build_main()
                self._build_more()
            with gr.Column(scale=6, min_width=320, elem_classes=["f2-results"]):
                self._board = clickable(self._board_markup(Board()))
        self._bind()

    def outputs(self, only: Sequence[str] | None = None) -> list[Any]:
        """Return the components that `updates` has an update for."""
        return [*self.form.outputs(only), *self._consequences]

    def updates(self, studio: Studio, values: Mapping[str, Any], only: Sequence[str] | None = None) -> list[Any]:
        """Return an update for each of the outputs that shows these values on the studio's target.

        Args:
            studio: The target.
            values: By field name.
            only: The fields; all of them when not given.
        """
        return [*self.form.updates(studio.card, values, only), *self._consequent(studio, values)]

    async def follow(self, request: gr.Request) -> AsyncIterator[list[Any]]:
        """Show this visitor's runs that are under way, until they have ended; bound to the loading of the page."""
        board = self.backend.board(request, self.capability.name)
        board.problem = ""
        async for shown in self._followed(board, board.running()):
            yield shown

    @property
    def followers(self) -> list[Any]:
        """The components that `follow` has an update for."""
        return [self._board, self._stop]

    @property
    def _consequences(self) -> list[Any]:
        return [self._plan, self._notes, *self.code.outputs]

    def _build_main(self) -> None:
        with gr.Column(elem_classes=["f2-main"]):
            gr.Markdown(self.capability.summary, elem_classes=["f2-summary"])
            with gr.Row(elem_classes=["f2-chips"]):
                self._chips = [
                    gr.Button(example.label, size="sm", min_width=0, scale=0) for example in self.capability.examples
                ]
            self.form.build("main")
            with gr.Column(elem_classes=["f2-action"]):
                self._plan = still(render("plan", plan=self._start))
                with gr.Row(equal_height=True):
                    self._button = gr.Button(
                        self.capability.action, variant="primary", scale=2, min_width=130, elem_classes=["f2-generate"]
                    )
                    self._stop = gr.Button("Stop", interactive=False, scale=0, min_width=80, elem_classes=["f2-stop"])
            self._notes = still(render("notes", plan=self._start))

    def _build_more(self) -> None:
        with gr.Column(elem_classes=["f2-more"]):
            for section in self.form.sections:
                with gr.Accordion(section.capitalize(), open=False):
                    self.form.build(section)
            self.code = CodePanel(self._start.first, self.backend.studio.card)

    def _bind(self) -> None:
        inputs = [self.target, *self.form.inputs]
        self._bind_changes(inputs)
        for chip, example in zip(self._chips, self.capability.examples, strict=True):
            chip.click(partial(self._fill, example.values), inputs, self.outputs(), **QUIET)
        self._button.click(self._generate, inputs, self.followers, **RUNS)
        self._stop.click(self._cancel_all, None, None, **QUIET)
        self._board.pick(self._pick, None, None, **QUIET)

    def _bind_changes(self, inputs: list[Any]) -> None:
        """Bind what follows from a change: in the plan always, in other fields where the capability says so."""
        syncs = type(self.capability).sync is not Capability.sync
        plain: list[Trigger] = []
        for view in self.form.views:
            driving = [trigger for trigger in view.triggers if syncs and view.field.drives and trigger.drives]
            plain += [trigger for trigger in view.triggers if trigger not in driving]
            bind(driving, partial(self._sync, view.field.name), inputs, self.outputs())
        bind(plain, self._refresh, inputs, self._consequences)

    def _refresh(self, target: str, *raw: Any) -> list[Any]:
        return self._consequent(self.backend.studio_for(target), self.form.read(raw))

    def _sync(self, changed: str, target: str, *raw: Any) -> list[Any]:
        studio, values = self.backend.studio_for(target), self.form.read(raw)
        followed = self.capability.sync(values, changed, studio.card)
        return self._changed(studio, {**values, **followed}, followed)

    def _fill(self, example: Mapping[str, Any], target: str, *raw: Any) -> list[Any]:
        studio = self.backend.studio_for(target)
        values = {**self.form.read(raw), **example}
        changed = dict(example)
        for name in example:
            followed = self.capability.sync(values, name, studio.card)
            values, changed = {**values, **followed}, {**changed, **followed}
        return self._changed(studio, values, changed)

    def _changed(self, studio: Studio, values: Mapping[str, Any], changed: Collection[str]) -> list[Any]:
        """Return an update for each output; fields that did not change are left alone, for a person may be typing."""
        updates: list[Any] = []
        for view in self.form.views:
            name = view.field.name
            untouched = [gr.skip() for _ in view.outputs]
            updates += self.form.updates(studio.card, values, [name]) if name in changed else untouched
        return [*updates, *self._consequent(studio, values)]

    def _consequent(self, studio: Studio, values: Mapping[str, Any]) -> list[Any]:
        plan = make_plan(studio, self.capability, self.form.active(values, studio.card))
        return [render("plan", plan=plan), render("notes", plan=plan), *snippets(plan.first, studio.card)]

    async def _generate(self, request: gr.Request, target: str, *raw: Any) -> AsyncIterator[list[Any]]:
        board = self.backend.board(request, self.capability.name)
        studio = self.backend.studio_for(target, self.backend.owner(request))
        values = self.form.active(self.form.read(raw), studio.card)
        try:
            runs = await asyncio.to_thread(start, studio, self.capability, values)
        except Flux2Error as error:
            board.problem = str(error)
            yield self._shown(board)
            return
        board.add(runs, run_labels(studio, self.capability, values))
        async for shown in self._followed(board, runs):
            yield shown

    async def _followed(self, board: Board, runs: Sequence[Run]) -> AsyncIterator[list[Any]]:
        yield self._shown(board)
        async for _ in merged(runs):
            yield self._shown(board)

    def _shown(self, board: Board) -> list[Any]:
        return [self._board_markup(board), gr.update(interactive=bool(board.running()))]

    def _board_markup(self, board: Board) -> str:
        return render("board", board=board)

    def _cancel_all(self, request: gr.Request) -> None:
        for run in self.backend.board(request, self.capability.name).running():
            self._cancel(request, run.id)

    def _pick(self, event: gr.EventData, request: gr.Request) -> None:
        if event.act == "stop":
            self._cancel(request, str(event.id))

    def _cancel(self, request: gr.Request, run_id: str) -> None:
        studio = self.backend.studio_for(self.backend.studio.card.target, self.backend.owner(request))
        try:
            studio.cancel(run_id)
        except Flux2Error:
            return  # it ended while the click was on its way; the board shows how
