"""The one writer: commits are shared, failures are not."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, event, text

from flux2_nb.errors import StoreError
from flux2_nb.history import History

from .making import make_run, make_stored


def hold(history: History) -> Event:
    """Keep the writer busy until the event is set, so that all that follows waits together."""
    begun, release = Event(), Event()

    def wait(_: Connection) -> None:
        begun.set()
        release.wait()

    history._core.write(wait)
    begun.wait()
    return release


def test_runs_that_wait_together_share_a_commit(history: History) -> None:
    """50 runs journaled at the same moment cost one commit."""
    commits: list[Connection] = []
    release = hold(history)
    event.listen(history._core.open().database.writing, "commit", commits.append)
    futures = [history.begin(make_run()) for _ in range(50)]
    release.set()
    assert len({future.result().id for future in futures}) == 50
    assert len(commits) == 2  # the one that was held, then all 50


def test_an_operation_that_fails_undoes_only_itself(history: History) -> None:
    """A failing neighbour in the same commit loses its own half-done work and nobody else's."""
    release = hold(history)

    def half_done(connection: Connection) -> None:
        connection.execute(text("UPDATE runs SET note = 'half done'"))
        raise LookupError("a bug")

    first = history.begin(make_run())
    broken = history._core.write(half_done)
    second = history.begin(make_run())
    release.set()
    with pytest.raises(LookupError, match="a bug"):
        broken.result()
    assert [history.run(future.result().id).note for future in (first, second)] == ["", ""]


@pytest.mark.case(40)
def test_a_full_disk_is_told_and_what_was_acknowledged_stays(history: History) -> None:
    """When the disk fills up every future tells the truth about its own row, and the history goes on afterwards."""
    release = hold(history)

    def limit(connection: Connection, pages: str) -> None:
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))

    history._core.write(lambda connection: limit(connection, "1"))
    runs = [make_run("x" * size) for size in (10, 90_000, 10)]
    futures = [history.begin(run) for run in runs]
    release.set()
    assert isinstance(futures[1].exception(), StoreError)
    assert "disk is full" in str(futures[1].exception())
    journaled = {run.id for run in history.unfinished()}
    assert journaled == {run.id for run, future in zip(runs, futures, strict=True) if future.exception() is None}
    history._core.write(lambda connection: limit(connection, "1000000")).result()
    assert history.begin(make_run()).result().state == "sending"


def test_closing_writes_what_is_queued(history: History) -> None:
    """What was handed over before closing is on the disk afterwards."""
    release = hold(history)
    futures = [history.begin(make_run()) for _ in range(5)]
    release.set()
    history.close()
    assert all(future.done() for future in futures)
    assert len(history.unfinished()) == 5


def test_writing_files_does_not_hold_up_the_ledger(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a slow disk takes a picture, other runs are journaled."""
    writing, release = Event(), Event()
    run = history.begin(make_run()).result()
    files = history._core.open().files
    keep = files.keep

    def slow(path: Path, data: bytes) -> None:
        writing.set()
        release.wait()
        keep(path, data)

    monkeypatch.setattr(files, "keep", slow)
    finishing = history.finish(run.id, [make_stored()])
    writing.wait()
    assert history.begin(make_run()).result().state == "sending"
    assert not finishing.done()
    release.set()
    assert len(finishing.result()) == 1


def test_reading_does_not_wait_for_the_writer(history: History) -> None:
    """A page is read while the writer is busy with a transaction of its own."""
    history.begin(make_run()).result()
    release = hold(history)
    assert len(history.unfinished()) == 1
    release.set()
