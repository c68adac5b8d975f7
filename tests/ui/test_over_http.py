"""The app asked without its page: several tabs at once, values no form allows, every handler by its number."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.page_protocol import API, Event, Tab, open_tab

from .conftest import PaidApp

GENERATE = "f2-generate"
BFL = "bfl/flux-2-flex"
PROMPT = {"Prompt": "A lighthouse in a storm"}


@pytest.fixture
async def tab(paid_app: PaidApp) -> AsyncIterator[Tab]:
    """The page of a new visitor, with providers that charge."""
    async with open_tab(paid_app.address) as tab:
        yield tab


def of(tab: Tab, name: str, value: Any) -> Event:
    """A press of Generate with a value no form would send."""
    return tab.event(GENERATE, {**PROMPT, name: value}, BFL)


@pytest.mark.case(34)
async def test_the_same_press_in_two_tabs_buys_once(tab: Tab, paid_app: PaidApp) -> None:
    """Two tabs of a visitor that press at the same moment buy one picture; the other is asked whether it was meant."""
    before = len(paid_app.bfl.submits)
    told = await asyncio.gather(*(one.press(GENERATE, PROMPT, BFL) for one in (tab, tab.beside(), tab.beside())))
    assert len(paid_app.bfl.submits) - before == 1
    assert any("press again to make it anyway" in one for one in told)


@pytest.mark.case(33)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Prompt", ""),
        ("Prompt", "   "),
        ("Prompt", "x" * 200_000),
        ("Prompt", "a \x00 fox"),
        ("Seed", "-1"),
        ("Seed", str(2**63)),
        ("Seed", "1.5"),
        ("Steps", 0),
        ("Steps", "many"),
        ("Guidance", "NaN"),
        ("Aspect ratio", "7:13"),
        ("Megapixels", 1e9),
        ("How many", 99),
        ("How many", 0),
    ],
)
async def test_values_no_form_allows_buy_nothing(tab: Tab, paid_app: PaidApp, name: str, value: Any) -> None:
    """Whatever is sent past the form is refused by the core, in words, and costs nothing."""
    before = len(paid_app.bfl.submits)
    event = of(tab, name, value)
    assert value in event.data, f"the form has no field {name!r}"
    told = await tab.tell(event)
    assert len(paid_app.bfl.submits) == before
    assert "f2-problem" in told or '"success": false' in told
    assert "Traceback" not in told


@pytest.mark.case(35)
async def test_every_handler_survives_a_call_by_its_number(tab: Tab, paid_app: PaidApp) -> None:
    """Each handler is called by its number with nothing, too little and nonsense: an end is told, nothing is bought."""
    before = len(paid_app.bfl.submits)
    for handler in tab.config["dependencies"]:
        count = len(handler["inputs"])
        for data in ([], [None] * count, ["../../etc/passwd"] * count, [{"path": "/etc/passwd"}] * count):
            reply = await tab.post(Event(handler["id"], data))
            if reply.status_code == 200:
                assert (await tab.answers())[-1]["msg"] == "process_completed"
    assert len(paid_app.bfl.submits) == before
    assert (await tab.client.get("/")).status_code == 200


@pytest.mark.case(35)
async def test_a_stranger_learns_nothing_by_a_foreign_session(tab: Tab, paid_app: PaidApp) -> None:
    """Another visitor who knows a session's name gets neither its answers nor its runs."""
    await tab.press(GENERATE, {"Prompt": "A secret lighthouse"}, BFL)
    async with open_tab(paid_app.address) as stranger:
        spy = Tab(stranger.client, stranger.config, tab.session)
        assert (await spy.post(spy.event(GENERATE, PROMPT, BFL))).status_code == 403
        with pytest.raises(httpx.HTTPStatusError, match="403"):
            await spy.answers()
        told = await stranger.press(GENERATE, {"Prompt": "Something else"})
        assert "secret" not in told


@pytest.mark.case(36)
async def test_two_hundred_visitors_at_once_leave_the_app_standing(tab: Tab, paid_app: PaidApp) -> None:
    """200 events within a moment are taken or refused as "full", none is answered with a fault, and the next works."""
    tabs = [tab.beside() for _ in range(200)]
    replies = await asyncio.gather(*(one.post(one.event(GENERATE, {"Prompt": ""})) for one in tabs))
    assert {reply.status_code for reply in replies} <= {200, 503}
    await asyncio.gather(*(one.answers() for one, reply in zip(tabs, replies, strict=True) if reply.status_code == 200))
    assert "f2-done" in await tab.press(GENERATE, PROMPT)


async def test_what_gradio_offers_besides_is_shut(tab: Tab) -> None:
    """Gradio's own doors to code, files, run histories and other hosts lead nowhere."""
    doors = [
        "vibe-code/",
        "runs",
        "run-history/buckets",
        "profiling/traces",
        "proxy=https://example.org/x",
        "file=/etc/passwd",
        "file=pyproject.toml",
        "file=https://example.org/x",
    ]
    statuses = {door: (await tab.client.get(f"{API}/{door}")).status_code for door in doors}
    assert {door: status for door, status in statuses.items() if status < 400} == {}
    posts = ["vibe-edit/", "component_server", "run/predict", "call/generate", "profiling/clear"]
    answers = {door: (await tab.client.post(f"{API}/{door}", json={})).status_code for door in posts}
    assert {door: status for door, status in answers.items() if status < 400 or status >= 500} == {}


async def test_the_description_of_the_page_holds_no_key(tab: Tab, paid_app: PaidApp) -> None:
    """What anybody may read of the app names no key, no account and no folder."""
    open_to_all = [tab.config, *[(await tab.client.get(f"{API}/{path}")).text for path in ("info", "openapi.json")]]
    text = json.dumps(open_to_all)
    secrets = [value for double in paid_app.doubles for value in double.environ.values() if "://" not in value]
    assert [value for value in [*secrets, str(paid_app.home)] if value in text] == []
