"""A run as it is shown: plain words and numbers, without the bytes of its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..figures import alt_text, is_sketch
from ..result import ImageResult
from ..run import Run
from .tally import Tally, tally_of, total
from .view import caption, seconds_text, stage, status, target_name


@dataclass(frozen=True)
class Picture:
    """One finished picture.

    Attributes:
        id: Its id in the history.
        width: Pixels.
        height: Pixels.
        alt: The text that stands for it.
        caption: Model, provider, size and seed.
        seed: The seed that was used; None when nobody told.
        prompt_used: The prompt the provider rewrote ours into; empty when it did not.
        missing: What a sketch could not draw, in sentences.
        is_unsaved: Whether it could not be written and is in memory only.
    """

    id: str
    width: int
    height: int
    alt: str
    caption: str
    seed: int | None
    prompt_used: str
    missing: str = ""
    is_unsaved: bool = False


@dataclass(frozen=True)
class Comparable:
    """A picture that another can be held against.

    Attributes:
        id: Its id in the history; of a reference, the hash of its bytes.
        is_reference: Which of the two it is.
        name: What it is called in a list.
        alt: The text that stands for it.
    """

    id: str
    is_reference: bool
    name: str
    alt: str


@dataclass(frozen=True)
class Shot:
    """A run, from the moment it was asked for to its pictures.

    Attributes:
        run_id: The run.
        label: What tells it from the others of its batch, such as a language; may be empty.
        stage: Where it stands: the kind of its newest event.
        words: The status line, without the seconds while they still count.
        seconds: Since it was asked for.
        usual: How long such a run usually takes, in seconds; None when nobody has said.
        progress: The part that is done, 0 to 1, when the provider tells.
        width: Pixels of the picture to come.
        height: Pixels of the picture to come.
        pictures: What came.
        references: The hashes of the reference images it was made from, in order.
        tally: What it came to, once it is over.
    """

    run_id: str
    label: str
    stage: str
    words: str
    seconds: float
    usual: float | None
    progress: float | None
    width: int
    height: int
    pictures: tuple[Picture, ...] = ()
    references: tuple[str, ...] = ()
    tally: Tally = field(default_factory=Tally)

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self.stage in ("done", "cancelled", "failed", "unknown")

    @property
    def tone(self) -> str:
        """How loud its words are: as of its stage, but a picture that could not be written is as loud as a failure."""
        return "failed" if any(picture.is_unsaved for picture in self.pictures) else self.stage

    @property
    def usual_text(self) -> str:
        """The usual time in words; empty when it is not known or already over."""
        is_late = self.usual is not None and self.seconds > self.usual
        return f"of about {seconds_text(self.usual)}" if self.usual and not is_late else ""


@dataclass(frozen=True)
class Batch:
    """The runs that one press began.

    Attributes:
        id: Tells it from other batches.
        shots: Its runs.
    """

    id: str
    shots: Sequence[Shot]

    @property
    def words(self) -> str:
        """What it came to, once all are over: pictures, the longest time, and the money."""
        whole = total(shot.tally for shot in self.shots)
        slowest = seconds_text(max(shot.seconds for shot in self.shots))
        return f"{whole.pictures_text} in {slowest}: {whole.spent_text}"

    @property
    def comparables(self) -> list[Comparable]:
        """Everything of the batch that can be held against something else: the references first, then the pictures."""
        hashes = dict.fromkeys(sha256 for shot in self.shots for sha256 in shot.references)
        given = [
            Comparable(sha256, True, f"image {index} as it was given", f"Reference image {index}")
            for index, sha256 in enumerate(hashes, start=1)
        ]
        pictures = [(shot, picture) for shot in self.shots for picture in shot.pictures]
        made = [
            Comparable(picture.id, False, _name(index, shot, len(pictures)), picture.alt)
            for index, (shot, picture) in enumerate(pictures, start=1)
        ]
        return [*given, *made] if len(given) + len(made) > 1 and made else []


def _name(index: int, shot: Shot, count: int) -> str:
    name = f"picture {index}" if count > 1 else "the result"
    return f"{name}: {shot.label}" if shot.label else name


def queue_text(shots: Sequence[Shot]) -> str:
    """Return how many runs are running and waiting; empty when none is under way."""
    waiting = sum(shot.stage == "queued" for shot in shots)
    running = sum(not shot.is_over for shot in shots) - waiting
    return ", ".join(f"{count} {word}" for count, word in ((running, "running"), (waiting, "waiting")) if count)


def shot(run: Run, label: str = "") -> Shot:
    """Return what to show of a run now."""
    event, card = run.latest, run.order.card
    return Shot(
        run_id=run.id,
        label=label,
        stage=event.kind,
        words=status(event) if event.is_end else stage(event),
        seconds=run.seconds,
        usual=card.typical_seconds(run.request),
        progress=event.progress,
        width=run.request.width or 1,
        height=run.request.height or 1,
        pictures=tuple(_picture(result, run, label) for result in event.results),
        references=tuple(reference.sha256 for reference in run.request.references),
        tally=tally_of(run),
    )


def _picture(result: ImageResult, run: Run, label: str) -> Picture:
    card = run.order.card
    return Picture(
        id=result.id,
        width=result.width,
        height=result.height,
        alt=alt_text(result.request.prompt, result.provider),
        caption=caption(result, card, with_target=not label.startswith(target_name(card)), with_cost=False),
        seed=result.seed,
        prompt_used=result.prompt_used or "",
        missing=_missing(run) if is_sketch(result.provider) else "",
        is_unsaved=result.is_unsaved,
    )


def _missing(run: Run) -> str:
    """Return what the sketch of a run could not draw, as the drawing itself knows it."""
    # Loaded when the first sketch is there: whoever makes none needs no drawing tables.
    from ..sketch import describe

    asked = run.request
    plan = describe(
        asked.prompt, asked.width or 1024, asked.height or 1024, asked.seed or 0, references=len(asked.references)
    )
    return " ".join(plan.notes)
