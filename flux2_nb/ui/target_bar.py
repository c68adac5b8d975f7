"""The choice of provider and model, and what a person should know of it: readiness, price, time, licence."""

from __future__ import annotations

from typing import Any

import gradio as gr

from .. import provider
from ..studio import Studio
from .backend import Backend
from .fields_gradio import QUIET
from .html_gradio import still
from .key_panel import key_markup, key_panel
from .markup import render
from .own_keys import asked_of
from .target_facts import target_facts
from .view import model_choices


class TargetBar:
    """Two lists, the key and a line of facts; `target` holds what every handler goes by."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        studio = backend.studio
        with gr.Row(elem_classes=["f2-target"], equal_height=False):
            with gr.Column(scale=5, min_width=320, elem_classes=["f2-choice-of-target"]):
                with gr.Row():
                    self.provider = gr.Dropdown(
                        provider_choices(backend, studio), value=studio.provider.name, label="Provider", min_width=140
                    )
                    self.model = gr.Dropdown(
                        model_choices(studio), value=studio.card.model, label="Model", min_width=140
                    )
                self.key = key_panel(studio)
            with gr.Column(scale=6, min_width=320):
                self.facts = still(facts_markup(studio))
        self.target = gr.Textbox(studio.card.target, visible=False)
        self.key.changed(self._key_changed, self.target, [self.provider, self.key, self.facts], **QUIET)

    @property
    def outputs(self) -> list[Any]:
        """The components that `updates` has an update for."""
        return [self.provider, self.model, self.key, self.facts, self.target]

    def updates(self, studio: Studio) -> list[Any]:
        """Return an update for each output that shows the studio's target."""
        return [
            gr.update(choices=provider_choices(self.backend, studio), value=studio.provider.name),
            gr.update(choices=model_choices(studio), value=studio.card.model),
            key_markup(studio),
            facts_markup(studio),
            studio.card.target,
        ]

    def _key_changed(self, target: str, request: gr.Request) -> list[Any]:
        """Show whose key is used now."""
        studio = self.backend.studio_for(target, self.backend.owner(request))
        choices = gr.update(choices=provider_choices(self.backend, studio))
        return [choices, key_markup(studio), facts_markup(studio)]


def provider_choices(backend: Backend, studio: Studio) -> list[tuple[str, str]]:
    """Return the providers with the words for them; one that is billed says whether the studio's owner has a key."""
    return [(provider.get(one).facts.label + _state(one, backend, studio), one) for one in provider.names()]


def _state(name: str, backend: Backend, studio: Studio) -> str:
    if not asked_of(provider.get(name)):
        return ""
    return " (ready)" if backend.is_ready(name, studio.owner) else " (no key)"


def facts_markup(studio: Studio) -> str:
    """Return the markup of what a person should know of a target."""
    told = target_facts(studio)
    notes = [studio.provider.facts.summary, *told.notes, f"Source of the price: {told.source}." if told.source else ""]
    return render(
        "target",
        is_ready=told.is_ready,
        sentence=told.sentence,
        facts=told.facts,
        brief=f"Price: {told.price}",
        notes=[note for note in notes if note],
    )
