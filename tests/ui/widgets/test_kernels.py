"""Panels in real kernels, the locked one and older ones: awaited in cells, clicked over the wire, and saved."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient

from tests.ui.widgets.kernels import KERNELS, LOCKED, ROOT, search_path

PATIENCE = 60
"""Seconds."""

SET_UP = 'import flux2_nb as f2\npanel = f2.panel("text-to-image", prompt="a red fox", seed=7, megapixels=0.5)'


LISTEN = """
import asyncio, json, threading
seen, before = [], len(panel.runs)
panel.listen(lambda: seen.append(threading.current_thread().name))
"""

WAIT = """
await asyncio.sleep(0.2)
print(len(panel.runs) > before and all(run.is_over for run in panel.runs))
"""

TELL = """
stage = panel.widget.board["batches"][0][0]["stage"]
print(json.dumps([stage, sorted(set(seen)), [str(error) for error in panel.errors]]))
"""


@pytest.fixture(scope="module", params=KERNELS)
def kernel(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel in which a panel stands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLUX2_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("PYTHONPATH", search_path(request.param))
        manager, client = start_new_kernel(startup_timeout=PATIENCE)
    assert request.param in (LOCKED, said(client, "import ipykernel; print(ipykernel.__version__)"))
    said(client, SET_UP)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def said(client: BlockingKernelClient, code: str) -> str:
    """Run code in the kernel and return what it printed; an error in it fails the test."""
    texts: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream":
            texts.append(message["content"]["text"])

    reply = client.execute_interactive(code, timeout=PATIENCE, output_hook=hear, allow_stdin=False)
    assert reply["content"]["status"] == "ok", reply["content"]
    return "".join(texts).strip()


def click(client: BlockingKernelClient, subshell: str | None, **message: Any) -> None:
    """Send what the page sends when something is clicked."""
    comm = said(client, "print(panel.widget.comm.comm_id)")
    content = {"comm_id": comm, "data": {"method": "custom", "content": message}}
    sent = client.session.msg("comm_msg", content)
    if subshell:
        sent["header"]["subshell_id"] = subshell
    client.shell_channel.send(sent)


def test_a_run_is_awaited_in_a_cell(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """Top-level `await panel.run()` gives the picture, and the widget has heard of it."""
    _, client = kernel
    told = said(
        client, "r = await panel.run()\nprint(r.seed, r is panel.result, panel.widget.board['batches'][0][0]['stage'])"
    )
    assert told == "7 True done"


def test_a_click_runs_on_the_kernels_own_loop(kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
    """A click starts a run, and its end is seen, though no cell waits; on a subshell's thread where there are any."""
    _, client = kernel
    said(client, LISTEN)
    subshell = _subshell(client)
    click(client, subshell, act="example", index=0)
    click(client, subshell, act="run")
    end = time.monotonic() + PATIENCE
    while said(client, WAIT) != "True" and time.monotonic() < end:
        pass
    told = json.loads(said(client, TELL))
    assert told == ["done", ["MainThread"], []]


def _subshell(client: BlockingKernelClient) -> str | None:
    """A new subshell of the kernel, in which JupyterLab sends its messages; None where the kernel has none."""
    features = client.kernel_info(reply=True, timeout=PATIENCE)["content"].get("supported_features", [])
    if "kernel subshells" not in features:
        return None
    client.control_channel.send(client.session.msg("create_subshell_request", {}))
    while True:
        reply = client.get_control_msg(timeout=PATIENCE)
        if reply["msg_type"] == "create_subshell_reply":
            return str(reply["content"]["subshell_id"])


def test_a_saved_notebook_shows_the_panel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Executed and saved without widget state, a panel, a result and a comparison leave HTML behind, never a blank."""
    monkeypatch.setenv("FLUX2_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=":")
    cells = [SET_UP, "panel", "await panel.run()", "f2.compare(panel.result, panel.result)", "f2.show(panel.results)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    done = NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3", store_widget_state=False).execute()
    panel, result, compared, shown = (cell.outputs[-1].data["text/html"] for cell in done.cells[1:])
    assert "a red fox" in panel
    assert [html.count("<img src=") for html in (result, compared, shown)] == [1, 2, 1]
    assert "Sketch, not a FLUX.2 image · " in result
    assert "widgets" not in done.metadata
