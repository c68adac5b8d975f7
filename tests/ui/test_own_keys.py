"""A visitor's own key: held for its visitor only, soon forgotten, and found nowhere it could be read."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from flux2_nb import provider
from flux2_nb.errors import InvalidRequest, MissingKey, ProviderError
from flux2_nb.keys import MASK, Redactor
from flux2_nb.studio import Studio
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.key_routes import routes
from flux2_nb.ui.limits import MOST_VISITORS, Limit
from flux2_nb.ui.own_keys import KEPT_SECONDS, MOST_KEYS, OwnKeys, asked_of, own_account
from flux2_nb.ui.visitors import Visitors
from tests.doubles import BflDouble, Fate, faults

if TYPE_CHECKING:
    pass

CANARY = "canary-key-that-must-not-be-found-0042"
OTHER = "another-key-that-must-not-be-found-0043"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Held:
    """A store with a clock that is set by hand and the redactor it tells."""

    clock: Clock = field(default_factory=Clock)
    redact: Redactor = field(default_factory=Redactor)

    def __post_init__(self) -> None:
        self.keys = OwnKeys(lambda: self.redact, self.clock)

    def put(self, owner: str, key: str = CANARY) -> None:
        self.keys.put(owner, own_account(provider.get("bfl"), {"BFL_API_KEY": key}))

    def key(self, owner: str) -> str:
        account = self.keys.account(owner, "bfl")
        return account["BFL_API_KEY"] if account else ""


@pytest.fixture
def held() -> Iterator[Held]:
    """An empty store."""
    held = Held()
    yield held
    held.keys.clear()


def test_a_key_is_its_visitors_only(held: Held) -> None:
    """Two visitors have keys of their own; a third, and another provider, have none."""
    held.put("ada")
    held.put("bob", OTHER)
    assert [held.key(owner) for owner in ("ada", "bob", "eve")] == [CANARY, OTHER, ""]
    assert held.keys.account("ada", "replicate") is None


def test_a_key_is_forgotten_after_an_hour_without_use(held: Held) -> None:
    """Every use begins the hour anew; to ask whether there is one is not to use it."""
    held.put("ada")
    held.clock.now += KEPT_SECONDS - 1
    assert held.key("ada") == CANARY
    held.clock.now += KEPT_SECONDS - 1
    assert held.keys.holds("ada", "bfl")
    held.clock.now += 1
    assert not held.keys.holds("ada", "bfl")
    assert held.key("ada") == ""


def test_keys_go_in_time_though_nobody_comes_back(held: Held) -> None:
    """A timer waits for the hour to be over; it ends with the store."""
    held.put("ada")
    timers = [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
    assert [math.isclose(one.interval, KEPT_SECONDS) for one in timers] == [True]
    held.clock.now += KEPT_SECONDS
    timers[0].function()
    assert held.redact(CANARY) == CANARY
    held.keys.clear()


def test_forgetting_and_replacing(held: Held) -> None:
    """A second key takes the place of the first; what is forgotten is gone, for this visitor alone."""
    held.put("ada")
    held.put("ada", OTHER)
    held.put("bob")
    assert held.key("ada") == OTHER
    held.keys.forget("ada", "bfl")
    assert (held.key("ada"), held.key("bob")) == ("", CANARY)


def test_the_redactor_knows_a_key_as_long_as_it_is_held(held: Held) -> None:
    """Two visitors with the same key: it is masked until both are gone, and remembered by nothing after that."""
    held.put("ada")
    held.put("bob")
    held.keys.forget("ada", "bfl")
    assert held.redact(f"key={CANARY}") == f"key={MASK}"
    held.keys.clear()
    assert held.redact(CANARY) == CANARY


def test_no_more_keys_than_there_is_room_for(held: Held) -> None:
    """Whoever comes again and again as somebody else pushes out the oldest, and does not fill the memory."""
    for number in range(MOST_KEYS + 1):
        held.put(f"visitor {number}")
    assert [held.keys.holds(f"visitor {number}", "bfl") for number in (0, 1, MOST_KEYS)] == [False, True, True]


def test_what_is_asked_for() -> None:
    """Every variable a provider needs but its addresses, which would let a visitor send the server anywhere."""
    asked = {name: [one.variable for one in asked_of(provider.get(name))] for name in ("cloudflare", "bfl", "sketch")}
    assert asked == {
        "cloudflare": ["CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_GATEWAY_ID"],
        "bfl": ["BFL_API_KEY"],
        "sketch": [],
    }


def test_nothing_of_the_host_is_mixed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host's account, token and gateway stay out of a visitor's account; the host's address is used, no other."""
    monkeypatch.setenv("CLOUDFLARE_ACCOUNT_ID", "host")
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "host-token")
    monkeypatch.setenv("CLOUDFLARE_GATEWAY_ID", "host-gateway")
    monkeypatch.setenv("CLOUDFLARE_BASE_URL", "https://proxy.example/v4")
    values = {"CLOUDFLARE_ACCOUNT_ID": "mine", "CLOUDFLARE_API_TOKEN": CANARY, "CLOUDFLARE_BASE_URL": "https://evil"}
    account = own_account(provider.get("cloudflare"), values)
    assert (account["CLOUDFLARE_ACCOUNT_ID"], account["CLOUDFLARE_GATEWAY_ID"]) == ("mine", "")
    assert account["CLOUDFLARE_BASE_URL"] == "https://proxy.example/v4"
    with pytest.raises(InvalidRequest, match="CLOUDFLARE_ACCOUNT_ID is missing"):
        own_account(provider.get("cloudflare"), {"CLOUDFLARE_API_TOKEN": CANARY})


@pytest.mark.parametrize(
    "value", ["", "  ", f"{CANARY} {CANARY}", f"{CANARY}\n\rx-other: 1", CANARY * 20, f"{CANARY}é"]
)
def test_what_cannot_be_a_key_is_refused(value: str) -> None:
    """The sentence names the variable and never repeats what was typed."""
    with pytest.raises(InvalidRequest, match="BFL_API_KEY") as refused:
        own_account(provider.get("bfl"), {"BFL_API_KEY": value})
    assert CANARY not in str(refused.value)


def test_an_id_cannot_change_the_address() -> None:
    """An account id becomes part of an address: slashes and dots have no place in it."""
    with pytest.raises(InvalidRequest, match="CLOUDFLARE_ACCOUNT_ID"):
        own_account(provider.get("cloudflare"), {"CLOUDFLARE_ACCOUNT_ID": "../x", "CLOUDFLARE_API_TOKEN": CANARY})


# --- a studio with a visitor's key ------------------------------------------------------------------------------------


@pytest.fixture
def bfl(monkeypatch: pytest.MonkeyPatch) -> Iterator[BflDouble]:
    """Plays Black Forest Labs for one key, which the host does not have."""
    with BflDouble(key=CANARY) as double:
        monkeypatch.setenv("BFL_BASE_URL", double.environ["BFL_BASE_URL"])
        yield double


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """What is behind a page that starts with the sketch."""
    studio = Studio("sketch", home=tmp_path / "home", budget_usd=0.0)
    backend = Backend(studio, tmp_path / "uploads")
    yield backend
    backend.keys.clear()
    studio.engine.close()


def give(backend: Backend, owner: str, key: str = CANARY) -> None:
    backend.keys.put(owner, own_account(provider.get("bfl"), {"BFL_API_KEY": key}))


def test_a_visitors_key_pays_for_its_visitor_only(backend: Backend, bfl: BflDouble) -> None:
    """Its visitor generates although the host has no key and allows no spending; another visitor cannot."""
    give(backend, "ada")
    assert backend.studio_for("bfl/flux-2-pro", "ada").generate("a fox").provider == "bfl"
    with pytest.raises(MissingKey, match="BFL_API_KEY"):
        backend.studio_for("bfl/flux-2-pro", "bob").generate("a fox")
    history = backend.studio.engine.history
    assert (history.spent_today(), history.for_owner("ada").spent_today() > 0) == (0.0, True)


def test_the_hosts_key_is_used_where_there_is_no_own(
    backend: Backend, bfl: BflDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visitor's key goes before the host's, and once it is forgotten the host's is used again."""
    monkeypatch.setenv("BFL_API_KEY", OTHER)
    studio = backend.studio_for("bfl/flux-2-pro", "ada")
    assert (studio.account()["BFL_API_KEY"], studio.account().is_visitors) == (OTHER, False)
    give(backend, "ada")
    assert (studio.account()["BFL_API_KEY"], studio.account().is_visitors) == (CANARY, True)
    backend.keys.forget("ada", "bfl")
    assert studio.account()["BFL_API_KEY"] == OTHER


async def test_a_run_goes_on_when_its_key_is_forgotten(backend: Backend, bfl: BflDouble) -> None:
    """What was begun is paid for: it is collected with the key it was begun with, which is masked until then."""
    give(backend, "ada")
    bfl.fate = Fate(pending=math.inf)
    run = backend.studio_for("bfl/flux-2-pro", "ada").start("a fox")
    async for event in run.events():
        if event.kind == "submitted":
            break
    backend.keys.forget("ada", "bfl")
    redact = backend.studio.engine.redact
    assert redact(CANARY) == MASK
    for job in bfl.submits:
        job.fate = replace(job.fate, pending=0)
    assert (await run).provider == "bfl"
    backend.studio.engine.close()
    assert redact(CANARY) == CANARY


def test_a_job_waits_for_the_key_it_was_bought_with(
    backend: Backend, bfl: BflDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host's key is not tried on a visitor's job; the visitor's own collects it when it is back, at no cost."""
    give(backend, "ada")
    bfl.script("poll", faults.html())
    studio = backend.studio_for("bfl/flux-2-pro", "ada")
    with pytest.raises(ProviderError):
        studio.generate("a fox")
    backend.keys.forget("ada", "bfl")
    monkeypatch.setenv("BFL_API_KEY", OTHER)
    assert (studio.resume(), len(studio.unfinished())) == ([], 1)
    give(backend, "ada")
    (run,) = studio.resume()
    assert run.result().provider == "bfl"
    assert len(bfl.submits) == 1


def test_the_hosts_job_is_collected_with_the_hosts_key(
    backend: Backend, bfl: BflDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that a visitor brings later is not tried on what the host's key bought: the provider would not know it."""
    monkeypatch.setenv("BFL_API_KEY", CANARY)
    backend.studio.budget_usd = None
    bfl.script("poll", faults.html())
    studio = backend.studio_for("bfl/flux-2-pro", "ada")
    with pytest.raises(ProviderError):
        studio.generate("a fox")
    give(backend, "ada", OTHER)
    (run,) = studio.resume()
    assert run.result().provider == "bfl"
    assert len(bfl.submits) == 1


# --- the addresses ----------------------------------------------------------------------------------------------------

JSON = {"content-type": "application/json", "origin": "http://testserver"}


def site(backend: Backend) -> TestClient:
    """A browser that has opened the page once."""
    page = Route("/", lambda request: PlainTextResponse(request.state.owner))
    client = TestClient(Starlette(routes=[page, *routes(backend)], middleware=[Middleware(Visitors)]))
    client.get("/")
    return client


def use(client: TestClient, key: str = CANARY, headers: dict[str, str] | None = None) -> Any:
    return client.post("/keys/bfl", content=json.dumps({"BFL_API_KEY": key}), headers=headers or JSON)


def test_use_check_and_forget(backend: Backend, bfl: BflDouble) -> None:
    """A key is taken, checked at no cost, and forgotten; the check is for the visitor whose key it is."""
    client, stranger = site(backend), site(backend)
    assert use(client).json() == {"sentence": "Your own key is used from now on."}
    assert "The key works." in client.post("/keys/bfl/check", headers=JSON).json()["sentence"]
    assert "no key of yours" in stranger.post("/keys/bfl/check", headers=JSON).json()["sentence"]
    assert client.delete("/keys/bfl", headers=JSON).status_code == 200
    assert "no key of yours" in client.post("/keys/bfl/check", headers=JSON).json()["sentence"]
    assert not bfl.submits


def test_a_key_that_goes_meanwhile_is_not_replaced(
    backend: Backend, bfl: BflDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key that is checked is the visitor's, even when it is forgotten in that moment: never the host's."""
    monkeypatch.setenv("BFL_API_KEY", OTHER)
    client, studio_for = site(backend), backend.studio_for
    use(client)
    owner = client.get("/").text

    def forgetting(target: str, owner: str) -> Studio:
        backend.keys.forget(owner, "bfl")
        return studio_for(target, owner)

    monkeypatch.setattr(backend, "studio_for", forgetting)
    assert "The key works." in client.post("/keys/bfl/check", headers=JSON).json()["sentence"]
    assert not backend.keys.holds(owner, "bfl")


def test_a_check_is_not_asked_for_without_end(backend: Backend, bfl: BflDouble) -> None:
    """A visitor's checks are counted, for each asks the provider; beyond a few a minute they are told to wait."""
    backend.checks = Limit(2, 60.0, Clock())
    client, other = site(backend), site(backend)
    use(client)
    use(other)
    statuses = [client.post("/keys/bfl/check", headers=JSON).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    asked = len(bfl.requests)
    assert client.post("/keys/bfl/check", headers=JSON).json()["sentence"].endswith("Try again in 60 s.")
    assert len(bfl.requests) == asked
    assert other.post("/keys/bfl/check", headers=JSON).status_code == 200


def test_a_limit_opens_again() -> None:
    """Each use counts for its time, and the visitor who was longest away is forgotten when there are too many."""
    clock = Clock()
    limit = Limit(2, 60.0, clock)
    assert [limit.take("ada"), limit.take("ada"), limit.take("ada")] == [0, 0, 60]
    clock.now += 59
    assert (limit.take("ada"), limit.take("bob")) == (1, 0)
    clock.now += 1
    assert limit.take("ada") == 0
    for number in range(MOST_VISITORS):
        limit.take(f"visitor {number}")
    assert limit.take("ada") == 0


def test_a_wrong_key_gets_the_providers_refusal(backend: Backend, bfl: BflDouble) -> None:
    """The provider's refusal is a sentence without the key in it."""
    client = site(backend)
    use(client, OTHER)
    reply = client.post("/keys/bfl/check", headers=JSON)
    assert reply.status_code == 400
    assert "refused the key" in reply.json()["sentence"]
    assert OTHER not in reply.text


@pytest.mark.parametrize(
    "headers",
    [
        {**JSON, "origin": "https://evil.example"},
        {**JSON, "origin": "null"},
        {"content-type": "application/json"},
        {**JSON, "sec-fetch-site": "cross-site"},
        {**JSON, "sec-fetch-site": "same-site"},
        {**JSON, "content-type": "text/plain"},
    ],
)
def test_no_other_site_can_plant_a_key(headers: dict[str, str], backend: Backend) -> None:
    """A page of another site, which the browser would send the cookie along with, is refused."""
    client = site(backend)
    assert use(client, headers=headers).status_code == 403
    assert not backend.keys.holds(client.get("/").text, "bfl")


@pytest.mark.parametrize("body", ["", "[]", '"x"', '{"BFL_API_KEY": 7}', "{", "[" * 5000])
def test_what_is_no_form_is_refused(body: str, backend: Backend) -> None:
    """Whatever else is sent gets a sentence."""
    reply = site(backend).post("/keys/bfl", content=body, headers=JSON)
    assert (reply.status_code, bool(reply.json()["sentence"])) == (400, True)
