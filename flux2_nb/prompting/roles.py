"""Reference images in the prompt: "image 1", "image 2", …, and what each is for.

The prompt names references in upload order, counted from 1 on every provider (Black Forest Labs' guide; Cloudflare
counts its file fields from 0 and its prompts still from 1). ``@image1`` is other tools' syntax and in no text of
Black Forest Labs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flux2_nb.errors import InvalidRequest, nearest
from flux2_nb.prompting.json_prompt import JsonPrompt, is_json_prompt
from flux2_nb.prompting.quotes import blank_unless_json
from flux2_nb.prompting.tables import table

_TAG = re.compile(
    r"(?:(?<!\w)@\s*|[\[<(]\s*@?)(?:image|img)[\s_#-]*(\d{1,2})(?:\s*[\])>])?(?!\w)"
    r"|(?<![\w@])(image|img)(?:\s*#\s*|_|-|)(\d{1,2})\b|\bimg\s+(\d{1,2})\b",
    re.I,
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n|(?<=[。！？；])")


@dataclass(frozen=True)
class Role:
    """What a reference image is for.

    Attributes:
        name: The role's key.
        label: What a menu shows.
        help: One sentence.
        sentence: The sentence it adds to the prompt, with ``{n}`` for the image's number.
        said_by: Words that show a sentence gives the role already.
    """

    name: str
    label: str
    help: str
    sentence: str
    said_by: list[str]


@lru_cache(maxsize=1)
def roles() -> tuple[Role, ...]:
    """Every role, in the order a menu shows them."""
    return tuple(Role(**row) for row in table("roles")["role"])


def role(name: str) -> Role:
    """One role by its name.

    Raises:
        InvalidRequest: When there is no such role.
    """
    known = {row.name: row for row in roles()}
    if name not in known:
        raise InvalidRequest(
            f'There is no role "{name}".',
            field="role",
            next_step=nearest(name, known) or f"Use one of {', '.join(known)}.",
        )
    return known[name]


def compose(prompt: str, roles: Sequence[str | None], also: Sequence[str] = ()) -> str:
    """Add a sentence for each reference's role, unless the prompt gives that image that role already.

    Args:
        prompt: The prompt. A JSON prompt gets the sentences under a key of its own, ``reference_images``.
        roles: The role of image 1, image 2, …; None for an image that needs no sentence.
        also: Further sentences, such as that of a larger canvas; each is added unless it stands there already.

    Returns:
        The prompt with the sentences in it. Composing twice adds nothing more.

    Raises:
        InvalidRequest: When a role is unknown.
    """
    added = _missing(prompt, roles, also)
    if not added:
        return prompt
    if is_json_prompt(prompt):
        return _within_json(prompt, added)
    text = prompt.rstrip()
    text += "." if text and text[-1] not in ".!?,;:。！？" else ""
    return " ".join(part for part in (text, *added) if part)


def write(prompt: str, roles: Sequence[str | None], also: Sequence[str] = ()) -> str:
    """Write the roles' sentences into a prompt where a person sees them, in place of those written for other roles.

    Each stands on a line of its own at the end. Whatever a person wrote stays as it is, to the last space: taking all
    roles away gives the prompt back that was there before. A JSON prompt is left alone; `compose` adds to it.

    Args:
        prompt: The prompt, with or without sentences written for other roles, or for other numbers.
        roles: As for `compose`.
        also: As for `compose`.
    """
    if is_json_prompt(prompt):
        return prompt
    own = unwritten(prompt)
    return "\n".join(part for part in (own, *_missing(own, roles, also)) if part)


def unwritten(prompt: str) -> str:
    """Return the prompt without the sentences that `write` puts there; a sentence that was changed since is kept."""
    kept = []
    for line in prompt.split("\n"):
        rest = _written().sub("", line)
        if rest or not line:
            kept.append(rest)
    return "\n".join(kept)


def canvas_sentence() -> str:
    """The sentence for an image 1 that was placed on a larger plain canvas."""
    return str(table("roles")["canvas"]["sentence"])


def _missing(prompt: str, roles: Sequence[str | None], also: Sequence[str]) -> list[str]:
    wanted = [(number, role(name)) for number, name in enumerate(roles, start=1) if name]
    sentences = [chosen.sentence.format(n=number) for number, chosen in wanted if not _gives(prompt, number, chosen)]
    return [*sentences, *(sentence for sentence in also if sentence not in prompt)]


@lru_cache(maxsize=1)
def _written() -> re.Pattern[str]:
    """The sentences of ours that a line begins with, and the space after them."""
    templates = [re.escape(one.sentence).replace(r"\{n\}", r"\d{1,2}") for one in roles()]
    return re.compile(rf"^(?:(?:{'|'.join([*templates, re.escape(canvas_sentence())])})(?: |$))+")


def _within_json(prompt: str, sentences: list[str]) -> str:
    data = json.loads(prompt.removeprefix("\ufeff"))
    held = data.get("reference_images", [])
    data["reference_images"] = [*(held if isinstance(held, list) else [held]), *sentences]
    return JsonPrompt.model_validate(data).to_json(2 if "\n" in prompt.strip() else None)


def normalise_mentions(prompt: str) -> str:
    """Turn ``@image1``, ``@img1``, ``[image 1]``, ``img_1``, ``Image #1`` and ``image1`` into "image 1"."""
    return _TAG.sub(_as_words, prompt)


def mentioned(prompt: str) -> set[int]:
    """The numbers of the images a prompt names: "image 2", "images 1 and 3", "图1", "the first image"."""
    text = blank_unless_json(normalise_mentions(prompt))
    found = {number for number, _, _ in numbered_mentions(text)}
    ordinals: list[str] = table("roles")["mentions"]["ordinals"]
    for match in re.finditer(
        rf"\b({'|'.join(ordinals)})\s+(?:reference\s+|input\s+)?(?:image|picture|photo|reference)\b", text, re.I
    ):
        found.add(ordinals.index(match.group(1).lower()) + 1)
    return found


def missing_mentions(prompt: str, count: int) -> list[int]:
    """The numbers from 1 to ``count`` that a prompt neither names nor takes in with words such as "both images"."""
    text = prompt.lower()
    if any(phrase in text for phrase in table("roles")["mentions"]["all_of_them"]):
        return []
    named = mentioned(prompt)
    return [number for number in range(1, count + 1) if number not in named]


def numbered_mentions(text: str) -> list[tuple[int, int, int]]:
    """Every image number written in digits, as ``(number, start, end)``; "images 1-3" gives three."""
    found: list[tuple[int, int, int]] = []
    for match in _mention().finditer(text):
        for part in re.finditer(r"(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?", match["numbers"]):
            first, last = int(part[1]), int(part[2] or part[1])
            found += [(number, match.start(), match.end()) for number in range(first, last + 1) if number > 0]
    return found


@lru_cache(maxsize=1)
def _mention() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(table("roles")["mentions"]["words"], key=len, reverse=True))
    number = r"\d{1,2}(?![A-Za-z0-9]|[:./]\d)"
    more = rf"(?:\s*(?:,|,?\s*and|&|\+|-|–|to|et|und|y|e|和|与|、|と)\s*(?:{number}))*"
    return re.compile(rf"(?<![a-zA-ZÀ-ÿ])(?:{words})\s*#?\s*(?P<numbers>{number}{more})", re.I)


def _as_words(match: re.Match[str]) -> str:
    number = match[1] or match[3] or match[4]
    return f"{'Image' if match[2] == 'Image' else 'image'} {int(number)}"


def _gives(prompt: str, number: int, chosen: Role) -> bool:
    for sentence in _SENTENCE_END.split(normalise_mentions(prompt)):
        clauses = _clauses(sentence, number)
        if any(re.search(rf"\b(?:{'|'.join(chosen.said_by)})\b", clause, re.I) for clause in clauses):
            return True
    return False


def _clauses(sentence: str, number: int) -> list[str]:
    """The parts of a sentence that name one image: "the cat from image 1, in the style of image 2" has one each."""
    parts: list[str] = []
    start = 0
    for match in _mention().finditer(sentence):
        numbers = {found for found, _, _ in numbered_mentions(match.group())}
        following = re.match(r"[^,;.]*", sentence[match.end() :])
        end = match.end() + (following.end() if following and not _mention().search(following.group()) else 0)
        if number in numbers:
            parts.append(sentence[start:end])
        start = match.end()
    return parts
