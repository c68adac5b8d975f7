"""Camera, lens, film, light, framing and style: the pickers' tables, and how a term goes into a prompt and out again.

The prompt alone says what is chosen. A term is chosen when its phrase stands in the prompt as a whole, between marks of
punctuation; the same words inside a sentence of one's own ("a close-up of a fox") are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from flux2_nb.errors import InvalidRequest, nearest
from flux2_nb.prompting.tables import table


@dataclass(frozen=True)
class Term:
    """One choice of a picker.

    Attributes:
        label: What the picker shows.
        phrase: What it puts into the prompt.
    """

    label: str
    phrase: str


@dataclass(frozen=True)
class Vocabulary:
    """One picker.

    Attributes:
        name: Its key: era, camera, lens, aperture, iso, light, framing, composition or style.
        label: What stands above it.
        help: One sentence.
        terms: Its choices.
    """

    name: str
    label: str
    help: str
    terms: tuple[Term, ...]


@lru_cache(maxsize=1)
def vocabulary() -> tuple[Vocabulary, ...]:
    """Every picker, in the order a form shows them."""
    return tuple(
        Vocabulary(row["name"], row["label"], row["help"], tuple(Term(**term) for term in row["terms"]))
        for row in table("vocabulary")["group"]
    )


def chosen(prompt: str) -> dict[str, str]:
    """Return for each picker the label of the term a prompt holds: the first where it holds several, "" for none."""
    return {group.name: next(iter(_held(prompt, group)), (0, 0, ""))[2] for group in vocabulary()}


def choose(prompt: str, name: str, label: str) -> str:
    """Put a term into a prompt, or take it out.

    A term in the place of another of the same picker takes its place; a new one goes to the end, as a sentence where
    the prompt ends one and after a comma where it does not. So taking it out again leaves the prompt as it was.

    Args:
        prompt: The prompt, in prose.
        name: The picker, such as ``lens``.
        label: The term, such as "85mm portrait"; "" for none.

    Raises:
        InvalidRequest: When there is no such picker or term.
    """
    group = _picker(name)
    term = _term(group, label) if label else None
    held = _held(prompt, group)
    for start, end, _ in reversed(held if term is None else held[1:]):
        prompt = _without(prompt, start, end)
    if term is None:
        return prompt
    if not held:
        return _appended(prompt, term.phrase)
    start, end, _ = held[0]
    return prompt[:start] + _cased(term.phrase, prompt[:start]) + prompt[end:]


_NEAR = 16
"""How many characters around a phrase decide whether it stands alone: more than any run of closing marks and blanks."""

_SENTENCE_END = r"[.!?…。！？][\"'”’»」』)\]]*"
_ENDS_SENTENCE = re.compile(rf"{_SENTENCE_END}\s*\Z")
_BEFORE = re.compile(rf"(?:\A|[,;:\n，、；：。！？]|{_SENTENCE_END}\s)\s*\Z")
_AFTER = re.compile(r"\s*(?:\Z|[.,;:!?…\n，、；：。！？])")
_COMMA_AFTER = re.compile(r",\s+(?=[^\s,;:])")


def _held(prompt: str, group: Vocabulary) -> list[tuple[int, int, str]]:
    """Where the picker's phrases stand in the prompt, and their terms' labels, in order."""
    lower = prompt.lower()
    found = []
    for term in group.terms:
        if term.phrase.lower() in lower:
            for match in re.finditer(re.escape(term.phrase), prompt, re.I):
                start, end = match.span()
                if _BEFORE.search(prompt, max(0, start - _NEAR), start) and _AFTER.match(prompt, end):
                    found.append((start, end, term.label))
    return sorted(found)


def _appended(prompt: str, phrase: str) -> str:
    """Put a phrase behind the last word of a prompt; blanks and commas after that stay at the end."""
    body = prompt.rstrip(" \t\r\n,;:")
    rest = prompt[len(body) :]
    if not body:
        return phrase + rest
    if _ends_sentence(body):
        return f"{body} {_cased(phrase, body)}.{rest}"
    return f"{body}, {phrase}{rest}"


def _without(prompt: str, start: int, end: int) -> str:
    """Take a phrase out, with the comma or the sentence that held it."""
    before, after = prompt[:start], prompt[end:]
    if before.endswith((",", ", ")):
        return before.removesuffix(" ").removesuffix(",") + after
    if after.startswith(".") and _ends_sentence(before):
        return before.removesuffix(" ") + after[1:]
    joint = _COMMA_AFTER.match(after)
    return before + after[joint.end() :] if joint else before + after


def _cased(phrase: str, before: str) -> str:
    """Return the phrase with a capital where it begins a sentence."""
    return phrase[0].upper() + phrase[1:] if _ends_sentence(before) else phrase


def _ends_sentence(text: str) -> bool:
    return _ENDS_SENTENCE.search(text[-_NEAR:]) is not None


def _picker(name: str) -> Vocabulary:
    for group in vocabulary():
        if group.name == name:
            return group
    hint = nearest(name, [group.name for group in vocabulary()])
    raise InvalidRequest(f'There is no picker "{name}".', field=name, money="", next_step=hint)


def _term(group: Vocabulary, label: str) -> Term:
    for term in group.terms:
        if term.label == label:
            return term
    hint = nearest(label, [term.label for term in group.terms])
    raise InvalidRequest(f'{group.label} cannot be "{label}".', field=group.name, money="", next_step=hint)
