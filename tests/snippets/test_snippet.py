"""What a snippet shows, what it refuses, and what it never holds."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from flux2_nb import provider as registry
from flux2_nb.cards import ModelCard, Parameter, ReferenceRule
from flux2_nb.catalog import catalog
from flux2_nb.errors import InvalidRequest, Unsupported
from flux2_nb.images import sniff
from flux2_nb.keys import Account, Setting
from flux2_nb.provider.base import Provider
from flux2_nb.request import ImageRequest
from flux2_nb.snippets import languages, prepared_files, snippet
from flux2_nb.wire import Delivery, Flow, Job, Request
from tests.snippets.running import large, small

KEY = "canary-key-0123456789abcdef"

REQUEST = ImageRequest("a red fox", seed=7)

ALL = [(card, language) for card in catalog().cards for language in languages(card.provider)]


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which every key and id is set."""
    for name in registry.names():
        for setting in registry.get(name).settings:
            if setting.kind != "url":
                monkeypatch.setenv(setting.variable, KEY)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(("card", "language"), ALL, ids=[f"{card.target}-{language}" for card, language in ALL])
def test_no_snippet_holds_a_key(card: ModelCard, language: str) -> None:
    """For every model and language: no key, no account id and no mark of ours is in it, and the prompt is."""
    references = [small(1), large()][: card.references.maximum]
    code = snippet(REQUEST.but(references=references), card.provider, card.model, language)
    assert KEY not in code
    assert "\ue000" not in code
    assert "a red fox" in code
    assert "image-1.png" in code
    assert code.endswith("\n")


@pytest.mark.parametrize("card", catalog().cards, ids=lambda card: card.target)
def test_what_is_shown_is_complete(card: ModelCard) -> None:
    """Every parameter stands in it with its default, as the card completes a request before it is sent."""
    code = snippet(REQUEST, card.provider, card.model)
    done = card.complete(REQUEST)
    if card.size.kind == "pixels":
        assert str(done.width) in code
    assert all(name in code for name in card.to_wire(done))


def test_no_account_is_needed() -> None:
    """Without any key set, the code names the variables that will hold them."""
    code = snippet(REQUEST, "cloudflare", language="curl")
    assert "CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN in the environment" in code
    assert "accounts/${CLOUDFLARE_ACCOUNT_ID}/ai/run/" in code


def test_a_chosen_address_is_shown() -> None:
    """A base address is no secret: the environment's, or one that is handed over."""
    code = snippet(REQUEST, "bfl", settings={"BFL_BASE_URL": "https://api.eu.bfl.ai", "BFL_API_KEY": KEY})
    assert "https://api.eu.bfl.ai/v1/flux-2-pro" in code
    assert KEY not in code


def test_the_format_that_nobody_can_choose_is_told() -> None:
    """Where the provider decides, the comment says so."""
    assert "Cloudflare chooses the file format." in snippet(REQUEST, "cloudflare")


def test_a_missing_seed_stays_missing() -> None:
    """Code is not dice: the same form shows the same code."""
    code = snippet(ImageRequest("a red fox"), "bfl")
    assert "seed" not in code
    assert code == snippet(ImageRequest("a red fox"), "bfl")


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("sketch", ["python"]),
        ("bfl", ["curl", "python", "javascript", "python-flux2-nb"]),
        ("cloudflare", ["curl", "python", "javascript", "javascript-worker", "python-flux2-nb"]),
        (
            "replicate",
            ["curl", "python", "javascript", "python-replicate", "javascript-replicate", "python-flux2-nb"],
        ),
    ],
)
def test_a_provider_has_its_languages(provider: str, expected: list[str]) -> None:
    """Plain HTTP for all of them, a client where there is one, and this package."""
    assert list(languages(provider)) == expected
    assert all(languages(provider).values())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bfl", None, "curll"), 'Did you mean "curl"'),
        (("sketch", None, "curl"), "its code is python"),
        (("blf", None, "curl"), 'Did you mean "bfl"'),
        (("bfl", "flux-2-pr", "curl"), 'Did you mean "flux-2-pro"'),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(arguments: tuple[Any, ...], words: str) -> None:
    """Provider, model and language are each told apart."""
    with pytest.raises(InvalidRequest, match=words):
        snippet(REQUEST, *arguments)


def test_what_the_target_does_not_take_is_not_shown() -> None:
    """Code that would be refused is refused here, with the reason."""
    with pytest.raises(Unsupported, match="sets its own number of steps"):
        snippet(REQUEST.but(steps=20), "bfl", "flux-2-pro")


def test_prepared_files_are_what_is_sent() -> None:
    """They are fitted for the target: Cloudflare takes less than 512 pixels a side."""
    request = REQUEST.but(references=[large(), small(1)])
    files = prepared_files(request.but(references=[small(300)]), "cloudflare")
    assert list(prepared_files(request, "cloudflare")) == ["image-1.png", "image-2.png"]
    assert max(sniff(files["image-1.png"]).width, sniff(files["image-1.png"]).height) < 512
    assert prepared_files(REQUEST, "cloudflare") == {}


# --- a provider of one's own ------------------------------------------------------------------------------------------


class Acme(Provider):
    """A provider that somebody wrote in a notebook: nothing is said of its answers."""

    name: ClassVar[str] = "acme"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("ACME_KEY", "secret"),
        Setting("ACME_URL", "url", default="https://api.acme.example"),
    )

    def cards(self) -> list[ModelCard]:
        parameters = {"seed": Parameter(kind="integer", minimum=0, maximum=100)}
        rule = ReferenceRule(maximum=1)
        return [ModelCard(provider="acme", model="one", label="One", parameters=parameters, references=rule)]

    def submit(self, request: ImageRequest, card: ModelCard, account: Account) -> Flow[Job | list[Delivery]]:
        if request.references:
            yield Request("GET", f"{account['ACME_URL']}/space")
        headers = {"Authorization": f"Bearer {account['ACME_KEY']}"}
        body: Any = {"prompt": request.prompt, "tag": f"by {account['ACME_KEY']}", "empty": [], "none": None}
        yield Request("POST", f"{account['ACME_URL']}/make", headers, json=body, pays=True)
        return []


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider, registered for one test."""
    monkeypatch.setitem(registry._registered, "acme", Acme())


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("language", "last"),
    [("curl", "cat reply.json\n"), ("python", "print(answer)\n"), ("javascript", "console.log(answer);\n")],
)
def test_a_provider_of_ones_own_has_code_too(language: str, last: str) -> None:
    """The request is shown; what its answer means is not known, so the answer itself is printed."""
    code = snippet(REQUEST, "acme", language=language)
    assert "https://api.acme.example/make" in code
    assert code.endswith(last)


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("curl", """'.tag = "by " + $ACME_KEY' > request.json"""),
        ("python", """"tag": f"by {os.environ['ACME_KEY']}","""),
        ("javascript", "tag: `by ${process.env.ACME_KEY}`,"),
    ],
)
def test_a_key_inside_a_body_is_read_from_the_environment(language: str, line: str) -> None:
    """Wherever a flow writes the key, its name stands in its place."""
    assert line in snippet(REQUEST, "acme", language=language)


@pytest.mark.usefixtures("acme")
def test_a_question_before_the_request_cannot_be_shown() -> None:
    """A flow that needs a real answer first says so in a sentence."""
    with pytest.raises(InvalidRequest, match="acme is asked something before"):
        snippet(REQUEST.but(references=[small(1)]), "acme")
