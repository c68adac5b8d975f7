"""The history as people look through it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flux2_nb.errors import InvalidRequest, StoreError
from flux2_nb.history import History, Parent

from .making import NOON, Clock, found, make_run, make_stored, store


def test_the_newest_comes_first(history: History) -> None:
    """Without a text the last picture leads."""
    for prompt in ("one", "two", "three"):
        store(history, prompt)
    assert found(history.search()) == ["three", "two", "one"]


def test_pages_follow_each_other_without_gap_or_overlap(history: History) -> None:
    """Going on from the last picture of a page gives the rest, also when new pictures arrive meanwhile."""
    for number in range(7):
        store(history, f"fox {number}")
    first = history.search("fox", limit=3)
    store(history, "fox new")
    second = history.search("fox", limit=3, before=first[-1].id)
    third = history.search("fox", limit=3, before=second[-1].id)
    assert found([*first, *second, *third]) == [f"fox {number}" for number in range(6, -1, -1)]


def test_text_is_searched_in_prompt_rewritten_prompt_and_template(history: History) -> None:
    """All three texts of a picture lead to it."""
    run = history.begin(make_run("a red fox", template="a {colour} fox")).result()
    history.finish(run.id, [make_stored(prompt_used="a vixen at dawn")]).result()
    store(history, "something else")
    for text in ("red", "vixen dawn", "colour"):
        assert found(history.search(text)) == ["a red fox"]


def test_a_text_of_signs_finds_nothing(history: History) -> None:
    """A query that cannot match anything does not list everything."""
    store(history)
    assert history.search("???") == []
    assert len(history.search("   ")) == 1


def test_filters_narrow_and_combine(history: History) -> None:
    """Capability, model, provider and text together pick one picture."""
    store(history, "a fox", capability="edit")
    store(history, "a fox", capability="json-prompt")
    store(history, "a bear", capability="json-prompt")
    narrowed = history.search("fox", provider="sketch", model="flux-2-pro", capability="json-prompt")
    assert found(narrowed) == ["a fox"]
    assert found(history.search(capability="json-prompt")) == ["a bear", "a fox"]
    assert history.search(model="flux-2-dev") == []


def test_the_name_of_a_property_is_not_found_as_text(history: History) -> None:
    """Properties are no words of the prompt."""
    store(history, "a fox")
    assert history.search("sketch") == []


def test_stars_can_be_listed(history: History) -> None:
    """A starred picture is found by its star, until it is taken away."""
    result = store(history, "best")
    store(history, "other")
    history.star(result.id)
    assert found(history.search(starred=True)) == ["best"]
    assert found(history.search(starred=False)) == ["other"]
    history.star(result.id, on=False)
    assert history.search(starred=True) == []


def test_a_span_of_time_can_be_listed(history: History, clock: Clock) -> None:
    """Since is inclusive, until is not."""
    for hour in range(3):
        clock.now = NOON + hour * 3600
        store(history, f"hour {hour}")
    noon = datetime.fromtimestamp(NOON, UTC)
    one, two = noon + timedelta(hours=1), noon + timedelta(hours=2)
    assert found(history.search(since=one, until=two)) == ["hour 1"]


def test_an_item_recalls_the_form(history: History) -> None:
    """Values, template, capability and parents are at hand without loading the picture."""
    parent = store(history, "the parent")
    values = {"prompt": "a {x} fox", "rows": [1, 2]}
    parents = (Parent(parent.id, "edit"),)
    store(history, "a red fox", parents=parents, values=values, template="a {x} fox", capability="edit")
    item = history.search("red")[0]
    assert (item.values, item.template, item.capability) == (values, "a {x} fox", "edit")
    assert item.parents == (Parent(parent.id, "edit"),)
    assert item.created == datetime.fromtimestamp(NOON, UTC)


def test_an_item_loads_its_picture(history: History) -> None:
    """The line of the history leads to the very bytes, and to what is needed to make them again."""
    result = store(history, data=b"the bytes")
    item = history.search()[0]
    assert item.result() == result == history.get(item.id)
    assert item.path.read_bytes() == b"the bytes"


def test_an_original_is_found_by_its_bytes(history: History) -> None:
    """A file dropped on the app is recognised when the history made it."""
    result = store(history, data=b"the bytes")
    item = history.find_original(b"the bytes")
    assert item is not None
    assert item.id == result.id
    assert history.find_original(b"other bytes") is None


def test_equal_bytes_are_stored_once(history: History) -> None:
    """Two pictures with the same bytes share a file."""
    first, second = store(history, data=b"same"), store(history, data=b"same")
    assert first.path == second.path
    assert history.count() == 2


def test_a_preview_is_made_once(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """The small picture is made on first ask and kept."""
    made = []

    def thumbnail(data: bytes, side: int, format: str) -> bytes:
        made.append((data, side, format))
        return b"small"

    monkeypatch.setattr("flux2_nb.images.thumbnail", thumbnail)
    result = store(history, data=b"large")
    assert history.preview(result.id, 100).read_bytes() == b"small"
    assert history.preview(result.id, 100).suffix == ".webp"
    assert made == [(b"large", 100, "WEBP")]


def test_a_picture_that_is_not_there_is_told(history: History) -> None:
    """A wrong id gets a sentence."""
    with pytest.raises(InvalidRequest, match="There is no picture 'nothing' in this history"):
        history.get("nothing")


def test_a_file_that_was_taken_away_is_told(history: History) -> None:
    """The row outlives its file, and the error says what is gone."""
    result = store(history)
    assert result.path is not None
    result.path.unlink()
    with pytest.raises(StoreError, match="A file of the history is gone"):
        history.get(result.id)


def test_spending_is_summed_from_a_time(history: History, clock: Clock) -> None:
    """Money is counted per owner, per day and since any moment."""
    history.begin(make_run(estimate_usd=0.01, owner="me")).result()
    clock.now = NOON + 86_400
    history.begin(make_run(estimate_usd=0.02, owner="me")).result()
    history.begin(make_run(estimate_usd=0.04, owner="visitor")).result()
    noon = datetime.fromtimestamp(NOON, UTC)
    assert history.spent_today() == pytest.approx(0.06)
    assert history.spent_today("me") == pytest.approx(0.02)
    assert history.spent(noon, "me") == pytest.approx(0.03)
