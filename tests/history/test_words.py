"""The words under which a prompt is found, in any language."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.history.words import fold, index_words, match_query


def matches(prompt: str, query: str) -> bool:
    """Whether SQLite's full-text search finds the prompt by the query."""
    match = match_query(query)
    if match is None:
        return False
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE prompts USING fts5(words, tokenize = 'ascii')")
        connection.execute("INSERT INTO prompts VALUES (?)", (index_words(prompt),))
        found = connection.execute("SELECT words FROM prompts WHERE prompts MATCH ?", (match,)).fetchall()
        return len(found) == 1
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("prompt", "query"),
    [
        ("A red fox in fresh snow", "fox"),
        ("A red fox in fresh snow", "SNOW red"),
        ("A red fox in fresh snow", "fo"),
        ("Un café près d'un château", "cafe chateau"),
        ("Un cafe", "café"),
        ("Ein Bär auf der Straße", "bar strasse"),
        ("Одна ёлка", "елка"),
        ("İstanbul'da bir kedi", "istanbul"),
        ("Một con mèo đỏ", "meo"),
        ("雪地里的红色狐狸", "狐狸"),
        ("雪地里的红色狐狸", "红色狐"),
        ("雪地里的红色狐狸", "狐"),
        ("雪地里的红色狐狸", "狸"),
        ("雪地里的红色狐狸", "红色 雪地"),
        ("雪の中の赤いきつね", "きつね"),
        ("ネオンの看板「カフェ」", "カフェ"),
        ("ネオンの看板", "ﾈｵﾝ"),
        ("หมาจิ้งจอกสีแดงในหิมะ", "สีแดง"),
        ("หมาจิ้งจอกสีแดงในหิมะ", "จิ้งจอก"),
        ("눈 속의 붉은 여우가 있다", "여우"),
        ("눈 속의 붉은 여우가 있다", "붉은 여우"),
        ("ثعلبٌ أَحمر في الثلج", "ثعلب احمر"),
        ("שועל אדום בשלג", "אדום"),
        ("बर्फ में लाल लोमड़ी", "लोमड़ी"),
        ("ໝາປ່າໃນຫິມະ", "ຫິມະ"),
        ("កញ្ជ្រោងក្រហម", "ក្រហម"),
        ("a fox 🦊 at night", "🦊"),
        ("shot at f/2.8, 35mm, #FF5733", "35mm ff5733"),
        ("FULL　ｗｉｄｔｈ", "width"),
        ("ปลา cat 猫", "cat"),
    ],
)
def test_a_prompt_is_found(prompt: str, query: str) -> None:
    """Words, beginnings of words and parts of unspaced text find their prompt, whatever the accents and case."""
    assert matches(prompt, query)


@pytest.mark.parametrize(
    ("prompt", "query"),
    [
        ("A red fox", "blue"),
        ("A red fox", "ox"),
        ("A red fox", "fox blue"),
        ("A red foxglove in snow", "fox snow"),
        ("雪地里的红色狐狸", "狐红"),
        ("雪地里的红色狐狸", "红狐"),
        ("หมาจิ้งจอกสีแดง", "สีดำ"),
        ("แม่กับมวย", "แมว"),
        ("A red fox", "!!!"),
        ("A red fox", '"'),
    ],
)
def test_a_prompt_is_not_found(prompt: str, query: str) -> None:
    """Every word must occur; the parts of unspaced text must stand together as they do in the query."""
    assert not matches(prompt, query)


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_query_is_valid(prompt: str, query: str) -> None:
    """Quotes, operators and every other character are taken as text, never as search syntax."""
    assert isinstance(matches(prompt, query), bool)


WORDS = ["fox", "狐狸", "きつね", "แมว", "여우", "ثعلب", "café", "NEAR", "AND", "OR", "*", "^", ":", "-x"]


@given(st.lists(st.sampled_from(WORDS), min_size=1))
def test_a_prompt_is_found_by_itself(words: list[str]) -> None:
    """Searching for a whole prompt finds it."""
    prompt = " ".join(["fox", *words])
    assert matches(prompt, prompt)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """A folded text is in its final form, so that index and query always meet."""
    once = fold(text)
    assert index_words(fold(once)) == index_words(once)
