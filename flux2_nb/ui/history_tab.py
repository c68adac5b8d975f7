"""The history as a tab: pages of previews by day, one picture with its settings, and the way back to its form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import gradio as gr

from .. import capability as registry
from ..errors import Flux2Error
from ..figures import alt_text
from ..history import HistoryView
from .backend import Backend
from .fields_gradio import QUIET
from .history_detail import detail, no_detail
from .history_page import NEWEST, Wanted, by_day, load_page, zone_of
from .history_removal import delete_everything, delete_pictures
from .html_gradio import AS_IT_IS, clickable
from .markup import asset, render
from .narrowing import all_cards

MOST_PROMPTS = 12
"""Earlier prompts that are listed; a search narrows them."""

ZONE = "(...inputs) => [...inputs.slice(0, -1), Intl.DateTimeFormat().resolvedOptions().timeZone]"
"""Gives a handler the browser's time zone as its last input: days begin where the visitor is."""


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
            self._build_search()
            with gr.Row(elem_classes=["f2-history"], equal_height=False):
                with gr.Column(scale=7, min_width=320):
                    self._grid = gr.HTML("", js_on_load=asset("history_grid.js"), **AS_IT_IS)
                with gr.Column(scale=5, min_width=320, elem_classes=["f2-detail-side"]):
                    self.detail = gr.HTML(no_detail(), js_on_load=asset("history_detail.js"), **AS_IT_IS)
            self._place = gr.Textbox(NEWEST, visible=False)
            self._zone = gr.Textbox("UTC", visible=False)
        self._bind()

    def _build_search(self) -> None:
        tabs = [("all tabs", ""), *((one.title, one.name) for one in registry.capabilities())]
        targets = [("all models", ""), *((f"{one.model} on {one.provider}", one.target) for one in all_cards())]
        with gr.Row(elem_classes=["f2-search"]):
            self._text = gr.Textbox(
                label="Search", placeholder="Words of a prompt, in any language", scale=4, min_width=220
            )
            self._capability = gr.Dropdown(tabs, value="", label="Made with", scale=1, min_width=150)
            self._target = gr.Dropdown(targets, value="", label="Target", scale=2, min_width=170)
            self._starred = gr.Checkbox(label="Starred only", scale=0, min_width=130)
        with gr.Accordion("Earlier prompts", open=False, elem_classes=["f2-recall"]):
            self.prompts = clickable()

    @property
    def _wanted(self) -> list[Any]:
        return [self._text, self._capability, self._target, self._starred]

    def _bind(self) -> None:
        inputs = [self._place, *self._wanted, self._zone]
        page = [self._grid, self._place, self.prompts]
        often = {**QUIET, "trigger_mode": "always_last", "js": ZONE}
        changes = [self._text.input, self._capability.input, self._target.input, self._starred.input]
        self.tab.select(self._open, inputs, page, **often)
        gr.on(changes, self._narrow, inputs, page, **often)
        self._grid.pick(self._pick, inputs, [*page, self.detail], **QUIET, js=ZONE)
        self.detail.pick(self._act, inputs, [*page, self.detail], **QUIET, js=ZONE)

    def _open(self, request: gr.Request, place: str, *rest: Any) -> list[Any]:
        """Show the page that was left, as it is now."""
        return self._page(request, place, rest)

    def _narrow(self, request: gr.Request, _: str, *rest: Any) -> list[Any]:
        """Show the newest of what is wanted now."""
        return self._page(request, NEWEST, rest)

    def _page(self, request: gr.Request, place: str, rest: tuple[Any, ...], said: str = "") -> list[Any]:
        """Return the page, its place and the earlier prompts; ``rest`` is what is wanted, and the zone."""
        text, capability, target, starred, zone = rest
        wanted = Wanted(text or "", capability or "", target or "", bool(starred))
        history = self._history(request)
        try:
            page = load_page(history, wanted, place or NEWEST)
            prompts = history.prompts(wanted.text, MOST_PROMPTS)
        except Flux2Error as error:
            return [render("grid", problem=str(error)), NEWEST, ""]
        days = [
            (heading, [(item, alt_text(item.prompt, item.provider)) for item in items])
            for heading, items in by_day(page.items, zone_of(zone), datetime.now(UTC))
        ]
        markup = render("grid", problem="", page=page, days=days, is_everything=wanted.is_everything, said=said)
        return [markup, page.place, render("prompts", prompts=prompts, is_search=bool(wanted.text.strip()))]

    def _pick(self, request: gr.Request, event: gr.EventData, place: str, *rest: Any) -> list[Any]:
        """Show a picture, another page, or what is left after a deletion."""
        if event.act == "show":
            return [*self._unchanged, self._detail(request, str(event.id), rest[-1])]
        if event.act == "go":
            return [*self._page(request, str(event.place), rest), gr.skip()]
        owner = self.backend.owner(request)
        try:
            if event.act == "delete":
                said = delete_pictures(self.backend, owner, str(event.ids).split())
            else:
                said = delete_everything(self.backend, owner, str(event.word))
        except Flux2Error as error:
            said = str(error)
        return [*self._page(request, place, rest, said), no_detail()]

    def _act(self, request: gr.Request, event: gr.EventData, place: str, *rest: Any) -> list[Any]:
        """Star, delete or put away one picture; going back to a form is bound by the page: it changes every tab."""
        if event.act == "close":
            return [*self._unchanged, no_detail()]
        owner, image_id = self.backend.owner(request), str(event.id)
        try:
            if event.act == "star":
                history = self._history(request)
                history.star(image_id, not history.item(image_id).starred)
                return [*self._page(request, place, rest), self._detail(request, image_id, rest[-1])]
            said = delete_pictures(self.backend, owner, [image_id])
        except Flux2Error as error:
            return [*self._unchanged, no_detail(str(error))]
        return [*self._page(request, place, rest, said), no_detail()]

    @property
    def _unchanged(self) -> list[Any]:
        return [gr.skip(), gr.skip(), gr.skip()]

    def _detail(self, request: gr.Request, image_id: str, zone: str) -> str:
        try:
            return detail(self._history(request), image_id, zone_of(zone))
        except Flux2Error as error:
            return no_detail(str(error))

    def _history(self, request: gr.Request) -> HistoryView:
        return self.backend.history(self.backend.owner(request))
