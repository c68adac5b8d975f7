"""Text to image: the recipes, and the pickers that write into the prompt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flux2_nb.capability import get, pickers
from flux2_nb.capability.base import Example
from flux2_nb.capability.recipes import RECIPES
from flux2_nb.catalog import catalog
from flux2_nb.prompting import checks
from flux2_nb.prompting.vocabulary import choose, chosen
from flux2_nb.sketch import describe

SKETCH = catalog().cards[0]
CAPABILITY = get("text-to-image")
EVERY_RECIPE = [pytest.param(recipe, id=recipe.label) for recipe in RECIPES]
FAMILIES = ("pro", "max", "flex", "dev", "klein", "klein-base")
PICKS = [(field.name, value) for field in pickers.fields() for _, value in field.choices]


def after(values: dict[str, Any], changed: str, value: Any) -> dict[str, Any]:
    """Return the form's values after a person changed one."""
    now = {**values, changed: value}
    return {**now, **CAPABILITY.sync(now, changed, SKETCH)}


def test_there_is_a_recipe_for_each_kind_of_picture() -> None:
    """Ten recipes under names of their own."""
    assert len({recipe.label for recipe in RECIPES}) == len(RECIPES) == 10


@pytest.mark.parametrize("recipe", EVERY_RECIPE)
def test_a_recipe_follows_our_own_advice(recipe: Example) -> None:
    """No check finds anything to change in it, for any family."""
    assert [found for family in FAMILIES for found in checks.check(recipe.values["prompt"], family)] == []


@pytest.mark.parametrize("recipe", EVERY_RECIPE)
def test_a_recipe_is_drawn_without_a_gap(recipe: Example) -> None:
    """A sketch has a drawing for every subject of it, and sets every quoted word."""
    plan = describe(recipe.values["prompt"])
    subjects = [*plan.subjects, *(subject for section in plan.sections for subject in section.subjects)]
    assert subjects
    assert all(subject.figure for subject in subjects)
    assert recipe.values["prompt"].count('"') == 2 * len(plan.texts)


@pytest.mark.parametrize("recipe", EVERY_RECIPE)
def test_a_recipe_asks_for_a_ratio_of_the_form(recipe: Example) -> None:
    """Its ratio is one that the form offers."""
    ratios = [value for _, value in CAPABILITY.form(SKETCH)["aspect_ratio"].choices]
    assert recipe.values["aspect_ratio"] in ratios


def test_a_recipe_sets_the_pickers_it_speaks_of() -> None:
    """Filling in the photograph shows its film and lens in the pickers."""
    photograph = RECIPES[0]
    filled = CAPABILITY.fill(CAPABILITY.form(SKETCH).defaults, photograph, SKETCH)
    assert (filled["era"], filled["lens"]) == ("Colour negative", "35mm documentary")


@given(st.text(max_size=40), st.lists(st.sampled_from(PICKS), max_size=6))
def test_the_pickers_always_tell_what_the_prompt_holds(prompt: str, picks: list[tuple[str, str]]) -> None:
    """After typing and any number of choices, every picker shows the term whose phrase is in the prompt."""
    values = after(CAPABILITY.form(SKETCH).defaults, "prompt", prompt)
    for name, label in picks:
        values = after(values, name, label)
        assert {field.name: values[field.name] for field in pickers.fields()} == chosen(values["prompt"])


@given(st.text(max_size=40), st.sampled_from([name for name, _ in PICKS]), st.data())
def test_one_term_then_another_then_none_gives_the_prompt_back(prompt: str, name: str, data: st.DataObject) -> None:
    """A picker takes out what it put in, and nothing else."""
    assume(not chosen(prompt)[name])
    values = {**CAPABILITY.form(SKETCH).defaults, "prompt": prompt}
    for _ in range(2):
        values = after(values, name, data.draw(st.sampled_from([value for one, value in PICKS if one == name])))
    assert after(values, name, pickers.NONE)["prompt"] == prompt


@pytest.mark.parametrize("prompt", ["A red fox in fresh snow", "A red fox in fresh snow."])
def test_a_picker_brings_no_thing_into_the_picture(prompt: str) -> None:
    """No phrase names something that could be drawn, such as a camera or a sun: the fox stays alone."""
    figures = [subject.figure for subject in describe(prompt).subjects]
    for name, label in PICKS:
        assert [subject.figure for subject in describe(choose(prompt, name, label)).subjects] == figures, label


def test_typing_over_a_phrase_empties_its_picker() -> None:
    """A picker never claims what the prompt no longer says."""
    values = after({**CAPABILITY.form(SKETCH).defaults, "prompt": "A fox in snow"}, "lens", "Macro")
    assert after(values, "prompt", values["prompt"].replace("macro", "micro"))["lens"] == pickers.NONE


def test_what_is_sent_is_the_prompt_as_it_stands() -> None:
    """A picker that has not caught up yet adds nothing to a prompt that was just changed."""
    values = {**CAPABILITY.form(SKETCH).defaults, "prompt": "A fox in snow", "lens": "Macro"}
    (request,) = CAPABILITY.requests(values, SKETCH)
    assert request.prompt == "A fox in snow"


def test_a_choice_the_pickers_do_not_have_changes_nothing() -> None:
    """A term of an older version in a recalled form is left alone."""
    assert CAPABILITY.sync({"prompt": "A fox", "lens": "Petzval"}, "lens", SKETCH) == {}
