"""The same request on several targets: what each takes of it, what that comes to, and one seed for all."""

from __future__ import annotations

import pytest

from flux2_nb import capability as registry
from flux2_nb.catalog import catalog
from flux2_nb.errors import InvalidRequest
from flux2_nb.studio import Studio
from flux2_nb.ui.backend import card_of
from flux2_nb.ui.plan import make_plan
from flux2_nb.ui.several import narrowed, offer, other_targets, plan_of_all, prepare_all
from flux2_nb.ui.starting import begin
from flux2_nb.ui.view import target_name

TEXT = registry.get("text-to-image")
EDIT = registry.get("multi-reference")
PROMPT = {"prompt": "a red fox asleep in fresh snow"}


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key for BFL, and none for anybody else."""
    monkeypatch.setenv("BFL_API_KEY", "no-real-key")


def test_only_what_could_be_used_is_offered(studio: Studio, keys: None) -> None:
    """Targets without a key are not offered, the present one is not another, and who lacks a key is named."""
    ready, missing = other_targets(studio.with_target("bfl", "flux-2-pro"))
    targets = [one.card.target for one in ready]
    assert "sketch/sketch" in targets
    assert "bfl/flux-2-max" in targets
    assert "bfl/flux-2-pro" not in targets
    assert {target.partition("/")[0] for target in targets} == {"sketch", "bfl"}
    assert "Replicate" in missing


def test_what_a_target_does_not_take_is_said() -> None:
    """A field that another target lacks is named with the value that was set; what stands at its default is not."""
    flex, pro = card_of("bfl/flux-2-flex"), card_of("bfl/flux-2-pro")
    values = {**TEXT.form(flex).complete(PROMPT), "steps": 20, "seed": 7}
    fitted, said = narrowed(TEXT, values, flex, pro)
    assert fitted == {**PROMPT, "seed": 7}
    assert len(said) == 1
    assert said[0].startswith("Steps 20 is not used: ")


@pytest.mark.parametrize("new", catalog().cards, ids=lambda card: card.target)
@pytest.mark.parametrize("old", ["sketch/sketch", "bfl/flux-2-flex", "cloudflare/flux-2-dev"])
def test_an_untouched_form_goes_anywhere(old: str, new: object, studio: Studio) -> None:
    """A prompt with defaults can be planned on every target, and nothing is said to be lost."""
    card = card_of(old)
    fitted, said = narrowed(TEXT, TEXT.form(card).complete(PROMPT), card, new)
    assert (fitted, said) == (PROMPT, [])
    there = studio.with_target(new.provider, new.model)
    assert make_plan(there, TEXT, fitted).problem == ""


@pytest.mark.parametrize("target", [card.target for card in catalog().cards])
def test_a_ratio_becomes_the_nearest(target: str, studio: Studio) -> None:
    """Whatever ratios a target has, one that another target offers comes near, and a change is said."""
    old, new = card_of("bfl/flux-2-pro"), card_of(target)
    for ratio in old.size.ratios[1:]:
        fitted, said = narrowed(TEXT, {**PROMPT, "aspect_ratio": ratio}, old, new)
        assert fitted["aspect_ratio"] in new.size.ratios
        assert bool(said) == (fitted["aspect_ratio"] != ratio)


def test_the_plan_is_the_sum(studio: Studio) -> None:
    """Count and price of all targets stand on one button, and a target's own remarks carry its name."""
    flex = studio.with_target("bfl", "flux-2-flex")
    values = TEXT.form(flex.card).complete({**PROMPT, "steps": 20})
    others = [studio.with_target("bfl", "flux-2-pro"), studio]
    offers = [offer(one, TEXT, values, flex.card) for one in others]
    own = make_plan(flex, TEXT, values)
    plan = plan_of_all(own, offers, TEXT)
    assert plan.count == 3
    assert plan.cost_usd == pytest.approx((own.cost_usd or 0) + 0.03)
    assert any(note.text.startswith("FLUX.2 [pro], Black Forest Labs: Steps 20 is not used") for note in plan.notes)
    assert plan_of_all(own, [], TEXT) is own


def test_an_unpublished_price_is_not_hidden(studio: Studio) -> None:
    """Where one target's price is unknown the sum says what is known, and that it is not all."""
    values = TEXT.form(studio.card).complete(PROMPT)
    unknown = next(card for card in catalog().cards if card.price.kind == "unknown")
    others = [studio.with_target(unknown.provider, unknown.model), studio.with_target("bfl", "flux-2-pro")]
    plan = plan_of_all(make_plan(studio, TEXT, values), [offer(one, TEXT, values, studio.card) for one in others], TEXT)
    assert plan.cost_usd is None
    assert plan.cost_text == "more than $0.03, not all prices are published"


def test_a_target_that_cannot_make_it_says_so(studio: Studio) -> None:
    """Too many references are a problem of that target, named, and are never left out."""
    references = [{"image": b"", "role": ""}] * 6
    few = min((card for card in catalog().cards if card.references.maximum), key=lambda one: one.references.maximum)
    there = studio.with_target(few.provider, few.model)
    one = offer(there, EDIT, {"prompt": "combine them", "references": references}, studio.card)
    assert one.plan.problem
    assert len(one.values["references"]) == 6
    assert one.text == f"{target_name(few)} · cannot make this"


def test_all_get_the_same_seed_and_a_name(studio: Studio, keys: None) -> None:
    """A seed is drawn once for all targets that take one, and each picture carries its target."""
    others = [studio.with_target("bfl", "flux-2-pro"), studio.with_target("bfl", "flux-2-max")]
    prepared = prepare_all(studio, TEXT, PROMPT, others)
    assert len({one.request.seed for one in prepared}) == 1
    assert [one.label for one in prepared] == [
        "Sketch",
        "FLUX.2 [pro], Black Forest Labs",
        "FLUX.2 [max], Black Forest Labs",
    ]
    assert [one.studio.card.target for one in prepared] == ["sketch/sketch", "bfl/flux-2-pro", "bfl/flux-2-max"]


def test_nothing_begins_when_one_target_cannot(studio: Studio, keys: None) -> None:
    """A request that one of the targets refuses begins on none of them."""
    others = [studio.with_target("bfl", "flux-2-pro")]
    with pytest.raises(InvalidRequest, match="prompt is empty"):
        prepare_all(studio, TEXT, {"prompt": ""}, others)
    assert not studio.runs()


def test_without_others_nothing_changes(studio: Studio) -> None:
    """One target alone carries no name and draws its own seeds."""
    prepared = prepare_all(studio, TEXT, {**PROMPT, "count": 2}, [])
    assert [one.label for one in prepared] == ["", ""]
    runs = begin(prepared)
    assert [run.result(30).provider for run in runs] == ["sketch", "sketch"]
