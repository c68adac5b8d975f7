"""Pictures a visitor puts in: files of their own in a private folder, each under an id that nobody can guess."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import images
from ..errors import InvalidRequest
from ..request import Reference

GONE = "A picture that you added more than a day ago"
"""Stands for a picture that was swept: no file has this name, so that reading it says what is missing."""

GONE_ID = f"{'0' * 16}-{'0' * 32}"
"""The id of a picture that was swept, where its own is no longer known: nothing is ever kept under it."""

KEPT = 24 * 3600
"""Seconds a picture is kept after it was last used in a form."""

MOST_BYTES = 1024**3
"""What one visitor may have put in within that time; a crop and a drawing count as further pictures."""

MOST_STEPS = 8
"""How many changes of a picture can be undone."""

EVERYONE = ""
"""The owner of what the package itself brings, such as the pictures of examples."""

PACKAGE = Path(__file__).parents[1]
"""The one folder elsewhere whose pictures may be put in by their path."""

_ID = re.compile(r"[0-9a-f]{16}-[0-9a-f]{32}")
_UNUSUAL = re.compile(r"[^\w .()+-]")
_FACTS = ".facts.json"


@dataclass(frozen=True)
class ReferenceFile:
    """A picture that was put in.

    Attributes:
        id: What the page calls it: whose it is, and 128 random bits.
        name: Its file name.
        width: Pixels, as seen upright.
        height: Pixels.
        media_type: Such as ``image/jpeg``.
        before: The picture it was made from by cropping or drawing; None for one that was put in.
        box: The part of that picture it is, as left, top, width and height; None for any other.
    """

    id: str
    name: str
    width: int
    height: int
    media_type: str
    before: ReferenceFile | None = None
    box: tuple[int, int, int, int] | None = None

    @property
    def shown(self) -> dict[str, Any]:
        """What the page needs to show it, as JSON values."""
        box = None if self.box is None else list(self.box)
        before = None if self.before is None else self.before.shown
        return {"id": self.id, "name": self.name, "size": [self.width, self.height], "before": before, "box": box}

    def remembered(self, most: int = MOST_STEPS) -> ReferenceFile:
        """Return it as it is kept with what is made of it: with so many of the steps that led to it."""
        return replace(self, before=self.before.remembered(most - 1) if self.before and most > 1 else None)


@dataclass(frozen=True)
class ReferenceFiles:
    """The pictures of all visitors.

    Attributes:
        folder: The folder of the page's files; ours is a folder in it, which nothing but our routes shows.
    """

    folder: Path

    @property
    def home(self) -> Path:
        """Where they are: a folder for each owner, and in it one for each picture."""
        return self.folder / "references"

    def keep(self, owner: str, data: bytes, name: str, **made: Any) -> Path:
        """Keep a picture as it is, and return its path; `id_of` gives its id.

        Args:
            owner: Whose it is: nobody else is shown it.
            data: The bytes of a file.
            name: Its name, for people.
            **made: ``before`` and ``box`` of a `ReferenceFile`.

        Raises:
            InvalidRequest: When it is no picture that can be used, or the owner has put in too much.
        """
        read = images.read_reference(Reference(data, name=safe_name(name)))
        self._sweep()
        whose = self.home / _tag(owner)
        self._check_room(whose, len(data))
        # What everyone sees is kept once, however often it is put in.
        folder = whose / (read.sha256[:32] if owner == EVERYONE else secrets.token_hex(16))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / read.name
        path.write_bytes(data)
        one = ReferenceFile(self.id_of(path), read.name, read.width, read.height, read.media_type, **made)
        # The facts come last: without them there is no picture.
        (folder / _FACTS).write_text(json.dumps({**one.shown, "media_type": one.media_type}), encoding="utf-8")
        return path

    def keep_sample(self, path: Path) -> Path:
        """Keep a picture of the package itself, for everyone.

        Raises:
            InvalidRequest: When the file lies elsewhere, or is no picture.
        """
        real = path.resolve()
        if not real.is_relative_to(PACKAGE.resolve()) or not real.is_file():
            raise InvalidRequest(f"{path.name[:80]} is not a picture of this package.", field="references")
        return self.keep(EVERYONE, real.read_bytes(), real.name)

    def id_of(self, path: str | Path) -> str:
        """Return the id of a picture by the path that `keep` gave; empty for any other path."""
        folder = Path(path).parent
        found = f"{folder.parent.name}-{folder.name}"
        return found if is_id(found) and folder.parent.parent == self.home else ""

    def path_of(self, file_id: Any) -> Path | None:
        """Return the file of an id, and keep it for another day; None when it is no id, or nothing is there (any more).

        Whatever a browser sends may be given: only an id of ours leads to a file, and to none but its own.
        """
        found = self.get(file_id)
        one = found
        while one is not None:  # what it was made from is kept as long, so that a change can be undone
            with suppress(OSError):
                os.utime(self._folder(one.id) / _FACTS)
            one = one.before
        return self._folder(found.id) / found.name if found else None

    def get(self, file_id: Any) -> ReferenceFile | None:
        """Return what is known of an id; None as for `path_of`."""
        if not is_id(file_id):
            return None
        try:
            return _file(json.loads((self._folder(file_id) / _FACTS).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return None

    def preview(self, one: ReferenceFile, side: int) -> Path:
        """Return a small WebP copy, made when it is first asked for.

        Args:
            one: The picture.
            side: Its longest side in pixels.

        Raises:
            InvalidRequest: When the file turns out to be damaged.
        """
        folder = self._folder(one.id)
        path = folder / f".preview-{side}.webp"
        if not path.exists():
            made = images.thumbnail((folder / one.name).read_bytes(), side)
            part = folder / f".{secrets.token_hex(8)}"
            part.write_bytes(made)
            part.replace(path)
        return path

    def forget(self, owner: str) -> int:
        """Remove everything an owner put in; returns how many pictures that were."""
        whose = self.home / _tag(owner)
        count = len(list(whose.glob(f"*/{_FACTS}")))
        shutil.rmtree(whose, ignore_errors=True)
        return count

    def _folder(self, file_id: str) -> Path:
        return self.home.joinpath(*file_id.split("-"))

    def _sweep(self) -> None:
        """Remove what was not used for a day."""
        for folder in self.home.glob("*/*"):
            facts = folder / _FACTS
            with suppress(OSError):  # another request swept it
                used = (facts if facts.exists() else folder).stat().st_mtime
                if time.time() - used > KEPT:
                    shutil.rmtree(folder, ignore_errors=True)

    def _check_room(self, whose: Path, more: int) -> None:
        kept = sum(path.stat().st_size for path in whose.glob("*/*"))
        if kept + more > MOST_BYTES:
            what = f"Your pictures of the last day have come to {MOST_BYTES / 1024**3:g} GB, and no more are taken."
            raise InvalidRequest(what, field="references", next_step="Smaller ones do as well: models read 4 MP.")


def is_id(value: Any) -> bool:
    """Return whether a value has the form of an id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def may_see(owner: str, file_id: Any) -> bool:
    """Return whether an id is one of this owner's, or of what everyone sees."""
    whose = file_id.partition("-")[0] if is_id(file_id) else ""
    return whose in (_tag(owner), _tag(EVERYONE))


def safe_name(name: str) -> str:
    """Return a name that is a plain file's on any system: no folders, nothing hidden, at most 120 bytes."""
    plain = _UNUSUAL.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    ending = f"{dot}{ending}" if stem and len(ending) <= 5 else ""
    short = plain.removesuffix(ending).encode()[: 120 - len(ending.encode())].decode(errors="ignore")
    return f"{short.strip(' .') or 'picture'}{ending}"


def _tag(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:16]


def _file(facts: dict[str, Any]) -> ReferenceFile:
    width, height = facts["size"]
    box = None if facts["box"] is None else (*facts["box"][:4],)
    before = None if facts["before"] is None else _file(facts["before"])
    return ReferenceFile(facts["id"], facts["name"], width, height, facts.get("media_type", ""), before, box)
