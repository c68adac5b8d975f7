"""Runs in the kernel of a notebook under test and sees what its cells do not show: tasks, callbacks, the network.

`begin` comes before the first cell and `finish` after the last; `made` tells which pictures were made in between.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import ipaddress
import json
import math
import sys
import threading
import warnings
from collections.abc import Callable
from types import CoroutineType
from typing import Any

GRACE = 3.0
"""Seconds that tasks of a library may take to end once the last cell has; those of a cell should have been awaited."""

KERNEL = ("IPython", "ipykernel", "jupyter_client", "tornado", "zmq")
"""Packages that run the cells; their own tasks live as long as the kernel."""

MARK = "watched: "
"""Begins the line that the runner reads."""

problems: list[str] = []
tasks: list[Watched] = []


class Watched(asyncio.Task[Any]):
    """A task that knows whether anyone waits for it, and whether a cell started it."""

    from_cell = False
    is_awaited = False

    def __await__(self) -> Any:
        self.is_awaited = True
        return super().__await__()

    __iter__ = __await__

    def add_done_callback(self, *args: Any, **options: Any) -> None:
        self.is_awaited = True
        super().add_done_callback(*args, **options)

    def result(self) -> Any:
        self.is_awaited = True
        return super().result()


def begin() -> None:
    """Watch tasks, callbacks, threads and sockets from here on."""
    loop = asyncio.get_running_loop()
    loop.set_task_factory(_new_task)
    loop.set_exception_handler(_callback_failed)
    threading.excepthook = lambda failed: problems.append(f"a thread failed: {failed.exc_value!r}")
    sys.addaudithook(_stay_here)
    warnings.simplefilter("always", RuntimeWarning)


def made() -> None:
    """Print what was made so far: how many pictures, with how many references, of how many megapixels."""
    lab = sys.modules["__main__"].__dict__.get("lab")
    if lab is None:
        return _print({})
    requests = [run.request for run in lab.studio.history.runs(["done"])]
    sizes = [math.ceil((one.width or 0) * (one.height or 0) / 1024**2) for one in requests]
    references = sum(len(one.references) for one in requests)
    planned = lab.planned and [lab.planned.pictures, lab.planned.references, lab.planned.megapixels]
    return _print({"made": [len(requests), references, sum(sizes)], "planned": planned, "minutes": _minutes(lab)})


async def finish() -> None:
    """Print what nobody saw: tasks never awaited, still running or failed, coroutines, panels and callbacks."""
    problems.extend(f"{_name(task)} is never awaited" for task in tasks if task.from_cell and not task.is_awaited)
    unfinished = [task for task in tasks if not task.done()]
    if unfinished:
        await asyncio.wait(unfinished, timeout=GRACE)
    problems.extend(f"{_name(task)} is still running" for task in tasks if not task.done())
    problems.extend(f"{_name(task)} failed: {error!r}" for task in tasks if (error := _unseen(task)) is not None)
    gc.collect()
    problems.extend(f"{one.cr_code.co_qualname}() is never awaited" for one in _unstarted())
    problems.extend(f"a panel reports: {error}" for error in _panel_errors())
    _print(list(dict.fromkeys(problems)))


def _print(found: Any) -> None:
    print(f"{MARK}{json.dumps(found)}")


def _minutes(lab: Any) -> int | None:
    return lab.planned.minutes if lab.planned else None


def _new_task(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
    creator = _creator()
    task = Watched(coroutine, loop=loop, **options)
    if creator not in KERNEL:
        task.from_cell = creator == "__main__"
        tasks.append(task)
    return task


def _creator() -> str:
    """Return the package of the code that starts a task, by way of asyncio or not."""
    frame = sys._getframe(2)
    while frame.f_back is not None and _package(frame) == "asyncio":
        frame = frame.f_back
    return _package(frame)


def _package(frame: Any) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _name(task: Watched) -> str:
    return f"the task {getattr(task.get_coro(), '__qualname__', task.get_name())}"


def _unseen(task: Watched) -> BaseException | None:
    """Return why a task failed, if nobody has asked it yet."""
    never_asked = task.done() and not task.cancelled() and task._log_traceback
    return task.exception() if never_asked else None


def _unstarted() -> list[CoroutineType[Any, Any, Any]]:
    found = [one for one in gc.get_objects() if isinstance(one, CoroutineType)]
    fresh = [one for one in found if inspect.getcoroutinestate(one) == inspect.CORO_CREATED]
    return [one for one in fresh if not any(f"/{name}/" in one.cr_code.co_filename for name in (*KERNEL, "asyncio"))]


def _panel_errors() -> list[Exception]:
    module = sys.modules.get("flux2_nb.ui.widgets.panel")
    panels = [one for one in gc.get_objects() if module is not None and isinstance(one, module.Panel)]
    return [error for panel in panels for error in panel.errors]


def _callback_failed(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    problems.append(f"{context.get('message', 'a callback failed')}: {context.get('exception')!r}")


def _stay_here(event: str, args: tuple[Any, ...]) -> None:
    """Let nothing leave this machine: an audit hook."""
    host = HOSTS[event](args) if event in HOSTS else None
    if host and not _is_here(host):
        problems.append(f"it tried to reach {host}")
        raise ConnectionRefusedError(f"Notebooks under test stay on this machine, and this one tried to reach {host}.")


HOSTS: dict[str, Callable[[tuple[Any, ...]], Any]] = {
    "socket.connect": lambda args: args[1][0] if isinstance(args[1], tuple) else None,
    "socket.sendto": lambda args: args[1][0] if isinstance(args[1], tuple) else None,
    "socket.getaddrinfo": lambda args: args[0],
}
"""Audit event -> the host it is about; None for one that stays on the machine anyway."""


def _is_here(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
