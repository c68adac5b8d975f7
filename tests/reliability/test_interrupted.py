"""A cell that is interrupted, a process that forks, threads side by side: the run goes on. Case 44."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from flux2_nb import errors
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import both, every
from tests.engine.test_life import until
from tests.reliability.aftermath import sound

StudioAt = Callable[..., Studio]

SECONDS = 30
"""How long a kernel may take for a cell; none takes a tenth of it."""


@contextmanager
def interrupted(when: Callable[[], object]) -> Iterator[None]:
    """Interrupt the main thread, as Ctrl+C and Jupyter's stop button do, once something holds."""

    def interrupt() -> None:
        until(when)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        yield
    thread.join()


@every
@pytest.mark.case(44)
def test_interrupted_while_sending(
    double: Double, provider: str, studio_at: StudioAt, caplog: pytest.LogCaptureFixture
) -> None:
    """The paid request is out: its run goes on, the row says so, and the next cell has its picture without paying."""
    double.script("submit", faults.slow(0.8))
    studio = studio_at(double, provider)
    with interrupted(lambda: double.submits):
        studio.generate("a fox")
    [run] = studio.runs()
    assert studio.history.run(run.id).state == "sending"
    assert f"Run {run.id} goes on" in caplog.text
    assert run.result(20).data in double.delivered.values()
    assert len(double.submits) == 1
    sound(run, studio, "done", double=double)


@every
@pytest.mark.case(44)
def test_interrupted_while_waiting_for_room(double: Double, provider: str, studio_at: StudioAt) -> None:
    """A pause that the provider asked for is sat out by the run, not by the cell; nothing was bought so far."""
    double.script("submit", faults.answer(429, '{"detail": "slow down"}', {"retry-after": "0.5"}))
    studio = studio_at(double, provider)
    with interrupted(lambda: any(run.latest.pause for run in studio.runs())):
        studio.generate("a fox")
    [run] = studio.runs()
    assert not double.submits
    assert run.result(20).data in double.delivered.values()
    sound(run, studio, "done", double=double)


@both
@pytest.mark.case(44)
def test_interrupted_while_polling(double: Double, provider: str, studio_at: StudioAt) -> None:
    """The job's id is in its row; the next cell waits for the same run."""
    double.script("job", faults.Fate(pending=float("inf")))
    studio = studio_at(double, provider)
    with interrupted(lambda: any(run.latest.kind == "running" for run in studio.runs())):
        studio.generate("a fox")
    [run] = studio.runs()
    record = studio.history.run(run.id)
    assert (record.state, record.job and record.job.id) == ("submitted", next(iter(double.jobs)))
    double.submits[0].fate = faults.Fate()
    assert run.result(20).data in double.delivered.values()
    sound(run, studio, "done", double=double)


@both
@pytest.mark.case(44)
def test_interrupted_while_awaiting(double: Double, provider: str, studio_at: StudioAt) -> None:
    """The same with await: the coroutine ends, the run does not."""
    double.script("job", faults.Fate(pending=2))
    studio = studio_at(double, provider)
    with interrupted(lambda: any(run.latest.kind == "running" for run in studio.runs())):
        asyncio.run(_awaited(studio))
    [run] = studio.runs()
    assert run.result(20).data in double.delivered.values()
    assert len(double.submits) == 1


async def _awaited(studio: Studio) -> None:
    await studio.agenerate("a fox")


class Notebook:
    """A real kernel, and what its cells say."""

    def __init__(self, manager: KernelManager) -> None:
        self.manager = manager
        self._connect()

    def run(self, code: str, when: Callable[[], object] | None = None) -> str:
        """Run a cell and return all it printed and raised; interrupted once something holds."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            said.extend([content.get("text", ""), *content.get("traceback", []), content.get("ename", "")])

        sent = self.client.execute(code)
        if when is not None:
            until(when, 30)
            self.manager.interrupt_kernel()
            # A loop that waits takes notice of a signal with its next message; a page sends some all the time.
            self.client.kernel_info()
        while True:
            message = self.client.get_iopub_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") != sent:
                continue
            hear(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return "\n".join(said)

    def restart(self) -> None:
        """Kill the kernel and start it anew, as the menu does."""
        self.client.stop_channels()
        self.manager.restart_kernel(now=True)
        self._connect()

    def _connect(self) -> None:
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=SECONDS)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    """A notebook with a kernel of its own."""
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(Path(__file__).parents[2]))
    notebook = Notebook(manager)
    yield notebook
    notebook.client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.case(44)
def test_in_a_notebook_the_next_cell_goes_on(bfl_double: Double, notebook: Notebook, tmp_path: Path) -> None:
    """Stopped cells leave their runs running; a kernel that died leaves a line that says how to collect them."""
    bfl_double.script("job", *[faults.Fate(pending=float("inf"))] * 3)
    opening = (
        "import threading, time, flux2_nb as f2\n"
        f"studio = f2.Studio('bfl', home={str(tmp_path / 'home')!r}, settings={dict(bfl_double.environ)!r})"
    )
    notebook.run(opening)

    def polled(count: int) -> bool:
        return sum(call.stage == "poll" for call in bfl_double.requests) >= count

    stopped = notebook.run("studio.generate('a fox')", when=lambda: polled(2))
    assert "KeyboardInterrupt" in stopped
    assert "goes on although nobody waits for it any more" in stopped
    assert "submitted" in notebook.run("[run] = studio.runs(); print(studio.history.run(run.id).state)")
    bfl_double.submits[0].fate = faults.Fate()
    assert "found: a fox, 1" in notebook.run(
        "print(f'found: {run.result(20).request.prompt}, {len(studio.history.search())}')"
    )

    so_far = len(bfl_double.requests)
    awaited = notebook.run("await studio.agenerate('an owl')", when=lambda: polled(so_far))
    assert "KeyboardInterrupt" in awaited or "CancelledError" in awaited
    notebook.restart()
    said = notebook.run(f"{opening}\nresult = studio.with_target('sketch').generate('a sketch', width=64, height=64)")
    assert "1 picture asked for earlier was not collected: studio.resume() fetches it without paying again." in said
    bfl_double.submits[1].fate = faults.Fate()
    collected = notebook.run("print([run.result(20).request.prompt for run in studio.resume()])")
    assert "['an owl']" in collected
    assert len(bfl_double.submits) == 2
    left = notebook.run(
        "studio.engine.close(); print([one.name for one in threading.enumerate() if 'flux2' in one.name])"
    )
    assert "[]" in left


@pytest.mark.case(44)
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_waits_for_nothing_that_cannot_come(bfl_double: Double, studio_at: StudioAt) -> None:
    """In the child a run of its parent is refused in a sentence, runs of its own work, and the parent's goes on."""
    bfl_double.script("job", faults.Fate(pending=float("inf")))
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox")
    until(lambda: run.latest.kind == "running")
    child = os.fork()
    if child == 0:
        os._exit(_in_child(studio, run.id, run.results))
    assert os.waitpid(child, 0)[1] == 0
    bfl_double.submits[0].fate = faults.Fate()
    assert run.result(20).data in bfl_double.delivered.values()
    assert len(bfl_double.submits) == 2
    sound(run, studio, "done", double=bfl_double)


def _in_child(studio: Studio, run_id: str, results: Callable[[float], object]) -> int:
    """Return 0 when all is as it should be in a forked process."""
    try:
        results(20)
    except errors.Flux2Error as error:
        is_told = "look there" in str(error)
    left = studio.unfinished()  # the parent lives: its run is not taken over
    made = studio.generate("a child's fox")
    return 0 if is_told and not left and made.data and studio.history.run(run_id).state == "submitted" else 1


@every
@pytest.mark.case(44)
def test_threads_side_by_side(double: Double, provider: str, studio_at: StudioAt) -> None:
    """Many threads that ask at once each get a picture of their own."""
    studio = studio_at(double, provider)
    with ThreadPoolExecutor(12) as pool:
        made = list(pool.map(lambda number: studio.generate(f"fox {number}", seed=number), range(24)))
    assert {one.request.prompt for one in made} == {f"fox {number}" for number in range(24)}
    assert len({one.id for one in made}) == len(double.submits) == 24
