"""What the handlers of the app share: studios for visitors, their boards, and where files may be shown from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from .. import provider
from ..cards import ModelCard
from ..catalog import find_card
from ..errors import MissingKey
from ..history import HistoryView
from ..keys import find_account
from ..studio import Studio
from .board import Board, Boards
from .own_keys import OwnKeys
from .pending import Pending
from .reference_files import ReferenceFiles
from .uploads import Uploads


@dataclass
class Backend:
    """Everything behind the page.

    Attributes:
        studio: The studio whose folder, budget and keys the app uses; its target is where the page starts.
        uploads: The private folder the page may show files from.
        boards: What visitors asked for since the app was started.
        keys: The keys that visitors brought.
        uploaded: Whose the files in the folder of uploads are.
        pending: Forms that were read out of pictures and wait for their page.
    """

    studio: Studio
    uploads: Path
    boards: Boards = field(default_factory=Boards)
    keys: OwnKeys = field(init=False)
    uploaded: Uploads = field(init=False)
    pending: Pending[Any] = field(default_factory=Pending)

    def __post_init__(self) -> None:
        self.keys = OwnKeys(lambda: self.studio.engine.redact)
        self.uploaded = Uploads(self.uploads)

    @property
    def references(self) -> ReferenceFiles:
        """The pictures that visitors put in: `ReferenceFiles.keep` gives one a file that its owner's page can show."""
        return ReferenceFiles(self.uploads)

    def owner(self, request: gr.Request) -> str:
        """Return whose pictures this request may see."""
        return str(request.request.state.owner)  # type: ignore[union-attr]  # set by visitors.Visitors on every request

    def board(self, request: gr.Request, capability: str) -> Board:
        """Return this visitor's board on a tab."""
        return self.boards.of(self.owner(request), capability)

    def history(self, owner: str) -> HistoryView:
        """Return an owner's history."""
        return self.studio.engine.history.for_owner(owner)

    def is_ready(self, name: str, owner: str = "") -> bool:
        """Return whether everything a provider needs is there for an owner, without asking it for its models."""
        if self.keys.holds(owner, name):
            return True
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
        """Return a studio for a target such as ``bfl/flux-2-pro``, with this app's folder and budget.

        An owner's has the owner's own keys, and the host's where there is none.
        """
        name, _, model = target.partition("/")
        studio = self.studio if target == self.studio.card.target else self.studio.with_target(name, model)
        return studio.for_owner(owner, partial(self.keys.account, owner)) if owner else studio


def card_of(target: str) -> ModelCard:
    """Return the card of a target such as ``bfl/flux-2-pro``."""
    name, _, model = target.partition("/")
    return find_card(provider.get(name).cards(), name, model)
