"""JupyterLab, Notebook 7 and Voila from one Jupyter server of its own, and notebooks opened in them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from tests.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 90_000
"""Milliseconds; a kernel starts, and the machine may have other work."""

IDLE = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
RUN_ALL = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"


@dataclass(frozen=True)
class Host:
    """A page that shows notebooks.

    Attributes:
        path: Its address below the server's, with a place for the notebook's name.
        runs_itself: Whether it runs the notebook as soon as it is opened.
        decoration: Parts of the addresses elsewhere from which it takes fonts and formulas of its own; it does without.
    """

    path: str
    runs_itself: bool = False
    decoration: tuple[str, ...] = ()


HOSTS = {
    "lab": Host("doc/tree/{}?reset"),
    "notebook": Host("notebooks/{}"),
    "voila": Host("voila/render/{}", runs_itself=True, decoration=("fontawesome", "mathjax")),
}


@contextmanager
def jupyter(folder: Path) -> Iterator[str]:
    """Start the server over a folder, with an empty configuration and no token; yields its address, and ends it."""
    own = {name: str(folder / ".jupyter" / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    environment = {**own, "FLUX2_HOME": str(folder / "home")}
    options = ["-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--expose-app-in-browser", "--allow-root"]
    settings = ["--IdentityProvider.token=", "--ServerApp.password=", f"--ServerApp.root_dir={folder}"]
    quiet = ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    other = ["--JupyterNotebookApp.expose_app_in_browser=True"]
    log = folder / "jupyter.log"
    with served(
        lambda port: [*options, f"--port={port}", *settings, *quiet, *other], environment, log, "api", cwd=folder
    ) as address:
        yield address


def add_kernel(folder: Path, name: str, search_path: str) -> None:
    """Let a server that runs over a folder offer a kernel of this name, for which Python starts with a search path."""
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": name, "language": "python", "env": {"PYTHONPATH": search_path}}
    path = folder / ".jupyter" / "JUPYTER_DATA_DIR" / "kernels" / name / "kernel.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(spec), encoding="utf-8")


def write_notebook(path: Path, cells: Sequence[str], kernel: str) -> None:
    """Write a notebook of code cells for a kernel."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": kernel, "display_name": kernel, "language": "python"}
    nbformat.write(notebook, path)


@contextmanager
def visit(browser: Browser, address: str, host: Host, name: str) -> Iterator[Page]:
    """Open a notebook as a new visitor; what the page asks of other machines fails the test in the end."""
    outside: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    context.on("request", lambda request: outside.append(request.url))
    page = context.new_page()
    page.goto(f"{address}{host.path.format(name)}")
    yield page
    context.close()
    foreign = [url for url in outside if url.startswith("http") and not url.startswith(address)]
    assert not [url for url in foreign if not any(part in url for part in host.decoration)]


def run_all(page: Page, host: Host) -> None:
    """Run all cells; what they show may still be on its way."""
    if not host.runs_itself:
        page.wait_for_function(IDLE)  # before that, running asks which kernel to take
        page.evaluate(RUN_ALL)
