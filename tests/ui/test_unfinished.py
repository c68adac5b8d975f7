"""A visitor who comes back is told what was left unfinished; one who presses Stop is told what that comes to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from flux2_nb import capability as registry
from flux2_nb.errors import ProviderError
from flux2_nb.studio import Studio
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.widgets.panel import Panel
from tests.doubles import BflDouble, faults
from tests.history.making import make_run
from tests.page_protocol import Event, Tab, open_tab

from .conftest import PaidApp

GENERATE, STOP = "f2-generate", "f2-stop"
BFL = "bfl/flux-2-flex"

COLLECTED = "1 picture you asked for earlier is being collected, and not paid for again. Look under Text to image."
LOST = "1 request was on the way when the program ended: billed or not, nobody told."


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio on a double whose first answers about a job make no sense, so that we stop waiting for it."""
    with BflDouble() as double:
        double.script("poll", faults.html())
        studio = Studio("bfl", home=tmp_path / "home", settings=double.environ)
        yield studio
        studio.engine.close()


def leave_one(studio: Studio) -> None:
    """Leave a job behind that was accepted and not collected."""
    with pytest.raises(ProviderError):
        studio.generate("a fox")


def lose_one(studio: Studio) -> None:
    """Leave a request behind that was on its way when the program ended."""
    studio.engine.history.begin(make_run(owner=studio.owner)).result()
    studio.engine.history.close()


@pytest.mark.case(39)
def test_the_app_says_once_what_it_takes_up(studio: Studio, tmp_path: Path) -> None:
    """What is collected is named with its tab, what was lost with its money, each of them once."""
    backend = Backend(studio, tmp_path / "uploads")
    leave_one(studio)
    assert backend.resume("me") == COLLECTED
    assert studio.runs()[0].result(20).data
    lose_one(studio)
    assert LOST in backend.resume("me")
    assert backend.resume("me") == ""
    assert backend.resume("another") == ""


@pytest.mark.case(39, 44)
def test_a_notebook_says_what_waits(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    """The first thing that is asked for in a new session has one line in the log: what waits, and how to collect it."""
    leave_one(studio)
    lose_one(studio)
    studio.engine._reminded.clear()  # as in a new process
    caplog.clear()
    for _ in range(2):
        studio.with_target("sketch").generate("a fox", width=64, height=64)
    [line] = caplog.messages
    assert line.startswith("1 picture asked for earlier was not collected: studio.resume() fetches it without paying")
    assert LOST in line


@pytest.mark.case(44)
async def test_a_panel_says_what_waits(studio: Studio) -> None:
    """A panel that is shown again has the same line above its pictures."""
    await asyncio.to_thread(leave_one, studio)
    panel = Panel(registry.get("text-to-image"), studio)
    told = asyncio.Event()
    panel.listen(told.set)
    await asyncio.wait_for(told.wait(), 10)
    assert panel.reminder.startswith("1 picture asked for earlier was not collected")
    assert panel.widget.board["reminder"] == panel.reminder


def test_where_there_is_no_history_nothing_is_made(tmp_path: Path) -> None:
    """Looking for what was left behind opens nothing where there is nothing."""
    assert Studio("sketch", home=tmp_path / "home").engine.reminder("me") == ""
    assert not list(tmp_path.iterdir())


@pytest.fixture
async def tab(paid_app: PaidApp) -> AsyncIterator[Tab]:
    """The page of a new visitor, with providers that charge."""
    async with open_tab(paid_app.address) as tab:
        yield tab


def waking(tab: Tab) -> Event:
    """What the page sends when it is loaded."""
    handlers = tab.config["dependencies"]
    return Event(next(one["id"] for one in handlers if any(target[1] == "load" for target in one["targets"])), [])


def stopping(tab: Tab) -> Event:
    """What the page sends when Stop is pressed on its first tab."""
    components = {one["id"]: one["props"] for one in tab.config["components"]}
    button = next(number for number, props in components.items() if STOP in (props.get("elem_classes") or []))
    handlers = tab.config["dependencies"]
    return Event(next(one["id"] for one in handlers if [button, "click"] in map(list, one["targets"])), [])


@pytest.mark.case(39)
async def test_a_page_that_is_loaded_shows_the_line(tab: Tab, paid_app: PaidApp) -> None:
    """The line comes as a note that stays until it is closed; the next load has none. Only the queue shows notes."""
    assert next(one for one in tab.config["dependencies"] if one["id"] == waking(tab).fn_index)["queue"] is not False
    paid_app.bfl.script("poll", faults.html())
    await tab.press(GENERATE, {"Prompt": "A harbour at night"}, BFL)
    told = await tab.tell(waking(tab))
    assert COLLECTED in told
    assert '"duration": null' in told
    assert COLLECTED not in await tab.tell(waking(tab))


@pytest.mark.case(38)
async def test_stop_tells_the_truth_about_what_was_bought(tab: Tab, paid_app: PaidApp) -> None:
    """Stop on a job that its provider cannot cancel: the page says that it is billed, and the picture comes."""
    bought = len(paid_app.bfl.submits)
    paid_app.bfl.script("job", faults.Fate(pending=4))
    pressing = asyncio.ensure_future(tab.press(GENERATE, {"Prompt": "A mill in the fog"}, BFL))
    while len(paid_app.bfl.submits) == bought:
        await asyncio.sleep(0.01)
    await tab.beside().tell(stopping(tab))
    told = await pressing
    assert "cannot cancel an accepted job: it is billed, and its picture is kept" in told
    assert "Download original" in told
    assert len(paid_app.bfl.submits) == bought + 1
