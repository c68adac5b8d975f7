"""What the handlers of the app share: studios for visitors, their boards, and where files may be shown from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from .. import capability as registry
from .. import provider
from ..cards import ModelCard
from ..catalog import find_card
from ..history import HistoryView, RunRecord
from ..reminder import taken_up
from ..studio import Studio
from .board import Board, Boards
from .limits import Limit
from .own_keys import OwnKeys
from .pace import Pace
from .pending import Pending
from .reference_files import ReferenceFiles
from .request_values import capability_for
from .target_facts import is_ready
from .uploads import Uploads

CHECKS = (5, 60.0)
"""How often a visitor may have a key checked, and within how many seconds: each check asks the provider."""


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
        pace: At which all pages together are told of their runs.
        checks: How often visitors had their keys checked.
    """

    studio: Studio
    uploads: Path
    boards: Boards = field(default_factory=Boards)
    keys: OwnKeys = field(init=False)
    uploaded: Uploads = field(init=False)
    pending: Pending[Any] = field(default_factory=Pending)
    pace: Pace = field(default_factory=Pace)
    checks: Limit = field(default_factory=lambda: Limit(*CHECKS))

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
        return is_ready(name, self.studio)

    def resume(self, owner: str) -> str:
        """Put an owner's runs of an earlier process back on their boards, and collect what was accepted for them.

        Returns:
            A line that says so to the owner; empty when nothing was left.

        Raises:
            Flux2Error: When that cannot be done now; they stay unfinished, and the next visit tries again.
        """
        studio = self.studio_for(self.studio.card.target, owner)
        capabilities = {record.id: self._capability_of(record) for record in studio.unfinished()}
        runs = studio.resume() if capabilities else []
        tabs = [capabilities.get(run.id, registry.capabilities()[0].name) for run in runs]
        for run, tab in zip(runs, tabs, strict=True):
            self.boards.of(owner, tab).add([run])
        titles = [registry.get(tab).title for tab in tabs]
        return taken_up(len(runs), self.history(owner).take_lost(), titles)

    def _capability_of(self, record: RunRecord) -> str:
        """Return the capability on whose tab a run is shown: its own, or one whose form could have made its request."""
        known = any(one.name == record.capability for one in registry.capabilities())
        return record.capability if known else capability_for(record.request, self.studio.card).name

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
