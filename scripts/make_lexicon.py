"""Make the sketch engine's word table from Unicode CLDR annotations, and its colour table from Noto's colour emoji.

Usage, in a folder where ``npm install cldr-annotations-full emojibase-data @iconify-json/noto`` has been run
(and ``resvg-py``, ``manimgx-fonts`` and Pillow are importable)::

    python scripts/make_lexicon.py node_modules flux2_nb/sketch/data

Sources: CLDR annotations (Unicode License v3) for names and keywords, emojibase (MIT) for groups, Noto Emoji
(Apache-2.0) for the colour each thing mostly has. Only the words and one colour a glyph are kept.
"""

from __future__ import annotations

import collections
import functools
import gzip
import io
import json
import re
import sys
from pathlib import Path

import manimgx_fonts
import resvg_py
from PIL import Image, ImageFont

LANGUAGES = [
    *("en", "es", "fr", "de", "it", "pt", "nl", "sv", "da", "no", "fi", "pl", "cs", "sk", "hu", "ro", "el", "ru", "uk"),
    *("bg", "sr", "hr", "tr", "ar", "fa", "he", "ur", "hi", "bn", "ta", "te", "mr", "th", "vi", "id", "ms", "ja", "ko"),
    *("zh", "zh-Hant", "sw", "ca"),
]

GROUPS = {3, 4, 5, 6, 7}  # animals and nature, food and drink, travel and places, activities, objects
PEOPLE = {25, 26}  # person-role, person-fantasy
LEFT_OUT = {49, 58, 61, 66}  # maps, clock faces, medals, sound signs
EXTRA = ["👻", "👽", "🤖", "💀", "⛄", "☃️"]
SYMBOLS = set("🛬🛫♠♣♥♦🃏🀄🎴♨⚗🤰🫃🫄🤱🚳🚭🚯🚱🚷🔞📵🛑🛗💹📶🎦🏧🏴🏁🎌🏳🚩💈🔇🔈🔉🔊🔔🔕♿⏳⌛")
SCENES = set("🌃🏙🌆🌇🌉🌁🌄🌅🏞🏖🏝🏜🎆🎇🌌🗾🎑🌠🌐🌍🌎🌏🗺🌫🌬🕳🧱🪨🪵🌀🌑🌒🌓🌔🌖🌗🌘🌚🌛🌜🌝🌞🌡🔅🔆💮🏧🚮")
SAME = dict(zip("🐶🐱🐴🐮🐷🐰🐭🐯🐵🐲", "🐕🐈🐎🐄🐖🐇🐁🐅🐒🐉", strict=True)) | {"🐈\u200d⬛": "🐈"}
SKIN = re.compile("[\U0001f3fb-\U0001f3ff]")
UNSPACED = {"zh", "zh-Hant", "ja", "th"}
HEAD_FIRST = {"fr", "es", "it", "pt", "ro", "ca", "ar", "fa", "he", "vi", "id", "ms", "sw"}
LONGEST = 2  # words in a keyword: longer ones are sentences, never prompt nouns


def drawable(node_modules: Path) -> list[str]:
    """The glyphs worth drawing as objects, in emoji order."""
    rows = json.loads((node_modules / "emojibase-data/en/data.json").read_text())
    glyphs = []
    for row in sorted(rows, key=lambda row: row.get("order", 10**6)):
        bare = row["emoji"].replace("\ufe0f", "")
        wanted = row.get("group") in GROUPS and row.get("subgroup") not in LEFT_OUT
        wanted = wanted or row.get("subgroup") in PEOPLE or row["emoji"] in EXTRA
        if wanted and bare not in SCENES | SYMBOLS and not SKIN.search(bare) and has_glyph(bare):
            glyphs.append(bare)
    return glyphs


def has_glyph(text: str) -> bool:
    """Whether the font draws the text as one glyph and not as its box for a missing one."""
    font = emoji_font()
    return font.getmask(text).getbbox() != font.getmask("\U000e0fff").getbbox() and font.getlength(text) < 80


@functools.lru_cache(maxsize=1)
def emoji_font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(manimgx_fonts.__file__).with_name("NotoEmoji[wght].ttf")), 50)


def drawn_as(glyph: str) -> str:
    """The glyph that stands for several: bodies for faces, one figure for a role whatever its gender."""
    glyph = re.sub("\u200d[\u2640\u2642]$", "", glyph)
    if "\u200d" in glyph:
        glyph = re.sub("^[\U0001f468\U0001f469]", "\U0001f9d1", glyph)
    return SAME.get(glyph, glyph)


def annotations(node_modules: Path, language: str) -> dict[str, tuple[list[str], list[str]]]:
    """Names and keywords of one language, by glyph without variation selectors."""
    path = node_modules / f"cldr-annotations-full/annotations/{language}/annotations.json"
    rows = json.loads(path.read_text())["annotations"]["annotations"]
    return {
        glyph.replace("\ufe0f", ""): (
            [part.strip() for name in row.get("tts", []) for part in re.split(r"[,/،、|:]", name)],
            row.get("default", []),
        )
        for glyph, row in rows.items()
    }


def words_of(rows: dict[str, tuple[list[str], list[str]]], glyphs: list[str], language: str) -> dict[str, str]:
    """The words of each glyph; a word goes to one: by name, else as a keyword few share, else to the earlier."""
    uses: collections.Counter[str] = collections.Counter()
    targets = {glyph: drawn_as(glyph) for glyph in glyphs}
    keyword_targets: dict[str, set[str]] = collections.defaultdict(set)
    for glyph in glyphs:
        for keyword in rows.get(glyph, ([], []))[1]:
            keyword_targets[keyword.casefold()].add(targets[glyph])
    uses.update({keyword: len(found) for keyword, found in keyword_targets.items()})
    best: dict[str, tuple[float, int, str]] = {}
    for order, glyph in enumerate(glyphs):
        names, keywords = rows.get(glyph, ([], []))
        scored = [(name.casefold(), 100.0) for name in names]
        scored += [(k.casefold(), keyword_score(k.casefold(), names, uses, language)) for k in keywords]
        for word, score in scored:
            known = best.get(word)
            if score > 0 and word and (known is None or score > known[0]):
                best[word] = (score, order, targets[glyph])
    by_glyph: dict[str, list[str]] = collections.defaultdict(list)
    for word, (_, _, glyph) in sorted(best.items()):
        if word.count(" ") < LONGEST and "|" not in word:
            by_glyph[glyph].append(word)
    return {glyph: "|".join(words) for glyph, words in sorted(by_glyph.items())}


def keyword_score(keyword: str, names: list[str], uses: collections.Counter[str], language: str) -> float:
    """How well a keyword names its glyph: as the head of its name, the better the fewer share it; else not at all.

    Another word of the name is mostly its adjective ("small airplane"), and a keyword outside the name mostly an
    association: Turkish "gri" (grey) is one of a raccoon's.
    """
    if any(is_head(keyword, name.casefold(), language) for name in names):
        return 10.0 + 10.0 / uses[keyword]
    return 0.0


def is_head(keyword: str, name: str, language: str) -> bool:
    """Whether a keyword is the noun of a name: its end ("grey fox") or its beginning ("renard roux"), by language."""
    if language in UNSPACED:
        return name.startswith(keyword) if language == "th" else name.endswith(keyword)
    words = re.split(r"[\s-]", name)
    return words[0 if language in HEAD_FIRST else -1] == keyword


def tints(node_modules: Path, glyphs: list[str]) -> dict[str, str]:
    """The colour each glyph mostly has, from the colour drawing: the commonest vivid colour, else the commonest."""
    noto = node_modules / "@iconify-json/noto"
    icons = json.loads((noto / "icons.json").read_text())["icons"]
    names = json.loads((noto / "chars.json").read_text())
    found = {}
    for glyph in glyphs:
        code = "-".join(f"{ord(c):x}" for c in glyph)
        name = names.get(code) or names.get(code + "-fe0f")
        if name in icons:
            found[glyph] = dominant(icons[name]["body"])
    return found


def dominant(body: str) -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="64" height="64">{body}</svg>'
    picture = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg)))).convert("RGBA")
    counts: collections.Counter[tuple[int, ...]] = collections.Counter()
    for red, green, blue, alpha in picture.get_flattened_data():
        if alpha > 200:
            counts[(red // 24, green // 24, blue // 24)] += 1 + (max(red, green, blue) - min(red, green, blue)) // 64
    bucket = counts.most_common(1)[0][0]
    return "#" + "".join(f"{min(255, part * 24 + 12):02x}" for part in bucket)


def main(node_modules: Path, out: Path) -> None:
    glyphs = drawable(node_modules)
    table = {lang: words_of(annotations(node_modules, lang), glyphs, lang) for lang in LANGUAGES}
    text = json.dumps({"words": table, "tints": tints(node_modules, glyphs)}, ensure_ascii=False, separators=(",", ":"))
    out.mkdir(parents=True, exist_ok=True)
    (out / "words.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    words = sum(len(row.split("|")) for rows in table.values() for row in rows.values())
    print(f"{len(glyphs)} glyphs, {words} words, {(out / 'words.json.gz').stat().st_size} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
