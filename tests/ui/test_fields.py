"""The nine kinds of field with Gradio, and how a form is carried from one target to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import gradio as gr
import pytest

from flux2_nb import capability as registry
from flux2_nb.catalog import catalog
from flux2_nb.errors import InvalidRequest
from flux2_nb.forms import Field, Form, Kind
from flux2_nb.ui.backend import card_of
from flux2_nb.ui.fields_gradio import KINDS, SimpleView
from flux2_nb.ui.form_gradio import REPEATED, FormView
from flux2_nb.ui.narrowing import fitted
from flux2_nb.ui.rows_gradio import RowsView

SUBJECTS = Field(
    "subjects",
    "rows",
    "Subjects",
    columns=(
        Field("what", "text", "What", default=""),
        Field("size", "choice", "Size", default="s", choices=(("small", "s"),)),
    ),
    most=3,
)


@pytest.fixture(autouse=True)
def page() -> Iterator[gr.Blocks]:
    """A page for the components to stand on."""
    with gr.Blocks(analytics_enabled=False) as blocks:
        yield blocks


def raw(view: Any) -> list[Any]:
    """What the components hold at first."""
    return [component.value for component in view.inputs]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_a_renderer(kind: str) -> None:
    """No kind of field is missing from the tables."""
    assert (kind in KINDS) != (kind in REPEATED)


@pytest.mark.parametrize("one", registry.capabilities(), ids=lambda one: one.name)
def test_an_untouched_form_reads_as_its_defaults(one: registry.Capability) -> None:
    """What the components hold before anyone touches them is what the capability said."""
    card = catalog().of("sketch")[0]
    form = FormView(one, card)
    for group in ("main", *form.sections):
        form.build(group)
    values = form.read([component.value for component in form.inputs])
    said = one.form(card).complete({})
    assert one.form(card).complete(form.active(values, card)) == said


def test_an_empty_number_stays_empty() -> None:
    """No seed is no seed, and not 0, which would make every picture the same."""
    field = Field("seed", "number", "Seed", step=1)
    view = SimpleView(field)
    assert [view.read([text]) for text in (None, "", " ", "7", "4294967295")] == [None, None, None, 7, 4294967295]
    assert [view.updates(field, value)[0]["value"] for value in (None, 7)] == ["", "7"]


def test_letters_in_a_number_reach_the_form() -> None:
    """What is no number is not swallowed: the form says that the field takes one."""
    field = Field("seed", "number", "Seed", step=1)
    with pytest.raises(InvalidRequest, match="Seed is a number"):
        Form((field,)).complete({"seed": SimpleView(field).read(["seven"])})


@pytest.mark.parametrize(("value", "shown"), [(99, 40), (0, 1), (12, 12), (None, None)])
def test_a_number_is_brought_into_new_bounds(value: int | None, shown: int | None) -> None:
    """A number that a new target does not take becomes the nearest that it takes, in sight."""
    assert fitted(Field("steps", "number", "Steps", minimum=1, maximum=40, default=20), value) == shown


def test_a_choice_that_is_gone_becomes_the_default() -> None:
    """A choice a new target does not have becomes that target's default."""
    field = Field("ratio", "choice", "Ratio", default="1:1", choices=(("1:1", "1:1"), ("4:3", "4:3")))
    assert [fitted(field, value) for value in ("4:3", "21:9")] == ["4:3", "1:1"]


def test_rows_keep_only_what_the_editor_sends() -> None:
    """Unknown keys, unknown choices and things that are no rows do not get through."""
    view = RowsView(SUBJECTS, SUBJECTS)
    sent = [{"what": "a fox", "size": "s", "evil": 1}, "nonsense", {"what": None, "size": "xxl"}]
    assert view.read([sent]) == [{"what": "a fox", "size": "s"}, {"what": "", "size": "s"}]
    assert view.read(["nonsense"]) == []


def test_a_palette_is_rows_of_colours() -> None:
    """A palette reads as colours in capitals with what they are for."""
    field = Field("palette", "palette", "Palette", default=[{"colour": "#AABBCC", "target": ""}], most=3)
    view = RowsView(field, field)
    assert view.read([[{"colour": "#1f3a5f", "target": "the pot"}]]) == [{"colour": "#1F3A5F", "target": "the pot"}]


def test_an_untouched_default_follows_the_target() -> None:
    """A number nobody touched becomes the new target's default, also by way of one that lacks it; a typed one stays."""
    sketch, dev, flex = (card_of(target) for target in ("sketch/sketch", "cloudflare/flux-2-dev", "bfl/flux-2-flex"))
    form = FormView(registry.get("text-to-image"), sketch)
    for group in ("main", *form.sections):
        form.build(group)
    start = form.read([component.value for component in form.inputs])
    on_flex = form.carried(start, sketch, flex)
    back = form.carried(form.carried(on_flex, flex, sketch), sketch, dev)
    assert on_flex["steps"] == flex.parameters["steps"].default
    assert back["steps"] == dev.parameters["steps"].default
    assert form.carried({**on_flex, "steps": 33}, flex, dev)["steps"] == 33


@pytest.mark.parametrize(
    ("typed", "value"), [("7", 7), ("7.0", 7), (" ", None), ("1.7", 1.7), ("inf", "inf"), ("nan", "nan"), ("x", "x")]
)
def test_a_typed_number_is_never_changed(typed: str, value: object) -> None:
    """What is no whole number is passed on as it is, so that the form refuses it in a sentence."""
    field = Field("seed", "number", "Seed", step=1, minimum=0, maximum=99)
    with gr.Blocks():
        assert SimpleView(field).read([typed]) == value
