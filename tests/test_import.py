"""What importing the package costs, and what it offers."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import flux2_nb

README = Path(__file__).parents[1] / "README.md"
HEAVY = {"PIL", "gradio", "httpx", "ipywidgets", "sqlalchemy", "torch"}


def modules_after(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after a statement."""
    code = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_loads_nothing_heavy() -> None:
    """`import flux2_nb` pulls in no UI toolkit, HTTP client, picture library, database or torch."""
    loaded = modules_after("import flux2_nb")
    assert "flux2_nb" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("name", flux2_nb.__all__)
def test_every_public_name_is_there(name: str) -> None:
    """Each name of `__all__` can be got and is offered by `dir`."""
    assert getattr(flux2_nb, name) is not None
    assert name in dir(flux2_nb)


def test_an_unknown_name_is_an_ordinary_error() -> None:
    """A misspelt name is an AttributeError that shows it."""
    with pytest.raises(AttributeError, match="genrate"):
        flux2_nb.genrate  # noqa: B018 - the access is the test


def test_public_names_are_sorted_and_in_the_readme() -> None:
    """`__all__` is sorted, and is the list that the README gives."""
    block = re.search(r"<!-- names -->(.*?)<!-- /names -->", README.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    assert list(flux2_nb.__all__) == sorted(flux2_nb.__all__)
    assert re.findall(r"^\| `(\w+)`", block[1], re.MULTILINE) == list(flux2_nb.__all__)
