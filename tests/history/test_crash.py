"""After ``kill -9`` nothing that was acknowledged is lost, and nothing half done is taken for done."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from flux2_nb.history import History
from flux2_nb.wire import Job

from .conftest import Reopen
from .making import files_under, make_run, make_stored, store

REPOSITORY = Path(__file__).parents[2]

POINTS = {
    "in the commit of the intent": None,
    "after the intent": "unknown",
    "in the commit of the job": "unknown",
    "after the job": "submitted",
    "before the file has its name": "submitted",
    "between file and row": "submitted",
    "in the commit of the row": "submitted",
    "at the end": "done",
}
"""Where the process dies, and the state in which its run is found; None when it was never journaled."""


class Doomed:
    """Starts processes that are going to be killed, and listens to what they acknowledge."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.history.child"]
        self.parent = subprocess.Popen(
            command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, home: Path, point: str, kill_after: int | None = None) -> dict[str, list[str]]:
        """Return what a process said before it died, at the point or after some pictures."""
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        said: dict[str, list[str]] = {"intent": [], "done": [], "process": []}
        print(home, point, sep="\t", file=self.parent.stdin, flush=True)
        for line in self.parent.stdout:
            word, _, name = line.rstrip("\n").partition(" ")
            if word == "gone":
                break
            said[word].append(name)
            if len(said["done"]) == kill_after and word == "done":
                os.kill(int(said["process"][0]), signal.SIGKILL)
        return said


@pytest.fixture(scope="module")
def doomed() -> Iterator[Doomed]:
    doomed = Doomed()
    with doomed.parent:  # its input is closed at the end, and it is waited for
        yield doomed


def check_whole(history: History, image_ids: list[str]) -> None:
    for image_id in image_ids:
        result = history.get(image_id)
        assert hashlib.sha256(result.data).hexdigest() == result.sha256


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_step_loses_nothing(reopen: Reopen, doomed: Doomed, tmp_path: Path, point: str) -> None:
    """Whatever was acknowledged is there and whole; the run that was cut off is found in its true state."""
    said = doomed.run(tmp_path, point)
    history = reopen()
    resumable = history.recover()
    check_whole(history, said["done"])
    assert history.count() == len(said["done"])
    [run_id] = said["intent"]
    states = {run.id: run.state for run in history.runs(["unknown", "submitted", "done"])}
    assert states.get(run_id) == POINTS[point]
    assert [run.id for run in resumable] == ([run_id] if POINTS[point] == "submitted" else [])
    assert not [name for name in files_under(tmp_path) if name.endswith(".part")]


def test_a_job_survives_a_kill_and_its_picture_arrives(reopen: Reopen, doomed: Doomed, tmp_path: Path) -> None:
    """The next process collects the job of the dead one, and its money is counted once."""
    doomed.run(tmp_path, "between file and row")
    history = reopen()
    [run] = history.recover()
    assert run.job == Job("the-job", poll_url="https://api.example/the-job")
    history.finish(run.id, [make_stored(b"the last picture")]).result()
    assert (history.count(), history.unfinished()) == (4, [])
    assert history.spent_today() == pytest.approx(0.03)


def test_a_lost_sending_stays_counted_and_is_told(reopen: Reopen, doomed: Doomed, tmp_path: Path) -> None:
    """A request that was on its way counts as spent, and the history says so in words."""
    doomed.run(tmp_path, "after the intent")
    history = reopen()
    history.recover()
    [run] = history.runs(["unknown"])
    assert history.spent_today() == pytest.approx(0.03)
    assert run.error is not None
    assert "counted as spent and was not sent again" in run.error["message"]


@pytest.mark.parametrize("pictures", [1, 7, 25])
def test_a_kill_at_any_moment_loses_no_acknowledged_picture(
    reopen: Reopen, doomed: Doomed, tmp_path: Path, pictures: int
) -> None:
    """Four threads store pictures until the process is shot: each one that was reported is there."""
    said = doomed.run(tmp_path, "anywhere", kill_after=pictures)
    history = reopen()
    history.recover()
    assert len(said["done"]) >= pictures
    check_whole(history, said["done"])
    assert history.notices == ()


def test_the_runs_of_a_living_process_are_left_alone(reopen: Reopen, tmp_path: Path) -> None:
    """A second process that starts up does not take over what the first is still doing."""
    first, second = reopen(), reopen()
    sending = first.begin(make_run()).result()
    submitted = first.begin(make_run()).result()
    first.submitted(submitted.id, Job("job")).result()
    assert second.recover() == []
    assert second.unfinished(elsewhere=False) == []
    assert len(second.unfinished()) == len(first.unfinished(elsewhere=False)) == 2
    assert second.run(sending.id).state == "sending"
    first.close()
    assert [run.id for run in second.recover()] == [submitted.id]
    assert [run.id for run in second.unfinished(elsewhere=False)] == [submitted.id]
    assert second.run(sending.id).state == "unknown"


def test_a_run_is_taken_over_once(reopen: Reopen, tmp_path: Path) -> None:
    """Of two processes that recover, one gets the job."""
    gone = reopen()
    run = gone.begin(make_run()).result()
    gone.submitted(run.id, Job("job")).result()
    gone.close()
    first, second = reopen(), reopen()
    assert [[taken.id for taken in history.recover()] for history in (first, second)] == [[run.id], []]


def test_files_that_nobody_needs_are_removed_on_recovery(
    reopen: Reopen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deletion that was cut off between its rows and its files is completed."""
    history = reopen()
    result = store(history)
    monkeypatch.setattr(history._core, "remove_deleted", lambda: None)
    history.delete([result.id])
    monkeypatch.undo()
    assert result.path is not None
    assert result.path.exists()
    history.recover()
    assert not result.path.exists()
