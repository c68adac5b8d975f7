"""The app in a process of its own, and a way to open it as a new visitor; with and without providers that charge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flux2_nb.studio import Studio
from tests.doubles import BflDouble, CloudflareDouble, Fate, ReplicateDouble
from tests.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
HAS_ASKED = "() => performance.getEntriesByType('resource').some(one => one.name.includes('/queue/join'))"
START = Path(__file__).parent / "app_under_test.py"


@dataclass(frozen=True)
class PaidApp:
    """The app with three providers that take its keys and charge for pictures, none of them real.

    Attributes:
        address: Where it is served.
        home: Its data folder.
        log: What its process wrote.
        bfl: Plays Black Forest Labs.
        cloudflare: Plays Cloudflare.
        replicate: Plays Replicate.
    """

    address: str
    home: Path
    log: Path
    bfl: BflDouble
    cloudflare: CloudflareDouble
    replicate: ReplicateDouble

    @property
    def doubles(self) -> tuple[BflDouble, CloudflareDouble, ReplicateDouble]:
        """All three."""
        return self.bfl, self.cloudflare, self.replicate


@contextmanager
def running_app(home: Path, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """Starts the app on a free port with this folder and these variables, yields its address, and ends it."""
    home.mkdir(parents=True, exist_ok=True)
    variables = {"FLUX2_HOME": str(home), "PYTHONPATH": str(ROOT), **(environment or {})}
    with served(lambda port: [str(START), str(port)], variables, home / "log.txt") as address:
        yield address


@pytest.fixture(scope="session")
def app_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, which runs with an empty folder until the last test is over."""
    with running_app(tmp_path_factory.mktemp("app")) as address:
        yield address


@pytest.fixture(scope="session")
def _paid_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaidApp]:
    home = tmp_path_factory.mktemp("paid-app")
    with ExitStack() as stack:
        doubles = [stack.enter_context(one()) for one in (BflDouble, CloudflareDouble, ReplicateDouble)]
        environment = {name: value for one in doubles for name, value in one.environ.items()}
        address = stack.enter_context(running_app(home, environment))
        yield PaidApp(address, home, home / "log.txt", *doubles)


@pytest.fixture
def paid_app(_paid_app: PaidApp) -> Iterator[PaidApp]:
    """The app with BFL, Cloudflare and Replicate within its reach, at once ready again; no key may leak."""
    for double in _paid_app.doubles:
        double.fate = Fate()
    yield _paid_app
    for double in _paid_app.doubles:
        assert not double.leaks, f"the key was sent where it does not belong: {double.leaks}"


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of the offline sketch."""
    studio = Studio("sketch", home=tmp_path / "home")
    yield studio
    studio.engine.close()


def open_at(address: str, page: Page) -> Page:
    """Opens the app on a page and waits until it can be used: until it has asked what was left unfinished.

    Before that, what is typed may be seen by nobody.
    """
    page.goto(address)
    page.locator(".f2-generate:visible").wait_for()
    page.wait_for_function(HAS_ASKED)
    return page


@pytest.fixture
def visit(app_address: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the app as a visitor who was never there: `visit("phone")`."""
    return lambda device="desktop": open_at(app_address, open_page(device))


@pytest.fixture
def visit_paid(paid_app: PaidApp, open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens the app with providers that charge, as a visitor who was never there: `visit_paid("phone")`."""
    return lambda device="desktop": open_at(paid_app.address, open_page(device))
