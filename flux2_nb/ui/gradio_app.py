"""The Gradio app, rendered from the capabilities, the provider registry and the model cards."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from .. import capability as registry
from ..errors import Flux2Error
from ..studio import Studio
from .actions import Desk, used
from .backend import Backend
from .fields_gradio import QUIET
from .history_tab import HistoryTab
from .html_gradio import still
from .markup import render
from .restore import Restored, restored
from .restore_gradio import restore_door
from .results import RUNS
from .serving import serving_options
from .tab import CapabilityTab
from .tally import Tally
from .target_bar import TargetBar

log = logging.getLogger("flux2_nb")

TITLE = "FLUX.2 workbench"
SENTENCE = "Make and edit pictures with the FLUX.2 models, from any provider. Sketch first, offline and free."

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

    def close(self, verbose: bool = True) -> None:
        """Stop serving, and forget the keys that visitors brought."""
        self.backend.keys.clear()
        super().close(verbose)


def build_app(studio: Studio | None = None) -> DemoApp:
    """Return the app; ``build_app().launch()`` serves it.

    Args:
        studio: Whose folder, budget, keys and first target the app uses; FLUX2_PROVIDER and FLUX2_MODEL, else the
            offline sketch.
    """
    studio = studio or Studio()
    # Gradio reads both when a page is built: it sends no statistics, and uploads go to a folder nobody else can read.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    uploads = Path(os.environ.setdefault("GRADIO_TEMP_DIR", str(_uploads(studio.home))))
    uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = DemoApp(title=TITLE, fill_width=True, delete_cache=UPLOADS_KEPT, analytics_enabled=False)
    with app:
        app.backend = Backend(studio, uploads)
        Page(app.backend).build(app)
    app.queue(default_concurrency_limit=None, max_size=500, api_open=False)
    return app


def _uploads(home: Path) -> Path:
    """Return the folder for uploads: in the home, so that it is private; else a temporary one, which is private too."""
    try:
        (home / "uploads").mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        log.warning("The folder %s cannot be written (%s): nothing will be kept there.", home, error.strerror)
        return Path(tempfile.mkdtemp(prefix="flux2_nb-"))
    return home / "uploads"


def told(*sentences: str) -> str:
    """Return what is told above the forms until the next choice; nothing for no sentence."""
    return render("left_out", sentences=sentences)


class Page:
    """The whole page: a header, the target, a tab for each capability, the history."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def build(self, app: gr.Blocks) -> None:
        """Put everything on the page and bind what concerns more than one part of it."""
        with gr.Row(elem_classes=["f2-top"]):
            still(render("header", title=TITLE, sentence=SENTENCE))
            session = still(render("session", tally=Tally(), queue=""))
        self._door = restore_door()
        self._bar = TargetBar(self.backend)
        # In the page and not as a toast: what does not wait in Gradio's queue can show none (gradio 6.31).
        self._told = still(told())
        self._tabs = [CapabilityTab(one, self.backend, self._bar.target, session) for one in registry.capabilities()]
        self._history = HistoryTab(self.backend)
        with gr.Tabs(elem_classes=["f2-tabs"], overflow_behavior="wrap") as self._switch:
            for tab in self._tabs:
                tab.build()
            self._history.build()
        self._bind(app)

    @property
    def _inputs(self) -> list[Any]:
        return [self._bar.target, *(one for tab in self._tabs for one in tab.inputs)]

    def _bind(self, app: gr.Blocks) -> None:
        self._narrowing = [tab.form.narrowing for tab in self._tabs]
        narrowed = [one for tab, only in zip(self._tabs, self._narrowing, strict=True) for one in tab.outputs(only)]
        target, model = (
            [self._told, *self._bar.outputs, *narrowed],
            [self._bar.provider, self._bar.model, *self._inputs],
        )
        self._bar.provider.input(self._choose_provider, [self._bar.provider, *self._inputs], target, **QUIET)
        self._bar.model.input(self._choose_model, model, target, **QUIET)
        everything = [self._told, *self._bar.outputs, *(one for tab in self._tabs for one in tab.outputs())]
        takers = [self._door, self._history.prompts, self._history.detail, *(tab.results.board for tab in self._tabs)]
        for one in takers:
            one.use(self._use, self._inputs, [self._switch, *everything], **QUIET)
        # Only what goes through the queue can show a note (gradio 6.31): else it is printed on the terminal.
        awake = app.load(self._wake, None, self._bar.outputs, **RUNS)
        for tab in self._tabs:
            awake.then(tab.results.follow, None, tab.results.outputs, **RUNS)

    def _wake(self, request: gr.Request) -> list[Any]:
        """Take up what this visitor left unfinished, and show which keys are there today."""
        owner = self.backend.owner(request)
        try:
            if left := self.backend.resume(owner):
                gr.Info(escape(left, quote=False), duration=None)
        except Flux2Error as error:
            gr.Warning(escape(str(error), quote=False))
        return self._bar.updates(self.backend.studio_for(self.backend.studio.card.target, owner))

    def _choose_provider(self, request: gr.Request, name: str, target: str, *raw: Any) -> list[Any]:
        return self._choose_model(request, name, "", target, *raw)

    def _choose_model(self, request: gr.Request, name: str, model: str, target: str, *raw: Any) -> list[Any]:
        """Narrow every form to the new target; what a person set stays."""
        owner = self.backend.owner(request)
        old = self.backend.studio_for(target, owner)
        try:
            new = self.backend.studio_for(f"{name}/{model}", owner)
            said = told()
        except Flux2Error as error:
            said, new = told(str(error)), old
        updates = [said, *self._bar.updates(new)]
        for tab, only, (ticked, values) in zip(self._tabs, self._narrowing, self._read(raw), strict=True):
            updates += tab.updates(new, tab.form.carried(values, old.card, new.card), ticked, only)
        return updates

    def _use(self, request: gr.Request, event: gr.EventData, target: str, *raw: Any) -> list[Any]:
        """Open a form with what a picture gives for it: its settings, its seed, its prompt, or the picture itself."""
        owner, read = self.backend.owner(request), self._read(raw)
        old = self.backend.studio_for(target, owner)
        try:
            found = self._found(
                owner,
                str(event.how),
                str(event.id),
                Desk(self.backend.history(owner), self.backend.uploads, old.card, self._references(read)),
            )
            new = self.backend.studio_for(found.target or target, owner)
        except Flux2Error as error:
            raise gr.Error(escape(str(error), quote=False), print_exception=False) from None
        updates = [told(*found.lost), *self._bar.updates(new)]
        for tab, (ticked, values) in zip(self._tabs, read, strict=True):
            shown = tab.form.carried(values, old.card, new.card)
            shown |= found.values if tab.capability.name == found.capability else {}
            updates += tab.updates(new, shown, ticked)
        return [gr.update(selected=found.capability), *updates]

    def _found(self, owner: str, how: str, what: str, desk: Desk) -> Restored:
        return restored(self.backend, owner, what) if how == "restore" else used(how, what, desk)

    def _references(self, read: Sequence[tuple[Any, Mapping[str, Any]]]) -> Sequence[Mapping[str, Any]]:
        """Return the reference images that are in their form now."""
        given = [values for _, values in read if "references" in values]
        return given[0]["references"] if given else []

    def _read(self, raw: tuple[Any, ...]) -> list[tuple[list[str], dict[str, Any]]]:
        """Return for each tab which other targets are ticked, and the form's values."""
        read, rest = [], list(raw)
        for tab in self._tabs:
            count = len(tab.inputs)
            read.append(tab.read(rest[:count]))
            rest = rest[count:]
        return read
