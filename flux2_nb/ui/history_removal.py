"""Taking things out of the history, and everywhere else the app keeps them; each tells in a sentence what it did."""

from __future__ import annotations

from collections.abc import Sequence

from .. import capability as registry
from .. import provider
from ..errors import InvalidRequest
from .backend import Backend
from .reference_files import ReferenceFiles

CONFIRMATION = "DELETE"
"""What a person types before everything goes."""

STAYS = "What was spent stays counted."


def delete_pictures(backend: Backend, owner: str, image_ids: Sequence[str]) -> str:
    """Delete some pictures of an owner, in the history and on the boards; returns what happened.

    Raises:
        Flux2Error: When they cannot be deleted.
    """
    count = backend.history(owner).delete(image_ids)
    for image_id in image_ids:
        backend.boards.forget(owner, image_id)
    if not count:
        return "There was nothing to delete: these pictures are gone already."
    what = "The picture was deleted." if count == 1 else f"{count:,} pictures were deleted."
    return f"{what} Their prompts stay among the earlier prompts. {STAYS}".replace(
        "Their prompts stay", "Its prompt stays" if count == 1 else "Their prompts stay"
    )


def delete_everything(backend: Backend, owner: str, word: str) -> str:
    """Delete all that an owner made or put in: pictures, previews, prompts, references, uploads; returns what happened.

    Raises:
        InvalidRequest: When it was not confirmed, or runs are under way: their pictures would come back.
        StoreError: When the history cannot be written.
    """
    if word.strip() != CONFIRMATION:
        raise InvalidRequest("Nothing was deleted.", money="", next_step=f"Type {CONFIRMATION} to delete everything.")
    boards = [backend.boards.of(owner, one.name) for one in registry.capabilities()]
    if backend.studio.engine.runs(owner):
        raise InvalidRequest(
            "Nothing was deleted: pictures are still being made.", money="", next_step="Stop them, or wait for them."
        )
    shown = [
        picture.id for board in boards for batch in board.batches() for shot in batch.shots for picture in shot.pictures
    ]
    for image_id in shown:
        backend.boards.forget(owner, image_id)
    count = backend.history(owner).delete_all()
    files = backend.uploaded.forget(owner) + ReferenceFiles(backend.uploads).forget(owner)
    backend.pending.forget(owner)
    for name in provider.names():
        backend.keys.forget(owner, name)
    uploads = f" and {files} uploaded file{'s' if files != 1 else ''}" if files else ""
    pictures = f"{count:,} picture{'s' if count != 1 else ''}"
    return f"All your data was deleted: {pictures} with previews, prompts, settings and references{uploads}. {STAYS}"
