"""The choice of provider and model, and what a person should know of it: readiness, price, time, licence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from .. import provider
from ..studio import Studio
from .backend import Backend
from .html_gradio import still
from .markup import render
from .view import price_source, price_text, readiness, seconds_text


class TargetBar:
    """Two lists and a line of facts; `target` holds what every handler goes by."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        studio = backend.studio
        with gr.Row(elem_classes=["f2-target"], equal_height=False):
            self.provider = gr.Dropdown(
                provider_choices(backend), value=studio.provider.name, label="Provider", min_width=140, scale=2
            )
            self.model = gr.Dropdown(
                model_choices(studio), value=studio.card.model, label="Model", min_width=140, scale=2
            )
            with gr.Column(scale=6, min_width=320):
                self.facts = still(target_facts(studio))
        self.target = gr.Textbox(studio.card.target, visible=False)

    @property
    def outputs(self) -> list[Any]:
        """The components that `updates` has an update for."""
        return [self.provider, self.model, self.facts, self.target]

    def updates(self, studio: Studio) -> list[Any]:
        """Return an update for each output that shows the studio's target."""
        return [
            gr.update(choices=provider_choices(self.backend), value=studio.provider.name),
            gr.update(choices=model_choices(studio), value=studio.card.model),
            target_facts(studio),
            studio.card.target,
        ]


def provider_choices(backend: Backend) -> list[tuple[str, str]]:
    """Return the providers with the words for them; one that lacks its key says so."""
    names = provider.names()
    return [(provider.get(one).facts.label + ("" if backend.is_ready(one) else " (no key)"), one) for one in names]


def model_choices(studio: Studio) -> list[tuple[str, str]]:
    """Return the models of a studio's provider; two of the same label show their slugs."""
    cards: Sequence[Any] = studio.provider.cards()
    labels = [card.label or card.model for card in cards]
    return [
        (label if labels.count(label) == 1 else f"{label} ({card.model})", card.model)
        for label, card in zip(labels, cards, strict=True)
    ]


def target_facts(studio: Studio) -> str:
    """Return the markup of what a person should know of a target."""
    card = studio.card
    is_ready, sentence = readiness(studio)
    usual = "not published" if card.seconds is None else f"about {seconds_text(card.seconds)} at 1 MP"
    facts = [
        ("Price", price_text(card.price), price_source(card.price)),
        ("Usual time", usual, ""),
        ("References", f"up to {card.references.maximum}" if card.references.maximum else "none", ""),
        ("Licence", card.licence or "not stated", ""),
    ]
    return render(
        "target",
        is_ready=is_ready,
        sentence=sentence,
        summary=studio.provider.facts.summary,
        facts=facts,
        notes=card.notes,
    )
