"""Which thing a colour in a prompt belongs to: "sofa" in "a sofa in #2E86AB".

FLUX.2 follows a colour best when the prompt ties it to an object ("The car is #FF0000" beats "use #FF0000 somewhere";
Black Forest Labs' prompting guide). The reading here is by small words and order, not by grammar: ``data/binding.toml``
holds the words of every language.
"""

from __future__ import annotations

import re
from functools import cache

from flux2_nb.prompting.little_words import WORD
from flux2_nb.prompting.tables import table

_TOKEN = re.compile(rf"(?<![#{WORD}])[{WORD}]+(?:['’\-][{WORD}]+)*")
_HAN, _KANA, _THAI = "\u3400-\u9fff", "\u3040-\u30ff", "\u0e00-\u0e7f"
_RUN = re.compile(f"[{_HAN}{_KANA}々ー]{{1,24}}|[{_THAI}]{{1,40}}")
_KOREAN_PARTICLE = re.compile("(?<=[\uac00-\ud7af]{2})(?:에서|으로|[가는를을은의에와과도])$")
_LONGEST_PHRASE = 3
_NEARBY = 60


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(table("binding")[kind])


@cache
def _link() -> re.Pattern[str]:
    """What may stand between a thing and its colour: "in", "in color", "en couleur", "with the hex code", "("."""
    connector, article, colour = (
        "|".join(re.escape(word) for word in sorted(table("binding")[kind], key=len, reverse=True))
        for kind in ("connectors", "articles", "colour_words")
    )
    spelled = rf"(?:(?:(?<![{WORD}])(?:{article})\s+)?(?:{colour})\s*)+"
    joined = rf"(?:(?<![a-zA-ZÀ-ÿ])(?:{connector})\s*)"
    marks = r"[:=：＝→(（\[\-–—]"
    return re.compile(rf"(?:\s*(?:{joined}*{spelled}{joined}*|{joined}+)\s*{marks}?|\s*{marks})\s*$", re.I)


def link_before(text: str, position: int) -> tuple[int, str]:
    """Find the words that tie what stands before ``position`` to a colour there.

    Returns:
        Where the link begins (``position`` itself when there is none), and the link's text.
    """
    match = _link().search(text[max(0, position - _NEARBY) : position])
    if match is None:
        return position, ""
    return position - len(match.group()), match.group()


def names_colour(link: str) -> bool:
    """Whether a link holds a word for colour, code or a colon, and so can only refer back."""
    return any(word in link.lower() for word in _words("colour_words")) or bool(re.search(r"[:=：＝→]", link))


def phrase_before(text: str, end: int) -> str | None:
    """The noun phrase that ends at ``end``, without its article; None when there is none."""
    if run := _run_ending_at(text, end):
        return _cut_run(run, backwards=True)
    words: list[str] = []
    for match in reversed(list(_TOKEN.finditer(text, max(0, end - _NEARBY), end))):
        gap = text[match.end() : end]
        if gap.strip() or _stops(match.group()) or len(words) == _LONGEST_PHRASE:
            break
        words.insert(0, match.group())
        end = match.start()
    return _phrase(words)


def phrase_after(text: str, start: int) -> str | None:
    """The noun phrase that begins at ``start``, up to three words; None when there is none."""
    run = _RUN.match(text, _skip(text, start, "的なの "))
    if run:
        return _cut_run(run.group(), backwards=False)
    words: list[str] = []
    for match in _TOKEN.finditer(text, start):
        gap = text[start : match.start()]
        if gap.strip(" " if words else " -") or _stops(match.group(), first=not words) or len(words) == _LONGEST_PHRASE:
            break
        words.append(_KOREAN_PARTICLE.sub("", match.group()))
        start = match.end()
        if words[-1] != match.group():
            break
    return _phrase(words)


def is_generic(phrase: str) -> bool:
    """Whether a phrase names nothing in particular ("image", "tones")."""
    return phrase.lower() in _words("generic")


def _phrase(words: list[str]) -> str | None:
    while words and words[-1].lower() in _words("prepositions_within"):
        words.pop()
    phrase = " ".join(words)
    return phrase if phrase and not is_generic(phrase) and not phrase.isdigit() else None


def _stops(word: str, first: bool = False) -> bool:
    lower = word.lower()
    is_participle = lower.endswith("ing") and lower not in _words("ing_nouns") and len(lower) > 4
    return lower in _words("stops") or (is_participle and not first)


def _skip(text: str, position: int, characters: str) -> int:
    while position < len(text) and text[position] in characters:
        position += 1
    return position


def _run_ending_at(text: str, end: int) -> str | None:
    match = re.search(f"(?:{_RUN.pattern})$", text[max(0, end - _NEARBY) : end].rstrip())
    return match.group() if match else None


def _cut_run(run: str, *, backwards: bool) -> str | None:
    """Shorten a run of letters without spaces to the part beside the colour."""
    runs = table("binding")["runs"]
    ends = (
        [*runs["thai"]]
        if re.search(f"[{_THAI}]", run)
        else [*runs["han"], *(runs["kana"] if re.search("[\u3040-\u309f]", run) else "")]
    )
    marks = "|".join(re.escape(end) for end in ends)
    parts = [part for part in re.split(f"(?<=.)(?:{marks})", run) if part]
    return (parts[-1] if backwards else parts[0]) if parts else None
