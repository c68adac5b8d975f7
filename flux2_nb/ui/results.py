"""The results side of a tab: the pictures, the queue, and stopping what is under way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import gradio as gr

from ..errors import Flux2Error
from ..run import Run, merged
from .backend import Backend
from .board import Board
from .fields_gradio import AS_SENT, QUIET
from .html_gradio import PICK_ON_CLICK
from .markup import asset, render
from .pictures import address
from .reference_pictures import reference_address
from .shots import Batch

RUNS: dict[str, Any] = {
    **AS_SENT,
    "concurrency_limit": None,
    "trigger_mode": "multiple",
    "show_progress": "hidden",
}
"""How a handler is bound that follows runs: another click adds to them, and none waits for another."""


class ResultsView:
    """What one visitor asked for on one tab.

    Args:
        name: The capability's.
        backend: What the handlers share.
        session: The component that shows what the visitor's whole session came to.
    """

    def __init__(self, name: str, backend: Backend, session: gr.HTML) -> None:
        self.backend = backend
        self._name = name
        self._session = session

    def build(self) -> None:
        """Put the pictures on the page."""
        self.board = gr.HTML(
            board_markup(Board()),
            html_template='<div class="f2-live"></div>',
            js_on_load=PICK_ON_CLICK + asset("morph.js"),
            apply_default_css=False,
        )

    def build_stop(self) -> None:
        """Put the button on the page that stops everything under way on this tab."""
        self._stop = gr.Button("Stop", interactive=False, scale=0, min_width=80, elem_classes=["f2-stop"])

    def bind(self) -> None:
        """Bind what stops runs; what is made of a finished picture concerns other tabs, so the page binds it."""
        self._stop.click(self._stop_all, None, None, **QUIET)
        self.board.pick(self._pick, None, None, **QUIET)

    @property
    def outputs(self) -> list[Any]:
        """The components that `shown` has an update for."""
        return [self.board, self._stop, self._session]

    def shown(self, request: gr.Request, board: Board) -> list[Any]:
        """Return an update for each output that shows the board as it stands now."""
        tally, queue = self.backend.boards.session(self.backend.owner(request))
        session = render("session", tally=tally, queue=queue)
        return [board_markup(board), gr.update(interactive=bool(board.running())), session]

    async def followed(self, request: gr.Request, board: Board, runs: Sequence[Run]) -> AsyncIterator[list[Any]]:
        """Show the board now and whenever one of these runs reports something, until they have ended."""
        yield self.shown(request, board)
        async for _ in self.backend.pace.of(merged(runs)):
            yield self.shown(request, board)

    async def follow(self, request: gr.Request) -> AsyncIterator[list[Any]]:
        """Show this visitor's runs that are under way, until they have ended; bound to the loading of the page."""
        board = self.backend.board(request, self._name)
        board.problem = ""
        async for shown in self.followed(request, board, board.running()):
            yield shown

    def _pick(self, event: gr.EventData, request: gr.Request) -> None:
        if event.act == "stop":
            self._cancel(request, str(event.id))
        elif event.act == "stop-all":
            self._stop_all(request)

    def _stop_all(self, request: gr.Request) -> None:
        for run in self.backend.board(request, self._name).running():
            self._cancel(request, run.id)

    def _cancel(self, request: gr.Request, run_id: str) -> None:
        studio = self.backend.studio_for(self.backend.studio.card.target, self.backend.owner(request))
        try:
            studio.cancel(run_id)
        except Flux2Error:
            return  # it ended while the click was on its way; the board shows how


def board_markup(board: Board) -> str:
    """Return the markup of a board as it stands now."""
    batches = board.batches()
    return render("board", board=board, batches=batches, queue=board.queue_text(), comparison=comparison)


def comparison(batch: Batch) -> list[dict[str, str]]:
    """Return what can be compared in a batch, each with its address, its name and the text that stands for it."""
    return [
        {
            "src": reference_address(one.id) if one.is_reference else address(one.id),
            "name": one.name,
            "alt": one.alt,
        }
        for one in batch.comparables
    ]
