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
from . import settings
from .base import Capability, Example, Note, Values
from .prompt_notes import token_notes

OWN_TEXT = ""
FIRST_LANGUAGES = ("en", "fr", "ja", "ar")
"""The languages an untouched form starts with: four scripts, both directions."""


class Multilingual(Capability):
    """Shows how a model reads the same brief in each language."""

    name: ClassVar[str] = "multilingual"
    title: ClassVar[str] = "Languages"
    summary: ClassVar[str] = (
        "One brief in several languages, the same seed for all. Choose a brief or write your own texts."
    )
    action: ClassVar[str] = "Generate all"
    examples: ClassVar[Sequence[Example]] = tuple(
        Example(label, {"brief": key, "texts": []})
        for key, label in (("bakery", "Bakery at dawn"), ("lake", "Mountain lake"), ("market", "Night market"))
    )

    def fields(self, card: ModelCard) -> Sequence[Field]:
        """Return the brief, one text per language, and the shared settings."""
        briefs = tuple((brief.title, brief.key) for brief in languages.briefs())
        names = tuple((_label(language.code), language.code) for language in languages.languages())
        return [
            Field(
                "brief",
                "choice",
                "Brief",
                help="Fills in our own translations; the texts below can be changed.",
                default=briefs[0][1],
                choices=(("my own text", OWN_TEXT), *briefs),
                drives=True,
            ),
            Field(
                "texts",
                "rows",
                "Texts",
                default=_texts(briefs[0][1], FIRST_LANGUAGES),
                most=len(names),
                columns=(
                    Field("language", "choice", "Language", default="en", choices=names, drives=True),
                    Field("text", "text", "Prompt", default="", lines=3),
                ),
                drives=True,
            ),
            *settings.size_fields(card),
            settings.seed_field(card),
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
        """Fill in our translations when the brief changes, and the text of a row whose language changed."""
        key = str(values.get("brief") or OWN_TEXT)
        if key == OWN_TEXT:
            return {}
        rows = [row for row in values.get("texts") or [] if row.get("language")]
        if changed == "brief":
            codes = [str(row["language"]) for row in rows] or list(FIRST_LANGUAGES)
            return {"texts": _texts(key, codes)}
        ours = {text for brief in languages.briefs() for text in brief.text.values()}
        filled = [_filled(row, key, ours) for row in rows]
        return {"texts": filled} if filled != rows else {}

    def notes(self, values: Values, card: ModelCard) -> list[Note]:
        """Return what each language costs in tokens, and where text in the picture is known to be weak."""
        rows = _rows(values)
        warnings = [
            Note("warning", warning)
            for row in rows
            if quoted_spans(str(row["text"])) and (warning := languages.text_warning(str(row["language"]), card.family))
        ]
        cut = [note for row in rows for note in token_notes(str(row["text"]), card)]
        return [*warnings, *cut, *_token_table(rows, card)]

    def labels(self, values: Values, card: ModelCard) -> list[str]:
        """Return each language's own name."""
        return [_label(str(row["language"])) for row in _rows(values)]

    def template(self, values: Values) -> str:
        """Return the brief's title, or nothing for one's own texts."""
        titles = {brief.key: brief.title for brief in languages.briefs()}
        return titles.get(str(values.get("brief") or ""), "")


def _label(code: str) -> str:
    language = languages.language(code)
    return language.name if language.name == language.own_name else f"{language.own_name} ({language.name})"


def _texts(key: str, codes: Sequence[str]) -> list[dict[str, str]]:
    brief = next(brief for brief in languages.briefs() if brief.key == key)
    return [{"language": code, "text": brief.text[code]} for code in codes if code in brief.text]


def _filled(row: Mapping[str, Any], key: str, ours: set[str]) -> dict[str, Any]:
    """Return the row with our translation, unless a person wrote the text."""
    text = str(row.get("text") or "")
    if text.strip() and text not in ours:
        return dict(row)
    translated = _texts(key, [str(row["language"])])
    return {**row, "text": translated[0]["text"]} if translated else dict(row)


def _rows(values: Values) -> list[Mapping[str, Any]]:
    return [row for row in values.get("texts") or [] if str(row.get("text") or "").strip() and row.get("language")]


def _token_table(rows: Sequence[Mapping[str, Any]], card: ModelCard) -> list[Note]:
    if card.token_limit is None or not rows:
        return []
    counted = [
        (languages.language(str(row["language"])).name, tokens.count(str(row["text"]), card.family)) for row in rows
    ]
    how = "" if all(count.exact for _, count in counted) else "about "
    listed = ", ".join(f"{name} {how}{count.count}" for name, count in counted)
    return [Note("info", f"Tokens of {card.token_limit:,}: {listed}.")]
