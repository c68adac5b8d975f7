"""What people read: amounts, times, states of a run, captions and file names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb import figures
from flux2_nb.catalog import catalog
from flux2_nb.errors import JobFailed, OutcomeUnknown
from flux2_nb.prices import Price
from flux2_nb.request import ImageRequest
from flux2_nb.result import ImageResult
from flux2_nb.run import ENDS, Event
from flux2_nb.studio import Studio
from flux2_nb.ui import view


def result(provider: str = "bfl", **fields: object) -> ImageResult:
    """A picture without bytes."""
    known = {"id": "1", "run_id": "2", "data": b"", "format": "png", "width": 1024, "height": 768}
    request = ImageRequest("a fox")
    return ImageResult(**{**known, "provider": provider, "model": "flux-2-pro", "request": request, **fields})


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (0, "$0"),
        (0.03, "$0.03"),
        (0.045, "$0.045"),
        (0.5, "$0.50"),
        (1.2, "$1.20"),
        (0.0012, "$0.0012"),
        (0.000287, "$0.000287"),
    ],
)
def test_amounts(usd: float, text: str) -> None:
    """An amount has as many digits as tell, and at least cents."""
    assert figures.dollars(usd) == text


@given(st.floats(min_value=0.000001, max_value=1000))
def test_an_amount_is_never_shown_as_nothing(usd: float) -> None:
    """However small it is, what costs something is not written as zero, and is off by at most a twentieth."""
    shown = float(figures.dollars(usd).removeprefix("$"))
    assert shown == pytest.approx(usd, rel=0.05, abs=5e-7)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.21, "0.2 s"), (6, "6 s"), (9.96, "10 s"), (22.4, "22 s"), (59.7, "1 min 0 s"), (100, "1 min 40 s")],
)
def test_times(seconds: float, text: str) -> None:
    """A span of time reads as people say it."""
    assert view.seconds_text(seconds) == text


@pytest.mark.parametrize(("usd", "text"), [(None, "price not published"), (0.0, "free"), (0.045, "about $0.045")])
def test_estimates(usd: float | None, text: str) -> None:
    """An estimate says that it is one, and an unknown price that it is unknown."""
    assert view.estimate_text(usd) == text


def test_a_sum_with_an_unpublished_price_says_what_is_known() -> None:
    """Where one of several prices is not published, the others are still told."""
    assert view.estimate_text(None, 0.031) == "more than $0.031, not all prices are published"


@pytest.mark.parametrize(("seconds", "text"), [(6, "Generate · about $0.045, 6 s"), (None, "Generate · about $0.045")])
def test_the_button_says_what_it_comes_to(seconds: float | None, text: str) -> None:
    """The button carries the estimate, and the usual time where anybody has published one."""
    assert view.action_text("Generate", "about $0.045", seconds) == text


@pytest.mark.parametrize(
    ("usd", "is_reported", "text"),
    [(None, False, "cost not known"), (0.0, True, "free"), (0.03, True, "$0.03"), (0.03, False, "about $0.03")],
)
def test_costs(usd: float | None, is_reported: bool, text: str) -> None:
    """A cost the provider stated is told from one we worked out."""
    assert figures.cost_text(usd, is_reported) == text


def test_an_unconfirmed_price_says_so() -> None:
    """Where a price was read stands beside it, and that it is unconfirmed where it is."""
    price = Price(kind="megapixels", first=0.03, source="a page", date="2026-11-22", confirmed=False)
    assert view.price_source(price) == "unconfirmed; a page, 2026-11-22"


@pytest.mark.parametrize("card", catalog().cards, ids=lambda card: card.target)
def test_every_price_has_words(card: object) -> None:
    """Each target's price reads as a line, and names an amount unless it is free or not published."""
    text = view.price_text(card.price)
    assert "$" in text or text in ("free", "not published")


def test_status_of_a_run() -> None:
    """A run's line tells its stage, its time beside the usual one, and at the end its cost."""
    done = Event("1", "done", 6.24, results=(result(cost_usd=0.03, cost_is_reported=True),))
    assert view.status(Event("1", "queued")) == "Queued"
    assert view.status(Event("1", "running", 3.0), 6.0) == "Running, 3 s of about 6 s"
    assert view.status(Event("1", "running", 3.0, note="Waiting for a GPU.")) == "Waiting for a GPU, 3 s"
    assert view.status(done) == "Done in 6.2 s, $0.03"


@pytest.mark.parametrize("error", [JobFailed("The job failed."), OutcomeUnknown("The answer was lost.")])
def test_a_failed_run_shows_its_own_sentence(error: JobFailed | OutcomeUnknown) -> None:
    """What went wrong is told in the error's words, money included."""
    status = view.status(Event("1", "failed", 1.0, error=error))
    assert status == f"Failed. {error}"
    assert "It may have been billed." in status


@pytest.mark.parametrize("kind", ENDS)
def test_every_end_has_a_word(kind: str) -> None:
    """No way for a run to end is left without words."""
    assert view.status(Event("1", kind, 1.0))


def test_a_sketch_says_that_it_is_one() -> None:
    """A sketch's caption never names a FLUX.2 model."""
    assert view.caption(result("sketch", seed=7)).startswith("Sketch, not a FLUX.2 image · ")
    assert "flux-2-pro" not in view.caption(result("sketch"))


def test_a_caption_names_model_provider_size_seed_and_cost() -> None:
    """A picture's caption is enough to make it again."""
    assert view.caption(result(seed=7)) == "flux-2-pro · bfl · 1024 × 768 · seed 7 · cost not known"


def test_a_caption_leaves_out_what_stands_beside_it() -> None:
    """Beside a label with the target, and a line with the cost, neither is repeated; a sketch still says what it is."""
    assert view.caption(result(seed=7), with_target=False, with_cost=False) == "1024 × 768 · seed 7"
    assert view.caption(result("sketch"), with_target=False).startswith("Sketch, not a FLUX.2 image · ")


@given(st.text(), st.sampled_from(["png", "jpeg", "webp"]))
def test_file_names_are_safe(prompt: str, format: str) -> None:
    """Whatever the prompt, the name has no separator, no dot but one, and the true ending."""
    name = view.file_name(prompt, 7, format)
    stem, _, ending = name.rpartition(".")
    assert ending == {"jpeg": "jpg"}.get(format, format)
    assert stem
    assert not set(stem) & set("./\\:\0\n")


def test_readiness_names_the_missing_variable() -> None:
    """A provider without its key is not ready and says which variable it needs; the sketch needs none."""
    assert view.readiness(Studio("sketch")) == (True, "Ready. It needs no key.")
    is_ready, sentence = view.readiness(Studio("bfl"))
    assert not is_ready
    assert "BFL_API_KEY" in sentence
