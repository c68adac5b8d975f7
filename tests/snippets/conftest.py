"""The double named by a parameter."""

from __future__ import annotations

import pytest

from tests.doubles import Double


@pytest.fixture
def double(request: pytest.FixtureRequest) -> Double:
    """The double of the provider that an indirect parameter names."""
    found: Double = request.getfixturevalue(f"{request.param}_double")
    return found
