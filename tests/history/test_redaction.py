"""No key reaches the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from flux2_nb.errors import BadReply
from flux2_nb.history import History
from flux2_nb.keys import Redactor, Secret
from flux2_nb.request import ImageRequest, Reference
from flux2_nb.wire import Job

from .making import make_run, make_stored

KEY = "canary-0123456789"
PASTED = "r8_abcdefghijklmnopqrstuvwxyz0123456789"


def test_keys_are_masked_in_everything_that_is_written(tmp_path: Path) -> None:
    """A key in any text of a run, its job, its pictures or its error is nowhere in the folder."""
    history = History(tmp_path, Redactor([Secret(KEY)]))
    both = f"{KEY} and {PASTED}"
    photo = Reference(b"photo", sha256="ab" * 32, media_type="image/png", name=f"{both}.png", role=both)
    run = make_run(
        request=ImageRequest(f"a fox {both}", references=[photo], extra={both: both}),
        values={"prompt": both, "rows": [{"text": both}]},
        template=both,
        note=both,
        route=both,
    )
    history.begin(run).result()
    history.submitted(run.id, Job("job", poll_url=f"https://api.example/?k={both}", details={"a": [both]})).result()
    history.end(run.id, "failed", BadReply(both)).result()
    history.finish(run.id, [make_stored(prompt_used=both, flags={"said": both})], {"total": 1.0}).result()
    history.close()
    written = b"".join(path.read_bytes() for path in history.home.rglob("*") if path.is_file())
    assert b"a fox [hidden]" in written
    assert KEY.encode() not in written
    assert PASTED.encode() not in written


@pytest.mark.case(32)
def test_the_result_of_a_masked_prompt_holds_no_key(history: History) -> None:
    """What goes into a picture's settings is masked as the history is."""
    run = history.begin(make_run(f"a fox {PASTED}")).result()
    [result] = history.finish(run.id, [make_stored()]).result()
    assert PASTED not in str(result.settings)
    assert history.search("fox")[0].prompt == "a fox [hidden]"


def test_half_characters_do_not_stop_a_picture(history: History) -> None:
    """A lone surrogate in what a provider says is replaced; the picture is stored."""
    run = history.begin(make_run(values={"text": "half \ud83d"})).result()
    [result] = history.finish(run.id, [make_stored(prompt_used="half \ud83d", flags={"said": "\ud83d"})]).result()
    assert result.prompt_used == "half ?"
    assert history.search("half")[0].prompt_used == "half ?"
