"""The pickers' words, quotes, and how light the package is."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.quotes import blank_quoted, quoted_spans
from flux2_nb.prompting.vocabulary import choose, chosen, vocabulary

PICKS = [(group.name, term.label, term.phrase) for group in vocabulary() for term in group.terms]
NONE = dict.fromkeys((group.name for group in vocabulary()), "")

prompts = st.text(max_size=30) | st.lists(
    st.sampled_from(
        ["A fox", "in snow", "close-up", ". ", ", ", "! ", ".", ",", " ", "\n", '"', "',", "a 35mm lens at f/1.4", "。"]
    ),
    max_size=8,
).map("".join)
picks = st.sampled_from(PICKS)

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
    ("prompt", "name", "label", "result"),
    [
        ("A fox in snow", "lens", "85mm portrait", "A fox in snow, 85mm portrait lens"),
        ("A fox.", "light", "Window light", "A fox. Soft window light from one side."),
        ('A sign says "Go slowly."', "framing", "Close-up", 'A sign says "Go slowly." Close-up.'),
        ("A fox, ", "framing", "Close-up", "A fox, close-up, "),
        ("", "framing", "Close-up", "close-up"),
        ("A fox. Medium shot. Ink.", "framing", "Close-up", "A fox. Close-up. Ink."),
        ("A fox, medium shot, ink", "framing", "", "A fox, ink"),
        ("Medium shot, a fox", "framing", "", "a fox"),
        ("A fox. Medium shot. Ink.", "framing", "", "A fox. Ink."),
        ("A fox, medium shot, Close-Up", "framing", "Dutch angle", "A fox, tilted Dutch angle"),
        ("A close-up of a fox", "framing", "Wide shot", "A close-up of a fox, wide establishing shot"),
    ],
)
def test_a_term_goes_in_and_out_as_its_phrase(prompt: str, name: str, label: str, result: str) -> None:
    """A phrase joins as a sentence or after a comma, takes the place of another, and leaves with its comma."""
    assert choose(prompt, name, label) == result


@given(prompts, picks, st.data())
def test_choosing_twice_and_then_none_gives_the_prompt_back(
    prompt: str, first: tuple[str, str, str], data: st.DataObject
) -> None:
    """After any choices of one picker, "none" leaves the prompt as it was, whatever its punctuation."""
    name = first[0]
    assume(not chosen(prompt)[name])
    second = data.draw(st.sampled_from([pick for pick in PICKS if pick[0] == name]))
    once = choose(prompt, name, first[1])
    twice = choose(once, name, second[1])
    assert twice == choose(prompt, name, second[1])
    assert choose(twice, name, "") == prompt


@given(prompts, st.lists(picks, max_size=6))
def test_the_prompt_tells_what_was_chosen(prompt: str, choices: list[tuple[str, str, str]]) -> None:
    """Each picker shows the last term chosen in it, and a choice in one never changes another."""
    expected = chosen(prompt)
    for name, label, phrase in choices:
        prompt = choose(prompt, name, label)
        expected[name] = label
        assert phrase.lower() in prompt.lower()
    assert chosen(prompt) == expected


@given(st.permutations(PICKS), st.sampled_from(["A fox in snow", "A fox in snow.", "一只狐狸。", "A fox\n"]))
def test_choices_of_all_pickers_come_out_in_any_order(order: list[tuple[str, str, str]], prompt: str) -> None:
    """One term of every picker, taken out in another order, leaves the prompt as it was."""
    one_each = {name: label for name, label, _ in order}
    full = prompt
    for name, label in one_each.items():
        full = choose(full, name, label)
    for name in sorted(one_each):
        full = choose(full, name, "")
    assert full == prompt


def test_no_phrase_is_a_part_of_another() -> None:
    """What one term writes is never read as a choice of another."""
    for name, label, phrase in PICKS:
        assert chosen(phrase) == {**NONE, name: label}


def test_an_unknown_term_offers_the_nearest() -> None:
    """A misspelt picker or term is a sentence and not a KeyError."""
    with pytest.raises(InvalidRequest, match="lens"):
        choose("A fox", "lense", "Macro")
    with pytest.raises(InvalidRequest, match="Macro"):
        choose("A fox", "lens", "Makro")


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
