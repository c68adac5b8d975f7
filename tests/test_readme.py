"""The README tells the truth: its example runs, its tables are those of the code, and what it points to is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from scripts.readme import BLOCKS, README, blocks, first_sentence, written

TEXT = README.read_text(encoding="utf-8")
MAKEFILE = (README.parent / "Makefile").read_text(encoding="utf-8")


def links() -> list[str]:
    """The addresses of links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", TEXT)


def test_the_example_runs_offline(tmp_path: Path) -> None:
    """The first Python example makes the picture it speaks of, in a fresh interpreter, with no key and no network."""
    code = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert code is not None
    subprocess.run([sys.executable, "-W", "error", "-c", code[1]], cwd=tmp_path, check=True, timeout=60)
    with Image.open(tmp_path / "fox.png") as picture:
        assert picture.format == "PNG"
        assert picture.size == (1024, 1024)


def test_generated_parts_are_current() -> None:
    """Every table that follows from the code is in the README as the code has it now; `make fix` writes them."""
    assert dict(blocks(TEXT)).keys() == BLOCKS.keys()
    assert written(TEXT) == TEXT


def test_links_lead_somewhere() -> None:
    """Every relative link and picture is a file of the repository."""
    files = [link for link in links() if not link.startswith(("https://", "#"))]
    assert files
    assert not [link for link in files if not (README.parent / link).is_file()]


def test_pictures_say_what_they_show() -> None:
    """Every picture has words for who cannot see it."""
    pictures = re.findall(r"!\[(.*?)\]\(", TEXT)
    assert pictures
    assert all(len(words) > 20 for words in pictures)


def test_commands_exist() -> None:
    """The two commands of the first screen are there, and every make target that is named exists."""
    named = set(re.findall(r"make ([a-z]+)", TEXT))
    assert {"demo", "test"} <= named
    targets = set(re.findall(r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One thing. And another.", "One thing"),
        ("A head:\n\n    a list", "A head"),
        ("Two\nlines of ``code``.\n\nMore.", "Two lines of `code`"),
    ],
)
def test_first_sentence(text: str, sentence: str) -> None:
    """A docstring's first sentence stands on one line, in Markdown's spelling."""
    assert first_sentence(text) == sentence
