"""How fast the history answers at 100,000 pictures, against the same questions at 100 pictures in the same run."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, insert

from flux2_nb.history import History, RunRecord, Stored
from flux2_nb.history.ledger import words_row
from flux2_nb.history.records import new_id
from flux2_nb.history.rows import cleaner, image_row, run_row
from flux2_nb.history.schema import IMAGES, RUNS, WORDS
from flux2_nb.request import ImageRequest
from flux2_nb.wire import Delivery

MANY, FEW = 100_000, 100
REPEATS = 15
OWNERS = ("me", "visitor", *["me"] * 998)
"""Whose the pictures are, in turns: one in 1,000 is a visitor's."""

SENTENCES: tuple[tuple[str, ...], ...] = (
    (
        "A {} {} beside {}, {} light, 35mm photograph",
        "red quiet tiny golden",
        "fox robot teapot lighthouse",
        "a river the sea",
        "soft hard",
    ),
    (
        "Ein {} {} vor {}, {} Licht",
        "roter stiller kleiner",
        "Fuchs Bär Leuchtturm",
        "einem Schloss dem Meer",
        "weiches hartes",
    ),
    (
        "Un {} {} près d'{}, lumière {}",
        "très vieux petit",
        "renard café château",
        "une rivière un arbre",
        "douce dorée",
    ),
    ("{}的{}站在{}旁边,{}光线", "红色 安静 金色", "狐狸 机器人 灯塔 茶壶", "河流 大海", "柔和 强烈"),
    ("{}{}が{}のそばにいる、{}光", "赤い 静かな 小さな", "きつね ロボット 灯台", "川 海", "やわらかい 強い"),
    ("{}{}ข้าง{} แสง{}", "แมว สุนัข นกฮูก", "สีแดง ตัวเล็ก", "แม่น้ำ ทะเล", "นุ่มนวล แรง"),
    ("{} {}가 {} 옆에 있다, {} 빛", "붉은 조용한 작은", "여우 로봇 등대", "강 바다", "부드러운 강한"),
    ("{} {} بجانب {}، ضوء {}", "ثعلب روبوت إبريق", "أحمر صغير", "النهر البحر", "ناعم قوي"),
)
"""A pattern, then the words for each of its gaps."""

QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("first page", {}),
    ("a word in 1 of 8 prompts", {"text": "photograph"}),
    ("a word in 1 of 1,000 prompts", {"text": "zeppelin"}),
    ("a Chinese word of two characters", {"text": "狐狸"}),
    ("a Thai word", {"text": "นกฮูก"}),
    ("two letters of a word", {"text": "te"}),
    ("a page from the middle", {"before": "middle"}),
    ("a word, a page from the middle", {"text": "photograph", "before": "middle"}),
    ("an owner with 1 picture in 1,000", {"owner": "visitor"}),
    ("a word, of an owner with 1 picture in 1,000", {"text": "photograph", "owner": "visitor"}),
)


def prompts(count: int) -> Iterator[str]:
    """Yield prompts in eight languages; every thousandth holds a rare word."""
    choose = random.Random(7)
    for number in range(count):
        pattern, *gaps = SENTENCES[number % len(SENTENCES)]
        prompt = pattern.format(*(choose.choice(gap.split(" ")) for gap in gaps))
        yield f"{prompt}, a zeppelin" if number % 1000 == 16 else prompt


def fill(history: History, count: int, owners: Sequence[str] = OWNERS) -> None:
    """Write ``count`` finished runs with one picture each, past the ledger and without files; owners take turns."""
    numbered = enumerate(prompts(count), start=1)
    while chunk := list(islice(numbered, 5000)):
        history._core.write(partial(_insert, chunk=chunk, owners=owners)).result()


def _insert(connection: Connection, chunk: list[tuple[int, str]], owners: Sequence[str]) -> None:
    clean = cleaner(lambda text: text)
    runs, pictures, words = [], [], []
    for number, prompt in chunk:
        run = RunRecord(
            ImageRequest(prompt, seed=number),
            "sketch",
            "flux-2-pro",
            owner=owners[number % len(owners)],
            state="done",
            created=1.7e9 + number,
            estimate_usd=0.03,
            spent_usd=0.03,
        )
        picture = image_row(Stored(Delivery(b"%d" % number, seed=number), "png", 1024, 1024), 0, clean)
        runs.append(run_row(run, clean) | {"job": None, "job_id": None, "error": None})
        ids = {"number": number, "id": new_id(), "run_id": run.id, "owner": run.owner, "created": run.created}
        pictures.append(picture | ids)
        words.append(words_row(number, run, None))
    connection.execute(insert(RUNS), runs)
    connection.execute(insert(IMAGES), pictures)
    connection.execute(insert(WORDS), words)


def seconds(ask: Callable[[], object]) -> float:
    """Return the median time of a question."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return median(times)


def answer(history: History, question: dict[str, Any]) -> tuple[float, int]:
    """Return the time one question takes, and how many pictures it brings."""
    question = dict(question)
    if question.get("before"):
        question["before"] = _middle(history)
    found = history.search(**question)
    return seconds(partial(history.search, **question)), len(found)


def _middle(history: History) -> str:
    with history._core.read() as connection:
        query = IMAGES.select().where(IMAGES.c.number == history.count() // 2)
        return str(connection.execute(query).mappings().one()["id"])


def run() -> list[tuple[str, str]]:
    """Return a row of name and figure for every question."""
    with tempfile.TemporaryDirectory() as folder:
        few, many = History(Path(folder, "few")), History(Path(folder, "many"))
        try:
            fill(few, FEW)
            fill(many, MANY)
            rows = [_row(name, few, many, question) for name, question in QUESTIONS]
            size = Path(folder, "many", "history.db").stat().st_size / MANY
        finally:
            few.close()
            many.close()
    return [*rows, ("database per picture", f"{size:.0f} bytes")]


def _row(name: str, few: History, many: History, question: dict[str, Any]) -> tuple[str, str]:
    (small, _), (large, found) = answer(few, question), answer(many, question)
    times = f"{large * 1000:.1f} ms at {MANY:,} pictures, {small * 1000:.1f} ms at {FEW}"
    return name, f"{times}: {large / small:.1f} times ({found} found)"


def main() -> None:
    """Print the figures."""
    for name, figure in run():
        print(f"{name:45} {figure}")


if __name__ == "__main__":
    main()
