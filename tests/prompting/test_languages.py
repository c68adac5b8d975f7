"""Languages, briefs, scripts and what is known of text in pictures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.languages import briefs, detect_script, language, languages, text_warning, text_warnings
from flux2_nb.prompting.quotes import quoted_spans


def test_every_brief_is_there_in_every_language() -> None:
    """No cell of the table is empty, and no text stands twice."""
    for brief in briefs():
        assert set(brief.text) == {row.code for row in languages()}
        assert len(set(brief.text.values())) == len(languages())


@pytest.mark.parametrize("code", [row.code for row in languages()])
def test_briefs_are_in_their_script(code: str) -> None:
    """Each text is written in the script its language is listed with."""
    assert {detect_script(brief.text[code]) for brief in briefs()} == {language(code).script}


@pytest.mark.parametrize("code", [row.code for row in languages()])
def test_the_poster_quotes_one_word_everywhere(code: str) -> None:
    """The word to be written is in the quotation marks of its language."""
    poster = next(brief for brief in briefs() if brief.key == "poster")
    assert len(quoted_spans(poster.text[code])) == 1


def test_only_arabic_runs_right_to_left() -> None:
    """Direction comes from the table."""
    assert [row.code for row in languages() if row.direction == "rtl"] == ["ar"]


@pytest.mark.parametrize(
    ("code", "family", "said"),
    [
        ("zh", "dev", ("0.757", "0.963", "HiDream")),
        ("zh", "klein", ("0.218", "0.864", "ERNIE")),
        ("zh", "pro", ("0.757", "0.218", "HiDream", "ERNIE", "do not speak for pro")),
        ("zh", "sketch", ("0.757", "0.218", "HiDream", "ERNIE")),
    ],
)
def test_chinese_text_comes_with_its_figures(code: str, family: str, said: tuple[str, ...]) -> None:
    """The warning gives the score, the English one beside it, and who published them."""
    warning = text_warning(code, family)
    assert warning is not None
    assert all(part in warning for part in said)


def test_several_languages_get_each_warning_once() -> None:
    """Those nothing is known of share one sentence, and no language is named twice."""
    warnings = text_warnings(["ko", "zh", "fr", "th", "zh", "ko"], "dev")
    assert len(warnings) == 2
    assert "0.757" in warnings[0]
    assert "writes Korean and Thai text" in warnings[1]
    assert text_warnings(["fr", "other"], "dev") == []


def test_other_languages_get_no_figures_that_do_not_exist() -> None:
    """Other scripts say that nothing is known; Latin ones say nothing."""
    assert (
        text_warning("th", "dev")
        == "How well FLUX.2 writes Thai text in pictures is not known. Keep it short and check it."
    )
    assert text_warning("fr", "klein") is None


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("", None),
        ("123 #!", None),
        ("海 and the mountains", "latin"),
        ("夜の市場", "japanese"),
        ("夜市", "han"),
        ("Ελλάδα", "greek"),
        ("שלום", "hebrew"),
    ],
)
def test_the_script_of_a_text(text: str, script: str | None) -> None:
    """The script of most letters counts, and kana makes Han Japanese."""
    assert detect_script(text) == script


def test_an_unknown_language_is_refused() -> None:
    """A code without briefs gets the list of those that have them."""
    with pytest.raises(InvalidRequest, match="Use one of en, fr"):
        language("xx-unknown")


@given(st.text(max_size=50))
def test_any_text_has_a_script_or_none(text: str) -> None:
    """A text has a script exactly when it has a letter."""
    assert (detect_script(text) is None) == (not any(char.isalpha() for char in text))
