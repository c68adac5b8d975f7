"""Fields with Gradio: what component a kind of field becomes, and how a change of target narrows it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import gradio as gr
from gradio.components import Component

from ..forms import Field
from .narrowing import alike, fitted, kind_of

Props = dict[str, Any]

EMPTY_NUMBER = "automatic"
"""Stands in a number field that is empty."""

AS_SENT: Props = {"api_visibility": "private", "preprocess": False}
"""How every handler is bound: no part of the app's HTTP interface, and given the page's values as they came.

Gradio would hand each value of a form to a thread of its own first (gradio 6.31); the capability checks them anyway.
"""

QUIET: Props = {**AS_SENT, "queue": False, "show_progress": "hidden"}
"""How a handler is bound that only changes the form: at once and unseen."""


@dataclass(frozen=True)
class Trigger:
    """A change by a person.

    Attributes:
        listen: Binds a handler to it: such as the ``input`` of a component.
        drives: Whether other fields may follow from it.
    """

    listen: Callable[..., Any]
    drives: bool


def bind(
    triggers: Sequence[Trigger],
    handler: Callable[..., Any],
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    js: str | None = None,
) -> None:
    """Call a handler after any of these changes; while one call is under way, only the last of further ones is made.

    Args:
        triggers: The changes.
        handler: What to call.
        inputs: The components whose values it gets.
        outputs: The components it has an update for.
        js: A function of the page that may change the values on their way.
    """
    if triggers:
        listeners = [trigger.listen for trigger in triggers]
        gr.on(listeners, handler, inputs, outputs, js=js, **{**QUIET, "trigger_mode": "always_last"})


class FieldView(Protocol):
    """A field on the page. The nine kinds are all shown by one of these.

    Attributes:
        field: What it shows, as it was built.
        inputs: The components that hold its value.
        outputs: The components that change when its value or its bounds do; the inputs are among them.
        triggers: What tells that a person changed it.
    """

    field: Field
    inputs: list[Component]
    outputs: list[Any]
    triggers: list[Trigger]

    def read(self, raw: Sequence[Any]) -> Any:
        """Return the field's value from those of the inputs."""

    def updates(self, field: Field, value: Any) -> list[Any]:
        """Return an update for each of the outputs that shows this value in these bounds."""


def _text(field: Field) -> Props:
    return {"lines": field.lines, "max_lines": max(field.lines, 12), "placeholder": field.placeholder}


def _choice(field: Field) -> Props:
    return {"choices": [(str(label), value) for label, value in field.choices]}


def _number(field: Field) -> Props:
    # Bounds are left to the form, which names them in a sentence.
    return {"precision": 0 if field.step == 1 else None, "step": field.step or 1}


def _optional(field: Field) -> Props:
    return {"placeholder": field.placeholder or EMPTY_NUMBER, "max_lines": 1}


def _slider(field: Field) -> Props:
    return {"minimum": field.minimum or 0, "maximum": field.maximum or 1, "step": field.step or 0.1}


def _nothing(field: Field) -> Props:
    return {}


def _without_info(field: Field) -> Props:
    return {"info": None}


KINDS: Mapping[str, tuple[type[Component], Callable[[Field], Props], Props]] = {
    "text": (gr.Textbox, _text, {"min_width": 200}),
    "choice": (gr.Dropdown, _choice, {"min_width": 112}),
    "number": (gr.Number, _number, {"min_width": 112}),
    "optional": (gr.Textbox, _optional, {"min_width": 112}),
    "slider": (gr.Slider, _slider, {"min_width": 200, "buttons": []}),
    "switch": (gr.Checkbox, _nothing, {"min_width": 200}),
    "code": (gr.Code, _without_info, {"language": "json", "wrap_lines": True, "max_lines": 24, "buttons": ["copy"]}),
}
"""Kind -> the component, what of the field it shows, and what is always so.

Two are kinds of number: ``slider``, and ``optional``, which may be empty. That is a text box, because Gradio's number
turns an empty value into 0 when it comes into sight (6.31): one seed for every picture.
"""


class SimpleView:
    """A field of one component.

    Args:
        field: What to show.
        start: The same as the first target narrows it; as it is when not given.
        kind: The row of `KINDS`; found from the field when not given.
        **props: What this place asks of the component besides.
    """

    def __init__(self, field: Field, start: Field | None = None, kind: str = "", **props: Any) -> None:
        self.field = field
        self.kind = kind or kind_of(field)
        make, _, always = KINDS[self.kind]
        first = alike(field, start or field)
        # Without a value Gradio chooses one of its own, which is right for what is not there.
        value = {} if first.default is None else {"value": self._shown(first.default)}
        self.component: Component = make(**{**self._props(first), **always, **value, **props})
        self.inputs = [self.component]
        self.outputs: list[Any] = [self.component]
        listen = self.component.release if self.kind == "slider" else self.component.input  # type: ignore[attr-defined]  # events are made at run time
        self.triggers = [Trigger(listen, field.drives)]

    def read(self, raw: Sequence[Any]) -> Any:
        """Return the component's value: whole numbers as such."""
        value = raw[0]
        if self.kind == "optional":
            value = _parsed(value)
        if isinstance(value, str):
            return value
        whole = self.field.kind == "number" and isinstance(value, float) and value.is_integer()
        return int(value) if whole and self.field.step == 1 else value

    def updates(self, field: Field, value: Any) -> list[Any]:
        """Return the update that shows the value in these bounds; where it does not fit, the nearest that does."""
        shown = alike(self.field, field)
        return [gr.update(**self._props(shown), value=self._shown(fitted(shown, value)))]

    def _shown(self, value: Any) -> Any:
        """Return the value as the component takes it."""
        if self.kind != "optional" or isinstance(value, str):
            return value
        return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

    def _props(self, field: Field) -> Props:
        common = {
            "label": field.label,
            "info": field.off or field.help or None,
            "interactive": not field.off,
            "visible": not field.hidden,
        }
        own = {**common, **KINDS[self.kind][1](field)}
        if KINDS[self.kind][1] is _without_info:
            del own["info"]
        return own


def _parsed(text: str | None) -> float | str | None:
    """Return the number a person typed; None for an empty field, the text itself for what is none."""
    try:
        number = float(text) if text and text.strip() else None
    except ValueError:
        return text
    return text if number is not None and not math.isfinite(number) else number
