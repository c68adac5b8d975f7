"""JSON as people write it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.prompting.json_writing import SHORT, written

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), VALUES, max_size=5))
def test_what_is_written_reads_the_same(data: dict[str, object]) -> None:
    """Layout is all that differs: values and the order of keys are the same."""
    read = json.loads(written(data))
    assert read == data
    assert list(read) == list(data)


def test_short_things_stand_on_one_line() -> None:
    """A short list or object is not opened, a long one is, and the outermost always is."""
    data = {"camera": {"lens": "35mm"}, "effects": ["x" * SHORT, "rain"]}
    assert written(data) == (
        '{\n  "camera": {"lens": "35mm"},\n  "effects": [\n    "' + "x" * SHORT + '",\n    "rain"\n  ]\n}'
    )
