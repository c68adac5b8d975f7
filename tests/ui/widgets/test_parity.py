"""The panel and the Gradio tab of a capability are one form: the same fields, words and bounds, and equal requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import gradio as gr
import pytest
from PIL import Image

from flux2_nb import capability as registry
from flux2_nb.catalog import catalog
from flux2_nb.errors import Flux2Error
from flux2_nb.forms import Field, Kind
from flux2_nb.studio import Studio
from flux2_nb.ui.drawing_gradio import DrawingView
from flux2_nb.ui.fields_gradio import SimpleView
from flux2_nb.ui.form_gradio import FormView
from flux2_nb.ui.narrowing import all_cards
from flux2_nb.ui.references_gradio import ReferencesView
from flux2_nb.ui.widgets.assets import panel_script
from flux2_nb.ui.widgets.fields import Pictures, properties, read, shown
from flux2_nb.ui.widgets.state import FormState

CARDS = {card.target: card for card in all_cards()}
START = catalog().of("sketch")[0]
SHARED = ("label", "info", "interactive", "visible", "minimum", "maximum", "choices", "value")

every_capability = pytest.mark.parametrize("name", [one.name for one in registry.capabilities()])
every_target = pytest.mark.parametrize("target", CARDS)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], FormView]]:
    """Capabilities' forms with Gradio, each built once for all targets, with a folder of their own for pictures."""
    built: dict[str, FormView] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))

        def build(name: str) -> FormView:
            if name not in built:
                with gr.Blocks(analytics_enabled=False):
                    built[name] = FormView(registry.get(name), START)
                    for group in ("main", *built[name].sections):
                        built[name].build(group)
            return built[name]

        yield build


def on_target(name: str, target: str) -> FormState:
    """A panel's form, brought to a target as a person does: by choosing it."""
    state = FormState(registry.get(name), START)
    state.retarget(CARDS[target])
    return state


def updates(form: FormView, target: str, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the tab shows on a target, by field name."""
    given = form.updates(CARDS[target], values)
    return {view.field.name: update for view, update in zip(form.views, given, strict=True)}


def in_gradios_words(field: Field, value: Any) -> dict[str, Any]:
    """What the panel shows of a field, in the words of Gradio's components."""
    page = properties(field)
    told: dict[str, Any] = {
        "label": page["label"],
        "info": page["off"] or page["help"] or None,
        "interactive": not page["off"],
        "visible": not page["hidden"],
    }
    if page["kind"] == "code":
        del told["info"]
    if page["kind"] == "slider":
        told |= {"minimum": page["minimum"], "maximum": page["maximum"]}
    if page["kind"] == "choice":
        told["choices"] = page["choices"]
    back = read(field, shown(field, value, Pictures()), Pictures())
    told["value"] = ("" if back is None else str(back)) if page["kind"] == "optional" else back
    return told


@every_target
@every_capability
def test_the_same_fields(tab: Callable[[str], FormView], name: str, target: str) -> None:
    """Every field has the same label, help or reason, bounds, choices and value in both, on every target."""
    form, state = tab(name), on_target(name, target)
    start = form.read([one.value for one in form.inputs])
    seen = updates(form, target, form.carried(start, START, CARDS[target]))
    assert list(seen) == list(state.fields)
    for view in form.views:
        field, theirs = state.fields[view.field.name], seen[view.field.name]
        if isinstance(view, SimpleView):
            told = {key: theirs[key] for key in SHARED if key in theirs}
            told |= {"choices": [label for label, _ in theirs["choices"]]} if "choices" in theirs else {}
            told["value"] = view.read([theirs["value"]]) if view.kind != "optional" else theirs["value"]
            assert in_gradios_words(field, state.values[field.name]) == told
        else:
            gone = field.hidden if isinstance(view, ReferencesView) else not field.is_active
            assert theirs["visible"] == (not gone)
            # The editors are shared: what one has to know of its columns is the same text.
            known = f"{view.component.props} {view.component.js_on_load}"
            assert all(json.dumps(one["label"]) in known or repr(one["label"]) in known for one in columns_of(field))


def columns_of(field: Field) -> list[dict[str, Any]]:
    """What the panel knows of the columns of a field; nothing for a drawing."""
    return list(properties(field).get("columns", []))


@cache
def picture(side: int) -> bytes:
    """A small PNG."""
    buffer = BytesIO()
    Image.new("RGB", (side, side), "teal").save(buffer, "PNG")
    return buffer.getvalue()


def values_for(state: FormState) -> list[dict[str, Any]]:
    """Values worth trying: untouched, each example, each with pictures where there is a field for them."""
    untouched = dict(state.values)
    found = [untouched]
    for example in state.capability.examples:
        found.append({**untouched, **state.capability.fill(untouched, example, state.card)})
    return [{**values, "seed": 7} if "seed" in values else values for values in found]


def asked(studio: Studio, capability: registry.Capability, values: Mapping[str, Any]) -> Any:
    """The requests as they would be sent, or the sentence that says why there are none."""
    try:
        complete = capability.form(studio.card).complete(values)
        made = [studio.request(one) for one in capability.requests(complete, studio.card)]
    except Flux2Error as error:
        return str(error)
    return [_without_names(one.to_dict()) for one in made]


def _without_names(request: dict[str, Any]) -> dict[str, Any]:
    references = [{key: one[key] for key in one if key != "name"} for one in request.get("references", [])]
    return {**request, "references": references}


@every_target
@every_capability
def test_equal_requests(tab: Callable[[str], FormView], name: str, target: str, tmp_path: Path) -> None:
    """What stands in the fields comes to the same requests, or the same refusal, whichever UI it went through."""
    form, state, card = tab(name), on_target(name, target), CARDS[target]
    studio, pictures = Studio(card.provider, card.model, home=tmp_path), Pictures()
    with_pictures = [view for view in form.views if isinstance(view, (ReferencesView, DrawingView))]
    kept = {view.field.name: str(view.files.keep("me", picture(96), "blue.png")) for view in with_pictures}
    for values in values_for(state):
        there = dict(values)
        here = dict(values)
        for view in with_pictures:
            name = view.field.name
            if state.fields[name].is_active:
                is_list = isinstance(view, ReferencesView)
                there[name] = [{"image": kept[name]}] if is_list else kept[name]
                here[name] = [{"image": picture(96)}] if is_list else picture(96)
        raw = [update["value"] for update in updates(form, target, there).values()]
        with_gradio = form.active(form.read(raw), card)
        with_panel = {key: _through_the_page(state.fields[key], here[key], pictures) for key in with_gradio}
        theirs, ours = (asked(studio, state.capability, one) for one in (with_gradio, with_panel))
        assert ours == theirs


def _through_the_page(field: Field, value: Any, pictures: Pictures) -> Any:
    sent = shown(field, value, pictures)
    return read(field, (sent or {}).get("image") if field.kind == "drawing" else sent, pictures)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_a_control(kind: str) -> None:
    """The page has a control for every kind of field there is."""
    controls = panel_script().partition("const CONTROLS = {")[2].partition("\n};")[0]
    assert f"\n  {kind}: " in controls
