"""A history that is damaged, locked, newer, older or taken away, seen from a studio that goes on. Case 41."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from flux2_nb import errors
from flux2_nb.history import History, database, schema
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import both, every
from tests.history.making import store
from tests.reliability.aftermath import assert_goes_on, sound

StudioAt = Callable[..., Studio]


@contextmanager
def locked(studio: Studio) -> Iterator[None]:
    """Another program holds the history, for longer than we wait."""
    studio.engine.history._core._busy_seconds = 0.05
    with closing(sqlite3.connect(studio.home / "history.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        yield


def opened(studio: Studio) -> Studio:
    """A studio whose history is open, with a wait for locks that a test can sit out."""
    studio.engine.history._core._busy_seconds = 0.05
    studio.history.count()
    return studio


def spoil(path: Path) -> None:
    """Overwrite all of a database but its first page."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))


@every
@pytest.mark.case(41)
def test_a_history_locked_from_the_start_buys_nothing(double: Double, provider: str, studio_at: StudioAt) -> None:
    """What cannot be written down is not bought; once the other program is done, all goes on."""
    studio = opened(studio_at(double, provider))
    with locked(studio):
        run = studio.start("a fox")
        with pytest.raises(errors.StoreError, match=r"stayed locked for too long.*Nothing was spent\. Another program"):
            run.result(20)
    assert not double.submits
    assert_goes_on(studio, double)


@both
@pytest.mark.case(41)
def test_a_history_locked_at_the_end_keeps_the_picture(double: Double, provider: str, studio_at: StudioAt) -> None:
    """The picture is in hand, and in the history once the job is collected again."""
    double.script("job", faults.Fate(pending=2))
    studio = opened(studio_at(double, provider))
    run = studio.start("a fox")
    while run.latest.kind != "running" or not double.submits:
        pass
    with locked(studio):
        result = run.result(20)
        assert result.data in double.delivered.values()
        assert "stayed locked for too long" in result.notes[0]
    assert [again.result(20).data for again in studio.resume()] == [result.data]
    sound(run, studio, "done", double=double)


@both
@pytest.mark.case(41)
def test_a_history_taken_away_meanwhile_keeps_the_picture(
    double: Double, provider: str, studio_at: StudioAt, caplog: pytest.LogCaptureFixture
) -> None:
    """The folder is deleted while a job runs: its picture is shown, people are told, and a new history is begun."""
    double.script("job", faults.Fate(pending=3))
    studio = opened(studio_at(double, provider))
    run = studio.start("a fox")
    while run.latest.kind != "running" or not double.submits:
        pass
    shutil.rmtree(studio.home)
    result = run.result(20)
    assert result.data in double.delivered.values()
    assert result.is_unsaved
    assert "taken away while in use; a new one was begun" in caplog.text
    assert_goes_on(studio, double)
    assert [item.prompt for item in studio.history.search()] == ["a fox after the storm"]


@pytest.mark.case(41)
def test_damage_met_while_in_use_is_set_aside(
    bfl_double: Double, studio_at: StudioAt, caplog: pytest.LogCaptureFixture
) -> None:
    """The first use that meets the damage says so; the next one finds a new history, and the old one kept beside it."""
    studio = studio_at(bfl_double, "bfl")
    studio.generate("a fox")
    spoil(studio.home / "history.db")
    with pytest.raises(errors.StoreError, match=r"damaged.*Try again: the damaged file is then set aside"):
        studio.history.search()
    assert_goes_on(studio, bfl_double)
    [aside] = studio.home.glob("history.db.corrupt-*")
    assert aside.name in caplog.text
    assert studio.history.notices


@pytest.mark.case(41)
def test_a_damaged_history_is_told_where_people_look(
    bfl_double: Double, studio_at: StudioAt, caplog: pytest.LogCaptureFixture
) -> None:
    """A history that is no database when it is opened is set aside, and the log, which a notebook shows, says so."""
    studio = studio_at(bfl_double, "bfl")
    studio.home.mkdir()
    (studio.home / "history.db").write_bytes(b"this is no database")
    assert_goes_on(studio, bfl_double)
    assert "was damaged. It was set aside as history.db.corrupt-" in caplog.text


@pytest.mark.case(41)
def test_a_newer_history_is_refused_and_sketches_go_on(bfl_double: Double, studio_at: StudioAt) -> None:
    """Nothing is bought that could not be remembered; what is free is still drawn; the file stays as it is."""
    studio = studio_at(bfl_double, "bfl")
    studio.home.mkdir()
    with closing(sqlite3.connect(studio.home / "history.db")) as connection:
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    before = (studio.home / "history.db").read_bytes()
    with pytest.raises(errors.StoreError, match=r"newer flux2_nb.*Nothing was spent\. Update flux2_nb"):
        studio.generate("a fox")
    assert not bfl_double.submits
    assert_goes_on(studio)
    assert (studio.home / "history.db").read_bytes() == before


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A home with one picture, in the present form."""
    history = History(tmp_path / "home")
    store(history, "before")
    history.close()
    return tmp_path / "home"


@pytest.fixture
def next_step(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Connection], None]], None]:
    """Adds one step to those that bring a history to its newest form."""

    def add(step: Callable[[Connection], None]) -> None:
        steps = (*schema.MIGRATIONS, step)
        monkeypatch.setattr(schema, "MIGRATIONS", steps)
        monkeypatch.setattr(database, "MIGRATIONS", steps)

    return add


NextStep = Callable[[Callable[[Connection], None]], None]


def widen(connection: Connection) -> None:
    """A step as a later version may have it."""
    connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN wider TEXT NOT NULL DEFAULT ''")


def version_of(path: Path) -> int:
    """Which form a database file has."""
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


@pytest.mark.case(41)
def test_a_new_form_keeps_the_old_file(older: Path, next_step: NextStep, caplog: pytest.LogCaptureFixture) -> None:
    """Before its schema changes the file is copied: an older version can open that copy. A second start copies none."""
    before, now = len(schema.MIGRATIONS), len(schema.MIGRATIONS) + 1
    next_step(widen)
    for _ in range(2):
        history = History(older)
        assert [item.prompt for item in history.search()] == ["before"]
        history.close()
    [backup] = older.glob("history.db.schema-*")
    assert caplog.text.count(backup.name) == 1
    assert (version_of(older / "history.db"), version_of(backup)) == (now, before)
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT prompt FROM runs").fetchall() == [("before",)]
    assert backup.stat().st_mode & 0o077 == 0 or os.name == "nt"


@pytest.mark.case(41)
def test_a_step_that_fails_changes_nothing(older: Path, next_step: NextStep) -> None:
    """A step that breaks off half-way is undone as a whole."""
    before = len(schema.MIGRATIONS)

    def half(connection: Connection) -> None:
        widen(connection)
        raise sqlite3.OperationalError("database or disk is full")

    next_step(half)
    with pytest.raises(errors.StoreError):
        History(older).open()
    with closing(sqlite3.connect(older / "history.db")) as connection:
        assert "wider" not in [row[1] for row in connection.execute("PRAGMA table_info(runs)")]
    assert version_of(older / "history.db") == before


@pytest.mark.case(41)
def test_without_a_copy_there_is_no_new_form(older: Path, next_step: NextStep, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the copy cannot be made the file stays in its old form, and the person is told."""
    before = len(schema.MIGRATIONS)
    next_step(widen)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flux2_nb.history.database.os.replace", full)
    with pytest.raises(errors.StoreError, match=r"The disk is full\..*Free some space"):
        History(older).open()
    assert not list(older.glob("history.db.schema-*"))
    assert version_of(older / "history.db") == before
