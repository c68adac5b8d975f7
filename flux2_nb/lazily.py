"""Names of a package that are loaded when they are first asked for, so that importing it costs next to nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def loader(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a package's ``__getattr__``: it loads a name once and keeps it.

    Args:
        package: The package's ``__name__``.
        homes: Name -> the module of the package it lives in; an empty text where the name is a module itself.
    """

    def load(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f".{home}", package), name) if home else import_module(f".{name}", package)
        setattr(sys.modules[package], name, value)
        return value

    return load
