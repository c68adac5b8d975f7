"""The engine's own tables, read once each."""

from __future__ import annotations

import gzip
import json
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Read ``data/<name>.toml``. The result is shared: read it and do not change it."""
    return tomllib.loads(_data(f"{name}.toml").decode())


@lru_cache(maxsize=1)
def words_table() -> dict[str, Any]:
    """The table made by ``scripts/make_lexicon.py``: ``words`` by language and glyph, ``tints`` by glyph."""
    loaded: dict[str, Any] = json.loads(gzip.decompress(_data("words.json.gz")))
    return loaded


def split(words: str) -> list[str]:
    """The entries of a comma-separated cell."""
    return [word.strip() for word in words.split(",") if word.strip()]


def _data(name: str) -> bytes:
    return resources.files(__package__).joinpath("data", name).read_bytes()
