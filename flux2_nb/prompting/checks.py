"""What in a prompt FLUX.2 is known to read badly, and the wording that works.

Each check is one function that yields findings; ``check`` runs them all. Quoted text is left alone: it is what the
picture should say. The words looked for are in ``data/checks.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flux2_nb.keys import KEY_IN_PROMPT, KEY_SHAPES
from flux2_nb.prompting import colours, roles
from flux2_nb.prompting.findings import Finding, Kind
from flux2_nb.prompting.json_prompt import is_json_prompt
from flux2_nb.prompting.negation import negations
from flux2_nb.prompting.quotes import blank_unless_json
from flux2_nb.prompting.tables import table
from flux2_nb.prompting.written_text import unquoted_texts

__all__ = ["Finding", "Kind", "check"]

# A vague phrase is vague when it is a whole instruction ("to fix it" in a scene is not one).
_CLAUSE_START = r"(?:^|(?<=[.!?;,:\n])|(?<=\bplease)|(?<=\bjust)|(?<=\band)|(?<=\bthen))"
_CLAUSE_END = r"(?=\s*(?:please)?\s*(?:[.!?;\n]|$))"
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


def check(prompt: str, family: str = "pro", references: int = 0) -> list[Finding]:
    """Look a prompt over before it is paid for.

    Args:
        prompt: The prompt, prose or JSON, in any language.
        family: pro, flex, dev, max, klein or klein-base; it decides the advice on length.
        references: How many reference images go with it.

    Returns:
        Findings in order of place, those on the whole prompt last. An ordinary prompt has none.
    """
    text = blank_unless_json(prompt)
    is_json = is_json_prompt(prompt)
    found = [*_keys(prompt), *negations(text), *_references(prompt, text, references), *_stripped(prompt, family)]
    if not is_json:
        found += [*unquoted_texts(text), *_unbound(prompt), *_vague(text), *_length(prompt, family, references)]
    return sorted(found, key=lambda finding: (finding.start == finding.end, finding.start, finding.end))


def _keys(prompt: str) -> Iterator[Finding]:
    for match in (match for shape in KEY_SHAPES for match in shape.finditer(prompt)):
        yield Finding("key", KEY_IN_PROMPT, match.start(), match.end(), "")


def _unbound(prompt: str) -> Iterator[Finding]:
    for colour in colours.unbound_hex(prompt):
        example = colours.bind("the car", colour.hex)
        message = f"{colour.hex} is tied to no object, and FLUX.2 follows a colour less surely so."
        yield Finding("unbound_hex", message, colour.start, colour.end, f"Name the thing with it, such as: {example}.")


def _vague(text: str) -> Iterator[Finding]:
    for row in table("checks")["vague"]:
        phrases = "|".join(re.escape(phrase) for phrase in row["phrases"])
        for match in re.finditer(rf"{_CLAUSE_START}\s*(?P<phrase>{phrases}){_CLAUSE_END}", text, re.I):
            yield Finding(
                "vague",
                f'"{match["phrase"]}" says that something should change and not what.',
                match.start("phrase"),
                match.end(),
                row["instead"],
            )


def _length(prompt: str, family: str, references: int) -> Iterator[Finding]:
    advice = table("checks")["length"].get(family, {})
    words = _word_count(prompt)
    end = len(prompt)
    if 0 < words < advice.get("low", 0) and references == 0:
        yield Finding(
            "length", advice["low_message"].format(words=words), end, end, "Add the setting, details, light and mood."
        )
    if words > advice.get("high", words):
        yield Finding(
            "length", advice["high_message"].format(words=words), end, end, "Drop what does not change the picture."
        )


def _word_count(text: str) -> int:
    """Words; in scripts without spaces a word is taken to be two characters."""
    unspaced = len(_UNSPACED.findall(text))
    return len(re.findall(r"\w+", _UNSPACED.sub(" ", text))) + (unspaced + 1) // 2


def _references(prompt: str, text: str, references: int) -> Iterator[Finding]:
    given = "no reference image is" if references == 0 else f"only {references} {'is' if references == 1 else 'are'}"
    for number, start, end in roles.numbered_mentions(text):
        if number > references:
            yield Finding(
                "reference",
                f"The prompt speaks of image {number}, and {given} given.",
                start,
                end,
                "Add the image, or take the mention out.",
            )
    missing = roles.missing_mentions(prompt, references) if references >= 2 else []
    if missing:
        yield _unmentioned(missing, len(prompt))


def _unmentioned(numbers: list[int], end: int) -> Finding:
    """One finding for all the images a prompt leaves out."""
    if len(numbers) == 1:
        message = f"Image {numbers[0]} is given and the prompt does not mention it."
        return Finding("reference", message, end, end, f'Say what "image {numbers[0]}" is for, or give it a role.')
    listed = f"{', '.join(str(one) for one in numbers[:-1])} and {numbers[-1]}"
    message = f"Images {listed} are given and the prompt does not mention them."
    return Finding("reference", message, end, end, "Say what each is for, or give it a role.")


def _stripped(prompt: str, family: str) -> Iterator[Finding]:
    """Find the literal ``[IMG]``: diffusers removes it, as dev's processor would count it as an image."""
    if family == "dev":
        for match in re.finditer(r"\[IMG\]", prompt):
            yield Finding(
                "stripped",
                "diffusers removes [IMG] from dev's prompts before they are read.",
                match.start(),
                match.end(),
                "Write it another way, such as: image.",
            )
