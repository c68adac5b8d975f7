"""The app in a process of its own, and a way to open it as a new visitor."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
START = Path(__file__).parent / "app_under_test.py"
STARTS_WITHIN = 60
"""Seconds."""


@pytest.fixture(scope="session")
def app_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, which runs with an empty folder until the last test is over."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("app")
    environment = {**os.environ, "FLUX2_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with (home / "log.txt").open("wb") as log:
        command = [sys.executable, str(START), str(port)]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/", process, home / "log.txt")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"the app did not start:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture
def visit(app_address: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the app as a visitor who was never there: `visit("phone")`."""

    def visit(device: str = "desktop") -> Page:
        page = open_page(device)
        page.goto(app_address)
        page.locator(".f2-generate:visible").wait_for()
        return page

    return visit
