"""The strict runner: what a reader would stumble over fails, though the cells themselves seem to pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from scripts.notebook_tools.course import SETUP
from scripts.notebook_tools.running import Execution, execute

from .tiny import exercise, written

pytestmark = pytest.mark.timeout(300)

FAILING: dict[str, tuple[Sequence[Any], str]] = {
    "cell": (["1 / 0"], "c00: the cell fails: ZeroDivisionError"),
    "button": (
        ["import ipywidgets\n\nbutton = ipywidgets.Button()\nbutton.on_click(lambda _: 1 / 0)", "button.click()"],
        "c01: an error is shown: ZeroDivisionError",
    ),
    "interact": (
        ["from ipywidgets import interact\n\nshown = interact(lambda number: 1 / (number - 1), number=1)"],
        "In a widget: an error is shown: ZeroDivisionError",
    ),
    "panel": (
        ['import flux2_nb as f2\n\npanel = f2.panel("text-to-image")\npanel.home.call(panel.press)'],
        "A panel reports: The prompt is empty",
    ),
    "unawaited task": (
        ["import asyncio\n\n\nasync def work():\n    pass\n\n\ntask = asyncio.create_task(work())"],
        "The task work is never awaited",
    ),
    "unfinished task": (
        ["import asyncio\n\ntask = asyncio.create_task(asyncio.sleep(60))\ntask.add_done_callback(print)"],
        "The task sleep is still running",
    ),
    "callback": (
        ["import asyncio\n\nhandle = asyncio.get_running_loop().call_soon(lambda: 1 / 0)"],
        "ZeroDivisionError",
    ),
    "coroutine": (['import flux2_nb as f2\n\ncoming = f2.agenerate("a fox")'], "Agenerate() is never awaited"),
    "dropped coroutine": (["async def work():\n    pass\n\n\nwork(); None"], "work' was never awaited"),
    "traceback": (
        ["import traceback\n\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    traceback.print_exc()"],
        "c00: there is something on stderr: ZeroDivisionError",
    ),
    "oversize": (['print("x" * 400_000)'], "The file would have 400,"),
    "address": (["object()"], "a memory address is shown"),
    "network": (
        [
            "import socket\n\ntry:\n"
            '    socket.create_connection(("example.com", 80), timeout=1)\nexcept OSError:\n    pass'
        ],
        "It tried to reach example.com",
    ),
    "dead kernel": (["import os\n\nos._exit(1)"], "The kernel died"),
    "plan": (
        [
            SETUP,
            "lab.plan(minutes=1, pictures=2)",
            'picture = lab.studio.generate("a fox", width=64, height=64, seed=1)',
        ],
        "lab.plan(..., pictures=1, references=0, megapixels=1)",
    ),
    "check of nothing": (
        [SETUP, *exercise('lab.check(answer, {"it is there": lambda made: True})', "answer = 1")],
        "c01: the check takes None for an answer",
    ),
    "wrong solution": (
        [SETUP, *exercise('lab.check(answer, {"it is two": lambda made: made == 2})', "answer = 1")],
        "c01: the check does not take the solution: Not yet. Missing: it is two",
    ),
    "solved already": (
        [SETUP, *exercise('lab.check(answer, {"it is one": lambda made: made == 1})', "answer = 1", "answer = 1")],
        "c01: the exercise cell is not empty",
    ),
}
"""What goes wrong -> the cells of a notebook, and what the runner says of it."""

FINE: Sequence[Any] = [
    SETUP,
    "lab.plan(minutes=1, pictures=1)",
    'panel = f2.panel("text-to-image", lab.studio, prompt="a fox", seed=1)\npanel',
    "import asyncio\n\ntask = asyncio.create_task(panel.run())\nfound = await asyncio.gather(task)\nf2.show(found)",
    *exercise('lab.check(answer, {"it is one": lambda made: made == 1})', "answer = 1"),
]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Execution]:
    """All of these notebooks, executed side by side."""
    folder = tmp_path_factory.mktemp("tiny")
    sources = {"fine": FINE, **{name: cells for name, (cells, _) in FAILING.items()}}
    done = execute([written(folder, name, cells) for name, cells in sources.items()], jobs=3)
    return dict(zip(sources, done, strict=True))


@pytest.mark.parametrize("name", FAILING)
def test_what_fails(executed: dict[str, Execution], name: str) -> None:
    """Each way to go wrong is found and named."""
    assert FAILING[name][1] in "\n".join(executed[name].problems)


def test_what_passes(executed: dict[str, Execution]) -> None:
    """A notebook with a panel, a task that is awaited and an exercise has nothing wrong with it."""
    assert executed["fine"].problems == []
    assert "<img" in executed["fine"].notebook.cells[3].outputs[0].data["text/html"]


def test_a_kernel_of_its_own(executed: dict[str, Execution]) -> None:
    """Notebooks do not see each other's pictures: each has a data folder of its own, which is not in the output."""
    words = executed["fine"].notebook.cells[0].outputs[0].data["text/plain"]
    assert words.endswith("Pictures are kept in ~/.local/share/flux2_nb")
