"""An edit as a line of the prompt: what changes, and what stays."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.edits import Edit, change_keep, keep_choices, read_edit, write_edit

KNOWN = [words for _, words in keep_choices()]
TYPED = st.text(st.characters(codec="utf-8"), max_size=60)
KEPT = st.lists(st.sampled_from(KNOWN), unique=True).map(lambda some: tuple(one for one in KNOWN if one in some))
CHANGES = st.text("abc de.!,\n", max_size=30)


def test_change_and_keep() -> None:
    """An edit says what changes and what stays, or that nothing else does."""
    assert change_keep("replace the bicycle", ["the pose", "the light"]) == (
        "Replace the bicycle. Keep the pose and the light exactly as in the original."
    )
    assert change_keep("Make it night.", []) == "Make it night. Change nothing else."
    with pytest.raises(InvalidRequest, match="nothing to change"):
        change_keep("  ", ["the pose"])


@given(TYPED, CHANGES, KEPT)
def test_an_edit_is_read_as_it_was_written(typed: str, change: str, keep: tuple[str, ...]) -> None:
    """Form and prompt are two views of one line."""
    assume(read_edit(typed) == Edit())
    edit = Edit(change, keep)
    written = write_edit(typed, edit)
    assert read_edit(written).line == edit.line
    assert read_edit(written).keep == keep


@given(TYPED, CHANGES, KEPT, CHANGES, KEPT)
def test_another_edit_replaces_the_first(
    typed: str, change: str, keep: tuple[str, ...], other: str, kept: tuple[str, ...]
) -> None:
    """Only the line of the edit changes; with nothing to say, the prompt is what the person typed."""
    assume(read_edit(typed) == Edit())
    written = write_edit(typed, Edit(change, keep))
    assert write_edit(written, Edit()) == typed
    assume(Edit(change, keep).line)
    assert write_edit(written, Edit(other, kept)) == write_edit(typed, Edit(other, kept))


def test_an_edit_that_a_person_typed_is_found() -> None:
    """A line in the documented form is shown in the form too, wherever it stands."""
    prompt = "A portrait.\nRemove the hat. Keep the face and the pose exactly as in the original.\nGrainy film."
    assert read_edit(prompt) == Edit("Remove the hat.", ("the face", "the pose"))
    assert (
        write_edit(prompt, Edit("Remove the hat.")) == "A portrait.\nRemove the hat. Change nothing else.\nGrainy film."
    )


def test_other_words_are_no_edit() -> None:
    """Only a whole line in the documented form is taken for one; a JSON prompt has none and gets none."""
    assert read_edit("Keep the garden exactly as in the original.") == Edit()
    assert read_edit("Change nothing else.") == Edit()
    assert write_edit('{"scene": "a lake"}', Edit("Add a boat")) == '{"scene": "a lake"}'
