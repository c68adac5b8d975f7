"""The catalogue: reads ``catalog.toml`` into model cards and looks them up."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict

from .cards import ModelCard, merge
from .errors import InvalidRequest, nearest

TAKE_AWAY = "none"
"""A value in the file that takes an inherited entry away again."""


class ProviderFacts(BaseModel):
    """What the catalogue says of a provider as a whole.

    Attributes:
        label: Its name for people.
        concurrency: How many requests one account may have under way at once.
        summary: One sentence on how it works.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    concurrency: int = 4
    summary: str = ""


class Catalog(BaseModel):
    """All providers and cards of the file, in its order."""

    model_config = ConfigDict(frozen=True)

    providers: dict[str, ProviderFacts]
    cards: tuple[ModelCard, ...]

    def of(self, provider: str) -> tuple[ModelCard, ...]:
        """Return the cards of one provider."""
        return tuple(card for card in self.cards if card.provider == provider)


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """Read the catalogue that ships with the package, once."""
    return parse(resources.files(__package__).joinpath("catalog.toml").read_text(encoding="utf-8"))


def parse(text: str) -> Catalog:
    """Read a catalogue: each card is laid over the card it is ``like``, and both over what is true of the family."""
    data = tomllib.loads(text)
    stated: dict[str, dict[str, Any]] = {}
    for entry in data.get("card", ()):
        like = entry.get("like")
        own = {name: value for name, value in entry.items() if name != "like"}
        whole = merge(stated[like], own) if like else own
        stated[f"{whole['provider']}/{whole['model']}"] = whole
    families: Mapping[str, Mapping[str, Any]] = data.get("family", {})
    cards = [_card(families.get(entry.get("family", ""), {}), entry) for entry in stated.values()]
    providers = {name: ProviderFacts(**facts) for name, facts in data.get("provider", {}).items()}
    return Catalog(providers=providers, cards=tuple(cards))


def _card(family: Mapping[str, Any], entry: Mapping[str, Any]) -> ModelCard:
    whole = _without_taken(merge(family, entry))
    parameters = whole.get("parameters", {})
    whole["absent"] = {name: why for name, why in whole.get("absent", {}).items() if name not in parameters}
    return ModelCard.model_validate(whole)


def _without_taken(table: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_taken(value) if isinstance(value, Mapping) else value
        for name, value in table.items()
        if value != TAKE_AWAY
    }


def find_card(cards: Iterable[ModelCard], provider: str, model: str | None) -> ModelCard:
    """Return a provider's card by model, or its first when no model is named.

    Raises:
        InvalidRequest: When the provider has no such model; offers the nearest.
    """
    cards = tuple(cards)
    if model is None and cards:
        return cards[0]
    for card in cards:
        if card.model == model:
            return card
    known = [card.model for card in cards]
    raise InvalidRequest(
        f'{provider} has no model "{model}".',
        field="model",
        next_step=nearest(str(model), known) or f"It has {', '.join(known)}.",
    )


def markdown_table(cards: Iterable[ModelCard]) -> str:
    """Return the table of providers and models for the README."""
    head = "| provider | model | references | sizes | price of 1 MP | typical time | licence |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *(_row(card) for card in cards)])


def _row(card: ModelCard) -> str:
    cells = (
        f"`{card.provider}`",
        f"`{card.model}`",
        f"up to {card.references.maximum}" if card.references.maximum else "none",
        _sizes(card),
        _price(card),
        f"{card.seconds:g} s" if card.seconds else "not published",
        card.licence,
    )
    return f"| {' | '.join(cells)} |"


def _sizes(card: ModelCard) -> str:
    if card.size.kind == "ratio":
        return f"by ratio, to {max(card.size.megapixels):g} MP"
    return f"{card.size.minimum} to {card.size.maximum} px, x{card.size.multiple}, to {card.size.max_megapixels:g} MP"


def _price(card: ModelCard) -> str:
    steps = card.parameters.get("steps")
    price = card.price.estimate(1024, 1024, steps=steps.default if steps and steps.default else 1)
    if price is None:
        return "not published"
    return "free" if price == 0 else f"${price:.4g}{'' if card.price.confirmed else ' (unconfirmed)'}"
