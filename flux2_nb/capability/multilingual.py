"""Multilingual prompts: one brief in many languages, side by side with the same seed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ..cards import ModelCard
from ..errors import InvalidRequest
from ..forms import Field
from ..prompting import languages, tokens
from ..prompting.quotes import quoted_spans
from ..request import MAX_SEED, ImageRequest
from . import settings, token_table
from .base import Capability, Example, Note, Values
from .prompt_notes import token_notes

OWN = ""
"""The brief of one's own texts, and the choice of languages of one's own rows."""

OTHER = "other"
"""The language of a row that is none of ours."""

FIRST = "first"
SETS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    FIRST: ("four to start with", ("en", "fr", "ja", "ar")),
    "scripts": ("one of each script", ("en", "zh", "ja", "ko", "th", "ar", "hi", "ru")),
    "european": ("European", ("en", "fr", "de", "es", "pt", "it", "nl")),
    "asian": ("Asian", ("zh", "ja", "ko", "th", "hi", "id")),
    "all": ("all of ours", ()),
}
"""Languages chosen together: name -> label and codes, none for all there are. Each is a picture to pay for."""


class Multilingual(Capability):
    """Shows how a model reads the same brief in each language."""

    name: ClassVar[str] = "multilingual"
    title: ClassVar[str] = "Languages"
    summary: ClassVar[str] = (
        "One brief in several languages, the same seed for all. Choose a brief or write your own texts."
    )
    action: ClassVar[str] = "Generate all"
    examples: ClassVar[Sequence[Example]] = (
        Example("Bakery at dawn", {"brief": "bakery", "languages": FIRST}),
        Example("Mountain lake", {"brief": "lake", "languages": FIRST}),
        Example("Night market", {"brief": "market", "languages": FIRST}),
        Example("One word on a poster", {"brief": "poster", "languages": "scripts"}),
    )

    def fields(self, card: ModelCard) -> Sequence[Field]:
        """Return the brief, the languages, one text for each, and the shared settings."""
        briefs = tuple((brief.title, brief.key) for brief in languages.briefs())
        return [
            Field(
                "brief",
                "choice",
                "Brief",
                help="Fills in our own translations, which you may change.",
                default=briefs[0][1],
                choices=(("my own texts", OWN), *briefs),
                drives=True,
            ),
            Field(
                "languages",
                "choice",
                "Languages",
                help="Each makes one picture.",
                default=FIRST,
                choices=(("my own choice", OWN), *((label, name) for name, (label, _) in SETS.items())),
                drives=True,
            ),
            _texts_field(briefs[0][1]),
            *settings.size_fields(card),
            *settings.seed_fields(card),
            *settings.card_fields(card),
        ]

    def requests(self, values: Values, card: ModelCard) -> list[ImageRequest]:
        """Return one request per language with a text; all share one seed, so that only the language differs."""
        rows = _rows(values)
        if not rows:
            raise InvalidRequest("There is no text in any language: choose a brief or write one.", field="texts")
        shared = settings.request_fields(values, card)
        seed = settings.seeds(values, 1, card, secrets.randbelow(MAX_SEED + 1))[0]
        return [ImageRequest(str(row["text"]), **{**shared, "seed": seed}) for row in rows]

    def sync(self, values: Values, changed: str, card: ModelCard) -> dict[str, Any]:
        """Fill in our translations when the brief or the languages change, and a row whose language changed."""
        if changed not in ("brief", "languages", "texts"):
            return settings.sync_seed(values, changed)
        key, chosen = str(values.get("brief") or OWN), str(values.get("languages") or OWN)
        rows = [dict(row) for row in values.get("texts") or [] if row.get("language")]
        if changed == "languages" and chosen in SETS:
            rows = _in_languages(rows, _codes(chosen))
        followed: dict[str, Any] = {}
        if changed == "texts" and chosen in SETS and [row["language"] for row in rows] != list(_codes(chosen)):
            followed["languages"] = OWN
        filled = [_filled(row, key, written_too=changed == "brief") for row in rows]
        return {**followed, "texts": filled} if filled != values.get("texts") else followed

    def notes(self, values: Values, card: ModelCard) -> list[Note]:
        """Return what each language costs in tokens, and where text in the picture is known to be weak."""
        rows = _rows(values)
        quoting = [str(row["language"]) for row in rows if quoted_spans(str(row["text"]))]
        warnings = [Note("warning", warning) for warning in languages.text_warnings(quoting, card.family)]
        named = [(_english(str(row["language"])), str(row["text"])) for row in rows]
        return [*warnings, *_cut(named, card), *token_table.by_family("language", named, card)]

    def labels(self, values: Values, card: ModelCard) -> list[str]:
        """Return each language's own name."""
        return [_label(str(row["language"])) for row in _rows(values)]

    def template(self, values: Values) -> str:
        """Return the brief's title, or nothing for one's own texts."""
        titles = {brief.key: brief.title for brief in languages.briefs()}
        return titles.get(str(values.get("brief") or ""), "")


def _texts_field(brief: str) -> Field:
    names = (*((_label(one.code), one.code) for one in languages.languages()), (_label(OTHER), OTHER))
    return Field(
        "texts",
        "rows",
        "Texts",
        default=[_filled(row, brief) for row in _in_languages([], _codes(FIRST))],
        most=len(languages.languages()),
        columns=(
            Field("language", "choice", "Language", default="en", choices=names, drives=True),
            Field("text", "text", "Prompt", default="", lines=2, drives=True),
        ),
        drives=True,
    )


def _codes(name: str) -> tuple[str, ...]:
    return SETS[name][1] or tuple(one.code for one in languages.languages())


def _in_languages(rows: Sequence[Mapping[str, Any]], codes: Sequence[str]) -> list[dict[str, Any]]:
    """Return a row for each language, with the text it had; one's own texts beyond those stay at the end."""
    had: dict[str, dict[str, Any]] = {}
    own: list[dict[str, Any]] = []
    for row in rows:
        if row["language"] in codes and row["language"] not in had:
            had[str(row["language"])] = dict(row)
        elif _is_own(str(row.get("text") or "")):
            own.append(dict(row))
    return [*(had.get(code, {"language": code, "text": ""}) for code in codes), *own]


def _filled(row: Mapping[str, Any], key: str, written_too: bool = False) -> dict[str, Any]:
    """Return the row with our translation, unless a person wrote the text.

    Args:
        row: The language and its text.
        key: The brief; nothing is filled in for one's own texts.
        written_too: Whether the brief was chosen just now, which replaces what was written.
    """
    code, text = str(row["language"]), str(row.get("text") or "")
    brief = next((one for one in languages.briefs() if one.key == key), None)
    if brief is None or code not in brief.text or (_is_own(text) and not written_too):
        return {"language": code, "text": text}
    return {"language": code, "text": brief.text[code]}


def _is_own(text: str) -> bool:
    return bool(text.strip()) and all(text not in brief.text.values() for brief in languages.briefs())


def _label(code: str) -> str:
    if code == OTHER:
        return "Another language"
    language = languages.language(code)
    return language.name if language.name == language.own_name else f"{language.own_name} ({language.name})"


def _english(code: str) -> str:
    return _label(OTHER) if code == OTHER else languages.language(code).name


def _rows(values: Values) -> list[Mapping[str, Any]]:
    return [row for row in values.get("texts") or [] if str(row.get("text") or "").strip() and row.get("language")]


def _cut(named: Sequence[tuple[str, str]], card: ModelCard) -> list[Note]:
    """Return what the target would cut, with the language's name before it."""
    if card.token_limit is None:
        return []
    over = [(name, text) for name, text in named if tokens.count(text, card.family).cut]
    return [
        Note(note.level, f"{name}: {note.text}", note.cut) for name, text in over for note in token_notes(text, card)
    ]
