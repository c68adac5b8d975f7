"""The live check, played against the doubles: what it spends, what it notices, and what it never writes down."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as changed
from pathlib import Path
from typing import Any

import pytest

from flux2_nb import provider as registry
from flux2_nb.errors import BudgetExceeded, InvalidRequest
from flux2_nb.live.__main__ import main
from flux2_nb.live.plan import CAP_USD, plan
from flux2_nb.live.recording import Cleaner
from flux2_nb.prices import Price
from flux2_nb.wire import Reply
from tests.doubles import BflDouble, CloudflareDouble, Double, Fate, Fault, ReplicateDouble, faults
from tests.doubles.exchange import Reply as Sent
from tests.doubles.pictures import draw
from tests.provider.feeding import account_of

PROVIDERS = ("cloudflare", "replicate", "bfl")

Plant = Callable[[Any], None]


@dataclass(frozen=True)
class Outcome:
    """What one live check left behind."""

    code: int
    output: str
    recording: dict[str, Any]
    text: str


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Double, str], Outcome]:
    """Runs the command against a double, without asking."""

    def run(double: Double, provider: str) -> Outcome:
        for name, value in double.environ.items():
            monkeypatch.setenv(name, value)
        code = main([provider, "--yes", "--folder", str(tmp_path / "recordings")])
        (path,) = (tmp_path / "recordings").iterdir()
        text = path.read_text(encoding="utf-8")
        return Outcome(code, capsys.readouterr().out, json.loads(text), text)

    return run


@pytest.fixture
def double(request: pytest.FixtureRequest) -> Double:
    """The double of the provider that an indirect parameter names."""
    found: Double = request.getfixturevalue(f"{request.param}_double")
    return found


every = pytest.mark.parametrize(
    ("double", "provider"), [(name, name) for name in PROVIDERS], indirect=["double"], ids=PROVIDERS
)


@every
def test_a_provider_as_documented_shows_no_difference(
    double: Double, provider: str, check: Callable[[Double, str], Outcome]
) -> None:
    """The key is checked, two pictures are bought, one value is refused, and all of it is as assumed."""
    outcome = check(double, provider)
    assert (outcome.code, outcome.recording["differences"]) == (0, [])
    assert "No differences." in outcome.output
    assert [len(job.references) for job in double.submits] == [0, 1]
    assert len(outcome.recording["calls"]) == 4


@every
def test_nothing_secret_is_written_down(double: Double, provider: str, check: Callable[[Double, str], Outcome]) -> None:
    """Key, account id, signatures and picture bytes are in neither the recording nor the output."""
    outcome = check(double, provider)
    secrets = [double.key, getattr(double, "account_id", double.key)]
    pictures = [base64.b64encode(image).decode()[:200] for image in double.delivered.values()]
    signatures = [call.query["sig"] for call in double.requests if "sig" in call.query]
    assert not [one for one in [*secrets, *pictures, *signatures] if one in outcome.text + outcome.output]
    assert signatures or provider != "bfl"
    assert len(outcome.text) < 40_000


def drops(name: str) -> Fault:
    """A fault that leaves a field out of an answer."""

    def without(reply: Sent) -> Sent:
        body = json.loads(reply.body)
        del body[name]
        return changed(reply, body=json.dumps(body).encode())

    return faults.rewrite(without)


def bare(reply: Sent) -> Sent:
    """The picture itself in place of the JSON around it."""
    return Sent(200, base64.b64decode(json.loads(reply.body)["result"]["image"]), "image/jpeg")


TAKEN = json.dumps(
    {
        "result": {"image": base64.b64encode(draw(256, 256, "jpeg", bytes(16))).decode()},
        "success": True,
        "errors": [],
        "messages": [],
    }
)
"""Cloudflare's answer to a value that it should have refused."""

PLANTED: list[tuple[str, str, Plant, str]] = [
    (
        "bfl",
        "a new field",
        lambda d: d.script("poll", faults.edit({"surprise": 1})),
        'poll: the field "surprise" is not',
    ),
    (
        "bfl",
        "a new field inside",
        lambda d: d.script("poll", faults.edit({"result": {"mood": 1}})),
        'poll: the field "result.mood" is not documented',
    ),
    (
        "bfl",
        "a new state",
        lambda d: d.script("poll", faults.edit({"status": "Pondering", "result": None})),
        'poll: the state "Pondering" is not documented',
    ),
    (
        "bfl",
        "a higher price",
        lambda d: d.script("submit", faults.edit({"cost": 2.5})),
        "estimated at $0.014, billed $0.025",
    ),
    (
        "bfl",
        "another format",
        lambda d: d.script("job", Fate(image=draw(64, 64, "jpeg", bytes(16)))),
        "asked for png, got jpeg",
    ),
    (
        "bfl",
        "another seed",
        lambda d: d.script("poll", faults.edit({"result": {"seed": 8}})),
        "asked for seed 7, got 8",
    ),
    (
        "bfl",
        "a refusal",
        lambda d: d.script("job", Fate(end="moderated")),
        "it ended with Moderated: BFL made a picture",
    ),
    (
        "replicate",
        "a missing field",
        lambda d: d.script("submit", drops("created_at")),
        'submit: the documented field "created_at" is missing',
    ),
    (
        "replicate",
        "a missing link",
        lambda d: d.script("submit", faults.edit({"urls": {"stream": "x", "other": "y"}})),
        'submit: the field "urls.other" is not documented',
    ),
    (
        "cloudflare",
        "another size",
        lambda d: d.script("job", Fate(image=draw(512, 256, "jpeg", bytes(16)))),
        "asked for 256 x 256 pixels, got 512 x 256",
    ),
    (
        "cloudflare",
        "a bare picture",
        lambda d: d.script("submit", faults.rewrite(bare)),
        "submit: answered with image/jpeg, which is no JSON object",
    ),
    (
        "cloudflare",
        "a bad value taken",
        lambda d: d.script("submit", None, None, faults.answer(200, TAKEN)),
        "it was taken and cost up to $0.000287",
    ),
    (
        "cloudflare",
        "an error",
        lambda d: d.script("submit", d.error(3040, retry_after="999")),
        "submit: answered with status 429, where a success was expected",
    ),
]


@pytest.mark.parametrize(
    ("double", "provider", "plant", "words"),
    [(name, name, plant, words) for name, _, plant, words in PLANTED],
    indirect=["double"],
    ids=[f"{name}-{what.replace(' ', '-')}" for name, what, _, _ in PLANTED],
)
def test_a_planted_difference_is_reported(
    double: Double, provider: str, plant: Plant, words: str, check: Callable[[Double, str], Outcome]
) -> None:
    """Each way to differ is told in the output and in the recording, and the command fails."""
    plant(double)
    outcome = check(double, provider)
    assert outcome.code == 1
    assert words in outcome.output
    assert any(words in one for one in outcome.recording["differences"])


def test_what_a_provider_echoes_is_cleaned(bfl_double: BflDouble, check: Callable[[Double, str], Outcome]) -> None:
    """A key, an address with a signature and an e-mail address in an answer are not written down."""
    details = {"note": f"key {bfl_double.key}", "link": "see https://x.example/a?sig=s3cret", "by": "ada@mail.example"}
    bfl_double.script("poll", faults.edit({"details": details}))
    outcome = check(bfl_double, "bfl")
    assert not [one for one in (bfl_double.key, "s3cret", "ada@mail") if one in outcome.text + outcome.output]
    assert "https://x.example/a?sig=[hidden]" in outcome.text


def test_a_refused_key_ends_the_check(bfl_double: BflDouble, check: Callable[[Double, str], Outcome]) -> None:
    """Without a valid key nothing is sent that could cost."""
    bfl_double.script("account", bfl_double.error(403))
    outcome = check(bfl_double, "bfl")
    assert outcome.code == 1
    assert "the key: check: answered with status 403" in "".join(outcome.recording["differences"])
    assert [call.stage for call in bfl_double.requests] == ["account"]


def test_an_account_is_kept_as_its_shape(
    replicate_double: ReplicateDouble, check: Callable[[Double, str], Outcome]
) -> None:
    """Whose account it is stays out of the recording and the output."""
    replicate_double.script("account", faults.edit({"username": "ada-lovelace"}))
    outcome = check(replicate_double, "replicate")
    assert "ada-lovelace" not in outcome.text + outcome.output
    assert outcome.recording["calls"][0]["exchanges"][0]["reply"]["body"]["username"] == "str"


# --- before anything is sent ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "sent"), [("yes", True), (" YES ", True), ("y", False), ("", False), ("no", False)])
def test_nothing_is_sent_without_a_yes(
    typed: str, sent: bool, cloudflare_double: CloudflareDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal the whole word is typed, after the plan was shown."""
    for name, value in cloudflare_double.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: typed)
    code = main(["cloudflare", "--folder", str(tmp_path)])
    assert (code == 0) is sent
    assert bool(cloudflare_double.requests) is sent


def test_without_a_terminal_the_flag_is_needed(
    bfl_double: BflDouble, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan and its price are shown, nothing is sent, and the way on is named."""
    for name, value in bfl_double.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert main(["bfl"]) == 2
    output = capsys.readouterr().out
    assert "At most $0.043 in all; the cap is $0.10." in output
    assert "--yes" in output
    assert not bfl_double.requests


@pytest.mark.parametrize(
    ("provider", "words"),
    [("bfl", "BFL_API_KEY"), ("sketch", "runs on this machine"), ("blf", 'Did you mean "bfl"')],
)
def test_what_cannot_be_checked_is_told(provider: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No key, nothing to check, no such provider: one sentence each."""
    assert main([provider, "--yes"]) == 2
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_plan_stays_below_the_cap(name: str) -> None:
    """The refused call counts too, in case it is taken."""
    calls = plan(registry.get(name))
    assert 0 < sum(call.worst_usd for call in calls) <= CAP_USD
    assert [call.refused for call in calls] == [False, False, True]


@pytest.mark.parametrize(
    ("price", "words"),
    [(Price(), "publishes no price"), (Price(kind="megapixels", first=0.04), "up to \\$0.120, and the cap is \\$0.10")],
    ids=["unknown", "dear"],
)
def test_a_price_that_may_pass_the_cap_is_refused(price: Price, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a price, or above the cap, there is no plan."""
    bfl = registry.get("bfl")
    cards = [card.model_copy(update={"price": price}) for card in bfl.cards()]
    monkeypatch.setattr(type(bfl), "cards", lambda self: cards)
    with pytest.raises(BudgetExceeded, match=words):
        plan(bfl)


def test_a_provider_in_this_process_has_no_plan() -> None:
    """There is no wire to look at."""
    with pytest.raises(InvalidRequest, match="runs on this machine"):
        plan(registry.get("sketch"))


# --- cleaning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("https://x.example/a?b=1&c=&d#e", "https://x.example/a?b=[hidden]&c=[hidden]&d=[hidden]#e"),
        ("https://x.example/a", "https://x.example/a"),
        ("mail ada.b+c@mail.example.org now", "mail [hidden] now"),
        ("of the-CLOUDFLARE_ACCOUNT_ID here", "of $CLOUDFLARE_ACCOUNT_ID here"),
        (["A" * 300, 5, None, True], [{"base64": "…"}, 5, None, True]),
        ({"key": "canary-key-0123456789abcdef"}, {"key": "[hidden]"}),
    ],
)
def test_a_value_is_cleaned_at_every_depth(value: Any, cleaned: Any) -> None:
    """Addresses lose the values of their queries; keys, ids, e-mail addresses and pictures go."""
    provider = registry.get("cloudflare")
    found = Cleaner(account_of("cloudflare"), provider.settings).value(value)
    if isinstance(found, list):
        found[0]["base64"] = "…" if found[0]["base64"]["bytes"] == 300 else ""
    assert found == cleaned


def test_a_page_is_kept_as_cleaned_text() -> None:
    """An answer that is neither JSON nor a picture shows what it says, shortened."""
    cleaner = Cleaner(account_of("bfl"), registry.get("bfl").settings)
    page = Reply(502, {"content-type": "text/html"}, b"<p>canary-key-0123456789abcdef" + b"x" * 9000)
    assert cleaner._body(page)[:20] == "<p>[hidden]xxxxxxxxx"
