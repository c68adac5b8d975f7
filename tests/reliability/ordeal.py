"""A bad day with canary keys: successes and faults of every kind, and all that was shown or written of them."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import pickle
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from flux2_nb import Studio, snippet
from flux2_nb.errors import Flux2Error
from flux2_nb.snippets import languages
from flux2_nb.ui.bundle import bundle
from tests.doubles import faults
from tests.doubles.double import Double
from tests.images import pictures

PACKAGE = str(Path(__file__).parents[2] / "flux2_nb")

LOUD = ("flux2_nb", "httpx", "httpcore", "asyncio", "sqlalchemy", "PIL")


def all_faults(double: Double) -> dict[str, Callable[[], None]]:
    """What goes wrong with the next run, by name; the provider repeats the key in its words where it can."""
    words = f"the key {double.key} is not known here"
    told = json.dumps({"detail": words, "errors": [{"code": 0, "message": words}], "success": False})
    return {
        "nothing": lambda: None,
        "key refused": lambda: double.script("submit", faults.answer(403, told)),
        "request refused": lambda: double.script("submit", faults.answer(400, told)),
        "server in trouble": lambda: double.script("submit", faults.answer(500, words)),
        "answer lost": lambda: double.script("submit", faults.reset()),
        "answer cut": lambda: double.script("submit", faults.truncate()),
        "sign-in page": lambda: double.script("submit", faults.html()),
        "refused picture": lambda: double.script("job", faults.Fate(end="moderated", detail=words)),
        "failed": lambda: double.script("job", faults.Fate(end="failed", detail=words)),
        "no picture": lambda: double.script("job", faults.Fate(image=words.encode())),
    }


def suffer(studio: Studio, double: Double) -> Iterator[str]:
    """Run every fault, and yield whatever a person or a program can see of it."""
    for name, break_it in all_faults(double).items():
        break_it()
        run = studio.start(f"a fox, {name}", references=[pictures.plain()])
        try:
            yield f"{run.result(30)!r}"
        except Flux2Error as error:
            yield from told_by(error)
        yield from (f"{event!r} {event}" for event in run._events)
        yield f"{run!r} {run} {run.order!r} {run.request!r}"
    with contextlib.suppress(Flux2Error):
        yield studio.check()
    told = json.dumps({"detail": double.key, "errors": [{"code": 10000, "message": double.key}]})
    double.script("account", faults.answer(401, told))
    try:
        studio.check()
    except Flux2Error as error:
        yield from told_by(error)


def told_by(error: BaseException | None) -> Iterator[str]:
    """Everything an error and the errors behind it can show, with the variables of our frames."""
    while error is not None:
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
        yield from (repr(frame.locals) for frame in trace.stack if frame.filename.startswith(PACKAGE))
        yield from (str(error), repr(error), repr(vars(error)), "".join(traceback.format_exception(error)))
        yield repr(pickle.dumps(error))
        error = error.__cause__ or error.__context__


@contextlib.contextmanager
def listening() -> Iterator[io.StringIO]:
    """Gives all that is logged meanwhile, by whomever, at DEBUG."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    loggers = [logging.getLogger(name) for name in LOUD]
    before = [logger.level for logger in loggers]
    logging.getLogger().addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        logging.getLogger().removeHandler(handler)
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def traces(provider: str, double: Double, environ: Mapping[str, str], folder: Path) -> dict[str, bytes]:
    """Live through it with the keys in the environment; return what was left behind, by place."""
    studio_home = folder / "home"
    with pytest.MonkeyPatch.context() as patch, listening() as said, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for name, value in environ.items():
            patch.setenv(name, value)
        studio = Studio(provider, home=studio_home)
        shown = "\n".join(suffer(studio, double))
        made = studio.history.search()
        shapes = [studio, studio.account(), studio.provider, studio.card, vars(studio), studio.engine, *made]
        request = studio.request("a fox", references=[pictures.plain()])
        code = "\n".join(snippet(request, provider, language=name) for name in languages(provider))
        saved = [one.result().save(folder / f"saved-{one.id}").read_bytes() for one in made]
        exported = io.BytesIO(b"".join(bundle(made)))
        studio.engine.close()
    with zipfile.ZipFile(exported) as archive:
        unpacked = b"".join(archive.read(name) for name in archive.namelist())
    return {
        "errors and events": shown.encode(),
        "log": said.getvalue().encode(),
        "warnings": "\n".join(str(one.message) for one in warned).encode(),
        "repr": "\n".join(f"{one!r} {one}" for one in shapes).encode(),
        "history": b"\n".join(str(one).encode() + one.read_bytes() for one in studio_home.rglob("*") if one.is_file()),
        "saved pictures": b"".join(saved),
        "code": code.encode(),
        "zip": exported.getvalue() + unpacked,
    }
