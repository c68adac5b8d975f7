"""In a shared app everyone sees only their own work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flux2_nb.errors import Flux2Error, InvalidRequest
from flux2_nb.history import History, HistoryView
from flux2_nb.request import ImageRequest, Reference

from .making import found, make_run, store

PHOTO = Reference(b"photo", sha256="cd" * 32, media_type="image/png", width=8, height=6, name="me.png")


@pytest.fixture
def visitor(history: History) -> HistoryView:
    return history.for_owner("visitor")


def test_a_view_lists_its_owners_pictures_only(history: History, visitor: HistoryView) -> None:
    """Lists, searches and counts of one owner leave out everyone else's."""
    store(history, "my fox", owner="me")
    store(history, "their fox", owner="visitor")
    assert found(visitor.search()) == found(visitor.search("fox")) == ["their fox"]
    assert (visitor.count(), history.count(), history.count("me")) == (1, 2, 1)


def test_a_view_cannot_be_talked_into_another_owner(history: History, visitor: HistoryView) -> None:
    """Naming another owner to a view changes nothing."""
    store(history, "my fox", owner="me")
    assert visitor.search(owner="me") == []
    assert visitor.count("me") == 0
    assert visitor.runs(["done"], owner="me") == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda view, result: view.get(result.id),
        lambda view, result: view.get(result.id, "me"),
        lambda view, result: view.item(result.id),
        lambda view, result: view.preview(result.id),
        lambda view, result: view.star(result.id),
        lambda view, result: view.run(result.run_id),
        lambda view, result: view.run(result.run_id, "me"),
        lambda view, result: view.reference(PHOTO.sha256),
    ],
)
def test_anothers_work_is_as_if_it_did_not_exist(
    history: History, visitor: HistoryView, ask: Callable[[HistoryView, Any], Any]
) -> None:
    """Knowing an id or a hash does not open the door to it."""
    history.keep_references([PHOTO])
    result = store(history, owner="me", request=ImageRequest("like image 1", references=[PHOTO]))
    with pytest.raises(Flux2Error, match=r"no picture|no run|no longer in the history"):
        ask(visitor, result)


def test_anothers_bytes_are_not_recognised(history: History, visitor: HistoryView) -> None:
    """Dropping a file that somebody else made tells nothing about them."""
    store(history, data=b"bytes", owner="me")
    assert visitor.find_original(b"bytes") is None


def test_a_view_deletes_its_owners_pictures_only(history: History, visitor: HistoryView) -> None:
    """Deleting by another's id, or deleting everything, leaves others alone."""
    mine = store(history, "mine", owner="me")
    store(history, "theirs", owner="visitor")
    assert visitor.delete([mine.id]) == 0
    assert visitor.delete_all("me") == 1
    assert found(history.search()) == ["mine"]


def test_everything_of_everyone_is_not_deleted_by_omission(history: History) -> None:
    """Forgetting to name the owner deletes nothing."""
    store(history)
    with pytest.raises(InvalidRequest, match="Say whose"):
        history.delete_all()
    assert history.count() == 1


def test_a_view_sees_its_owners_spending_only(history: History, visitor: HistoryView) -> None:
    """What others spend is not shown."""
    history.begin(make_run(owner="me", estimate_usd=0.05)).result()
    assert visitor.spent_today() == 0
