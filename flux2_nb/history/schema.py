"""The tables, and the steps by which an older file becomes a newer one."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    column,
    table,
    text,
)

METADATA = MetaData()
_JSON = JSON(none_as_null=True)

RUNS = Table(
    "runs",
    METADATA,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("model", String, nullable=False),
    Column("route", String, nullable=False),
    Column("capability", String, nullable=False),
    Column("request", _JSON, nullable=False),
    Column("prompt", String, nullable=False),
    Column("values", _JSON, nullable=False),
    Column("template", String, nullable=False),
    Column("state", String, nullable=False),
    Column("intent", String, nullable=False),
    Column("account", String, nullable=False),
    # The presence of the process that drives the run; see presence.py.
    Column("process", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("submitted", Float),
    Column("finished", Float),
    Column("job", _JSON),
    Column("job_id", String),
    Column("cost_usd", Float),
    Column("estimate_usd", Float),
    Column("reserved_usd", Float),
    # What counts against a budget now: the reserved price, and the settled one once it is known.
    Column("spent_usd", Float, nullable=False),
    Column("error", _JSON),
    Column("timings", _JSON, nullable=False),
    Column("note", String, nullable=False),
    # Set when its owner had everything deleted: the money stays, the words are gone.
    Column("deleted", Integer, nullable=False),
    # The sums of a day are read from this index alone.
    Index("runs_by_time", "created", "owner", "spent_usd"),
    Index("runs_by_state", "state"),
    Index("runs_by_intent", "owner", "intent", unique=True, sqlite_where=text("intent != ''")),
    Index("runs_by_owner", "owner"),
    Index("runs_to_forget", "id", sqlite_where=text("deleted = 1")),
    Index("runs_by_job", "job_id", sqlite_where=text("job_id IS NOT NULL")),
)

RUN_PARENTS = Table(
    "run_parents",
    METADATA,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("image_id", String, primary_key=True),
    Column("kind", String, nullable=False),
)

RUN_REFERENCES = Table(
    "run_references",
    METADATA,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("sha256", String, nullable=False, index=True),
    Column("role", String),
    Column("name", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
)

IMAGES = Table(
    "images",
    METADATA,
    # Counts up as pictures arrive: "newest first" is this number downwards.
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("run_id", ForeignKey("runs.id"), nullable=False, index=True),
    Column("owner", String, nullable=False),
    Column("position", Integer, nullable=False),
    # Emptied once the file of a deleted picture is gone.
    Column("sha256", String, nullable=False, index=True),
    Column("format", String, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("seed", Integer),
    Column("prompt_used", String),
    Column("cost_usd", Float),
    Column("cost_is_reported", Integer, nullable=False),
    Column("flags", _JSON, nullable=False),
    Column("created", Float, nullable=False),
    Column("starred", Integer, nullable=False),
    Column("deleted", Integer, nullable=False),
    Index("images_by_owner", "owner", "number", sqlite_where=text("deleted = 0")),
    Index("images_starred", "number", sqlite_where=text("starred = 1")),
    Index("images_to_remove", "number", sqlite_where=text("deleted = 1 AND sha256 != ''")),
    sqlite_autoincrement=True,
)

WORDS = table("image_words", column("rowid"), column("words"), column("facets"))
"""The full-text index: one row per picture that is not deleted, under the picture's number."""

# The words come ready made (words.py), parted by spaces; "ascii" takes every character above 127 as part of a word.
_WORDS_DDL = "CREATE VIRTUAL TABLE image_words USING fts5(words, facets, tokenize = 'ascii', prefix = '1 2 3')"


def _create(connection: Connection) -> None:
    METADATA.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(_WORDS_DDL)


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_create,)
"""Step n makes schema n + 1 out of schema n; ``PRAGMA user_version`` holds the number of steps taken."""


def migrate(connection: Connection) -> None:
    """Take the steps a file has not taken yet, inside the caller's transaction."""
    taken = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    for step in MIGRATIONS[taken:]:
        step(connection)
    connection.exec_driver_sql(f"PRAGMA user_version = {len(MIGRATIONS)}")
