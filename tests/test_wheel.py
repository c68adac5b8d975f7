"""What is in the wheel that users install: the whole package with its data, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_BYTES = 4_000_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel as the build backend makes it from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    build = f"import hatchling.build as build; build.build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=ROOT, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_it_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """Every tracked file of the package is in it, with the licence; no test, notebook or file of a developer is."""
    tracked = subprocess.run(["git", "ls-files", "flux2_nb"], cwd=ROOT, check=True, capture_output=True, text=True)
    expected = {name for name in tracked.stdout.splitlines() if (ROOT / name).is_file()}
    files = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert expected <= files
    assert {name for name in files if not name.startswith("flux2_nb/")} == set()
    assert [name for name in files if "__pycache__" in name or Path(name).name.startswith(".")] == []
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


def test_it_is_small(wheel: zipfile.ZipFile) -> None:
    """It downloads in a moment."""
    assert sum(one.compress_size for one in wheel.infolist()) < MOST_BYTES
