"""A panel from code: its values, its requests, its runs, and what becomes of errors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from flux2_nb import capability as registry
from flux2_nb.errors import InvalidRequest
from flux2_nb.studio import Studio
from flux2_nb.ui.widgets import Panel, panel
from tests.ui.widgets.conftest import Quick

MakePanel = Callable[..., Panel]


@pytest.mark.parametrize("name", [one.name for one in registry.capabilities()])
def test_any_capability_by_its_name(make_panel: MakePanel, name: str) -> None:
    """A panel holds the fields of the capability's form, with their defaults."""
    made = make_panel(name)
    assert dict(made.values) == {**made.capability.form(made.card).defaults, **dict(made.values)}
    assert set(made.values) == {field.name for field in made.capability.form(made.card)}


def test_an_unknown_capability_offers_the_nearest(studio: Studio) -> None:
    """A slip of the pen in the name is answered with the name that was meant."""
    with pytest.raises(InvalidRequest, match="text-to-image"):
        panel("text-to-imgae", studio)


def test_values_are_set_by_name(make_panel: MakePanel) -> None:
    """A value can be given at first, set alone, set with others, and taken back."""
    made = make_panel("text-to-image", prompt="a fox")
    made.values["count"] = 3
    made.values = {"seed": 7, "aspect_ratio": "16:9"}
    assert [made.values[name] for name in ("prompt", "count", "seed", "aspect_ratio")] == ["a fox", 3, 7, "16:9"]
    del made.values["count"]
    assert made.values["count"] == 1


@pytest.mark.parametrize(("name", "value"), [("promt", "a fox"), ("count", 99), ("aspect_ratio", "1:99")])
def test_a_wrong_value_is_refused_in_words(make_panel: MakePanel, name: str, value: object) -> None:
    """An unknown field, a number out of bounds and an unknown choice are refused, and nothing changes."""
    made = make_panel("text-to-image")
    before = dict(made.values)
    with pytest.raises(InvalidRequest):
        made.values[name] = value
    assert dict(made.values) == before


def test_what_follows_from_a_value_follows(make_panel: MakePanel) -> None:
    """The form of a JSON prompt follows its editor, and the editor follows the form."""
    made = make_panel("json-prompt", json='{"scene": "a harbour"}')
    assert made.values["scene"] == "a harbour"
    made.values["scene"] = "a forest"
    assert '"a forest"' in made.values["json"]


def test_requests_are_complete_for_the_target(make_panel: MakePanel) -> None:
    """One request a picture, with consecutive seeds and explicit sizes."""
    made = make_panel("text-to-image", prompt="a fox", count=3, seed=7, aspect_ratio="1:1")
    assert [(one.seed, one.width, one.height) for one in made.requests()] == [
        (7, 1024, 1024),
        (8, 1024, 1024),
        (9, 1024, 1024),
    ]
    assert made.request() == made.requests()[0]


def test_pictures_may_be_given_in_any_form(make_panel: MakePanel, tmp_path: Path) -> None:
    """A reference may be a path, bytes, a Pillow image or a mapping with a role; alone or in a list."""
    image = Image.new("RGB", (80, 64), "teal")
    image.save(tmp_path / "a.png")
    path = tmp_path / "a.png"
    made = make_panel("multi-reference", prompt="paint it red")
    for given in (path, [str(path)], [path.read_bytes()], image, [{"image": path, "role": ""}]):
        made.values["references"] = given
        assert [one["role"] for one in made.values["references"]] == [""]
        assert made.plan.problem == ""


def test_choosing_a_target_narrows_the_form(make_panel: MakePanel) -> None:
    """A field that a model lacks is greyed with its reason; what was set waits for a model that has it."""
    made = make_panel("text-to-image", prompt="a fox", steps=12)
    made.choose("quick", "quick-2")
    assert made.state.fields["seed"].off == "It draws its own seed."
    assert made.values["prompt"] == "a fox"
    made.choose("quick", "quick-1")
    assert made.values["steps"] == 12


async def test_run_returns_the_picture(make_panel: MakePanel) -> None:
    """Awaiting a run gives its picture; `result` and `results` are those of the latest start."""
    made = make_panel("text-to-image", prompt="a fox", count=2)
    picture = await made.run()
    assert picture is made.result
    assert len(made.results) == 2
    assert [one.words.split(" in ")[0] for one in made.shots()[0]] == ["Done", "Done"]
    await made.run()
    assert made.result is not picture
    assert len(made.runs) == 4


async def test_a_failed_run_raises_and_keeps_the_others(make_panel: MakePanel) -> None:
    """Awaiting raises what went wrong; it is not counted as an error that nobody saw."""
    made = make_panel("text-to-image", prompt="fail")
    with pytest.raises(Exception, match="brush"):
        await made.run()
    assert made.result is None
    assert made.errors == []


async def test_cancelling_stops_one_or_all(make_panel: MakePanel) -> None:
    """One run is stopped by its id, the rest together; each says so."""
    made = make_panel("text-to-image", prompt="wait for me", count=3)
    runs = made.start()
    made.cancel(runs[0].id)
    await asyncio.wait_for(_ended(made, 1), 10)
    assert [run.latest.kind == "cancelled" for run in runs] == [True, False, False]
    made.cancel()
    await asyncio.wait_for(_ended(made, 3), 10)
    assert {run.latest.kind for run in runs} == {"cancelled"}


async def _ended(made: Panel, count: int) -> None:
    while sum(run.is_over for run in made.runs) < count:
        await asyncio.sleep(0.01)


async def test_a_dropped_wait_does_not_stop_the_run(make_panel: MakePanel, quick: Quick) -> None:
    """Interrupting the cell leaves the run to the engine; its picture is there when it comes."""
    made = make_panel("text-to-image", prompt="wait for me")
    waiting = asyncio.ensure_future(made.run())
    while not made.runs:
        await asyncio.sleep(0.01)
    waiting.cancel()
    quick.gate.set()
    await made.runs[0]
    assert made.result is not None


def test_without_a_loop_a_panel_still_runs(make_panel: MakePanel) -> None:
    """In a plain script there is no event loop: runs begin, and their handles are waited for."""
    made = make_panel("text-to-image", prompt="a fox")
    (run,) = made.start()
    assert run.result() is made.result


def test_a_panel_is_never_blank(make_panel: MakePanel) -> None:
    """Without a kernel a still stands for the panel: what is filled in and what it comes to, as HTML and as text."""
    bundle = make_panel("text-to-image", prompt="a <b>fox</b> & hound", seed=7)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "a &lt;b&gt;fox&lt;/b&gt; &amp; hound" in bundle["text/html"]
    assert "1 picture of 1024 × 1024 pixels, about $0.05" in bundle["text/plain"]


async def test_the_still_holds_the_latest_picture(make_panel: MakePanel) -> None:
    """A panel that is shown after a run keeps its picture, small, with its caption and the text that stands for it."""
    made = make_panel("text-to-image", prompt="a fox", seed=7)
    await made.run()
    html = made._repr_mimebundle_()["text/html"]
    assert '<img src="data:image/jpeg;base64,' in html
    assert 'alt="AI-generated picture for the prompt: a fox"' in html
    assert "seed 7" in html
