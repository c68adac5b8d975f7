"""JupyterLab in a process of its own, with an empty configuration and no token, and a notebook opened in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from tests.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[3]
IDLE = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN_ALL = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """Start JupyterLab over a folder; yields its address, and ends it."""
    own = {name: str(folder / ".jupyter" / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    environment = {**own, "FLUX2_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    options = ["-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--expose-app-in-browser", "--allow-root"]
    settings = ["--IdentityProvider.token=", "--ServerApp.password=", f"--ServerApp.root_dir={folder}"]
    quiet = ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    log = folder / "lab.log"
    with served(
        lambda port: [*options, f"--port={port}", *settings, *quiet], environment, log, "api", cwd=folder
    ) as address:
        yield address.rstrip("/")


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """Write a notebook of code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def open_notebook(page: Page, lab: str, name: str) -> None:
    """Open a notebook and run all its cells; what they show may still be on its way."""
    page.goto(f"{lab}/doc/tree/{name}?reset")
    page.wait_for_function(IDLE, timeout=60_000)  # before that, running asks which kernel to take
    page.evaluate(RUN_ALL)
