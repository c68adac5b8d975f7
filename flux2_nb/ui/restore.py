"""From a picture back to a form: one that this visitor made, known by its bytes, or any that holds settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .. import capability as registry
from .. import images
from ..cards import ModelCard
from ..errors import Flux2Error, InvalidRequest
from ..history import HistoryItem, HistoryView
from ..request import ImageRequest, Reference
from .admission import admitted
from .backend import Backend, card_of
from .pending import TOKEN_LENGTH
from .recall import recalled
from .request_values import capability_for, known_request, values_from

WORDS_KINDS = ("text", "code", "rows", "palette")
"""Kinds of field that say what is in a picture; the others say how it is made."""

UNKNOWN_TARGET = "It was made with a model that is not on offer here; the one you chose stays."


class Restored(NamedTuple):
    """A form as a picture tells it.

    Attributes:
        capability: The form; one that is registered.
        values: By field name. In what `settings_in` returns, pictures stand by their hash; in what `restored`
            returns, by the path of a file that the page may show.
        target: Such as ``bfl/flux-2-pro``; empty where it is not on offer here.
        lost: A sentence for everything that could not be brought back.
    """

    capability: str
    values: dict[str, Any]
    target: str
    lost: tuple[str, ...]


def settings_in(data: bytes, history: HistoryView, card: ModelCard) -> Restored:
    """Return the form that a picture was made with, as the picture itself or the history tells.

    Args:
        data: The file, from anywhere.
        history: Its owner's pictures are known by their bytes, without settings inside.
        card: The target to fall back on.

    Raises:
        InvalidRequest: When the file is no picture, or holds no settings.
    """
    item = history.find_original(data)
    if item is not None:
        return of_item(item, history, card)
    settings = images.read_settings(data)
    if settings is None:
        raise InvalidRequest(
            "This picture holds no settings, and it is not one of your originals.",
            money="",
            next_step="Choose one that was downloaded with settings.",
        )
    return _of_settings(settings, card)


def of_item(item: HistoryItem, history: HistoryView, card: ModelCard) -> Restored:
    """Return the form of a picture of the history, with the seed that was used."""
    settings = {"provider": item.provider, "model": item.model, "seed": item.seed}
    form = {"capability": item.capability, "values": dict(item.values)}
    if not _form_of({"form": form})[0]:
        return _of_settings({**settings, "request": history.run(item.run_id).request.to_dict()}, card)
    return _of_settings({**settings, "form": form}, card, is_ours=True)


def restored(backend: Backend, owner: str, token: str) -> Restored:
    """Return what waits under a token, with its pictures written to files that the page may show.

    Args:
        backend: What the handlers share.
        owner: Who asks.
        token: What the route gave for a picture, 32 digits; or the id of an earlier run, whose words are wanted.

    Raises:
        Flux2Error: When nothing waits there for this owner, or there is no such run.
    """
    if len(token) != TOKEN_LENGTH:
        return prompt_of(backend, owner, token)
    found: Restored = backend.pending.take(owner, token)
    values, lost = recalled(found.values, backend.history(owner), backend.uploads)
    backend.uploaded.note(owner, _paths_in(values, backend.uploads))
    return found._replace(values=values, lost=(*found.lost, *dict.fromkeys(lost)))


def prompt_of(backend: Backend, owner: str, run_id: str) -> Restored:
    """Return the words of an earlier run for its form; every setting is left as it is.

    Raises:
        Flux2Error: When there is no such run in the owner's history.
    """
    record, card = backend.history(owner).run(run_id), backend.studio.card
    form = {"capability": record.capability, "values": dict(record.values)}
    request = {"prompt": record.template or record.request.prompt}
    found = _of_settings({"form": form, "request": request}, card, is_ours=True)
    fields = [field for field in registry.get(found.capability).form(card) if field.is_active]
    names = {field.name for field in fields if field.kind in WORDS_KINDS}
    words = {name: value for name, value in found.values.items() if name in names}
    return Restored(found.capability, words, "", ())


def _of_settings(settings: Mapping[str, Any], fallback: ModelCard, is_ours: bool = False) -> Restored:
    """Return the form that settings tell of; unless they come from our own store, every value is looked at."""
    card = _card(settings)
    lost = [UNKNOWN_TARGET] if card is None and settings.get("provider") else []
    target, card = ("", fallback) if card is None else (card.target, card)
    name, raw = _form_of(settings)
    if not name:
        name, raw, more = _from_request(settings, card)
        lost += more
    capability = registry.get(name)
    form = capability.form(card)
    values, refused = (
        ({one.name: raw[one.name] for one in form if one.name in raw}, []) if is_ours else admitted(form, raw)
    )
    if refused:
        lost.append(f"Left out, because it does not fit here: {', '.join(refused)}.")
    for changed in ("json", "seed"):  # what follows from them: the form beside the editor, the lock of the seed
        if changed in values:
            values |= capability.sync({**form.defaults, **values}, changed, card)
    return Restored(name, values, target, tuple(lost))


def _form_of(settings: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the form that was filled in and its values with the seed used; no name where that is not told."""
    form = settings.get("form")
    names = {one.name for one in registry.capabilities()}
    if not isinstance(form, Mapping) or form.get("capability") not in names or not form.get("values"):
        return "", {}
    raw = form["values"]
    if not isinstance(raw, Mapping):
        return "", {}
    seed = settings.get("seed")
    return str(form["capability"]), {**raw, **({} if seed is None else {"seed": seed})}


def _from_request(settings: Mapping[str, Any], card: ModelCard) -> tuple[str, dict[str, Any], list[str]]:
    known, unknown = known_request(settings)
    known["references"], dropped = _known_references(known.get("references"))
    lost = ["Some of its settings are unknown to this version of flux2_nb."] if unknown or dropped else []
    request: ImageRequest = images.request_from_settings({**settings, "request": known})
    capability = capability_for(request, card)
    values, sentences = values_from(request, capability.form(card), card)
    return capability.name, values, [*lost, *sentences]


def _known_references(references: Any) -> tuple[list[Any], int]:
    """Return the references with what this version knows of one, and how many other things were said of them."""
    if not isinstance(references, list):
        return [], 0
    fields = set(Reference.model_fields) - {"source"}
    kept = [{name: one[name] for name in one if name in fields} for one in references if isinstance(one, Mapping)]
    whole = sum(len(one) for one in references if isinstance(one, Mapping))
    return kept, whole - sum(len(one) for one in kept) + len(references) - len(kept)


def _card(settings: Mapping[str, Any]) -> ModelCard | None:
    name, model = settings.get("provider"), settings.get("model")
    if not (isinstance(name, str) and isinstance(model, str)):
        return None
    try:
        return card_of(f"{name}/{model}")
    except Flux2Error:
        return None


def _paths_in(value: Any, folder: Path) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(str(folder)):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _paths_in(one, folder)
    elif isinstance(value, list):
        for one in value:
            yield from _paths_in(one, folder)
