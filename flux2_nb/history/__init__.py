"""The store: every run, its job, its pictures and what it cost, in one folder that survives ``kill -9``."""

from .records import UNFINISHED, HistoryItem, Parent, RunRecord, State, Stored
from .store import History
from .view import HistoryView

__all__ = ["UNFINISHED", "History", "HistoryItem", "HistoryView", "Parent", "RunRecord", "State", "Stored"]
