"""The widget that shows a panel: everything the page needs as JSON, and what people do on it as messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from ... import images
from ...errors import Flux2Error
from ...forms import MAIN
from ...result import ImageResult
from ..plan import Plan
from ..request_code import request_code
from ..shots import Shot
from ..view import file_name, model_choices
from .assets import panel_script, panel_styles
from .fields import Pictures, properties, read, shown
from .target import about, provider_choices
from .uploads import Uploads

if TYPE_CHECKING:
    from .panel import Panel

PREVIEW_SIDE = 1024
"""Longest side in pixels of a finished picture on the page."""

MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


class PanelView(anywidget.AnyWidget):
    """A panel on the page.

    Args:
        panel: What it shows.
    """

    _esm = panel_script()
    _css = panel_styles()
    page = traitlets.Dict().tag(sync=True)
    """The form as the target narrows it, and what there is to know of the target."""
    shown = traitlets.Dict().tag(sync=True)
    """The value of each field."""
    answered = traitlets.Float(0).tag(sync=True)
    """The number of the newest change by a person that ``shown`` takes account of: a later one is not typed over."""
    plan = traitlets.Dict().tag(sync=True)
    """What the button would make, at what price, and what to know before."""
    board = traitlets.Dict().tag(sync=True)
    """The runs, and why the last click came to nothing."""
    code = traitlets.List(traitlets.Dict()).tag(sync=True)
    """The request as code; written once a person has asked for it."""

    def __init__(self, panel: Panel) -> None:
        super().__init__()
        self._panel = panel
        self._pictures = Pictures()
        self._uploads = Uploads()
        self._wants_code = False
        panel.listen(self.refresh)
        self.on_msg(self._received)
        self.refresh()

    def refresh(self) -> None:
        """Show the panel as it is now; what is the same as before is not sent again."""
        panel, state = self._panel, self._panel.state
        fields, plan = state.fields, panel.plan
        with self.hold_sync():
            self.page = self._page()
            self.shown = {name: shown(field, state.values[name], self._pictures) for name, field in fields.items()}
            self.plan = _plan(plan, plan.button_text(panel.capability.action))
            rows = [[_shot(one) for one in row] for row in panel.shots()]
            self.board = {"problem": panel.problem, "reminder": panel.reminder, "batches": rows}
            if self._wants_code:
                self.code = _by_language(request_code(plan.first, panel.card))

    def receive(self, message: Mapping[str, Any], buffers: Sequence[Any] = ()) -> None:
        """Do what a person did on the page.

        Args:
            message: ``act`` names one of `ACTS`; the rest is what that one takes.
            buffers: Bytes that came with it.
        """
        ACTS[str(message.get("act"))](self, message, buffers)

    def _received(self, _: Any, message: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        self._panel.home.call(partial(self.receive, message, buffers))

    def _page(self) -> dict[str, Any]:
        panel = self._panel
        fields = [properties(field) for field in panel.state.fields.values()]
        ordered = sorted(fields, key=lambda one: one["group"] != MAIN)
        groups = [(name, list(members)) for name, members in groupby(_together(ordered), key=lambda one: one["group"])]
        return {
            "title": panel.capability.title,
            "summary": panel.capability.summary,
            "examples": [{"label": one.label, "needs": one.needs} for one in panel.capability.examples],
            "groups": [{"name": name, "fields": members} for name, members in groups],
            "providers": provider_choices(panel.studio),
            "models": model_choices(panel.studio),
            "target": {"provider": panel.card.provider, "model": panel.card.model},
            "about": about(panel.studio),
        }

    def _change(self, message: Mapping[str, Any], _: Sequence[Any]) -> None:
        field = self._panel.state.field(str(message["name"]))
        self._panel.problem = ""
        try:
            self._panel.state.put(field.name, read(field, message["value"], self._pictures))
        finally:
            self._answer(message)

    def _example(self, message: Mapping[str, Any], _: Sequence[Any]) -> None:
        self._panel.problem = ""
        self._panel.state.fill(self._panel.capability.examples[int(message["index"])])
        self._panel.changed()

    def _target(self, message: Mapping[str, Any], _: Sequence[Any]) -> None:
        self._panel.problem = ""
        self._panel.choose(str(message["provider"]), str(message["model"]) if message.get("model") else None)

    def _upload(self, message: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        """Take a part of a file; the page hears what became of the file, and sends nothing that would lack it."""
        whole, problem = None, ""
        try:
            whole = self._uploads.add(message, b"".join(bytes(one) for one in buffers))
            if whole is not None:
                self._take(str(message["name"]), whole)
        except Exception as error:
            problem = str(error) if isinstance(error, Flux2Error) else "The picture could not be taken in."
            raise
        finally:
            if whole is not None or problem:
                self._answer(message)
                self.send({"upload": message["upload"], "problem": problem})

    def _take(self, name: str, data: bytes) -> None:
        """Put a picture into a field."""
        field, state = self._panel.state.field(name), self._panel.state
        if field.kind == "drawing":
            state.put(field.name, self._uploads.write(data))
        else:
            blank = {column.name: column.default for column in field.columns}
            state.put(field.name, [*(state.values[field.name] or []), {**blank, "image": data}])

    def _answer(self, message: Mapping[str, Any]) -> None:
        self.answered = float(message.get("number", 0))
        self._panel.changed()

    def _run(self, *_: Any) -> None:
        self._panel.press()

    def _stop(self, message: Mapping[str, Any], _: Sequence[Any]) -> None:
        self._panel.cancel(str(message.get("id", "")))

    def _code(self, *_: Any) -> None:
        self._wants_code = True
        self.refresh()

    def _picture(self, message: Mapping[str, Any], _: Sequence[Any]) -> None:
        result = self._panel.find(str(message["id"]))
        if result is None:
            return
        what = str(message["what"])
        data, ending = _copy(result, what)
        name = file_name(result.request.prompt, result.seed, ending)
        self.send({"id": result.id, "what": what, "name": name, "type": MEDIA_TYPES[ending]}, buffers=[data])


ACTS = {
    "change": PanelView._change,
    "code": PanelView._code,
    "example": PanelView._example,
    "picture": PanelView._picture,
    "run": PanelView._run,
    "stop": PanelView._stop,
    "target": PanelView._target,
    "upload": PanelView._upload,
}
"""What people do on the page."""


def _together(fields: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the fields with those of one group side by side, groups in the order of their first."""
    names = list(dict.fromkeys(field["group"] for field in fields))
    return sorted(fields, key=lambda field: names.index(field["group"]))


def _plan(plan: Plan, button: str) -> dict[str, Any]:
    return {
        "button": button,
        "text": plan.problem or plan.size_text,
        "notes": [asdict(note) for note in plan.notes if note.text != plan.problem],
    }


def _by_language(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"language": language, "text": text} for language, text in texts.items() if text]


def _shot(one: Shot) -> dict[str, Any]:
    return {**asdict(one), "is_over": one.is_over, "tone": one.tone, "usual_text": one.usual_text}


def _copy(result: ImageResult, what: str) -> tuple[bytes, str]:
    """Return a picture as the page asked for it, and the format of that."""
    if what == "original":
        return result.data, result.format
    if what == "settings":
        return images.embed_settings(result.data, result.settings), result.format
    return images.thumbnail(result.data, PREVIEW_SIDE), "webp"
