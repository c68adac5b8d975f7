"""Deleting pictures."""

from __future__ import annotations

import pytest

from flux2_nb.errors import InvalidRequest
from flux2_nb.history import History
from flux2_nb.request import ImageRequest, Reference

from .making import files_under, make_run, make_stored, store


def test_a_deleted_picture_is_gone_and_its_money_stays_counted(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row, search words, original and previews are gone; the day's total is what it was."""
    monkeypatch.setattr("flux2_nb.images.thumbnail", lambda data, side, format: b"small")
    result = store(history, "a fox", estimate_usd=0.05)
    history.preview(result.id)
    assert history.delete([result.id]) == 1
    assert history.search() == history.search("fox") == []
    assert files_under(history.home / "images") == files_under(history.home / "previews") == []
    with pytest.raises(InvalidRequest):
        history.get(result.id)
    assert history.spent_today() == pytest.approx(0.05)


def test_a_file_that_another_picture_shares_stays(history: History) -> None:
    """Deleting one of two equal pictures leaves the other whole."""
    first, second = store(history, data=b"same"), store(history, data=b"same")
    history.delete([first.id])
    assert history.get(second.id).data == b"same"
    history.delete([second.id])
    assert files_under(history.home / "images") == []


def test_the_prompt_of_a_deleted_picture_can_be_recalled(history: History) -> None:
    """The run keeps what was asked for."""
    result = store(history, "a fox worth keeping")
    history.delete([result.id])
    assert history.run(result.run_id).request.prompt == "a fox worth keeping"


def test_deleting_twice_counts_once(history: History) -> None:
    """A second deletion finds nothing."""
    result = store(history)
    assert [history.delete([result.id]) for _ in range(2)] == [1, 0]


def test_many_pictures_are_deleted_in_portions(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """More pictures than one portion are all removed."""
    monkeypatch.setattr("flux2_nb.history.removal._AT_ONCE", 2)
    ids = [store(history, f"fox {number}").id for number in range(5)]
    assert history.delete(ids) == 5
    assert files_under(history.home / "images") == []


def test_deleting_everything_leaves_no_words_and_no_pictures(history: History) -> None:
    """Prompts, values, templates, names and reference images of the owner are gone; the money stays."""
    photo = Reference(b"photo", sha256="ef" * 32, media_type="image/png", width=8, height=6, name="unmistakable.png")
    history.keep_references([photo])
    request = ImageRequest("an unmistakable fox", references=[photo])
    texts = {"template": "unmistakable", "note": "unmistakable"}
    run = history.begin(make_run(request=request, estimate_usd=0.05, values=texts, **texts)).result()
    history.finish(run.id, [make_stored(prompt_used="unmistakable", flags={"said": "unmistakable"})]).result()
    assert history.delete_all("me") == 1
    kept = history.run(run.id)
    assert "unmistakable" not in repr(kept)
    assert kept.request.prompt == "(deleted)"
    assert history.spent_today() == pytest.approx(0.05)
    assert files_under(history.home / "references") == files_under(history.home / "images") == []


def test_a_reference_that_another_owner_uses_stays(history: History) -> None:
    """Reference images are stored once, and removed with their last use."""
    photo = Reference(b"photo", sha256="ef" * 32, media_type="image/png", width=8, height=6)
    history.keep_references([photo])
    for owner in ("one", "two"):
        store(history, owner=owner, request=ImageRequest("image 1", references=[photo]))
    history.delete_all("one")
    assert history.reference("ef" * 32, "two").data == b"photo"
    history.delete_all("two")
    assert files_under(history.home / "references") == []


def test_a_picture_stored_while_its_twin_is_deleted_is_whole(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deletion between the writing of a file and of its row does not leave a row without a file."""
    twin = store(history, data=b"same")
    run = history.begin(make_run()).result()
    writer = history._core.open().writer
    submit = writer.submit

    def delete_first(operation: object, future: object = None) -> object:
        monkeypatch.undo()
        history.delete([twin.id])
        return submit(operation, future)

    monkeypatch.setattr(writer, "submit", delete_first)
    [result] = history.finish(run.id, [make_stored(b"same")]).result()
    assert history.get(result.id).data == b"same"
