"""Looking through a long history: forwards, backwards, counted, and by the prompts alone."""

from __future__ import annotations

import pytest

from flux2_nb.errors import InvalidRequest
from flux2_nb.history import History

from .making import found, make_run, store


def test_a_page_before_another_is_the_nearest(history: History) -> None:
    """Going back from a picture gives the pictures right after it in time, still newest first."""
    made = [store(history, f"fox {number}") for number in range(6)]
    assert found(history.search(after=made[1].id, limit=2)) == ["fox 3", "fox 2"]
    assert found(history.search("fox", after=made[3].id)) == ["fox 5", "fox 4"]


def test_a_place_outlives_its_picture(history: History) -> None:
    """A page goes on from where a picture was that has been deleted since."""
    made = [store(history, f"fox {number}") for number in range(4)]
    history.delete([made[2].id])
    assert found(history.search(before=made[2].id)) == ["fox 1", "fox 0"]
    assert found(history.search(after=made[2].id)) == ["fox 3"]


def test_what_is_found_is_counted_on_all_pages(history: History) -> None:
    """The count follows text, filters, stars and deletions, and is of one owner."""
    foxes = [store(history, "a fox", capability="edit") for _ in range(3)]
    store(history, "a bear")
    store(history, "a fox", owner="other")
    history.star(foxes[0].id)
    mine = history.for_owner("me")
    assert mine.count(text="fox") == 3
    assert mine.count(capability="edit", starred=True) == 1
    assert mine.count(text="???") == 0
    history.delete([foxes[1].id])
    assert (mine.count(text="fox"), mine.count()) == (2, 3)


def test_several_pictures_come_in_the_order_asked_for(history: History) -> None:
    """Each once; one that is not this owner's fails them all."""
    first, second = store(history, "one"), store(history, "two")
    other = store(history, "three", owner="other")
    mine = history.for_owner("me")
    assert found(mine.items([second.id, first.id, second.id])) == ["two", "one"]
    with pytest.raises(InvalidRequest):
        mine.items([first.id, other.id])


def test_prompts_outlive_their_pictures(history: History) -> None:
    """Each is listed once with its newest run, as it was typed; until its owner has everything deleted."""
    first = store(history, "a fox at night", template="a fox at {time}")
    store(history, "ein roter Füchs")
    failed = history.begin(make_run("a fox that never came")).result()
    store(history, "somebody's fox", owner="other")
    mine = history.for_owner("me")
    history.delete([first.id])
    assert [one.text for one in mine.prompts()] == ["a fox that never came", "ein roter Füchs", "a fox at {time}"]
    assert mine.prompts()[0].run_id == failed.id
    assert [one.text for one in mine.prompts("fuchs ROT")] == ["ein roter Füchs"]
    assert len(mine.prompts(limit=1)) == 1
    mine.delete_all()
    assert mine.prompts() == []
