"""A server in a process of its own on a free port: started, waited for, ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

STARTS_WITHIN = 120
"""Seconds."""


@contextmanager
def served(
    arguments: Callable[[int], Sequence[str]],
    environment: Mapping[str, str],
    log: Path,
    ready: str = "",
    **options: Path,
) -> Iterator[str]:
    """Starts Python with the arguments for a port, yields the address once ``ready`` below it answers, and ends it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    with log.open("ab") as writing:
        command = [sys.executable, *arguments(port)]
        variables = {**os.environ, **environment}
        process = subprocess.Popen(command, env=variables, stdout=writing, stderr=subprocess.STDOUT, **options)
    try:
        _wait_for(f"{address}{ready}", process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"nothing answers at {address}:\n{log.read_text(encoding='utf-8')}")
