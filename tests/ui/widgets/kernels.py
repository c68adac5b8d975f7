"""The kernels panels are tried in: the locked ipykernel, and older ones, each in a folder that `make test` fills."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCKED = "locked"
OLDER = sorted(path.stem for path in (Path(__file__).parent / "kernels").glob("*.lock"))
"""Releases of ipykernel; 6, 7.0 to 7.3, and 7.4 each call back on another thread (`flux2_nb/ui/widgets/kernel.py`)."""

KERNELS = [LOCKED, *OLDER]


def search_path(kernel: str) -> str:
    """Return the PYTHONPATH with which Python starts a kernel; skips the test, or fails it, where that is missing."""
    if kernel == LOCKED:
        return str(ROOT)
    folder = Path(sys.prefix) / f"ipykernel-{kernel}"
    if not folder.is_dir():
        missing = f"ipykernel {kernel} is not in {folder}: `make test` installs it."
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(missing)
    return os.pathsep.join([str(folder), str(ROOT)])
