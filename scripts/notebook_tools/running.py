"""Executes notebooks side by side and misses nothing: what fails without a red cell fails here too."""

from __future__ import annotations

import asyncio
import json
import os
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from flux2_nb.lessons import PASSED, UNANSWERED

from . import watch
from .course import ROOT, Exercise, Notebook, cell_name, exercises, new_cell, read, tags, text_of
from .normal import normalise

SECONDS = 120
"""The longest a cell may take; on a machine with nothing else to do the slowest takes a few."""

LARGEST = 300_000
"""Bytes of a notebook's file: GitHub shows it at once, and a page of pictures still fits."""

EMPTY = ("...", '""', "None", "[]")
"""Answers that no check may take for one."""

FOREIGN = ("BFL_", "CLOUDFLARE_", "DEEPINFRA_", "FAL_", "FLUX2_", "HF_", "REPLICATE_", "TOGETHER_", "JUPYTER_")
"""Variables that begin so belong to whoever runs this and would change what a notebook does."""

ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}>")


@dataclass
class Execution:
    """What became of a notebook.

    Attributes:
        path: Its file.
        notebook: Executed and normalised.
        problems: What is wrong, one sentence each, beginning with the cell where there is one.
        seconds: How long it took, its kernel included.
        minutes: What the notebook says of the reader's time; None when it does not.
    """

    path: Path
    notebook: Notebook
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
    minutes: int | None = None


def execute(paths: Sequence[Path], environment: Mapping[str, str] | None = None, jobs: int = 0) -> list[Execution]:
    """Execute notebooks, each in a fresh kernel with a data folder of its own and without the caller's settings.

    Args:
        paths: Their files; they are not written.
        environment: Variables that choose a provider; the offline sketch when not given.
        jobs: How many at once; one for each processor when not given.
    """
    return asyncio.run(_execute(paths, environment or {}, jobs or os.cpu_count() or 1))


async def _execute(paths: Sequence[Path], environment: Mapping[str, str], jobs: int) -> list[Execution]:
    places = asyncio.Semaphore(jobs)

    async def one(path: Path) -> Execution:
        async with places:
            with tempfile.TemporaryDirectory(prefix="f2-", ignore_cleanup_errors=True) as folder:
                return await _Session(path, Path(folder), environment).run()

    return await asyncio.gather(*(one(path) for path in paths))


class _Session:
    """One notebook and its kernel.

    Args:
        path: The notebook's file.
        folder: An empty folder for its data, its files and its socket; its name is short, as a socket's must be.
        environment: Variables that choose a provider.
    """

    def __init__(self, path: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.found = Execution(path, read(path))
        # Kernels that share a socket's name talk to each other's clients; over TCP ipykernel 7.4 warns on stderr.
        kernel = AsyncKernelManager(transport="ipc", ip=str(folder / "k"))
        options: dict[str, Any] = {"timeout": SECONDS, "startup_timeout": SECONDS, "iopub_timeout": 30}
        options["shutdown_kernel"] = "immediate"  # there is nothing in it to be saved
        self.client = NotebookClient(
            self.found.notebook, km=kernel, resources={"metadata": {"path": str(folder)}}, **options
        )
        mine = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        own = {"FLUX2_HOME": str(folder / "home"), "IPYTHONDIR": str(folder / "ipython"), "PYTHONPATH": str(ROOT)}
        self.environment = {**mine, **own, "PYDEVD_DISABLE_FILE_VALIDATION": "1", **environment}

    async def run(self) -> Execution:
        """Execute every cell, then the solutions, then ask for what nobody saw."""
        began = time.perf_counter()
        try:
            async with self.client.async_setup_kernel(env=self.environment, cleanup_kc=True):
                await self._all()
        except DeadKernelError:
            self.found.problems.append("The kernel died.")
        normalise(self.found.notebook, {str(self.folder / "home"): "~/.local/share/flux2_nb", str(self.folder): "."})
        size = len(text_of(self.found.notebook).encode())
        if size > LARGEST:
            self.found.problems.append(f"The file would have {size:,} bytes; at most {LARGEST:,}: show fewer pictures.")
        self.found.seconds = time.perf_counter() - began
        return self.found

    async def _all(self) -> None:
        await self._hidden("from scripts.notebook_tools import watch; watch.begin()")
        for index, cell in enumerate(list(self.found.notebook.cells)):
            if cell.cell_type == "code":
                cell.outputs = []
                if not await self._cell(cell, index):
                    return
        await self._plan()
        await self._exercises()
        for problem in await self._ask("await watch.finish()"):
            self.found.problems.append(f"{problem[:1].upper()}{problem[1:]}.")
        self._widgets()

    async def _cell(self, cell: Any, index: int) -> bool:
        """Execute a cell; returns whether the next may follow."""
        name = cell_name(index)
        try:
            await self.client.async_execute_cell(cell, index)
        except (CellExecutionError, CellTimeoutError) as error:
            why = f"{error.ename}: {error.evalue}" if isinstance(error, CellExecutionError) else f"over {SECONDS} s"
            self.found.problems.append(f"{name}: the cell fails: {why}")
            return False
        self.found.problems += [f"{name}: {problem}" for problem in _output_problems(cell.outputs)]
        if "raises-exception" in tags(cell):
            self.found.problems.append(f"{name}: catch what is to be shown; no cell may raise.")
        return True

    async def _hidden(self, source: str) -> list[Any]:
        """Execute code that is no part of the notebook; returns its outputs."""
        cells, cell = self.found.notebook.cells, new_cell("code", source)
        cells.append(cell)  # the client asks for a place in the notebook
        try:
            await self.client.async_execute_cell(cell, len(cells) - 1, store_history=False)
        finally:
            cells.pop()
        return list(cell.outputs)

    async def _ask(self, source: str) -> Any:
        outputs = await self._hidden(source)
        self.found.problems += [f"At the end: {problem}" for problem in _output_problems(outputs)]
        text = "".join(output.get("text", "") for output in outputs)
        return json.loads(text.partition(watch.MARK)[2].splitlines()[0])

    async def _plan(self) -> None:
        """Hold what the notebook says it makes against what it made."""
        told = await self._ask("watch.made()")
        self.found.minutes = told.get("minutes")
        made, planned = told.get("made"), told.get("planned")
        if made and planned and made != planned:
            right = [f"pictures={made[0]}", f"references={made[1]}", f"megapixels={made[2]}"]
            self.found.problems.append(f"It makes something else than it plans: lab.plan(..., {', '.join(right)}).")

    async def _exercises(self) -> None:
        with suppress(ValueError):  # the rules tell of an exercise that is not well made
            for exercise in exercises(self.found.notebook):
                self.found.problems += await self._exercise(exercise)

    async def _exercise(self, exercise: Exercise) -> list[str]:
        name = cell_name(exercise.at)
        try:
            taken = [one for one in EMPTY if PASSED in await self._verdict(f"answer = {one}", exercise)]
            asked = await self._verdict(exercise.empty, exercise)
            solved = await self._verdict(exercise.solution, exercise)
        except CellExecutionError as error:
            return [f"{name}: the solution fails: {error.ename}: {error.evalue}"]
        problems = [f"{name}: the check takes {one} for an answer." for one in taken]
        if UNANSWERED not in asked:
            problems.append(f"{name}: the exercise cell is not empty: it ends on `answer = ...`.")
        if PASSED not in solved:
            problems.append(f"{name}: the check does not take the solution: {' '.join(solved.split())}")
        return problems

    async def _verdict(self, answer: str, exercise: Exercise) -> str:
        await self._hidden(answer)
        outputs = await self._hidden(exercise.check)
        return "".join(output.get("data", {}).get("text/plain", "") for output in outputs)

    def _widgets(self) -> None:
        """Look into the widgets that hold outputs, where an error of `interact` hides."""
        for state in self.client.widget_state.values():
            problems = _output_problems(state.get("outputs") or [])
            self.found.problems += [f"In a widget: {problem}" for problem in problems]


def _output_problems(outputs: Sequence[Any]) -> list[str]:
    """Return what is wrong with outputs, whatever the cell that made them says of itself."""
    problems = []
    for output in outputs:
        if output.output_type == "error":
            problems.append(f"an error is shown: {output.ename}: {output.evalue}")
        elif output.output_type == "stream" and output.name == "stderr":
            problems.append(f"there is something on stderr: {_last_line(output.text)}")
        shown = output.get("text") or output.get("data", {}).get("text/plain", "")
        if ADDRESS.search(shown):
            problems.append(f"a memory address is shown, which differs from run to run: {_last_line(shown)}")
    return problems


def _last_line(text: str) -> str:
    """Return the line of a traceback or a warning that says what happened."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(" ")]
    return next((line for line in reversed(lines) if "tracemalloc" not in line), "")[:200]
