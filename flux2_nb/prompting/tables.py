"""The package's own data tables, read once each."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Read ``data/<name>.toml`` of this package.

    Args:
        name: The file's name without its ending, such as ``colours``.

    Returns:
        The parsed table. It is shared, so read it and do not change it.
    """
    text = resources.files(__package__).joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
