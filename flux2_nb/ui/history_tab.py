"""The history as a tab: a page of previews, one picture with its settings, and the way back to its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from .. import capability as registry
from ..errors import Flux2Error
from ..history import HistoryItem, HistoryView
from .backend import Backend
from .fields_gradio import QUIET
from .html_gradio import clickable
from .markup import render
from .view import SKETCH_CAPTION, alt_text, cost_text, is_sketch

PAGE = 24
"""Pictures on a page of the history."""


class HistoryTab:
    """Everything a visitor has made, newest first.

    Args:
        backend: What the handlers share.
    """

    NAME = "history"

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def build(self) -> None:
        """Put the tab on the page and bind its events."""
        with gr.Tab("History", id=self.NAME) as self.tab:
            with gr.Row(elem_classes=["f2-search"]):
                self._text = gr.Textbox(
                    label="Search", placeholder="Words of a prompt, in any language", scale=4, min_width=220
                )
                self._capability = gr.Dropdown(
                    [("all tabs", ""), *((one.title, one.name) for one in registry.capabilities())],
                    value="",
                    label="Made with",
                    scale=1,
                    min_width=150,
                )
                self._starred = gr.Checkbox(label="Starred only", scale=0, min_width=130)
            with gr.Row(elem_classes=["f2-history"], equal_height=False):
                with gr.Column(scale=6, min_width=320):
                    self._grid = clickable()
                with gr.Column(scale=5, min_width=320, elem_classes=["f2-detail-side"]):
                    self.detail = clickable()
        self._bind()

    @property
    def outputs(self) -> list[Any]:
        """The components that `first_page` has an update for."""
        return [self._grid]

    def first_page(self, request: gr.Request, text: str = "", name: str = "", starred: bool = False) -> str:
        """Return the newest pictures that match."""
        return self._page(request, None, text, name, starred)

    @property
    def filters(self) -> list[Any]:
        """The components that `first_page` reads."""
        return [self._text, self._capability, self._starred]

    def _bind(self) -> None:
        often = {**QUIET, "trigger_mode": "always_last"}
        gr.on(
            [self.tab.select, self._text.input, self._capability.input, self._starred.input],
            self.first_page,
            self.filters,
            self._grid,
            **often,
        )
        self._grid.pick(self._pick, self.filters, [self._grid, self.detail], **QUIET)
        self.detail.pick(self._act, self.filters, [self._grid, self.detail], **QUIET)

    def _page(self, request: gr.Request, before: str | None, text: str, name: str, starred: bool) -> str:
        history = self._history(request)
        try:
            found = history.search(
                text or "",
                capability=name or None,
                starred=True if starred else None,
                before=before,
                limit=PAGE + 1,
            )
        except Flux2Error as error:
            return render("grid", items=[], older="", is_first=True, problem=str(error), is_search=False)
        items, is_more = found[:PAGE], len(found) > PAGE
        return render(
            "grid",
            items=[_tile(item) for item in items],
            older=items[-1].id if is_more else "",
            is_first=before is None,
            problem="",
            is_search=bool(text or name or starred),
        )

    def _pick(self, request: gr.Request, event: gr.EventData, *filters: Any) -> list[Any]:
        if event.act == "show":
            return [gr.skip(), self._detail(request, str(event.id))]
        before = str(event.id) if event.act == "older" else None
        return [self._page(request, before, *filters), gr.skip()]

    def _act(self, request: gr.Request, event: gr.EventData, *filters: Any) -> list[Any]:
        """Star or delete; going back to a form is bound by the page, because it changes every tab."""
        history, image_id = self._history(request), str(event.id)
        try:
            if event.act == "star":
                history.star(image_id, not history.item(image_id).starred)
                return [self.first_page(request, *filters), self._detail(request, image_id)]
            history.delete([image_id])
        except Flux2Error as error:
            return [gr.skip(), render("detail", item=None, problem=str(error))]
        self.backend.boards.forget(self.backend.owner(request), image_id)
        return [self.first_page(request, *filters), render("detail", item=None, problem="The picture was deleted.")]

    def _detail(self, request: gr.Request, image_id: str) -> str:
        try:
            item = self._history(request).item(image_id)
        except Flux2Error as error:
            return render("detail", item=None, problem=str(error))
        return render("detail", item=item, rows=_settings(item), alt=alt_text(item.prompt, item.provider), problem="")

    def _history(self, request: gr.Request) -> HistoryView:
        return self.backend.history(self.backend.owner(request))


def recall_values(item: HistoryItem) -> dict[str, Any]:
    """Return the values a picture was made with, and its own seed, so that the same request can be made again."""
    values: Mapping[str, Any] = item.values
    return {**values, "seed": item.seed} if "seed" in values and item.seed is not None else dict(values)


def _tile(item: HistoryItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "alt": alt_text(item.prompt, item.provider),
        "prompt": item.prompt,
        "starred": item.starred,
        "ratio": item.width / item.height,
    }


def _settings(item: HistoryItem) -> list[tuple[str, str]]:
    """Return what a person wants to know of a picture, as pairs of name and value; unset ones are left out."""
    asked = {
        "Made with": next((one.title for one in registry.capabilities() if one.name == item.capability), ""),
        "Target": SKETCH_CAPTION if is_sketch(item.provider) else f"{item.model} on {item.provider}",
        "Size": f"{item.width} × {item.height} pixels, {item.format.upper()}, {item.size_bytes / 1e6:.1f} MB",
        "Seed": "" if item.seed is None else str(item.seed),
        "Cost": cost_text(item.cost_usd, item.cost_is_reported),
        "Made": f"{item.created:%d %B %Y, %H:%M} UTC",
    }
    return [(name, value) for name, value in asked.items() if value]
