"""What holds for every capability on every target."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from flux2_nb import images
from flux2_nb.capability import capabilities, get, register_capability
from flux2_nb.capability.base import Capability
from flux2_nb.cards import ModelCard
from flux2_nb.catalog import catalog
from flux2_nb.errors import InvalidRequest
from flux2_nb.forms import Field, Form

CARDS = catalog().cards
EVERY = [pytest.param(one, card, id=f"{one.name}-{card.target}") for one in capabilities() for card in CARDS]


def picture() -> bytes:
    """Return a small PNG."""
    file = io.BytesIO()
    Image.new("RGB", (320, 240), "#336699").save(file, "PNG")
    return file.getvalue()


def filled(capability: Capability, card: ModelCard) -> dict[str, object]:
    """Return the untouched form with the least a person must add."""
    values = capability.form(card).complete({})
    if "prompt" in values:
        values["prompt"] = "A red fox asleep in the snow"
    if "references" in values:
        values["references"] = [{"image": picture(), "role": "subject"}]
    return values


@pytest.mark.parametrize(("capability", "card"), EVERY)
def test_an_untouched_form_is_sendable(capability: Capability, card: ModelCard) -> None:
    """The defaults of every form make requests that their target takes as they are."""
    requests = capability.requests(filled(capability, card), card)
    assert requests
    for request in requests:
        read = request.but(references=[images.read_reference(one) for one in request.references])
        assert card.complete(read).prompt == request.prompt


@pytest.mark.parametrize(("capability", "card"), EVERY)
def test_names_do_not_depend_on_the_target(capability: Capability, card: ModelCard) -> None:
    """Values survive a change of target, since the shared fields have the same names everywhere."""
    here = {one.name for one in capability.form(card)}
    on_sketch = {one.name for one in capability.form(CARDS[0])}
    own = {name for name in card.parameters if name not in on_sketch}
    assert here - own == on_sketch


@pytest.mark.parametrize(("capability", "card"), EVERY)
def test_what_a_target_lacks_is_greyed_with_a_reason(capability: Capability, card: ModelCard) -> None:
    """A field that acts nowhere on this target says why; one that acts is never greyed."""
    for field in capability.form(card):
        if field.name in ("steps", "guidance", "prompt_upsampling", "safety_tolerance", "output_format", "seed"):
            parameter = card.parameters.get(field.name)
            acts = parameter is not None and not parameter.fixed
            assert bool(field.off) != acts


@pytest.mark.parametrize("capability", [pytest.param(one, id=one.name) for one in capabilities()])
def test_every_example_fills_its_form(capability: Capability) -> None:
    """An example's values have names of the form and make requests, with a picture where one is needed."""
    for example in capability.examples:
        values = {**filled(capability, CARDS[0]), **example.values}
        values |= capability.sync(values, next(iter(example.values)), CARDS[0])
        assert capability.requests(capability.form(CARDS[0]).complete(values), CARDS[0])


def test_an_unknown_name_offers_the_nearest() -> None:
    """A misspelt capability is a sentence, not a KeyError."""
    with pytest.raises(InvalidRequest, match="multi-reference"):
        get("multi-referense")


def test_a_capability_of_ones_own_stands_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registering is all it takes to appear in the list that both UIs render."""
    monkeypatch.setattr("flux2_nb.capability._registered", {})

    class Postcard(Capability):
        name = "postcard"
        title = "Postcard"
        summary = "One picture in postcard shape."

    register_capability(Postcard())
    assert [one.name for one in capabilities()][-1] == "postcard"


def test_a_form_refuses_names_and_values_it_does_not_have() -> None:
    """Unknown names offer the nearest, numbers name their range, choices name the value."""
    form = Form(
        (
            Field("seed", "number", "Seed", minimum=0, maximum=10),
            Field("ratio", "choice", "Ratio", default="1:1", choices=(("square", "1:1"),)),
            Field("rows", "rows", "Rows", default=[], most=1),
        )
    )
    for values, words in (
        ({"sead": 1}, "seed"),
        ({"seed": 11}, "0 to 10"),
        ({"seed": "1"}, "is a number"),
        ({"ratio": "9:1"}, "9:1"),
        ({"rows": [{}, {}]}, "at most 1"),
    ):
        with pytest.raises(InvalidRequest, match=words):
            form.complete(values)
    assert form.complete({"seed": 3}) == {"seed": 3, "ratio": "1:1", "rows": []}
