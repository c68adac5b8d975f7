"""Keys planted everywhere, and every byte that was shown, logged or written searched for them."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina
from nbclient import NotebookClient

from flux2_nb import Studio
from flux2_nb.errors import AuthFailed
from flux2_nb.keys import KEY_SHAPES, MASK, Redactor, Secret
from flux2_nb.logs import LOGGERS, MaskedLog
from scripts.notebook_tools.course import text_of
from tests.doubles import faults
from tests.doubles.bfl import BflDouble
from tests.doubles.cloudflare import CloudflareDouble
from tests.doubles.double import Double
from tests.doubles.replicate import ReplicateDouble
from tests.notebooks.tiny import notebook

from .ordeal import traces

DOUBLES: dict[str, Callable[[], Double]] = {
    "cloudflare": CloudflareDouble,
    "replicate": ReplicateDouble,
    "bfl": BflDouble,
}
PLACES = ("errors and events", "log", "warnings", "repr", "history", "saved pictures", "code", "zip")

TOKENS = [shape for shape in KEY_SHAPES if "(?<=" not in shape.pattern]
"""The shapes that a key has by itself, wherever it stands; in code, header lines name what a variable holds."""

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def doubles() -> Iterator[dict[str, Double]]:
    """All providers at once: each one's key is a canary for the others too."""
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(double()) for name, double in DOUBLES.items()}


@pytest.fixture(scope="module")
def environ(doubles: dict[str, Double]) -> dict[str, str]:
    """The settings of all of them."""
    return {name: value for double in doubles.values() for name, value in double.environ.items()}


@pytest.fixture(scope="module", params=DOUBLES)
def left(
    request: pytest.FixtureRequest,
    doubles: dict[str, Double],
    environ: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, bytes]:
    """What one provider's bad day left behind, by place."""
    stamina.set_testing(True, attempts=6, cap=True)
    left = traces(request.param, doubles[request.param], environ, tmp_path_factory.mktemp("canaries"))
    stamina.set_testing(False)
    assert doubles[request.param].submits
    return left


@pytest.mark.parametrize("place", PLACES)
def test_no_key_is_left_in(place: str, left: dict[str, bytes], doubles: dict[str, Double]) -> None:
    """Successes and ten kinds of fault, a provider that repeats the key in its words among them: no key of anyone."""
    assert left[place] or place == "warnings"
    for double in doubles.values():
        assert double.key.encode() not in left[place]
        assert double.key.encode("utf-16-be") not in left[place]


def test_the_log_was_listened_to(left: dict[str, bytes]) -> None:
    """The search of the log means something: our lines and those of the HTTP library are in it."""
    assert b"flux2_nb" in left["log"]
    assert b"httpx HTTP Request: POST" in left["log"]


# --- where people look ------------------------------------------------------------------------------------------------

CELLS = (
    "import os, flux2_nb as f2",
    "%xmode Verbose",
    "studio = f2.Studio('bfl')\nstudio",
    "studio.account()",
    "studio.generate('a fox')",
    "studio.generate('a refused fox')",
    "studio.check()",
    "f2.Studio('cloudflare', settings={'CLOUDFLARE_ACCOUNT_ID': ''}).generate('a fox')",
    "f2.Studio('sketch', key=os.environ['BFL_API_KEY'])",
    "await studio.agenerate('an unknown fox')",
    "vars(studio)",
)
"""A notebook in which things go wrong, with tracebacks that show variables."""


LOUD = "import logging\nlogging.basicConfig(level=logging.DEBUG, force=True)"


def script_faults(double: Double) -> None:
    """Refuse the second and third request and the check of the key, in words that hold the key."""
    words = f"the key {double.key} is not known here"
    double.script("submit", None, double.error(400, words), faults.answer(500, words))
    double.script("account", faults.answer(403, f'{{"detail": "{words}"}}'))


def test_verbose_tracebacks_show_no_key(
    environ: dict[str, str], doubles: dict[str, Double], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IPython shows the variables of every frame: none of ours holds a key, and those of a cell are masked."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    for name, value in {**environ, "CLOUDFLARE_ACCOUNT_ID": "", "IPYTHONDIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    script_faults(doubles["bfl"])
    said = io.StringIO()
    shell: Any = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            for cell in CELLS:
                shell.run_cell(cell)
    finally:
        shell.user_ns["studio"].engine.close()
        InteractiveShell.clear_instance()
    text = re.sub(r"\x1b\[[0-9;]*m", "", said.getvalue())
    assert "InvalidRequest" in text
    assert "Exception reporting mode: Verbose" in text
    for double in doubles.values():
        assert double.key not in text


def test_a_saved_notebook_holds_no_key(
    environ: dict[str, str], doubles: dict[str, Double], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run in a kernel and saved with all its outputs: pictures, representations, the log and verbose tracebacks."""
    for name, value in {**environ, "FLUX2_HOME": str(tmp_path / "home"), "IPYTHONDIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    script_faults(doubles["bfl"])
    client = NotebookClient(notebook(LOUD, *CELLS), timeout=60, kernel_name="python3", allow_errors=True)
    text = text_of(client.execute())
    assert "InvalidRequest" in text
    assert "image/jpeg" in text
    written = text.encode() + b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for double in doubles.values():
        assert double.key.encode() not in written


def test_nothing_in_the_repository_looks_like_a_key() -> None:
    """Notebooks with their outputs, code, pages and recordings; only tests hold keys, and these are invented."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    names = [name for name in listed.split("\0") if name and not name.startswith("tests/")]
    files = [ROOT / name for name in names if not name.endswith((".png", ".webp", ".lock", ".woff2"))]
    assert [path for path in files if path.suffix == ".ipynb"]
    found = [
        f"{path.relative_to(ROOT)}: {match[0][:12]}"
        for path in files
        if path.is_file()
        for shape in TOKENS
        for match in shape.finditer(path.read_bytes().decode("utf-8", "ignore"))
    ]
    assert not found


# --- the guards, one by one -------------------------------------------------------------------------------------------


@pytest.fixture
def masked_log() -> Iterator[MaskedLog]:
    """Masks one key in the log."""
    log = MaskedLog(Redactor([Secret("canary-4711")]))
    log.attach()
    yield log
    log.detach()


def broken() -> None:
    """Raise an error that holds the key, from another that does."""
    try:
        raise KeyError("canary-4711")
    except KeyError as error:
        raise ValueError("no canary-4711") from error


@pytest.mark.usefixtures("masked_log")
@pytest.mark.parametrize("name", LOGGERS)
@pytest.mark.parametrize("args", [("canary-4711",), ({"x-key": "canary-4711"},), ("too", "many canary-4711"), ()])
def test_a_log_line_is_masked(name: str, args: tuple[Any, ...], caplog: pytest.LogCaptureFixture) -> None:
    """Message, arguments, chained traceback and stack, in every logger that could hold one."""
    caplog.set_level(logging.DEBUG, name)
    try:
        broken()
    except ValueError:
        logging.getLogger(name).debug("sent %s" if args else "sent canary-4711", *args, exc_info=True, stack_info=True)
    [record] = caplog.records
    assert MASK in record.getMessage()
    assert "KeyError" in (record.exc_text or "")
    assert "canary-4711" not in caplog.text + str(vars(record))


def test_a_log_is_left_alone_again(masked_log: MaskedLog, caplog: pytest.LogCaptureFixture) -> None:
    """A closed engine leaves nothing behind in the loggers."""
    masked_log.detach()
    logging.getLogger("flux2_nb").warning("canary-4711")
    assert caplog.messages == ["canary-4711"]


def test_an_error_brings_no_frames_of_the_engine(bfl_double: BflDouble, studio_at: Any) -> None:
    """What is raised to a person begins at their own call and has no other error behind it."""
    bfl_double.script("submit", bfl_double.error(403))
    studio: Studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox")
    with pytest.raises(AuthFailed) as caught:
        run.result(20)
    assert "submit" not in [entry.name for entry in caught.traceback]
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize("given", ["canary-4711", Secret("canary-4711")])
def test_a_studio_holds_its_keys_sealed(given: str | Secret) -> None:
    """A key may be given as text; no variable of the studio holds it as text after that."""
    studio = Studio("bfl", key=given, settings={"REPLICATE_API_TOKEN": "canary-4712"})
    assert "canary" not in repr(vars(studio))
    assert studio.account()["BFL_API_KEY"] == "canary-4711"
