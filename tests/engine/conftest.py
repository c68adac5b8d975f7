"""A studio pointed at a double, with its own data folder, closed at the end of each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina

from flux2_nb.studio import Studio
from tests.doubles.double import Double

PROVIDERS = ("cloudflare", "replicate", "bfl")
WITH_JOBS = ("replicate", "bfl")


@pytest.fixture(autouse=True)
def _no_backoff() -> Iterator[None]:
    """Retries happen at once; how long they would wait is not what these tests are about."""
    stamina.set_testing(True, attempts=6, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def double(request: pytest.FixtureRequest) -> Double:
    """The double named by an indirect parameter."""
    found: Double = request.getfixturevalue(f"{request.param}_double")
    return found


@pytest.fixture
def studio_at(tmp_path: Path) -> Iterator[Callable[..., Studio]]:
    """Makes studios that share one data folder."""
    made: list[Studio] = []

    def make(double: Double, provider: str, model: str | None = None, **options: Any) -> Studio:
        made.append(Studio(provider, model, home=tmp_path / "home", settings=double.environ, **options))
        return made[-1]

    yield make
    for studio in made:
        studio.engine.close()


both = pytest.mark.parametrize(
    ("double", "provider"), [(name, name) for name in WITH_JOBS], indirect=["double"], ids=WITH_JOBS
)
every = pytest.mark.parametrize(
    ("double", "provider"), [(name, name) for name in PROVIDERS], indirect=["double"], ids=PROVIDERS
)
