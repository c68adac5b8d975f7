"""A folder that is damaged, locked, full, newer, read-only or gone."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flux2_nb.errors import StoreError
from flux2_nb.history import History
from flux2_nb.history.schema import MIGRATIONS

from .conftest import Reopen
from .making import files_under, make_run, make_stored, store


def test_nothing_is_made_before_the_first_use(tmp_path: Path) -> None:
    """Making a history writes nothing."""
    History(tmp_path / "home")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_the_folder_is_the_owners_alone(history: History) -> None:
    """No other user of the machine can read the folder, the database or a picture."""
    result = store(history)
    assert result.path is not None
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (history.home, history.home / "history.db", result.path)]
    assert modes == [0o700, 0o600, 0o600]


def test_the_journal_suits_the_sqlite_at_hand(history: History) -> None:
    """WAL is used only where SQLite no longer has the bug that can damage such files; every commit is synced."""
    with history._core.open().database.writing.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        foreign_keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    assert mode == ("wal" if sqlite3.sqlite_version_info >= (3, 51, 3) else "delete")
    assert (synchronous, foreign_keys) == (2, 1)


def test_a_history_opens_again_after_closing(history: History) -> None:
    """Closing is not the end: the next use opens the folder anew."""
    store(history, "before")
    history.close()
    assert history.search()[0].prompt == "before"


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\0" + bytes(4000)])
@pytest.mark.case(41)
def test_a_damaged_file_is_set_aside(tmp_path: Path, reopen: Reopen, content: bytes) -> None:
    """A file that is no database is kept under another name, a new one is begun, and people are told."""
    (tmp_path / "history.db").write_bytes(content)
    (tmp_path / "history.db-shm").write_bytes(b"a companion of the old file")
    history = reopen()
    store(history)
    assert history.count() == 1
    [notice] = history.notices
    [aside, companion] = sorted(tmp_path.glob("history.db.corrupt-*"))
    assert companion.name == f"{aside.name}-shm"
    assert aside.name in notice
    assert aside.read_bytes() == content


@pytest.mark.case(41)
def test_damage_inside_the_file_is_found_after_a_crash(tmp_path: Path, reopen: Reopen) -> None:
    """After an unclean end the whole file is checked, not only its first page."""
    history = reopen()
    for number in range(30):
        store(history, f"fox {number} {'word ' * 200}")
    history.close()
    database = tmp_path / "history.db"
    with database.open("r+b") as file:
        file.seek(database.stat().st_size // 2)
        file.write(b"\xff" * 4096 * 4)
    (tmp_path / "processes" / "crashed").mkdir(parents=True)
    again = reopen()
    assert again.count() == 0
    assert len(again.notices) == 1


@pytest.mark.case(41)
def test_a_newer_file_is_left_alone(tmp_path: Path, reopen: Reopen) -> None:
    """A history written by a newer version is refused politely and not touched."""
    connection = sqlite3.connect(tmp_path / "history.db")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    before = (tmp_path / "history.db").read_bytes()
    with pytest.raises(StoreError, match=r"written by a newer flux2_nb; it was left as it is\. Update flux2_nb"):
        reopen().count()
    assert (tmp_path / "history.db").read_bytes() == before


@pytest.mark.case(41)
def test_a_locked_file_is_told_and_the_history_goes_on(tmp_path: Path) -> None:
    """When another program holds the file for too long the caller gets a sentence, and the next call works."""
    history = History(tmp_path, busy_seconds=0.05)
    history.open()
    holder = sqlite3.connect(tmp_path / "history.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match=r"stayed locked for too long.*close that one, or try again"):
        history.begin(make_run()).result()
    with pytest.raises(StoreError, match="stayed locked for too long"):
        history.count()
    holder.execute("ROLLBACK")
    holder.close()
    assert history.begin(make_run()).result().state == "sending"
    history.close()


@pytest.mark.case(40)
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where the folder should be gives a sentence, by the future as well as directly."""
    (tmp_path / "home").write_text("a file", encoding="utf-8")
    history = History(tmp_path / "home")
    with pytest.raises(StoreError, match="a file where a folder should be"):
        history.count()
    assert isinstance(history.begin(make_run()).exception(), StoreError)
    assert isinstance(history.finish("run", [make_stored()]).exception(), StoreError)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "The disk is full. "),
        (errno.EROFS, "The folder is read-only. "),
        (errno.EACCES, "The folder may not be written. "),
    ],
)
@pytest.mark.case(40)
def test_a_picture_that_cannot_be_written_is_told(
    history: History, monkeypatch: pytest.MonkeyPatch, code: int, sentence: str
) -> None:
    """Nothing half written stays, the run can still be finished, and the error says what to do."""

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    run = history.begin(make_run()).result()
    monkeypatch.setattr("flux2_nb.history.files.os.replace", fail)
    with pytest.raises(StoreError, match=f"{sentence}.*FLUX2_HOME"):
        history.finish(run.id, [make_stored()]).result()
    monkeypatch.undo()
    assert files_under(history.home) == ["alive", "history.db", "opening.lock"]
    assert len(history.finish(run.id, [make_stored()]).result()) == 1


@pytest.mark.case(41)
def test_a_history_taken_away_while_in_use_is_begun_anew(history: History) -> None:
    """Deleting the file under a running app loses what was in it, tells so, and the app goes on."""
    store(history)
    (history.home / "history.db").unlink()
    store(history, "after")
    assert history.search()[0].prompt == "after"
    assert "taken away while in use" in history.notices[0]


@pytest.mark.case(44)
def test_many_threads_may_use_it_at_once(history: History) -> None:
    """Threads that open, write and read at the same moment do not disturb each other."""
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda number: store(history, f"fox {number}"), range(40)))
    assert history.count() == 40
    assert {item.id for item in history.search(limit=100)} == {result.id for result in results}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.case(44)
def test_a_forked_process_has_its_own_way_to_the_folder(history: History) -> None:
    """A child of fork, which has none of the parent's threads, can write, and the parent goes on."""
    store(history, "parent")
    child = os.fork()
    if child == 0:
        store(history, "child")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert {item.prompt for item in history.search()} == {"parent", "child"}
