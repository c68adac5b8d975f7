"""Prompts and settings on their way in: unchanged or refused, never run, and never with a key left in what is kept."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from flux2_nb import Studio, images, show
from flux2_nb.capability import get
from flux2_nb.capability.base import Note
from flux2_nb.errors import InvalidRequest
from flux2_nb.keys import KEY_IN_PROMPT
from flux2_nb.prompting.checks import check
from flux2_nb.ui.plan import Plan, make_plan
from tests.doubles.bfl import BflDouble
from tests.doubles.double import Double
from tests.engine.conftest import every

from .aftermath import assert_goes_on, assert_not_written

StudioAt = Callable[..., Studio]

STRANGE = {
    "100 kB": "a fox " * 16_600,
    "direction override": "a fox \u202egnp.exe\u202c in snow",
    "zero-width letters": "a\u200bfox\u200d\ufeff in\u2060snow",
    "joined emoji": "a \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 and \U0001f3f3\ufe0f\u200d\U0001f308",
    "combining marks": "Z\u0351\u0343\u0310a\u0301l\u0334go, cafe\u0301 and caf\u00e9",
    "ten scripts": "fox 狐狸 キツネ 여우 лиса αλεπού שועל ثعلب लोमड़ी จิ้งจอก",
    "line ends": "a fox\r\nin snow\ta\u2028b\u0085c",
    "beyond the basic plane": "\U0002070e\U0001d504\U000e0041",
    "a value of the form": '{"prompt": "a fox", "seed": 1}',
}

EMPTY = {
    "empty": "",
    "blank": " \n\t\u3000",
    "NUL": "a fox\0in snow",
    "half a character": "a fox \ud83d",
    "too long": "x" * 100_001,
}

HOSTILE = {
    "markup": "<img src=x onerror=alert(1)><script>alert(2)</script>",
    "attribute": '" onmouseover="alert(1)" x="',
    "template": "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "shell": "$(rm -rf ~) `id`; echo '",
    "formula": '=HYPERLINK("http://evil.example","x")',
    "CDATA": "]]><x:script/> &lt; &amp;",
}


@pytest.mark.case(30)
@every
@pytest.mark.parametrize("kind", STRANGE)
def test_a_strange_prompt_arrives_as_it_was_written(
    kind: str, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """Every provider gets the very characters; so do the history, the result and the settings in a saved picture."""
    studio, prompt = studio_at(double, provider), STRANGE[kind]
    result = studio.generate(prompt)
    assert double.submits[0].values["prompt"] == prompt
    assert result.request.prompt == studio.history.item(result.id).prompt == prompt
    saved = images.embed_settings(result.data, result.settings)
    assert images.request_from_settings(images.read_settings(saved) or {}).prompt == prompt


@pytest.mark.case(30)
@pytest.mark.parametrize("kind", EMPTY)
def test_a_prompt_that_cannot_be_sent_is_refused(kind: str, bfl_double: BflDouble, studio_at: StudioAt) -> None:
    """Nothing is repaired in silence: the sentence says what is wrong, and nothing is sent."""
    studio = studio_at(bfl_double, "bfl")
    with pytest.raises(InvalidRequest, match=r"The prompt (is empty|holds|has)") as caught:
        studio.generate(EMPTY[kind])
    assert (caught.value.field, caught.value.money) == ("prompt", "none")
    assert not bfl_double.requests


@pytest.mark.case(30)
def test_a_prompt_is_shown_isolated() -> None:
    """Wherever a template shows a prompt, its direction is its own and cannot turn the words around it."""
    templates = Path(images.__file__).parents[1] / "ui" / "templates"
    shown = [
        (path.name, line.strip())
        for path in templates.glob("*.html")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r">\s*\{\{ [\w.]*(prompt|prompt_used|one\.text)\b", line)
    ]
    assert shown
    assert not [line for line in shown if 'dir="auto"' not in line[1] and "<bdi>" not in line[1]]


class Tags(HTMLParser):
    """What a browser would make of markup: its elements with their attributes, and its text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Remember text."""
        self.text += data


@pytest.mark.case(31)
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_prompt_is_text_everywhere(kind: str, bfl_double: BflDouble, studio_at: StudioAt) -> None:
    """In a notebook's card, its alternative text, the page's markup and the XMP, it is what was typed and no more."""
    from flux2_nb.ui.markup import render

    studio, prompt = studio_at(bfl_double, "bfl"), HOSTILE[kind]
    result = studio.generate(prompt)
    card = Tags(result._repr_mimebundle_()["text/html"])
    assert [name for name, _ in card.elements] == ["figure", "img", "figcaption", "small"]
    assert {name for _, attributes in card.elements for name in attributes} == {"style", "src", "alt"}
    assert card.elements[1][1]["alt"] == f"AI-generated picture for the prompt: {prompt}"
    labelled = Tags(show([result], labels=[prompt])._repr_mimebundle_()["text/html"])
    assert prompt in labelled.text
    assert not {"script", "x:script"} & {name for name, _ in labelled.elements}
    page = Tags(render("notes", plan=Plan(notes=(Note("warning", prompt, cut=prompt),))))
    assert page.text.count(prompt) == 2
    assert not {"img", "script"} & {name for name, _ in page.elements}
    packet = images.decode(images.embed_settings(result.data, result.settings)).info["xmp"]
    assert prompt in "".join(ElementTree.fromstring(packet).itertext())


@pytest.mark.case(31)
def test_a_message_is_text_in_a_toast() -> None:
    """Gradio shows messages as markup, so the words in them are escaped before they get there."""
    source = (Path(images.__file__).parents[1] / "ui").glob("*.py")
    calls = [
        ast.unparse(node.args[0])
        for path in source
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("gr.Warning", "gr.Info", "gr.Error", "gr.Success")
    ]
    assert calls
    assert not [call for call in calls if not call.startswith("escape(")]


# --- case 32: a key in the prompt -------------------------------------------------------------------------------------

SHAPED = "r8_abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.mark.case(32)
@pytest.mark.parametrize("kind", ["own", "another provider's", "by its shape"])
def test_a_key_in_the_prompt_is_warned_of_and_masked(
    kind: str, studio_at: StudioAt, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """The warning comes before the paid request; the history and a saved picture hold the mask and not the key."""
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "another-token-4711")
    with BflDouble() as double:  # not the fixture, which fails a test that sends the key in a prompt
        key = {"own": double.key, "another provider's": "another-token-4711", "by its shape": SHAPED}[kind]
        studio = studio_at(double, "bfl")
        order = studio.order(f"a fox {key} in snow")
        assert caplog.messages == [KEY_IN_PROMPT]
        assert not double.requests
        result = studio.engine.start(order).result(20)
    assert result.request.prompt == studio.history.item(result.id).prompt == "a fox [hidden] in snow"
    for ending in ("png", "jpeg"):
        saved = result.save(tmp_path / f"saved.{ending}")
        assert key.encode() not in saved.read_bytes()
        assert key.encode("utf-16-be") not in saved.read_bytes()
    studio.engine.close()
    assert_not_written(key, studio.home)


@pytest.mark.case(32)
@pytest.mark.parametrize("capability", ["text-to-image", "multi-reference", "json-prompt"])
def test_a_form_warns_of_a_key_before_paying(capability: str, bfl_double: BflDouble, studio_at: StudioAt) -> None:
    """Both UIs show the warning among the notes, whichever form the key was pasted into, once."""
    studio = studio_at(bfl_double, "bfl")
    field = "scene" if capability == "json-prompt" else "prompt"
    for key in (bfl_double.key, SHAPED):
        notes = make_plan(studio, get(capability), {field: f"a fox {key}"}).notes
        assert [note.text for note in notes].count(KEY_IN_PROMPT) == 1
    assert KEY_IN_PROMPT not in [note.text for note in make_plan(studio, get(capability), {field: "a fox"}).notes]


@pytest.mark.case(32)
@pytest.mark.parametrize("prompt", [f"a fox {SHAPED}", json.dumps({"scene": SHAPED}), f'a sign "{SHAPED}"'])
def test_the_checks_find_what_is_shaped_like_a_key(prompt: str) -> None:
    """In prose, in JSON and between quotation marks, at its very place."""
    [finding] = [one for one in check(prompt) if one.kind == "key"]
    assert prompt[finding.start : finding.end] == SHAPED
    assert SHAPED not in finding.message


# --- case 33: settings ------------------------------------------------------------------------------------------------

OUT_OF_RANGE: dict[str, tuple[dict[str, Any], str]] = {
    "seed -1": ({"seed": -1}, "from 0 to 4294967295, not -1"),
    "seed 2**63": ({"seed": 2**63}, "from 0 to 4294967295"),
    "seed 1.5": ({"seed": 1.5}, "Seed is a whole number from 0"),
    "seed as text": ({"seed": "7"}, "Seed is a whole number from 0"),
    "no steps": ({"steps": 0}, "Steps is a whole number from 1 to 200, not 0"),
    "steps of the card": ({"steps": 51}, "steps goes from 1 to 50"),
    "guidance NaN": ({"guidance": float("nan")}, "Guidance is a number from 0 to 30, not nan"),
    "guidance of the card": ({"guidance": 10.5}, "guidance goes from 1.5 to 10"),
    "odd size": ({"width": 1000, "height": 1001}, "The nearest size is"),
    "half a size": ({"width": 1024}, "give both or neither"),
    "ratio": ({"aspect_ratio": "16:0"}, "not of the form 16:9"),
    "megapixels": ({"aspect_ratio": "1:1", "megapixels": 16.5}, "Megapixels is a number above 0 and up to 16"),
    "switch as number": ({"prompt_upsampling": 1}, "valid boolean"),
    "unknown": ({"negative_prompt": "blur"}, "is not a parameter"),
}


@pytest.mark.case(33)
@pytest.mark.parametrize("kind", OUT_OF_RANGE)
def test_what_is_out_of_range_is_refused_with_the_range(kind: str, bfl_double: BflDouble, studio_at: StudioAt) -> None:
    """Whatever let it through before, the core refuses it in words, and nothing is bought; the studio goes on."""
    values, words = OUT_OF_RANGE[kind]
    studio = studio_at(bfl_double, "bfl", "flux-2-flex")
    with pytest.raises(InvalidRequest) as caught:
        studio.generate("a fox", **values)
    assert words in str(caught.value)
    assert caught.value.money == "none"
    assert not bfl_double.requests
    assert_goes_on(studio, bfl_double)


@pytest.mark.case(33)
def test_a_ratio_the_model_lacks_is_refused_with_those_it_has(replicate_double: Double, studio_at: StudioAt) -> None:
    """A model that takes named ratios only names them."""
    studio = studio_at(replicate_double, "replicate", "flux-2-klein-4b")
    with pytest.raises(InvalidRequest, match=r"does not make the ratio 7:5\. .*The ratios are 1:1, "):
        studio.generate("a fox", aspect_ratio="7:5")
    assert not replicate_double.requests
