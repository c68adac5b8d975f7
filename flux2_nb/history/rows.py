"""Between objects and rows: what is written is cleaned of keys first, what is read becomes an object again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel

from ..request import ImageRequest
from ..result import ImageResult
from ..wire import Job
from .files import Files
from .records import HistoryItem, Parent, RunRecord, Stored, utc

Row: TypeAlias = Mapping[Any, Any]
Clean: TypeAlias = Callable[[Any], Any]


def cleaner(redact: Callable[[str], str]) -> Clean:
    """Return a function that makes any value fit to be stored: keys masked in every text, half characters replaced."""

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return redact(value).encode("utf-8", "replace").decode()
        if isinstance(value, BaseModel):
            return clean(value.model_dump(mode="json"))
        if isinstance(value, Mapping):
            return {clean(str(name)): clean(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [clean(item) for item in value]
        return value

    return clean


def run_row(run: RunRecord, clean: Clean) -> dict[str, Any]:
    """Return the row of ``runs`` for a run that is about to be sent."""
    texts = {
        name: clean(getattr(run, name))
        for name in ("provider", "model", "route", "capability", "values", "template", "account", "note", "timings")
    }
    prices = {name: getattr(run, name) for name in ("cost_usd", "estimate_usd", "reserved_usd", "spent_usd")}
    times = {name: getattr(run, name) for name in ("created", "submitted", "finished")}
    return {
        **texts,
        **prices,
        **times,
        "id": run.id,
        "owner": run.owner,
        "request": clean(run.request.to_dict()),
        "prompt": clean(run.request.prompt),
        "state": run.state,
        "intent": run.intent,
        "process": run.process,
        "deleted": False,
    }


def parent_rows(run: RunRecord) -> list[dict[str, Any]]:
    """Return the rows of ``run_parents``."""
    return [{"run_id": run.id, "image_id": image_id, "kind": kind} for image_id, kind in dict(run.parents).items()]


def reference_rows(run: RunRecord, clean: Clean) -> list[dict[str, Any]]:
    """Return the rows of ``run_references``."""
    return [
        {
            "run_id": run.id,
            "position": position,
            "sha256": reference.sha256,
            "role": clean(reference.role),
            "name": clean(reference.name),
            "media_type": reference.media_type,
            "width": reference.width,
            "height": reference.height,
        }
        for position, reference in enumerate(run.request.references)
    ]


def image_row(stored: Stored, position: int, clean: Clean) -> dict[str, Any]:
    """Return the part of a row of ``images`` that a delivery decides."""
    delivery = stored.delivery
    return {
        "position": position,
        "sha256": stored.sha256,
        "format": stored.format,
        "width": stored.width,
        "height": stored.height,
        "size_bytes": len(delivery.data),
        "seed": delivery.seed if stored.seed is None else stored.seed,
        "prompt_used": clean(stored.prompt_used or delivery.prompt_used),
        "cost_usd": delivery.cost_usd,
        "cost_is_reported": delivery.cost_usd is not None,
        "flags": clean(delivery.flags),
        "starred": False,
        "deleted": False,
    }


def picture_rows(
    run: RunRecord, stored: Sequence[Stored], reported_usd: float | None, clean: Clean
) -> list[dict[str, Any]]:
    """Return those parts of the rows of all pictures of a run; where none tells its price, they share the run's.

    Args:
        run: The run, with its estimate.
        stored: What came.
        reported_usd: The provider's own price for the run; the estimate stands in.
        clean: Makes a value fit to be stored.
    """
    cost = run.estimate_usd if reported_usd is None else reported_usd
    share = {"cost_usd": None if cost is None else cost / len(stored), "cost_is_reported": reported_usd is not None}
    made = []
    for position, picture in enumerate(stored):
        row = image_row(picture, position, clean)
        row |= {"seed": run.request.seed} if row["seed"] is None else {}
        row |= share if row["cost_usd"] is None else {}
        made.append(row)
    return made


def job_row(job: Job, clean: Clean) -> dict[str, Any]:
    """Return a job as JSON values."""
    fields: dict[str, Any] = clean(asdict(job))
    return fields


def run_from(row: Row, parents: Iterable[Parent] = ()) -> RunRecord:
    """Return the run of a row."""
    same = {name: row[name] for name in RunRecord.__dataclass_fields__ if name in row}
    job = Job(**row["job"]) if row["job"] else None
    return RunRecord(**{**same, "request": ImageRequest.from_dict(row["request"]), "job": job, "parents": (*parents,)})


def item_from(row: Row, parents: Sequence[Parent], files: Files, load: Callable[[], ImageResult]) -> HistoryItem:
    """Return the line of the history for a picture's row, joined with its run's."""
    same = {name: value for name, value in row.items() if name in HistoryItem.__dataclass_fields__}
    return HistoryItem(
        **{
            **same,
            "cost_is_reported": bool(row["cost_is_reported"]),
            "starred": bool(row["starred"]),
            "created": utc(row["created"]),
            "parents": tuple(parents),
            "path": files.original(row["sha256"], row["format"]),
            "_load": load,
        }
    )


def result_from(row: Row, run: RunRecord, data: bytes, path: Path | None) -> ImageResult:
    """Return the picture of a row of ``images``; without a path, one whose file could not be written."""
    same = ("id", "run_id", "format", "width", "height", "cost_usd", "prompt_used", "flags", "sha256")
    return ImageResult(
        **{name: row[name] for name in same},
        data=data,
        provider=run.provider,
        model=run.model,
        request=run.request,
        seed=row["seed"],
        cost_is_reported=bool(row["cost_is_reported"]),
        timings=run.timings,
        path=path,
        created=utc(row["created"]),
    )
