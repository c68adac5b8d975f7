"""The Gradio app, rendered from the capabilities, the provider registry and the model cards."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import gradio as gr

from .. import capability as registry
from ..errors import Flux2Error
from ..studio import Studio
from .backend import Backend
from .fields_gradio import QUIET
from .history_tab import HistoryTab, recall_values
from .html_gradio import still
from .markup import render
from .recall import recalled
from .serving import serving_options
from .tab import RUNS, CapabilityTab
from .target_bar import TargetBar

TITLE = "FLUX.2 workbench"
SENTENCE = (
    "Make and edit pictures with the FLUX.2 models, from any provider. Sketch them first, offline and for nothing."
)

UPLOADS_KEPT = (3600, 86400)
"""Seconds between two sweeps of the folder of uploads, and the age at which a file goes."""


class DemoApp(gr.Blocks):
    """A page whose `launch` is set up as it should be: private, with visitors told apart, and nothing from the web."""

    backend: Backend

    def launch(self, *args: Any, personal: bool = False, allowed_hosts: tuple[str, ...] = (), **options: Any) -> Any:
        """Serve the app; what is given here wins over what is set up.

        Args:
            *args: As for Gradio.
            personal: Everyone who reaches the page is the studio's owner and sees the notebooks' pictures too. Only
                where nobody else can reach it.
            allowed_hosts: Names under which the page may be asked for, besides those of this machine.
            **options: As for Gradio.

        Raises:
            InvalidRequest: When a personal app would be open to others.
        """
        ours = serving_options(self.backend, personal, allowed_hosts, options)
        return super().launch(*args, **{**ours, **options})


def build_app(studio: Studio | None = None) -> DemoApp:
    """Return the app; ``build_app().launch()`` serves it.

    Args:
        studio: Whose folder, budget, keys and first target the app uses; FLUX2_PROVIDER and FLUX2_MODEL, else the
            offline sketch.
    """
    studio = studio or Studio()
    # Gradio reads both when a page is built: it sends no statistics, and uploads go to a folder nobody else can read.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    uploads = Path(os.environ.setdefault("GRADIO_TEMP_DIR", str(studio.home / "uploads")))
    uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = DemoApp(title=TITLE, fill_width=True, delete_cache=UPLOADS_KEPT, analytics_enabled=False)
    with app:
        app.backend = Backend(studio, uploads)
        Page(app.backend).build(app)
    app.queue(default_concurrency_limit=None, max_size=500, api_open=False)
    return app


class Page:
    """The whole page: a header, the target, a tab for each capability, the history."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def build(self, app: gr.Blocks) -> None:
        """Put everything on the page and bind what concerns more than one part of it."""
        still(render("header", title=TITLE, sentence=SENTENCE))
        self._bar = TargetBar(self.backend)
        self._tabs = [CapabilityTab(one, self.backend, self._bar.target) for one in registry.capabilities()]
        self._history = HistoryTab(self.backend)
        with gr.Tabs(elem_classes=["f2-tabs"]) as self._switch:
            for tab in self._tabs:
                tab.build()
            self._history.build()
        self._bind(app)

    @property
    def _inputs(self) -> list[Any]:
        return [self._bar.target, *(one for tab in self._tabs for one in tab.form.inputs)]

    def _bind(self, app: gr.Blocks) -> None:
        self._narrowing = [tab.form.narrowing for tab in self._tabs]
        narrowed = [one for tab, only in zip(self._tabs, self._narrowing, strict=True) for one in tab.outputs(only)]
        target, model = [*self._bar.outputs, *narrowed], [self._bar.provider, self._bar.model, *self._inputs]
        self._bar.provider.input(self._choose_provider, [self._bar.provider, *self._inputs], target, **QUIET)
        self._bar.model.input(self._choose_model, model, target, **QUIET)
        everything = [*self._bar.outputs, *(one for tab in self._tabs for one in tab.outputs())]
        self._history.detail.use(self._use, self._inputs, [self._switch, *everything], **QUIET)
        awake = app.load(self._wake, None, self._bar.outputs, **QUIET)
        for tab in self._tabs:
            awake.then(tab.follow, None, tab.followers, **RUNS)

    def _wake(self, request: gr.Request) -> list[Any]:
        """Take up what this visitor left unfinished, and show which keys are there today."""
        try:
            self.backend.resume(self.backend.owner(request))
        except Flux2Error as error:
            gr.Warning(str(error))
        return self._bar.updates(self.backend.studio)

    def _choose_provider(self, name: str, target: str, *raw: Any) -> list[Any]:
        return self._choose_model(name, "", target, *raw)

    def _choose_model(self, name: str, model: str, target: str, *raw: Any) -> list[Any]:
        """Narrow every form to the new target; what a person set stays."""
        old = self.backend.studio_for(target)
        try:
            new = self.backend.studio.with_target(name, model or None)
        except Flux2Error as error:
            gr.Warning(str(error))
            new = old
        updates = self._bar.updates(new)
        for tab, only, values in zip(self._tabs, self._narrowing, self._read(raw), strict=True):
            updates += tab.updates(new, tab.form.carried(values, old.card, new.card), only)
        return updates

    def _use(self, request: gr.Request, event: gr.EventData, target: str, *raw: Any) -> list[Any]:
        """Send a picture's settings back to the tab it was made with, and choose its target."""
        history = self.backend.history(self.backend.owner(request))
        try:
            item = history.item(str(event.id))
            new = self.backend.studio_for(f"{item.provider}/{item.model}")
        except Flux2Error as error:
            raise gr.Error(str(error), print_exception=False) from None
        old, updates = self.backend.studio_for(target), self._bar.updates(new)
        for tab, values in zip(self._tabs, self._read(raw), strict=True):
            shown = tab.form.carried(values, old.card, new.card)
            if tab.capability.name == item.capability:
                back, lost = recalled(recall_values(item), history, self.backend.uploads)
                shown |= back
                for sentence in lost:
                    gr.Warning(sentence)
            updates += tab.updates(new, shown)
        return [gr.update(selected=item.capability), *updates]

    def _read(self, raw: tuple[Any, ...]) -> list[dict[str, Any]]:
        values, rest = [], list(raw)
        for tab in self._tabs:
            count = len(tab.form.inputs)
            values.append(tab.form.read(rest[:count]))
            rest = rest[count:]
        return values
