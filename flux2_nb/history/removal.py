"""Deleting: rows are hidden first, files follow once no other row needs them, and what was spent stays counted."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, exists, literal_column, select, update

from .files import Files
from .schema import IMAGES, RUN_REFERENCES, RUNS, WORDS

DELETED_PROMPT = "(deleted)"

_AT_ONCE = 500
_YES: ColumnElement[int] = literal_column("1")


def hide(connection: Connection, which: Sequence[ColumnElement[bool]]) -> int:
    """Hide pictures and drop their words from the index; returns how many."""
    numbers = select(IMAGES.c.number).where(*which).scalar_subquery()
    connection.execute(delete(WORDS).where(WORDS.c.rowid.in_(numbers)))
    gone: dict[str, object] = {"deleted": True, "starred": False, "prompt_used": None, "flags": {}}
    return connection.execute(update(IMAGES).where(*which).values(**gone)).rowcount


def hide_all(connection: Connection, owner: str) -> int:
    """Hide every picture of an owner and blank what the owner wrote; returns how many pictures."""
    hidden = hide(connection, [IMAGES.c.owner == owner, IMAGES.c.deleted == literal_column("0")])
    blank = {
        "request": {"prompt": DELETED_PROMPT},
        "prompt": DELETED_PROMPT,
        "values": {},
        "template": "",
        "note": "",
        "error": None,
        "deleted": True,
    }
    connection.execute(update(RUNS).where(RUNS.c.owner == owner).values(**blank))
    return hidden


def remove_originals(connection: Connection, files: Files) -> bool:
    """Remove the files of some hidden pictures, unless another picture shares them.

    Called under the write lock, so that none can be added meanwhile; some at a time, as others wait for that lock.

    Returns:
        Whether there may be more.
    """
    hidden = (IMAGES.c.deleted == _YES, IMAGES.c.sha256 != literal_column("''"))
    query = select(IMAGES.c.number, IMAGES.c.sha256, IMAGES.c.format).where(*hidden).limit(_AT_ONCE)
    found = connection.execute(query).all()
    seen = (IMAGES.c.deleted == literal_column("0"), IMAGES.c.sha256.in_([row.sha256 for row in found]))
    shared = set(connection.execute(select(IMAGES.c.sha256).where(*seen)).scalars())
    for row in found:
        if row.sha256 not in shared:
            files.forget_original(row.sha256, row.format)
    connection.execute(update(IMAGES).where(IMAGES.c.number.in_([row.number for row in found])).values(sha256=""))
    return len(found) == _AT_ONCE


def remove_references(connection: Connection, files: Files) -> None:
    """Remove the reference images of forgotten runs that no other run shares."""
    forgotten = select(RUNS.c.id).where(RUNS.c.deleted == _YES)
    unneeded = RUN_REFERENCES.c.run_id.in_(forgotten)
    hashes = connection.execute(select(RUN_REFERENCES.c.sha256).where(unneeded).distinct()).scalars().all()
    connection.execute(delete(RUN_REFERENCES).where(unneeded))
    for sha256 in hashes:
        if not connection.execute(select(exists().where(RUN_REFERENCES.c.sha256 == sha256))).scalar_one():
            files.forget_reference(sha256)
