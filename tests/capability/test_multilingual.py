"""Languages: one brief in many, one's own texts among them."""

from __future__ import annotations

import pytest

from flux2_nb.capability import get
from flux2_nb.capability.multilingual import OTHER, OWN, SETS
from flux2_nb.catalog import catalog, find_card
from flux2_nb.prompting.languages import briefs, languages

CARD = catalog().cards[0]
DEV = find_card(catalog().cards, "cloudflare", "flux-2-dev")
CAPABILITY = get("multilingual")
LAKE = next(brief for brief in briefs() if brief.key == "lake")


def form(**more: object) -> dict[str, object]:
    """The untouched form with these values."""
    return {**CAPABILITY.form(CARD).defaults, **more}


def codes(followed: dict[str, object]) -> list[str]:
    """The languages of the rows."""
    rows = followed["texts"]
    assert isinstance(rows, list)
    return [row["language"] for row in rows]


@pytest.mark.parametrize("name", SETS)
def test_languages_are_chosen_together(name: str) -> None:
    """Each choice gives a row with our translation for each of its languages."""
    followed = CAPABILITY.sync(form(brief="lake", languages=name), "languages", CARD)
    rows = followed.get("texts", CAPABILITY.form(CARD).defaults["texts"])
    expected = SETS[name][1] or tuple(one.code for one in languages())
    assert tuple(row["language"] for row in rows) == expected
    assert all(row["text"] for row in rows)


def test_the_sets_cover_ten_languages_and_six_scripts() -> None:
    """There are at least ten languages in six scripts, one of them from right to left."""
    assert len(languages()) >= 10
    assert len({one.script for one in languages()}) >= 6
    scripts = [one.script for one in languages() if one.code in SETS["scripts"][1]]
    assert len(scripts) == len(set(scripts)) >= 6


def test_a_removed_or_added_row_is_ones_own_choice() -> None:
    """The choice no longer claims what is not so."""
    rows = CAPABILITY.form(CARD).defaults["texts"]
    assert CAPABILITY.sync(form(texts=rows[1:]), "texts", CARD) == {"languages": OWN}
    assert CAPABILITY.sync(form(texts=rows), "texts", CARD) == {}


def test_ones_own_text_stays() -> None:
    """A text that a person wrote survives a change of languages; a new brief replaces it, in its own language."""
    rows = [{"language": "en", "text": "my own words"}, {"language": OTHER, "text": "cudze slowa"}]
    more = CAPABILITY.sync(form(texts=rows, languages="scripts"), "languages", CARD)
    assert more["texts"][0] == rows[0]
    assert more["texts"][-1] == rows[1]
    other = CAPABILITY.sync(form(texts=rows, brief="lake"), "brief", CARD)
    assert [row["text"] for row in other["texts"]] == [LAKE.text["en"], "cudze slowa"]


def test_a_row_of_another_language_is_translated() -> None:
    """Choosing a language in a row brings our text in it."""
    rows = [{"language": "ko", "text": LAKE.text["en"]}]
    assert CAPABILITY.sync(form(texts=rows, brief="lake", languages=OWN), "texts", CARD) == {
        "texts": [{"language": "ko", "text": LAKE.text["ko"]}]
    }


def test_one_seed_for_all_and_a_name_for_each() -> None:
    """Only the language differs, and each picture is labelled with it."""
    values = form(
        texts=[{"language": "ar", "text": "x"}, {"language": OTHER, "text": "y"}, {"language": "en", "text": " "}]
    )
    assert len({request.seed for request in CAPABILITY.requests(values, CARD)}) == 1
    assert CAPABILITY.labels(values, CARD) == ["العربية (Arabic)", "Another language"]


def test_the_cost_in_tokens_is_a_table() -> None:
    """Each language has its price on dev and on klein, and on the present model where that counts for itself."""
    table = CAPABILITY.notes(form(), DEV)[-1].table
    assert table[0] == ("language", "dev", "klein")
    assert [row[0] for row in table[1:]] == ["English", "French", "Japanese", "Arabic"]
    assert CAPABILITY.notes(form(), find_card(catalog().cards, "bfl", "flux-2-pro"))[-1].table[0] == (
        "language",
        "pro",
        "dev",
        "klein",
    )


def test_warnings_on_text_in_pictures_come_once() -> None:
    """However many languages quote a word, there is one sentence for what was measured and one for the rest."""
    values = form(brief="poster", languages="all")
    values |= CAPABILITY.sync(values, "brief", DEV)
    values |= CAPABILITY.sync(values, "languages", DEV)
    warnings = [note.text for note in CAPABILITY.notes(values, DEV) if note.level == "warning"]
    assert len(warnings) == 2
    assert "0.757" in warnings[0]
    assert "HiDream" in warnings[0]
    assert "Japanese, Korean, Thai, Arabic, Hindi and Russian" in warnings[1]


def test_a_text_that_is_too_long_names_its_language() -> None:
    """What dev would cut is said with the language it is in."""
    values = form(texts=[{"language": "th", "text": LAKE.text["th"] * 20}])
    (cut,) = [note for note in CAPABILITY.notes(values, DEV) if note.level == "warning"]
    assert cut.text.startswith("Thai: ")


def test_a_second_text_of_ones_own_in_a_language_stays() -> None:
    """Choosing a set of languages drops nothing a person wrote, be it the second text in one of them."""
    rows = [{"language": "en", "text": "my first"}, {"language": "en", "text": "my second"}]
    values = {**CAPABILITY.form(CARD).defaults, "texts": rows, "languages": "first"}
    texts = CAPABILITY.sync(values, "languages", CARD)["texts"]
    assert texts[0]["text"] == "my first"
    assert texts[-1] == {"language": "en", "text": "my second"}
