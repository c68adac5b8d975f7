"""What is said of a prompt before it is paid for: what the checks find, and its tokens against the model's limit."""

from __future__ import annotations

import sys

import pytest

from flux2_nb.capability.prompt_notes import prompt_notes, token_notes
from flux2_nb.cards import ModelCard
from flux2_nb.catalog import catalog, find_card
from flux2_nb.prompting import encodings, tokens
from tests.extras import needs_tokens

SKETCH = catalog().cards[0]
DEV = find_card(catalog().of("cloudflare"), "cloudflare", "flux-2-dev")
KLEIN = find_card(catalog().of("cloudflare"), "cloudflare", "flux-2-klein-4b")
PRO = find_card(catalog().of("bfl"), "bfl", "flux-2-pro")
FITS = "A small wooden boat with a blue sail lies on a quiet lake at dawn, mist on the water, pines behind, cold light"
TOO_LONG = "A long street of small houses with blue doors, " * 60 + "and at its end a lighthouse"


@pytest.fixture
def estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tokens extra is not installed."""
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    monkeypatch.setattr(encodings, "encoding", encodings.encoding.__wrapped__)
    monkeypatch.setattr(tokens, "encoding", encodings.encoding)


@needs_tokens
@pytest.mark.parametrize("card", [DEV, KLEIN])
def test_tokens_are_told_while_there_is_room(card: ModelCard) -> None:
    """A prompt that fits has one short note with its exact count."""
    (note,) = prompt_notes(FITS, card)
    assert note.level == "info"
    assert note.text == f"{tokens.count(FITS, card.family).count} of 512 tokens"


@needs_tokens
@pytest.mark.parametrize("card", [DEV, KLEIN])
def test_what_would_be_cut_is_shown_word_for_word(card: ModelCard) -> None:
    """Where the count is exact, the note holds the very end of the prompt that is lost, and nothing more."""
    (note,) = token_notes(TOO_LONG, card)
    assert note.level == "warning"
    assert TOO_LONG.endswith(note.cut)
    assert note.cut == tokens.count(TOO_LONG, card.family).cut.strip()
    assert note.cut.endswith("a lighthouse")


@needs_tokens
def test_losing_only_the_closing_marks_is_not_called_a_cut() -> None:
    """klein's template closes with nine tokens; while only these are lost, no word is struck through."""
    prompt = FITS
    while tokens.count(prompt, "klein").count <= 512:
        prompt += " a"
    (note,) = token_notes(prompt, KLEIN)
    assert (note.level, note.cut) == ("warning", "")
    assert "every word is read" in note.text


@pytest.mark.usefixtures("estimated")
@pytest.mark.parametrize("card", [DEV, KLEIN])
def test_an_estimate_is_called_one(card: ModelCard) -> None:
    """Without the vocabularies the note says "about", and strikes nothing through that might be read after all."""
    (fits,) = prompt_notes(FITS, card)
    assert fits.text.startswith("about ")
    (too_long,) = token_notes(TOO_LONG, card)
    assert too_long.text.startswith("By estimate about ")
    assert too_long.cut == ""
    start = tokens.count(TOO_LONG, card.family).cut.strip()[:40]
    assert f'"{start}…"' in too_long.text


def test_a_hosted_models_count_is_an_estimate_against_its_documented_limit() -> None:
    """pro's own tokenizer is not published, so its count is always "about"."""
    (note,) = prompt_notes(FITS, PRO)
    assert note.text.startswith("about ")
    assert note.text.endswith(" of 32,000 tokens")


@pytest.mark.parametrize("card", [SKETCH, DEV.model_copy(update={"family": "other"})])
def test_nothing_is_counted_where_the_way_to_count_is_not_known(card: ModelCard) -> None:
    """A sketch has no limit, and a model of one's own may count in any way: no number is invented."""
    assert prompt_notes(FITS, card) == []
    assert token_notes(TOO_LONG, card) == []


def test_an_empty_prompt_has_no_notes() -> None:
    """Nothing is said before anything is written."""
    assert prompt_notes(" \n", DEV) == []


def test_a_finding_comes_with_what_to_write_instead() -> None:
    """The note of a check has its reason and its advice in one text."""
    note = prompt_notes("A quiet beach at dawn with no people, long shadows on wet sand, pale gold light", PRO)[0]
    assert note.level == "warning"
    assert "no people" in note.text
    assert "empty" in note.text
