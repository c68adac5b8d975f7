"""The pickers' words, quotes, and how light the package is."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.prompting.quotes import blank_quoted, quoted_spans
from flux2_nb.prompting.vocabulary import append, vocabulary

HEAVY = ("PIL", "httpx", "gradio", "ipywidgets", "torch", "tiktoken", "sqlalchemy", "emoji")


def test_every_picker_has_distinct_choices() -> None:
    """Names, labels and phrases are unique and none is empty."""
    assert len({group.name for group in vocabulary()}) == len(vocabulary()) == 9
    for group in vocabulary():
        assert (
            len({term.label for term in group.terms})
            == len({term.phrase for term in group.terms})
            == len(group.terms)
            > 3
        )


@pytest.mark.parametrize(
    ("prompt", "phrases", "result"),
    [
        (
            "A fox in snow",
            ["85mm portrait lens", "high-key lighting"],
            "A fox in snow. 85mm portrait lens, high-key lighting.",
        ),
        ("A fox.", ["soft window light"], "A fox. Soft window light."),
        ("A fox,", ["close-up"], "A fox, close-up."),
        ("", ["close-up"], "Close-up."),
        ("A fox, Close-Up", ["close-up"], "A fox, Close-Up"),
    ],
)
def test_phrases_follow_the_prompt(prompt: str, phrases: list[str], result: str) -> None:
    """Phrases join as a sentence, or go on after a comma, and are not said twice."""
    assert append(prompt, phrases) == result


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('a "red sign" here', ['"red sign"']),
        ("le mot « MATIN » ici", ["« MATIN »"]),
        ("das Wort „MORGEN“ hier", ["„MORGEN“"]),
        ("上部に「朝」と『夜』", ["「朝」", "『夜』"]),
        ("it's the dog's 'best day' ever", ["'best day'"]),
        ("the dogs' bowl and the cats' mat", []),
        ("a 6' tall man", []),
        ('an unclosed "quote', []),
    ],
)
def test_quotations_are_found(text: str, inside: list[str]) -> None:
    """The quotation marks of several languages count, apostrophes do not."""
    assert [text[start:end] for start, end in quoted_spans(text)] == inside


@given(st.text("ab \"'“”«»「」\n", max_size=40))
def test_blanking_keeps_positions(text: str) -> None:
    """Blanked text is as long as the text, and the same outside the quotations."""
    blank = blank_quoted(text)
    spans = quoted_spans(text)
    assert len(blank) == len(text)
    assert all(blank[i] == text[i] for i in range(len(text)) if not any(start <= i < end for start, end in spans))


def test_importing_the_package_is_light() -> None:
    """No module of the package loads pictures, HTTP, widgets or tokenizers when imported."""
    modules = ["checks", "colours", "encodings", "json_prompt", "languages", "roles", "tokens", "vocabulary"]
    code = (
        f"import sys; HEAVY = {HEAVY}; from flux2_nb.prompting import {', '.join(modules)};"
        "print([name for name in HEAVY if name in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
