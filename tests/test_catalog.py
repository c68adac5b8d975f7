"""The catalogue: every row can be read, inheritance does what it says, and the facts are those of the schemas."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from flux2_nb.cards import ModelCard
from flux2_nb.catalog import catalog, find_card, markdown_table, parse
from flux2_nb.errors import InvalidRequest
from flux2_nb.provider import BUILT_IN
from tests.doubles import bfl_tables, cloudflare, replicate_tables
from tests.doubles.schema import Field, Table

every_card = pytest.mark.parametrize("card", catalog().cards, ids=[card.target for card in catalog().cards])

SCHEMAS: dict[str, dict[str, Table]] = {
    "cloudflare": cloudflare.MODELS,
    "replicate": {name: model.table for name, model in replicate_tables.MODELS.items()},
    "bfl": bfl_tables.MODELS,
}
"""What the doubles hold requests against: transcribed from the providers' own documents, apart from the catalogue."""

UNPUBLISHED = {("cloudflare", "guidance"), ("cloudflare", "steps"), ("bfl", "width"), ("bfl", "height")}
"""Where the catalogue is narrower than the schema, because the provider publishes the range elsewhere or nowhere."""

SMALL = """
[family.klein]
token_limit = 512
absent.steps = "distilled"
absent.guidance = "distilled"
references.maximum = 2

[provider.acme]
label = "Acme"

[[card]]
provider = "acme"
model = "one"
family = "klein"
label = "One"
notes = ["a", "b"]
references.max_side = 511
parameters.steps = { kind = "integer", minimum = 1, maximum = 50, default = 4 }
parameters.guidance = { kind = "number", default = 4.0 }

[[card]]
like = "acme/one"
model = "two"
parameters.guidance = "none"
parameters.steps.maximum = 8
references.max_side = "none"
notes = ["c"]
"""


def test_the_catalogue_and_the_registry_agree() -> None:
    """Every built-in provider has its facts in the catalogue, and no card belongs to a provider that is not there."""
    assert set(catalog().providers) == set(BUILT_IN)
    assert {card.provider for card in catalog().cards} <= set(BUILT_IN)


def test_no_target_is_there_twice() -> None:
    """A card is found by provider and model."""
    targets = [card.target for card in catalog().cards]
    assert len(set(targets)) == len(targets)


@every_card
def test_every_card_is_complete(card: ModelCard) -> None:
    """Each has a label, a licence, a source and a date; a hosted one its name on the wire."""
    assert all([card.label, card.licence, card.source, card.date])
    assert card.provider == "sketch" or card.wire
    assert card.token_limit or card.family == "sketch"


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_models_are_those_of_the_provider(name: str) -> None:
    """Every model of ours is one the provider documents."""
    assert {card.model for card in catalog().of(name)} <= set(SCHEMAS[name])


@every_card
def test_every_parameter_is_one_the_provider_takes(card: ModelCard) -> None:
    """Under its name on the wire it stands in the provider's own schema, with a range that is no wider."""
    table = SCHEMAS.get(card.provider, {}).get(card.model)
    for name, parameter in card.parameters.items() if table else ():
        if parameter.fixed:
            continue
        field = (table or {})[parameter.wire or name]
        _check_range(field, parameter.minimum, parameter.maximum, (card.provider, name))
        spelled = {parameter.to_wire(choice) for choice in parameter.choices}
        assert spelled <= set(field.choices) or not field.choices


def _check_range(field: Field, minimum: float | None, maximum: float | None, place: tuple[str, str]) -> None:
    assert field.minimum is None or (minimum is not None and minimum >= field.minimum)
    assert field.maximum is None or (maximum is not None and maximum <= field.maximum)
    known = place in UNPUBLISHED or (field.kind == "integer" and field.maximum is None)
    assert known or (field.minimum, field.maximum) == (minimum, maximum)


@every_card
def test_sizes_are_those_the_provider_takes(card: ModelCard) -> None:
    """Where the schema states bounds of width, the card's lie inside; without a width there, sizes go by ratio."""
    table = SCHEMAS.get(card.provider, {}).get(card.model)
    if table is None:
        return
    assert (card.size.kind == "pixels") == ("width" in table)
    if "width" in table:
        assert card.size.minimum >= (table["width"].minimum or 0)
        assert card.size.maximum <= (table["width"].maximum or 4096)


@every_card
def test_references_are_as_many_as_the_provider_takes(card: ModelCard) -> None:
    """Neither more, which would be refused, nor fewer, which would be a pity."""
    table = SCHEMAS.get(card.provider, {}).get(card.model)
    if table is None:
        return
    listed = table.get("input_images") or table.get("images")
    numbered = [name for name in table if name.startswith("input_image") and name.strip("input_mage").isdigit()]
    most = len(cloudflare.REFERENCES) if card.provider == "cloudflare" else len(numbered) + 1
    assert card.references.maximum == (listed.max_items if listed else most)


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_card_is_laid_over_the_one_it_is_like() -> None:
    """What it says wins, what it takes away is gone, and the family fills in the rest."""
    one, two = parse(SMALL).cards
    assert (two.label, two.notes, two.token_limit) == ("One", ("c",), 512)
    assert (two.parameters["steps"].maximum, two.parameters["steps"].default) == (8, 4)
    assert "guidance" not in two.parameters
    assert (one.references.max_side, two.references.max_side) == (511, None)
    assert (one.references.maximum, two.references.maximum) == (2, 2)


def test_the_familys_reason_stands_only_where_the_parameter_lacks() -> None:
    """A card that has steps does not also tell why it has none."""
    one, two = parse(SMALL).cards
    assert (one.absent, two.absent) == ({}, {"guidance": "distilled"})


def test_a_slip_in_the_file_is_an_error() -> None:
    """A misspelt name in a card does not pass unnoticed."""
    with pytest.raises(ValidationError, match="licens"):
        parse(SMALL + 'licens = "MIT"\n')


def test_the_catalogue_is_read_once() -> None:
    """Every caller gets the same cards."""
    assert catalog() is catalog()


def test_a_model_is_found_by_name_or_is_the_first() -> None:
    """Without a name the provider's first card is meant."""
    assert find_card(catalog().cards, "cloudflare", "flux-2-klein-4b").model == "flux-2-klein-4b"
    assert find_card(catalog().of("bfl"), "bfl", None).model == "flux-2-pro"


@pytest.mark.parametrize(
    ("model", "words"), [("flux-2-pr", 'Did you mean "flux-2-pro"'), ("xyz", "It has flux-2-pro, flux-2-pro-preview")]
)
def test_an_unknown_model_is_answered_with_the_known_ones(model: str, words: str) -> None:
    """A slip gets the nearest name, nonsense gets the list."""
    with pytest.raises(InvalidRequest, match=words):
        find_card(catalog().of("bfl"), "bfl", model)


def test_the_table_has_a_row_for_every_card() -> None:
    """Prices, sizes and times are in words; what is not confirmed says so."""
    lines = markdown_table(catalog().cards).splitlines()
    assert len(lines) == len(catalog().cards) + 2
    assert {line.count("|") for line in lines} == {8}
    (klein,) = [line for line in lines if "`replicate` | `flux-2-klein-4b`" in line]
    assert "by ratio, to 4 MP" in klein
    assert "not published | not published" in klein
    (pro,) = [line for line in lines if "`replicate` | `flux-2-pro`" in line]
    assert "(unconfirmed)" in pro
    assert "| free |" in lines[2]
