"""What is kept under version control: no file of it holds anything shaped like a key."""

from __future__ import annotations

import subprocess
from pathlib import Path

from flux2_nb.keys import KEY_SHAPES

ROOT = Path(__file__).parents[1]
BY_THEMSELVES = [shape for shape in KEY_SHAPES if "(?<=" not in shape.pattern]
"""The shapes that are keys wherever they stand; the others only follow a header's name."""

INVENTED = "tests/"
"""Keys of the tests are made up, and have to look like keys."""


def tracked() -> list[Path]:
    """Every file under version control that is still there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_holds_a_key() -> None:
    """Neither code, page, notebook output nor picture holds anything shaped like a key of a provider."""
    paths = [path for path in tracked() if not str(path.relative_to(ROOT)).startswith(INVENTED)]
    assert len(paths) > 100
    texts = {path: path.read_bytes().decode("utf-8", errors="ignore") for path in paths}
    found = [
        (path.name, shape.pattern) for path, text in texts.items() for shape in BY_THEMSELVES if shape.search(text)
    ]
    assert found == []
