"""Model cards: a request is completed by its card, and what the target would not take is refused before it costs."""

from __future__ import annotations

from typing import Any

import pytest

from flux2_nb.cards import ModelCard, Parameter, ReferenceRule, merge
from flux2_nb.catalog import catalog
from flux2_nb.errors import InvalidRequest, Unsupported
from flux2_nb.prices import Price
from flux2_nb.request import ImageRequest, Reference
from flux2_nb.sizes import SizeRule

every_card = pytest.mark.parametrize("card", catalog().cards, ids=[card.target for card in catalog().cards])

CARD = ModelCard(
    provider="acme",
    model="flux-2-acme",
    label="Acme's FLUX.2",
    size=SizeRule(minimum=64, maximum=2048),
    references=ReferenceRule(maximum=2, total_megapixels=3),
    parameters={
        "seed": Parameter(kind="integer", minimum=0, maximum=100),
        "steps": Parameter(kind="integer", minimum=1, maximum=50, default=20),
        "guidance": Parameter(kind="number", minimum=1, maximum=10, default=4.0),
        "prompt_upsampling": Parameter(kind="switch", default=True, wire="disable_pup", inverted=True),
        "output_format": Parameter(
            kind="choice", choices=("png", "jpeg"), default="png", wire="format", spelling={"jpeg": "jpg"}
        ),
        "passes": Parameter(kind="integer", fixed=True, default=4),
        "go_fast": Parameter(kind="switch", default=False),
    },
    absent={"safety_tolerance": "Acme has no such setting."},
    price=Price(kind="megapixels", first=0.03, further=0.01, input=0.01),
    seconds=6,
    seconds_with_references=9,
)


def seen(width: int = 512, height: int = 512) -> Reference:
    return Reference(b"bytes", sha256="ab", media_type="image/png", width=width, height=height)


# --- completing -------------------------------------------------------------------------------------------------------


@every_card
def test_completing_twice_changes_nothing(card: ModelCard) -> None:
    """A completed request is its own completion, for the smallest request and for one with references."""
    for references in [()] if not card.references.maximum else [(), (seen(),)]:
        done = card.complete(ImageRequest("a fox", references=references, seed=7))
        assert card.complete(done) == done
        assert done.width
        assert card.size.allows(done.width, done.height or 0)


@every_card
def test_every_default_is_taken_by_its_own_card(card: ModelCard) -> None:
    """No default of the catalogue lies outside its own range."""
    for name, parameter in card.parameters.items():
        assert parameter.default is None or not parameter.problem(parameter.default), name


@every_card
def test_what_lacks_says_why(card: ModelCard) -> None:
    """A parameter that a card has is not also told to be absent."""
    assert not set(card.absent) & set(card.parameters)


def test_every_parameter_becomes_explicit() -> None:
    """Defaults are filled in, target's own parameters go to extra, and what is asked for wins."""
    done = CARD.complete(ImageRequest("a fox", steps=5, extra={"go_fast": True}))
    assert (done.width, done.height, done.steps, done.guidance) == (1024, 1024, 5, 4.0)
    assert (done.prompt_upsampling, done.output_format) == (True, "png")
    assert done.extra == {"go_fast": True, "passes": 4}
    assert done.seed is None


def test_the_wire_has_the_providers_names_and_spellings() -> None:
    """Names, spellings and opposites are the provider's; what is fixed is not sent."""
    done = CARD.complete(ImageRequest("a fox", seed=7, output_format="jpeg"))
    assert CARD.to_wire(done) == {
        "seed": 7,
        "steps": 20,
        "guidance": 4.0,
        "disable_pup": False,
        "format": "jpg",
        "go_fast": False,
    }


# --- refusing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"steps": 51}, "steps", "goes from 1 to 50"),
        ({"guidance": 0.5}, "guidance", "goes from 1 to 10"),
        ({"output_format": "webp"}, "output_format", "is one of png, jpeg"),
        ({"safety_tolerance": 2}, "safety_tolerance", "Acme has no such setting"),
        ({"extra": {"passes": 5}}, "passes", "is fixed at 4"),
        ({"extra": {"go_fast": 1}}, "go_fast", "either true or false"),
        ({"extra": {"go_fst": True}}, "go_fst", 'Did you mean "go_fast"'),
        ({"extra": {"steps": 5.5}}, "steps", "is a whole number"),
        ({"extra": {"steps": True}}, "steps", "is a whole number"),
        ({"extra": {"guidance": "4"}}, "guidance", "is a number"),
        ({"width": 1010, "height": 1010}, "width", "nearest size is 1008 x 1008"),
        ({"width": 4096, "height": 64}, "width", "nearest size is 2048 x 64"),
        ({"aspect_ratio": "1:1", "megapixels": 5.0}, "megapixels", "The most is 4 MP"),
        ({"aspect_ratio": "match"}, "aspect_ratio", "no reference image"),
        ({"references": [seen(), seen(), seen()]}, "references", "at most 2 reference images, and this request has 3"),
        ({"references": [seen(2048, 1024), seen(1024, 1024)]}, "references", "takes 3 MP .* this request has 4.0 MP"),
    ],
)
def test_what_the_target_does_not_take_is_refused(fields: dict[str, Any], field: str, words: str) -> None:
    """The sentence names the field and what would fit; nothing was spent."""
    with pytest.raises(InvalidRequest, match=words) as caught:
        CARD.complete(ImageRequest("a fox", **fields))
    assert (caught.value.field, caught.value.money) == (field, "none")


def test_a_refusal_names_the_target() -> None:
    """Forms grey a field by provider and model."""
    with pytest.raises(Unsupported, match=r"Acme's FLUX\.2 on acme") as caught:
        CARD.complete(ImageRequest("a fox", steps=51))
    assert (caught.value.provider, caught.value.model) == ("acme", "flux-2-acme")


# --- sizes and prices -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({}, (1024, 1024)),
        ({"aspect_ratio": "16:9"}, (1360, 768)),
        ({"aspect_ratio": "16:9", "megapixels": 0.5}, (960, 544)),
        ({"megapixels": 4.0}, (2048, 2048)),
        ({"width": 64, "height": 2048}, (64, 2048)),
        ({"references": [seen(1000, 500)]}, (1456, 720)),
        ({"references": [seen(1000, 500)], "aspect_ratio": "match"}, (1456, 720)),
        ({"references": [seen(1000, 500)], "aspect_ratio": "1:1"}, (1024, 1024)),
        ({"references": [Reference("unread.png")]}, (1024, 1024)),
    ],
)
def test_a_size_is_as_asked_by_ratio_or_as_image_1(fields: dict[str, Any], size: tuple[int, int]) -> None:
    """Exact sizes count, then a ratio, then the shape of image 1, then a square."""
    done = CARD.complete(ImageRequest("a fox", **fields))
    assert (done.width, done.height) == size


def test_a_named_size_refuses_other_names() -> None:
    """Where sizes go by ratio, only those on the list can be asked for."""
    card = CARD.model_copy(update={"size": SizeRule(kind="ratio", ratios=("1:1", "2:1"), megapixels=(1.0,))})
    with pytest.raises(Unsupported, match="The ratios are 1:1, 2:1"):
        card.complete(ImageRequest("a fox", aspect_ratio="7:5"))
    with pytest.raises(Unsupported, match="The amounts are 1 MP"):
        card.complete(ImageRequest("a fox", aspect_ratio="2:1", megapixels=2.0))


@pytest.mark.parametrize(
    ("fields", "dollars"),
    [
        ({}, 0.03),
        ({"megapixels": 4.0}, 0.06),
        ({"references": [seen()]}, 0.04),
        ({"references": [seen(), seen()]}, 0.05),
    ],
)
def test_an_estimate_counts_output_and_references(fields: dict[str, Any], dollars: float) -> None:
    """The price of a completed request is that of its size and its references."""
    assert CARD.estimate(CARD.complete(ImageRequest("a fox", **fields))) == pytest.approx(dollars)


def test_references_take_longer() -> None:
    """The typical time is the one with references where there are any, else the other, else none."""
    plain, edit = ImageRequest("a fox"), ImageRequest("a fox", references=[seen()])
    assert (CARD.typical_seconds(plain), CARD.typical_seconds(edit)) == (6, 9)
    unknown = CARD.model_copy(update={"seconds_with_references": None})
    assert (unknown.typical_seconds(edit), unknown.target) == (6, "acme/flux-2-acme")


def test_tables_are_laid_over_each_other() -> None:
    """Inner tables are merged name by name, anything else is replaced, and neither side is changed."""
    base = {"a": {"x": 1, "y": {"z": 2}}, "b": 3}
    assert merge(base, {"a": {"y": {"w": 4}}, "b": {"c": 5}}) == {"a": {"x": 1, "y": {"z": 2, "w": 4}}, "b": {"c": 5}}
    assert base == {"a": {"x": 1, "y": {"z": 2}}, "b": 3}
