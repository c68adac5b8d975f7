"""Marks for tests that need an optional extra."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

needs_tokens = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("tiktoken", "mistral_common", "dashscope")),
    reason="the tokens extra is not installed",
)
