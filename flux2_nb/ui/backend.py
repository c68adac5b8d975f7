"""What the handlers of the app share: studios for visitors, their boards, and where files may be shown from."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import gradio as gr

from .. import provider
from ..cards import ModelCard
from ..catalog import find_card
from ..errors import Flux2Error, MissingKey
from ..history import HistoryView
from ..keys import find_account
from ..studio import Studio
from .board import Board, Boards


@dataclass
class Backend:
    """Everything behind the page.

    Attributes:
        studio: The studio whose folder, budget and keys the app uses; its target is where the page starts.
        uploads: The private folder the page may show files from.
        boards: What visitors asked for since the app was started.
    """

    studio: Studio
    uploads: Path
    boards: Boards = field(default_factory=Boards)

    def owner(self, request: gr.Request) -> str:
        """Return whose pictures this request may see."""
        return str(request.request.state.owner)  # type: ignore[union-attr]  # set by visitors.Visitors on every request

    def board(self, request: gr.Request, capability: str) -> Board:
        """Return this visitor's board on a tab."""
        return self.boards.of(self.owner(request), capability)

    def history(self, owner: str) -> HistoryView:
        """Return an owner's history."""
        return self.studio.engine.history.for_owner(owner)

    def is_ready(self, name: str) -> bool:
        """Return whether everything a provider needs is set, without asking it for its models."""
        if name == self.studio.provider.name:
            return self.studio.is_ready
        try:
            find_account(name, provider.get(name).settings)
        except MissingKey:
            return False
        return True

    def resume(self, owner: str) -> None:
        """Put an owner's runs of an earlier process back on their boards, and collect what was accepted for them.

        Raises:
            Flux2Error: When that cannot be done now; they stay unfinished, and the next visit tries again.
        """
        studio = self.studio_for(self.studio.card.target, owner)
        capabilities = {record.id: record.capability for record in studio.unfinished()}
        for run in studio.resume() if capabilities else []:
            self.boards.of(owner, capabilities.get(run.id, "")).add([run])

    def studio_for(self, target: str, owner: str = "") -> Studio:
        """Return a studio for a target such as ``bfl/flux-2-pro``, with this app's folder and budget."""
        name, _, model = target.partition("/")
        studio = copy.copy(self.studio if target == self.studio.card.target else self.studio.with_target(name, model))
        studio.owner = owner or studio.owner
        return studio


def card_of(target: str) -> ModelCard:
    """Return the card of a target such as ``bfl/flux-2-pro``."""
    name, _, model = target.partition("/")
    return find_card(provider.get(name).cards(), name, model)


def all_cards() -> Sequence[ModelCard]:
    """Return every card of every provider that can tell its models now."""
    cards: list[ModelCard] = []
    for name in provider.names():
        with suppress(Flux2Error):
            cards += provider.get(name).cards()
    return cards
