"""The store: every run, its job, its pictures and what it cost, in one folder that survives ``kill -9``.

What reads and writes is loaded when it is first used: the database library takes longer to load than all the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazily import loader
from .records import UNFINISHED, HistoryItem, Parent, RunRecord, State, Stored

if TYPE_CHECKING:
    from .prompts import PastPrompt as PastPrompt
    from .store import History as History
    from .view import HistoryView as HistoryView

_HOMES = {"History": "store", "HistoryView": "view", "PastPrompt": "prompts"}

__all__ = [
    "UNFINISHED",
    "History",
    "HistoryItem",
    "HistoryView",
    "Parent",
    "PastPrompt",
    "RunRecord",
    "State",
    "Stored",
]

__getattr__ = loader(__name__, _HOMES)
