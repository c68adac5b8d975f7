"""A run as it is shown: plain words and numbers, without the bytes of its pictures."""

from __future__ import annotations

from dataclasses import dataclass

from ..result import ImageResult
from ..run import Run
from .view import alt_text, caption, seconds_text, stage, status


@dataclass(frozen=True)
class Picture:
    """One finished picture.

    Attributes:
        id: Its id in the history.
        width: Pixels.
        height: Pixels.
        alt: The text that stands for it.
        caption: Model, provider, size, seed and cost.
        prompt_used: The prompt the provider rewrote ours into; empty when it did not.
    """

    id: str
    width: int
    height: int
    alt: str
    caption: str
    prompt_used: str


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

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self.stage in ("done", "cancelled", "failed", "unknown")

    @property
    def usual_text(self) -> str:
        """The usual time in words; empty when it is not known or already over."""
        is_late = self.usual is not None and self.seconds > self.usual
        return f"of about {seconds_text(self.usual)}" if self.usual and not is_late else ""


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
        pictures=tuple(_picture(result, run) for result in event.results),
    )


def _picture(result: ImageResult, run: Run) -> Picture:
    return Picture(
        id=result.id,
        width=result.width,
        height=result.height,
        alt=alt_text(result.request.prompt, result.provider),
        caption=caption(result, run.order.card),
        prompt_used=result.prompt_used or "",
    )
