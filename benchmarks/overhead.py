"""What one `generate` costs beside the bare exchange: checks, journal, budget, events, verified and stored picture.

The doubles answer at once and the job is ready at the first look, so all that is left is overhead. Both sides send one
paid request, look once, download some 1.5 MB, make three commits with synchronous=FULL, and write and sync the file.
"""

from __future__ import annotations

import sqlite3
import tempfile
from itertools import count
from pathlib import Path

from flux2_nb.history.database import NAME
from flux2_nb.studio import Studio

from .bare import EXCHANGES, Bare
from .doubles import double
from .table import Row, against, shown
from .timing import by_turns

PROMPT = "A red fox in fresh snow beside a quiet river, soft morning light, 35mm photograph"
MOST = 1.3
LABELS = {"bfl": "BFL", "replicate": "Replicate"}


def run(quick: bool = False) -> list[Row]:
    """Measure one picture after another, for each provider with jobs."""
    turns = 10 if quick else 40
    return [row for provider in EXCHANGES for row in _rows(provider, turns)]


def _rows(provider: str, turns: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, double(provider) as environ:
        studio = Studio(provider, "flux-2-pro", home=Path(folder, "ours"), settings=environ)
        studio.history.count()
        mode = _journal_mode(studio.home)
        bare = Bare(Path(folder, "bare"), EXCHANGES[provider](environ), mode)
        seeds = count()
        ours, theirs, commit, file = by_turns(
            [
                lambda: studio.generate(PROMPT, seed=next(seeds)),
                lambda: bare.generate(PROMPT, next(seeds)),
                lambda: bare.commit("UPDATE runs SET created = created + 1 WHERE rowid = 1"),
                lambda: bare.keep("again.png", b"\0" * 1_500_000),
            ],
            turns,
        )
        studio.engine.close()
        bare.close()
    disk = f"{shown(commit)}; {shown(file)}"
    name = f"one picture over {LABELS[provider]}, journaled and stored"
    return [
        against(name, ours, "bare httpx, same commits", theirs, MOST),
        Row(f"for scale: one commit ({mode}, FULL); one file of 1.5 MB, synced", "", disk),
    ]


def _journal_mode(home: Path) -> str:
    database = sqlite3.connect(home / NAME)
    mode = str(database.execute("PRAGMA journal_mode").fetchone()[0])
    database.close()
    return mode


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
