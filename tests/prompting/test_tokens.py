"""Token counts, exact and estimated, and what would be cut."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting import encodings
from flux2_nb.prompting.languages import briefs
from flux2_nb.prompting.tokens import count
from tests.extras import needs_tokens

FAMILIES = ["dev", "klein", "klein-base", "pro", "flex", "max"]
SENTENCE = "A small wooden boat with a blue sail. "


@pytest.fixture(params=["tiktoken", "vocabulary files"])
def without_extra(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One half of the extra is not installed: the tokenizer's library, or the packages with the vocabularies."""
    encodings.encoding.cache_clear()
    if request.param == "tiktoken":
        monkeypatch.setitem(sys.modules, "tiktoken", None)
    else:
        monkeypatch.setattr(encodings, "find_spec", lambda name: None)
    yield
    encodings.encoding.cache_clear()


def _of_length(tokens: int, name: encodings.EncodingName) -> str:
    """A text of exactly this many tokens."""
    vocabulary = encodings.encoding(name)
    text = vocabulary.decode(vocabulary.encode_ordinary(SENTENCE * 80)[:tokens])
    assert len(vocabulary.encode_ordinary(text)) == tokens
    return text


@needs_tokens
@pytest.mark.parametrize(("family", "overhead"), [("dev", 33), ("klein", 12), ("klein-base", 12)])
def test_the_template_is_counted(family: str, overhead: int) -> None:
    """An empty prompt costs the chat template alone."""
    measured = count("", family)
    assert (measured.count, measured.limit, measured.exact) == (overhead, 512, True)


@needs_tokens
def test_devs_system_message_is_as_long_as_the_template_says() -> None:
    """28 tokens of system message and four markers stand before the prompt."""
    system = (
        "You are an AI that reasons about image descriptions. You give structured responses focusing on object "
        "relationships, object\nattribution and actions without speculation."
    )
    assert len(encodings.encoding("tekken").encode_ordinary(system)) + 4 == 32


@needs_tokens
@pytest.mark.parametrize(
    ("tokens", "total", "lost"),
    [(479, 512, ""), (480, 513, ""), (481, 514, " boat"), (486, 519, " boat with a blue sail.")],
)
def test_dev_loses_its_closing_token_first(tokens: int, total: int, lost: str) -> None:
    """From the right the one closing token goes, then the prompt's last: a total of 519 loses six prompt tokens."""
    measured = count(_of_length(tokens, "tekken"), "dev")
    assert (measured.count, measured.cut) == (total, lost)


@needs_tokens
@pytest.mark.parametrize(("tokens", "total", "lost"), [(500, 512, ""), (509, 521, ""), (510, 522, " a")])
def test_klein_loses_nine_closing_tokens_first(tokens: int, total: int, lost: str) -> None:
    """Klein's template closes with nine tokens, so the prompt is whole up to a total of 521."""
    measured = count(_of_length(tokens, "qwen"), "klein")
    assert (measured.count, measured.cut) == (total, lost)


@needs_tokens
def test_a_hex_code_costs_six_tokens() -> None:
    """One token for the mark and one per digit here, as measured for both vocabularies."""
    for name in ("tekken", "qwen"):
        assert 6 <= len(encodings.encoding(name).encode_ordinary("#2E86AB")) <= 7


@needs_tokens
def test_minified_json_is_cheaper() -> None:
    """The same JSON prompt costs at least a fifth less without its blanks."""
    data = {
        "scene": "a lake",
        "subjects": [{"description": f"boat {n}", "position": "left", "color_match": "exact"} for n in range(8)],
    }
    pretty, minified = json.dumps(data, indent=2), json.dumps(data, separators=(",", ":"))
    assert count(minified, "dev").count < 0.8 * count(pretty, "dev").count


@needs_tokens
def test_a_character_is_never_split() -> None:
    """Where the limit falls inside a character of several tokens, the whole character is cut."""
    measured = count("🦊" * 400, "dev")
    assert set(measured.kept) == set(measured.cut) == {"🦊"}
    assert measured.kept + measured.cut == "🦊" * 400


@needs_tokens
def test_klein_composes_accents_before_it_counts() -> None:
    """A decomposed text counts as its composed form, and is cut at the same place."""
    composed, decomposed = "é" * 1200, "e\u0301" * 1200
    assert count(composed, "klein").count == count(decomposed, "klein").count
    assert len(count(decomposed, "klein").kept) == 2 * len(count(composed, "klein").kept)


@needs_tokens
def test_counting_does_not_import_the_packages() -> None:
    """Only their data files are read."""
    code = (
        "import sys; from flux2_nb.prompting.tokens import count; count('a', 'dev'); count('a', 'klein');"
        "print([name for name in ('mistral_common', 'dashscope') if name in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


@pytest.mark.parametrize("family", ["pro", "flex", "max"])
def test_hosted_models_have_the_documented_limit(family: str) -> None:
    """32,000 is worded as documented and unconfirmed, and no count is called exact."""
    measured = count(SENTENCE * 200, family)
    assert (measured.limit, measured.exact, measured.cut) == (32_000, False, "")
    assert "as documented by BFL, unconfirmed" in measured.method


@pytest.mark.usefixtures("without_extra")
@pytest.mark.parametrize("family", ["dev", "klein"])
def test_without_the_extra_the_count_is_marked_as_an_estimate(family: str) -> None:
    """The estimate names the extra, and still says what would be cut."""
    measured = count(SENTENCE * 200, family)
    assert not measured.exact
    assert "estimated" in measured.method
    assert measured.count > 512
    assert measured.cut
    assert measured.kept + measured.cut == SENTENCE * 200


@needs_tokens
@pytest.mark.parametrize(("family", "mean", "worst"), [("dev", 0.04, 0.12), ("klein", 0.05, 0.22)])
def test_the_estimate_is_as_good_as_it_says(
    family: str, mean: float, worst: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the briefs in every language the total is within the stated error of the exact one."""
    texts = [text for brief in briefs() for text in brief.text.values()]
    exact = [count(text, family).count for text in texts]
    monkeypatch.setattr(encodings, "find_spec", lambda name: None)
    encodings.encoding.cache_clear()
    errors = [abs(count(text, family).count / true - 1) for text, true in zip(texts, exact, strict=True)]
    assert sum(errors) / len(errors) < mean
    assert max(errors) < worst


@needs_tokens
@given(st.text(max_size=300).map(lambda text: text * 9), st.sampled_from(FAMILIES))
def test_kept_and_cut_make_the_prompt(text: str, family: str) -> None:
    """For any text the parts join to the whole, and nothing is cut within the limit."""
    measured = count(text, family)
    assert measured.kept + measured.cut == text
    assert measured.count > measured.limit or not measured.cut


@given(st.text(max_size=300).map(lambda text: text * 9), st.sampled_from(FAMILIES))
def test_kept_and_cut_make_the_prompt_when_estimated(text: str, family: str) -> None:
    """The same holds for the estimate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encodings, "find_spec", lambda name: None)
        encodings.encoding.cache_clear()
        measured = count(text, family)
    assert measured.kept + measured.cut == text


def test_an_unknown_family_is_refused() -> None:
    """The error lists the families."""
    with pytest.raises(InvalidRequest, match="dev, klein, klein-base, pro, flex, max"):
        count("a fox", "zzzz")
