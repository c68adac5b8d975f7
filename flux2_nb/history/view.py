"""The history as people use it: look, search, load, star, delete, add up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, Select, literal_column, select, update

from .. import images
from ..errors import InvalidRequest, StoreError
from ..request import ImageRequest, Reference
from ..result import ImageResult
from . import removal
from .core import Core
from .failures import explained
from .ledger import day_start, load_run, parents_of, spent_since
from .prompts import PastPrompt, past_prompts
from .records import HistoryItem, RunRecord
from .rows import item_from, result_from, run_from
from .schema import IMAGES, RUN_REFERENCES, RUNS
from .search import COLUMNS, Filters


class Narrowing(TypedDict, total=False):
    """What `HistoryView.search` may be narrowed to; see `search.Filters`."""

    provider: str | None
    model: str | None
    capability: str | None
    starred: bool | None
    since: datetime | None
    until: datetime | None
    before: str | None
    after: str | None
    limit: int


class HistoryView:
    """The pictures of one owner. Another owner's are as if they did not exist.

    Args:
        core: The opened folder.
        owner: Whose pictures; None leaves the choice to each call, for the program itself.
    """

    def __init__(self, core: Core, owner: str | None) -> None:
        self._core = core
        self._owner = owner

    @property
    def owner(self) -> str | None:
        """Whose pictures; None when each call says so."""
        return self._owner

    @property
    def home(self) -> Path:
        """The folder it lies in."""
        return self._core.home

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person should know of the store itself, such as a damaged file set aside; one sentence each."""
        return tuple(self._core.notices)

    def search(self, text: str = "", *, owner: str | None = None, **narrowed: Unpack[Narrowing]) -> list[HistoryItem]:
        """Return a page of pictures, newest first.

        Args:
            text: Words of the prompt, the rewritten prompt or the template, in any language; all must occur, the last
                may be unfinished. Empty finds everything.
            owner: Whose pictures.
            **narrowed: ``limit`` (50), ``before`` (the id of the last picture of the page before) or ``after`` (of the
                first picture of the page that follows), ``provider``, ``model``, ``capability``, ``starred``, ``since``
                and ``until`` (times with a zone).

        Raises:
            StoreError: When the history cannot be read.
        """
        filters = Filters(text=text, owner=self._whose(owner), **narrowed)
        if filters.finds_nothing:
            return []
        items = self._items(filters.select())
        return items if filters.after is None else items[::-1]

    def count(self, owner: str | None = None, *, text: str = "", **narrowed: Unpack[Narrowing]) -> int:
        """Return how many pictures a search finds on all its pages together; see `search`."""
        filters = Filters(text=text, owner=self._whose(owner), **narrowed)
        if filters.finds_nothing:
            return 0
        with self._core.read() as connection:
            return int(connection.execute(filters.count()).scalar_one())

    def prompts(self, text: str = "", limit: int = 12, owner: str | None = None) -> list[PastPrompt]:
        """Return the different prompts that were sent, newest first; those of deleted pictures are among them.

        Args:
            text: Parts of words that must all occur; empty finds every prompt.
            limit: How many.
            owner: Whose prompts.
        """
        with self._core.read() as connection:
            return past_prompts(connection, self._whose(owner), text, limit)

    def item(self, image_id: str, owner: str | None = None) -> HistoryItem:
        """Return one picture without its bytes.

        Raises:
            InvalidRequest: When there is none of that id.
        """
        item = self._one(IMAGES.c.id == image_id, owner)
        if item is None:
            raise _no_picture(image_id)
        return item

    def items(self, image_ids: Sequence[str], owner: str | None = None) -> list[HistoryItem]:
        """Return several pictures without their bytes, in the order asked for; each once.

        Raises:
            InvalidRequest: When there is none of one of these ids.
        """
        wanted = list(dict.fromkeys(image_ids))
        query = select(*COLUMNS).join(RUNS).where(*self._seen(owner), IMAGES.c.id.in_(wanted))
        found = {item.id: item for item in self._items(query)}
        missing = [image_id for image_id in wanted if image_id not in found]
        if missing:
            raise _no_picture(missing[0])
        return [found[image_id] for image_id in wanted]

    def get(self, image_id: str, owner: str | None = None) -> ImageResult:
        """Return one picture with its bytes.

        Raises:
            InvalidRequest: When there is none of that id.
            StoreError: When its file cannot be read.
        """
        with self._core.read() as connection:
            row = (
                connection.execute(select(IMAGES).where(*self._seen(owner), IMAGES.c.id == image_id)).mappings().first()
            )
            if row is None:
                raise _no_picture(image_id)
            run = load_run(connection, row["run_id"])
        files = self._core.open().files
        with explained(self.home):
            path = files.original(row["sha256"], row["format"])
            return result_from(row, run, path.read_bytes(), path)

    def unsaved(self, image_id: str, owner: str | None = None) -> ImageResult | None:
        """Return a picture that could not be stored and is in memory only; None when there is none of that id."""
        return self._core.unsaved.find(image_id, self._whose(owner))

    def find_original(self, data: bytes, owner: str | None = None) -> HistoryItem | None:
        """Return the newest picture whose original has exactly these bytes, or None."""
        return self._one(IMAGES.c.sha256 == hashlib.sha256(data).hexdigest(), owner)

    def preview(self, image_id: str, side: int = 384, owner: str | None = None) -> Path:
        """Return a small WebP of a picture, made on first ask.

        Args:
            image_id: The picture.
            side: The longest side in pixels.
            owner: Whose picture.
        """
        item = self.item(image_id, owner)
        files = self._core.open().files
        path = files.preview(item.sha256, side)
        if not path.is_file():
            with explained(self.home):
                files.keep(path, images.thumbnail(item.path.read_bytes(), side, "WEBP"))
        return path

    def reference(self, sha256: str, owner: str | None = None) -> Reference:
        """Return a reference image of an earlier run, with its bytes.

        Raises:
            InvalidRequest: When it is not here (any more).
        """
        query = select(RUN_REFERENCES).join(RUNS).where(RUN_REFERENCES.c.sha256 == sha256, *self._owns(owner))
        with self._core.read() as connection:
            row = connection.execute(query.limit(1)).mappings().first()
        files = self._core.open().files
        with explained(self.home):
            found = files.find_reference(sha256)
        if row is None or found is None:
            raise InvalidRequest(
                "This reference image is no longer in the history.", field="references", next_step="Add it again."
            )
        told = {name: row[name] for name in ("sha256", "role", "name", "media_type", "width", "height")}
        return Reference(found[0], **told)

    def with_references(self, request: ImageRequest, owner: str | None = None) -> ImageRequest:
        """Return a request of the history with the bytes of its reference images, ready to be sent again.

        Raises:
            InvalidRequest: When one is not here any more.
        """
        known = [self.reference(reference.sha256, owner) for reference in request.references]
        # The role and the name are this request's own: another may have used the same picture otherwise.
        named = zip(known, request.references, strict=True)
        told = [found.model_copy(update={"role": mine.role, "name": mine.name}) for found, mine in named]
        return request.but(references=tuple(told))

    def run(self, run_id: str, owner: str | None = None) -> RunRecord:
        """Return one run.

        Raises:
            StoreError: When there is none of that id.
        """
        with self._core.read() as connection:
            run = load_run(connection, run_id)
        if self._whose(owner) not in (None, run.owner):
            raise StoreError(f"There is no run {run_id} in the history.")
        return run

    def runs(self, states: Sequence[str], owner: str | None = None, limit: int = 500) -> list[RunRecord]:
        """Return the runs in certain states, oldest first."""
        query = select(RUNS).where(RUNS.c.state.in_(states), *self._owns(owner)).order_by(RUNS.c.id).limit(limit)
        with self._core.read() as connection:
            found = connection.execute(query).mappings().all()
            parents = parents_of(connection, [row["id"] for row in found])
        return [run_from(row, parents.get(row["id"], [])) for row in found]

    def take_lost(self, owner: str | None = None) -> int:
        """Return how many requests of programs that ended were on their way; each is told once."""
        whose = self._whose(owner)
        return self._core.lost.pop(whose, 0) if whose is not None else 0

    def star(self, image_id: str, on: bool = True, owner: str | None = None) -> None:
        """Mark a picture, or take the mark away."""
        change = update(IMAGES).where(*self._seen(owner), IMAGES.c.id == image_id).values(starred=on)
        if self._core.write(lambda connection: connection.execute(change).rowcount).result() == 0:
            raise _no_picture(image_id)

    def delete(self, image_ids: Sequence[str], owner: str | None = None) -> int:
        """Delete pictures: they are gone from the history and their files from the disk; what they cost stays counted.

        Returns:
            How many were there to delete.
        """
        chosen = (*self._seen(owner), IMAGES.c.id.in_(list(image_ids)))
        hidden = self._core.write(partial(removal.hide, which=chosen)).result()
        self._core.remove_deleted()
        return hidden

    def delete_all(self, owner: str | None = None) -> int:
        """Delete every picture, prompt and reference image of an owner; what they cost stays counted.

        Returns:
            How many pictures were deleted.

        Raises:
            InvalidRequest: When no owner is named.
        """
        whose = self._whose(owner)
        if whose is None:
            raise InvalidRequest("Say whose history is to be deleted.", field="owner")
        self._core.unsaved.forget(whose)
        hidden = self._core.write(partial(removal.hide_all, owner=whose)).result()
        self._core.remove_deleted()
        return hidden

    def spent(self, since: datetime, owner: str | None = None) -> float:
        """Return the dollars spent or reserved by runs begun since a time."""
        with self._core.read() as connection:
            return spent_since(connection, since.timestamp(), self._whose(owner))

    def spent_today(self, owner: str | None = None) -> float:
        """Return the dollars spent or reserved by runs begun on this UTC day."""
        with self._core.read() as connection:
            return spent_since(connection, day_start(self._core.clock()), self._whose(owner))

    def _whose(self, owner: str | None) -> str | None:
        return owner if self._owner is None else self._owner

    def _owns(self, owner: str | None) -> tuple[ColumnElement[bool], ...]:
        whose = self._whose(owner)
        return () if whose is None else (RUNS.c.owner == whose,)

    def _seen(self, owner: str | None) -> tuple[ColumnElement[bool], ...]:
        whose = self._whose(owner)
        there = IMAGES.c.deleted == literal_column("0")
        return (there,) if whose is None else (there, IMAGES.c.owner == whose)

    def _one(self, which: ColumnElement[bool], owner: str | None) -> HistoryItem | None:
        newest_first = select(*COLUMNS).join(RUNS).where(*self._seen(owner), which).order_by(IMAGES.c.number.desc())
        return next(iter(self._items(newest_first.limit(1))), None)

    def _items(self, query: Select[Any]) -> list[HistoryItem]:
        with self._core.read() as connection:
            found = connection.execute(query).mappings().all()
            parents = parents_of(connection, [row["run_id"] for row in found])
        files = self._core.open().files
        return [
            item_from(row, parents.get(row["run_id"], []), files, partial(self.get, row["id"], row["owner"]))
            for row in found
        ]


def _no_picture(image_id: str) -> InvalidRequest:
    return InvalidRequest(f"There is no picture {image_id[:80]!r} in this history.", field="image_id")
