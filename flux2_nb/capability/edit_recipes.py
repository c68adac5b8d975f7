"""Recipes for editing: a prompt, the pictures it is about and their roles, to start from with one click."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from .. import samples
from ..prompting import roles
from .base import Example, Values


@dataclass(frozen=True)
class Recipe:
    """One edit worth trying.

    Attributes:
        label: A word or two, for its button.
        needs: Which pictures it wants, in words.
        prompt: Ours; it names the pictures by number.
        pictures: For each picture, the ``sample`` that stands in for it and its ``role``.
        values: Further fields of the form.
    """

    label: str
    needs: str
    prompt: str
    pictures: Sequence[Mapping[str, str]]
    values: Values = field(default_factory=dict)

    @property
    def example(self) -> Example:
        """The recipe as every form takes it, without pictures."""
        return Example(self.label, {"prompt": self.prompt, **self.values}, self.needs)


@cache
def recipes() -> tuple[Recipe, ...]:
    """Return the recipes, in the order of their buttons."""
    text = resources.files(__package__).joinpath("edit_recipes.toml").read_text(encoding="utf-8")
    return tuple(Recipe(**row) for row in tomllib.loads(text)["recipe"])


def recipe_of(prompt: str) -> Recipe | None:
    """Return the recipe whose prompt this is, not counting the sentences of roles; None when it was changed since."""
    own = roles.unwritten(prompt)
    return next((one for one in recipes() if one.prompt == own), None)


def with_pictures(recipe: Recipe, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the pictures for a recipe: a person's own with the roles it gives them, or else our samples.

    Args:
        recipe: What will be made.
        given: The form's pictures. Samples among them came from another recipe, and make way.
    """
    own = [one for one in given if not samples.is_sample(one["image"])]
    if not own:
        return [{"image": str(samples.path(one["sample"])), "role": one["role"]} for one in recipe.pictures]
    wanted = [one["role"] for one in recipe.pictures]
    return [{**one, "role": wanted[index] if index < len(wanted) else ""} for index, one in enumerate(own)]


def needs_text(recipe: Recipe, given: Sequence[Mapping[str, Any]]) -> str:
    """Say which pictures a recipe wants while some are missing or are our samples; empty when all are there."""
    if given and any(samples.is_sample(one["image"]) for one in given):
        return f"Sample pictures stand in. Put in your own: {recipe.needs}."
    return f"This wants {recipe.needs}." if len(given) < len(recipe.pictures) else ""
