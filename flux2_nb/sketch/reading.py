"""Reading prose: the things a prompt names, how many, where, in which colour, and the words it wants written.

Reading is by known words, small words and order, not by grammar: enough for a storyboard in a dozen languages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flux2_nb.prompting.colours import BoundColour, bound_colours
from flux2_nb.prompting.quotes import quoted_spans
from flux2_nb.sketch import counting, figures, places, sense, unknown
from flux2_nb.sketch.compounds import compound
from flux2_nb.sketch.lexicon import function_words, language_of, lexicon
from flux2_nb.sketch.matching import Match, tokens
from flux2_nb.sketch.mention import Mention
from flux2_nb.sketch.plan import Relation, Subject
from flux2_nb.sketch.scene import SceneWord, scene_words
from flux2_nb.sketch.spans import Spans, is_colour, means_something_else, settle, touching
from flux2_nb.sketch.tables import table
from flux2_nb.sketch.texts import Text, quoted_texts, unquoted

_NO_COMPOUNDS = {"zh", "ja", "th", "ko", "hi", "ar", "ru", "tr"}  # there, two nouns in a row are two things
_NEGATION = {"no", "without", "sans", "ohne", "sin", "senza", "sem", "kein", "keine", "pas", "без", "没有", "بدون"}


@dataclass(frozen=True)
class Reading:
    """What a text says: its language, subjects, scene words, words to write, colours, and unknown nouns."""

    language: str
    subjects: tuple[Subject, ...] = ()
    scene: tuple[SceneWord, ...] = ()
    texts: tuple[Text, ...] = ()
    colours: tuple[BoundColour, ...] = ()
    unknown: tuple[str, ...] = ()


def read(text: str, language: str | None = None) -> Reading:
    """Read a prompt in prose.

    Args:
        text: The prompt.
        language: Its language where known; guessed otherwise.

    Returns:
        What it says.
    """
    plain = _without_quotations(text)
    language = language or language_of(plain)
    colours = bound_colours(text)
    spans = _sort(plain, language, colours)
    colours = [colour for colour in colours if not means_something_else(spans, colour)]
    settle(spans, colours)
    boxes = unknown.nouns(plain, spans.tokens, language, _taken(spans, colours))
    known = [_counted(spans, mention) for mention in _heads(spans) if not _negated(spans, mention)]
    known = sense.without_parts(sense.without_contents(plain, spans.tokens, known, language))
    boxed = [Mention(Subject(noun.word, ""), noun.first, noun.last) for noun in boxes]
    mentions = sorted([*known, *boxed], key=lambda mention: mention.first)
    mentions = _coloured(spans, mentions, colours)
    mentions = _dressed(mentions)
    mentions = sense.merged(_written(text, spans, _placed(spans, mentions)))
    return Reading(
        language=language,
        subjects=tuple(mention.subject for mention in mentions),
        scene=tuple(word for _, _, words in spans.scene for word in words),
        texts=tuple(quoted_texts(text)),
        colours=tuple(colours),
        unknown=tuple(noun.word for noun in boxes),
    )


def _without_quotations(text: str) -> str:
    """The text with its quotations as dots in the middle, which end neither a word list nor a sentence."""
    for start, end in quoted_spans(text):
        text = text[:start] + "·" * (end - start) + text[end:]
    return text


def _sort(text: str, language: str, colours: Sequence[BoundColour]) -> Spans:
    """At each place the longest wins: a word of place, of scene, or a noun; at equal length in that order."""
    spans = Spans(text, tokens(text), language)
    scene, small = scene_words(), function_words(language)
    position = 0
    while position < len(spans.tokens):
        token = spans.tokens[position]
        place, setting = places.at(spans.tokens, position), scene.at(spans.tokens, position)
        free = token.folded not in small and not is_colour(token, colours)
        noun = _noun(spans, position) if free else None
        length = max((found.length for found in (place, setting, noun) if found is not None), default=0)
        if length == 0:
            _part(spans, position)
            position += 1
            continue
        if place is not None and place.length == length:
            spans.places.append(place)
        elif setting is not None and setting.length == length:
            spans.scene.append((setting.first, setting.last, setting.value))
        elif noun is not None:
            word = text[token.start : spans.tokens[noun.last - 1].end]
            spans.nouns.append(Mention(Subject(word, noun.value), noun.first, noun.last))
        position += length
    return spans


def _noun(spans: Spans, position: int) -> Match[str] | None:
    """The noun that begins at a token, unless the words are known to mean something else."""
    token, language = spans.tokens[position], spans.language
    noun = lexicon(language).at(spans.tokens, position)
    if noun is None and language != "en" and token.text.isascii() and len(token.text) > 3:
        noun = lexicon("en").at(spans.tokens, position)
    homonym = sense.homonyms(language).at(spans.tokens, position)
    if homonym is not None and (noun is None or homonym.length >= noun.length):
        spans.silent.update(range(homonym.first, homonym.last))
        return None
    return noun


def _part(spans: Spans, position: int) -> None:
    """Sort a word that nothing knows by its parts, where it is a compound."""
    token = spans.tokens[position]
    found = compound(token.text, spans.language)
    if found is None:
        return
    if found.figure is not None:
        spans.nouns.append(Mention(Subject(token.text, found.figure), position, position + 1))
    if found.scene:
        spans.scene.append((position, position + 1, found.scene))
    spans.silent.add(position)


def _taken(spans: Spans, colours: Sequence[BoundColour]) -> set[int]:
    """The tokens that are already explained and so cannot be unknown nouns."""
    taken = {index for first, last, _ in spans.scene for index in range(first, last)}
    taken |= {index for mention in spans.nouns for index in range(mention.first, mention.last)} | spans.silent
    taken |= {index for place in spans.places for index in range(place.first, place.last)}
    return taken | {index for index, token in enumerate(spans.tokens) if is_colour(token, colours)}


def _heads(spans: Spans) -> list[Mention]:
    """Of nouns in a row ("a coffee robot"), the one meant: the last, or the first where nouns come first."""
    head_first = table("languages").get(spans.language, {}).get("head") == "first"
    kept: list[Mention] = []
    for mention in spans.nouns:
        if (
            kept
            and kept[-1].last == mention.first
            and touching(spans, mention.first)
            and spans.language not in _NO_COMPOUNDS
        ):
            if not head_first and not figures.is_person(mention.subject.figure):
                kept[-1] = replace(mention, first=kept[-1].first)
            else:
                kept[-1] = replace(kept[-1], last=mention.last)
            continue
        kept.append(mention)
    return kept


def _negated(spans: Spans, mention: Mention) -> bool:
    return any(token.folded in _NEGATION for token in spans.tokens[max(0, mention.first - 2) : mention.first])


def _counted(spans: Spans, mention: Mention) -> Mention:
    before = max((other.last for other in spans.nouns if other.last <= mention.first), default=0)
    after = min((other.first for other in spans.nouns if other.first >= mention.last), default=len(spans.tokens))
    count = counting.count(spans.text, spans.tokens, (mention.first, mention.last), (before, after), spans.language)
    if figures.comes_in_pairs(mention.subject.figure) and count in (2, 3):
        count = 1
    known = counting.is_definite(spans.text, spans.tokens, mention.first, before, spans.language)
    return replace(mention, subject=replace(mention.subject, count=count, known=known))


def _coloured(spans: Spans, mentions: list[Mention], colours: Sequence[BoundColour]) -> list[Mention]:
    """Give each colour to the subject its target names; the nearest, where several do."""
    chosen: dict[int, str] = {}
    for colour in colours:
        if colour.target is None:
            continue
        words = {token.folded for token in tokens(colour.target)}
        fitting = [i for i, m in enumerate(mentions) if any(t.folded in words for t in spans.tokens[m.first : m.last])]
        if fitting:
            nearest = min(fitting, key=lambda i: abs(spans.tokens[mentions[i].first].start - colour.start))
            chosen.setdefault(nearest, colour.hex)
    return [replace(m, subject=replace(m.subject, colour=chosen.get(i))) for i, m in enumerate(mentions)]


def _dressed(mentions: list[Mention]) -> list[Mention]:
    """Clothes named after a person dress that person, and lend their colour."""
    kept: list[Mention] = []
    for mention in mentions:
        wearer = next((i for i in range(len(kept) - 1, -1, -1) if figures.is_person(kept[i].subject.figure)), None)
        if wearer is None or not figures.is_worn(mention.subject.figure) or mention.first - kept[wearer].last > 8:
            kept.append(mention)
            continue
        person = kept[wearer]
        colour = person.subject.colour or mention.subject.colour
        kept[wearer] = replace(person, subject=replace(person.subject, colour=colour))
    return kept


def _placed(spans: Spans, mentions: list[Mention]) -> list[Mention]:
    """Give positions to the subject nearest to their words, and relations to the subjects on either side."""
    named = [(mention.first, mention.last) for mention in mentions]
    scenery = [(first, last) for first, last, found in spans.scene if found[0][0] == "ground"]
    for spot in places.positions(spans.text, spans.tokens, spans.places, named, scenery):
        subject = mentions[spot.subject].subject
        mentions[spot.subject] = replace(mentions[spot.subject], subject=placed_at(subject, spot.kind))
    holders = [figures.holds(mention.subject.figure) for mention in mentions]
    for bond in places.relations(spans.text, spans.tokens, spans.places, named, holders):
        subject = mentions[bond.subject].subject
        held_by_land = bond.kind == "holding" and figures.belongs(subject.figure) in ("far", "celestial", "sky")
        if subject.relation is None and not held_by_land:
            relation = Relation(bond.kind, bond.other)
            mentions[bond.subject] = replace(mentions[bond.subject], subject=replace(subject, relation=relation))
    return mentions


def placed_at(subject: Subject, kind: str) -> Subject:
    """The subject with a position: a column, a row or a depth."""
    if kind in ("left", "right", "centre"):
        return subject if subject.column else replace(subject, column=kind)
    if kind in ("top", "bottom"):
        return replace(subject, row=kind)
    return replace(subject, depth=kind)


def _written(text: str, spans: Spans, mentions: list[Mention]) -> list[Mention]:
    """Quoted words after a thing that carries writing, in the same sentence, are written on it."""
    taken: set[int] = set()
    for start, end in quoted_spans(text):
        hosts = [
            i
            for i, mention in enumerate(mentions)
            if i not in taken
            and figures.writing_area(mention.subject.figure)
            and spans.tokens[mention.last - 1].end <= start
            and not re.search(r"[.;。؛।]\s", text[spans.tokens[mention.last - 1].end : start])
        ]
        if hosts:
            taken.add(hosts[-1])
            host = mentions[hosts[-1]]
            mentions[hosts[-1]] = replace(host, subject=replace(host.subject, writing=unquoted(text[start:end])))
    return mentions
