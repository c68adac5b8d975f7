"""What a finished picture can be taken for: its settings, its seed, its rewritten prompt, or the picture itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import capability as registry
from ..capability.base import Capability
from ..cards import ModelCard
from ..errors import InvalidRequest
from ..history import HistoryItem, HistoryView
from .recall import PICTURE_KEY, recalled
from .reference_files import ReferenceFiles
from .restore import Restored, of_item
from .view import file_name

SEED, PROMPT = "seed", "prompt"


@dataclass(frozen=True)
class Desk:
    """What an action works with.

    Attributes:
        history: The owner's.
        folder: Where files may be written that the page shows.
        card: The present target, for pictures whose own is not on offer.
        present: The reference images that the form for them holds now.
    """

    history: HistoryView
    folder: Path
    card: ModelCard
    present: Sequence[Mapping[str, Any]] = ()


def used(how: str, image_id: str, desk: Desk) -> Restored:
    """Return the form that an action opens, with the values it sets there.

    Args:
        how: ``all``, ``remix``, ``seed``, ``prompt``, ``reference`` or ``branch``.
        image_id: The picture.
        desk: What the action works with.

    Raises:
        InvalidRequest: When there is no such picture or action.
    """
    if how not in ACTIONS:
        raise InvalidRequest(f'There is nothing called "{how[:40]}" to do with a picture.', field="how", money="")
    return ACTIONS[how](desk.history.item(image_id), desk)


def _all(item: HistoryItem, desk: Desk) -> Restored:
    """Everything it was made with, and the seed that was used: the same request again."""
    found = of_item(item, desk.history, desk.card)
    values, lost = recalled(found.values, desk.history, desk.folder)
    return found._replace(values=values, lost=(*found.lost, *dict.fromkeys(lost)))


def _remix(item: HistoryItem, desk: Desk) -> Restored:
    """Everything but the seed: a new picture of the same kind."""
    found = _all(item, desk)
    return found._replace(values={**found.values, **_with_seed(registry.get(found.capability), None, desk.card)})


def _seed(item: HistoryItem, desk: Desk) -> Restored:
    """The seed alone, kept, for the form the picture was made with; the target stays."""
    if item.seed is None:
        raise InvalidRequest("Nobody has told the seed of this picture.", field=SEED, money="")
    capability = registry.get(of_item(item, desk.history, desk.card).capability)
    return Restored(capability.name, _with_seed(capability, item.seed, desk.card), "", ())


def _prompt(item: HistoryItem, desk: Desk) -> Restored:
    """The prompt as the provider rewrote it, for a form that has a prompt."""
    if not item.prompt_used:
        raise InvalidRequest("The provider did not rewrite the prompt of this picture.", field=PROMPT, money="")
    made_with = registry.get(of_item(item, desk.history, desk.card).capability)
    candidates = [made_with, *registry.capabilities()]
    capability = next(one for one in candidates if PROMPT in one.form(desk.card).defaults)
    return Restored(capability.name, {PROMPT: item.prompt_used}, "", ())


def _reference(item: HistoryItem, desk: Desk) -> Restored:
    """The picture itself, after the reference images that are there."""
    return _with_references([_picture(item, desk)], desk)


def _branch(item: HistoryItem, desk: Desk) -> Restored:
    """The pictures this one goes back to, so that the drift of one edit after another does not add up."""
    given = list(_origins(item, desk, {item.sha256}))
    back, lost = recalled({"references": given}, desk.history, desk.folder)
    found = [one for one in back["references"] if one["image"]] if given else [_picture(item, desk)]
    return _with_references(found, desk)._replace(lost=tuple(dict.fromkeys(lost)))


def _origins(item: HistoryItem, desk: Desk, seen: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the references of a picture; one that was itself made from others is followed back to those."""
    for reference in desk.history.run(item.run_id).request.references:
        if reference.sha256 in seen:
            continue
        seen.add(reference.sha256)
        kept = {"image": {PICTURE_KEY: reference.sha256}, "role": reference.role or ""}
        made = _made(reference.sha256, desk)
        yield from (list(_origins(made, desk, seen)) if made else []) or [kept]


def _made(sha256: str, desk: Desk) -> HistoryItem | None:
    """Return the picture of the history that a reference is; None for one that came from outside."""
    try:
        return desk.history.find_original(desk.history.reference(sha256).data)
    except InvalidRequest:
        return None


def _picture(item: HistoryItem, desk: Desk) -> dict[str, Any]:
    name = file_name(item.prompt, item.seed, item.format)
    kept = ReferenceFiles(desk.folder).keep(item.owner, item.path.read_bytes(), name)
    return {"image": str(kept), "role": ""}


def _with_references(new: Sequence[Mapping[str, Any]], desk: Desk) -> Restored:
    """Return the form for references with new ones after those that are there; the same picture is not added twice."""
    field, capability = _reference_field(desk.card)
    there = {_hash(one["image"]) for one in desk.present if one.get("image") and Path(one["image"]).is_file()}
    added = [one for one in new if _hash(one["image"]) not in there]
    return Restored(capability.name, {field: [*desk.present, *added]}, "", ())


def _reference_field(card: ModelCard) -> tuple[str, Capability]:
    for capability in registry.capabilities():
        for field in capability.form(card):
            if field.kind == "references":
                return field.name, capability
    raise InvalidRequest("No form here takes reference images.", field="references", money="")


def _hash(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _with_seed(capability: Capability, seed: int | None, card: ModelCard) -> dict[str, Any]:
    """Return a seed for a form, with what follows from it, such as its lock; nothing where the form has none."""
    defaults = capability.form(card).defaults
    if SEED not in defaults:
        return {}
    locked = {**defaults, SEED: seed, **({"keep_seed": seed is None} if "keep_seed" in defaults else {})}
    return {SEED: seed, **capability.sync(locked, SEED, card)}


ACTIONS: Mapping[str, Callable[[HistoryItem, Desk], Restored]] = {
    "all": _all,
    "remix": _remix,
    "seed": _seed,
    "prompt": _prompt,
    "reference": _reference,
    "branch": _branch,
}
"""What a click asks for -> how it is done."""
