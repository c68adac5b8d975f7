"""What must hold after every case: a named state, no key in anything written or shown, and a studio that goes on."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterable
from pathlib import Path

import pytest

from flux2_nb.errors import Flux2Error, OutcomeUnknown
from flux2_nb.history.records import State
from flux2_nb.run import Run
from flux2_nb.studio import Studio
from tests.doubles.double import Double

PACKAGE = str(Path(__file__).parents[2] / "flux2_nb")


def sound(run: Run, studio: Studio, state: State, *, said: str = "", double: Double | None = None) -> None:
    """Check all three: how the run ended, that no key is in sight, and that the next picture can be made.

    Args:
        run: The run that met the trouble; it has ended.
        studio: Whose run it was.
        state: In which state the history must hold it.
        said: What was written to the log or printed meanwhile.
        double: A provider that works again, for the next picture; else it is drawn by the sketch.
    """
    assert studio.history.run(run.id).state == state
    assert_no_key(secrets_of(studio), run, studio.home, said)
    assert_goes_on(studio, double)


def found_in_the_list_or_unknown(run: Run, studio: Studio, double: Double) -> None:
    """The answer is lost and the job was taken: Replicate's list gives it back, with the others it stays unknown."""
    if studio.provider.name == "replicate":
        assert run.result(20).data in double.delivered.values()
    else:
        with pytest.raises(OutcomeUnknown):
            run.result(20)
    assert len(double.submits) == 1
    sound(run, studio, "done" if studio.provider.name == "replicate" else "unknown", double=double)


def secrets_of(studio: Studio) -> list[str]:
    """The keys that must be nowhere."""
    return [secret.reveal() for secret in studio.account().secrets]


def assert_no_key(keys: Iterable[str], run: Run, home: Path, said: str = "") -> None:
    """No key stands in the run's events and error, in the log, or in any byte written below the home folder."""
    shown = [said, repr(run), *(f"{event!r} {event.note}" for event in run._events)]
    if run.latest.error is not None:
        shown += _told_by(run.latest.error)
    for key in keys:
        assert not [text for text in shown if key in text]
        assert_not_written(key, home)


def assert_not_written(key: str, home: Path) -> None:
    """No file below a folder holds the key, in its bytes or its name."""
    files = [path for path in home.rglob("*") if path.is_file()]
    assert not [path for path in files if key in str(path) or key.encode() in path.read_bytes()]


def assert_goes_on(studio: Studio, double: Double | None = None) -> None:
    """The next picture is made, and costs once what it costs."""
    if double is None:
        assert studio.with_target("sketch").generate("a fox after the storm", width=64, height=64).data
        return
    bought = len(double.submits)
    assert studio.start("a fox after the storm").result(20).data in double.delivered.values()
    assert len(double.submits) == bought + 1


def _told_by(error: Flux2Error) -> list[str]:
    """Everything an error can show, to a person, to another process, and in a traceback that shows variables."""
    traced = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [repr(frame.locals) for frame in traced.stack if frame.filename.startswith(PACKAGE)]
    return [str(error), repr(error), repr(vars(error)), repr(pickle.dumps(error)), *frames]
