"""Pictures that are none, or other than was asked for, or at another price: cases 21 to 23."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image

from flux2_nb import arrival, errors
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import both, every
from tests.reliability.aftermath import sound

StudioAt = Callable[..., Studio]


def png(width: int, height: int) -> bytes:
    """A picture of that size."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


NO_PICTURES = [
    pytest.param(b"<!DOCTYPE html><h1>Not today</h1>", id="HTML"),
    pytest.param(b"\x00" * 5000, id="zeros"),
    pytest.param(b"\x89PNG\r\n\x1a\n" + b"<html>", id="HTML behind the signature of a PNG"),
    pytest.param(png(64, 64)[:100], id="the beginning of a PNG"),
    pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n", id="EPS"),
]


@every
@pytest.mark.case(21)
@pytest.mark.parametrize("data", NO_PICTURES)
def test_bytes_that_are_no_picture_are_kept_aside(
    data: bytes, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """They are refused by opening them, kept as they came for the provider's support, and the error says where."""
    double.script("job", faults.Fate(image=data))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply) as caught:
        run.result(20)
    (kept,) = (studio.home / arrival.SET_ASIDE).iterdir()
    assert str(kept) in str(caught.value)
    assert kept.read_bytes() == data
    assert not list((studio.home / "images").rglob("*.*"))
    sound(run, studio, "failed" if provider == "cloudflare" else "submitted", double=double)


@pytest.mark.case(21)
def test_a_page_in_place_of_a_picture_is_kept_without_the_key(bfl_double: Double, studio_at: StudioAt) -> None:
    """A page that shows the key it was asked with is masked before it is kept."""
    bfl_double.script("job", faults.Fate(image=f"<p>You sent {bfl_double.key}".encode() + bytes(range(256))))
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply):
        run.result(20)
    (kept,) = (studio.home / arrival.SET_ASIDE).iterdir()
    assert kept.read_bytes() == b"<p>You sent [hidden]" + bytes(range(256))
    sound(run, studio, "submitted", double=bfl_double)


@pytest.mark.case(21)
def test_few_are_kept_aside(bfl_double: Double, studio_at: StudioAt, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes when there are many, and none grows without end."""
    monkeypatch.setattr(arrival, "MOST_SET_ASIDE", 2)
    monkeypatch.setattr(arrival, "MOST_BYTES", 1000)
    studio = studio_at(bfl_double, "bfl")
    runs = []
    for number in range(4):
        bfl_double.script("job", faults.Fate(image=bytes([number]) * 5000))
        runs.append(studio.start("a fox"))
        with pytest.raises(errors.BadReply):
            runs[-1].result(20)
    kept = sorted((studio.home / arrival.SET_ASIDE).iterdir())
    assert [path.stem for path in kept] == [run.id for run in runs[-2:]]
    assert [path.read_bytes() for path in kept] == [b"\x02" * 1000, b"\x03" * 1000]


BAD_BASE64 = ["%%%", "abc", "data:image/png;base64,%%%", "https://example.org/picture.png", "é"]


@pytest.mark.case(21)
@pytest.mark.parametrize("text", BAD_BASE64)
def test_base64_that_is_none_is_kept_aside(text: str, cloudflare_double: Double, studio_at: StudioAt) -> None:
    """The request was taken and its picture cannot be read: unknown, with the text kept aside."""
    cloudflare_double.script("submit", faults.edit({"result": {"image": text}}))
    studio = studio_at(cloudflare_double, "cloudflare")
    run = studio.start("a fox")
    with pytest.raises(errors.OutcomeUnknown, match="counted as spent") as caught:
        run.result(20)
    (kept,) = (studio.home / arrival.SET_ASIDE).iterdir()
    assert str(kept) in str(caught.value)
    sound(run, studio, "unknown", double=cloudflare_double)


@pytest.mark.case(21)
def test_a_data_uri_is_read_like_base64(cloudflare_double: Double, studio_at: StudioAt) -> None:
    """What stands before the comma is not believed: the bytes are opened like any others."""
    text = "data:text/html;base64," + base64.b64encode(png(1024, 1024)).decode()
    cloudflare_double.script("submit", faults.edit({"result": {"image": text}}))
    studio = studio_at(cloudflare_double, "cloudflare")
    run = studio.start("a fox")
    assert run.result(20).format == "png"
    sound(run, studio, "done", double=cloudflare_double)


@every
@pytest.mark.case(22)
def test_another_size_is_shown_with_a_note(double: Double, provider: str, studio_at: StudioAt) -> None:
    """The picture is kept as it came; the difference stands with it, in the event and in the history."""
    double.script("job", faults.Fate(image=png(512, 256)))
    studio = studio_at(double, provider)
    run = studio.start("a fox", width=1024, height=1024)
    result = run.result(20)
    assert (result.width, result.height) == (512, 256)
    assert result.notes[0] == "It came in 512 x 256 pixels; 1024 x 1024 were asked for."
    assert result.notes[0] in run.latest.note
    assert studio.history.get(result.id).notes == result.notes
    sound(run, studio, "done", double=double)


@pytest.mark.case(22)
def test_a_model_that_takes_ratios_chooses_its_pixels(replicate_double: Double, studio_at: StudioAt) -> None:
    """Where only a shape was asked for, only another shape is told."""
    studio = studio_at(replicate_double, "replicate", "flux-2-klein-4b")
    for size, noted in (((960, 960), False), ((960, 540), True)):
        replicate_double.script("job", faults.Fate(image=png(*size)))
        result = studio.start("a fox", aspect_ratio="1:1").result(20)
        assert any("pixels" in note for note in result.notes) is noted


@every
@pytest.mark.case(22)
def test_what_is_as_asked_has_no_note(double: Double, provider: str, studio_at: StudioAt) -> None:
    """An ordinary picture is shown without a word."""
    run = studio_at(double, provider).start("a fox", width=1024, height=1024)
    assert run.result(20).notes == ()
    assert run.latest.note == ""


@pytest.mark.case(22)
def test_the_good_ones_of_several_are_stored(replicate_double: Double, studio_at: StudioAt) -> None:
    """Of four outputs two cannot be read: the others are stored, with a note, and the run is done."""
    first, second = png(512, 512), png(512, 512 + 16)
    studio = studio_at(replicate_double, "replicate", "flux-2-klein-4b")

    def four(reply: Any) -> Any:
        (url,) = json.loads(reply.body)["output"]
        return faults.edit({"output": [url] * 4}).rewrite(reply)

    bodies = [first, b"<html>", second, b"\x00"] * 3
    replicate_double.script("poll", faults.rewrite(four), forever=True)
    replicate_double.script("download", *[faults.answer(200, body) for body in bodies])
    run = studio.start("a fox", aspect_ratio="1:1")
    assert [result.data for result in run.results(20)] == [first, second]
    assert "2 of 4 pictures that came could not be read." in run.latest.note
    assert studio.history.count() == 2
    assert len(list((studio.home / arrival.SET_ASIDE).iterdir())) == 2
    assert len(replicate_double.submits) == 1
    replicate_double.script("poll", None, forever=True)
    sound(run, studio, "done", double=replicate_double)


@both
@pytest.mark.case(22)
def test_two_of_four_runs_fail_and_the_others_are_stored(double: Double, provider: str, studio_at: StudioAt) -> None:
    """Four pictures are four runs: what befalls one is its own."""
    double.script("job", faults.Fate(), faults.Fate(end="failed"), faults.Fate(), faults.Fate(end="moderated"))
    studio = studio_at(double, provider, concurrency=1)
    runs = [studio.start(f"fox {number}") for number in range(4)]
    ends = []
    for run in runs:
        with suppress(errors.ProviderError):
            run.result(20)
        ends.append(studio.history.run(run.id).state)
    assert ends == ["done", "failed", "done", "moderated"]
    assert studio.history.count() == 2
    sound(runs[1], studio, "failed", double=double)


@pytest.mark.case(22)
@pytest.mark.parametrize("output", [[], None, ""])
def test_no_picture_at_all_is_told(output: Any, replicate_double: Double, studio_at: StudioAt) -> None:
    """A job that is finished without a picture ends as expired, after one more look."""
    replicate_double.script("poll", faults.edit({"output": output}), forever=True)
    studio = studio_at(replicate_double, "replicate")
    run = studio.start("a fox")
    with pytest.raises(errors.Expired, match="It was billed"):
        run.result(20)
    replicate_double.script("poll", None, forever=True)
    sound(run, studio, "expired", double=replicate_double)


@pytest.mark.case(23)
@pytest.mark.parametrize(("credits", "noted"), [(8.0, True), (1.0, True), (3.0, False), (3.01, False), (0.0, True)])
def test_the_providers_price_counts_and_a_difference_is_told(
    credits: float, noted: bool, bfl_double: Double, studio_at: StudioAt
) -> None:
    """The ledger takes what the provider says; where the table says otherwise, the picture and the event tell."""
    bfl_double.script("submit", faults.edit({"cost": credits}))
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox", width=1024, height=1024)
    result = run.result(20)
    assert (result.cost_usd, result.cost_is_reported) == (pytest.approx(credits / 100), True)
    assert studio.history.spent_today() == pytest.approx(credits / 100)
    assert any("charged" in note for note in result.notes) is noted
    assert ("charged" in run.latest.note) is noted
    assert studio.history.run(run.id).estimate_usd == pytest.approx(0.03)
    sound(run, studio, "done", double=bfl_double)


@pytest.mark.case(23)
def test_the_difference_is_told_after_a_resume_too(bfl_double: Double, studio_at: StudioAt) -> None:
    """A job that is collected later is compared with what was expected when it was bought."""
    bfl_double.script("submit", faults.edit({"cost": 8.0}))
    bfl_double.script("poll", faults.truncate())
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox", width=1024, height=1024)
    with pytest.raises(errors.BadReply):
        run.result(20)
    (again,) = studio.resume()
    assert again.result(20).notes == ("Black Forest Labs charged $0.08; $0.03 was expected from its list of prices.",)


@pytest.mark.case(23)
@pytest.mark.parametrize("cost", [-8.0, "8", True, None, float("1e308") * 10])
def test_a_price_that_is_none_is_not_believed(cost: Any, bfl_double: Double, studio_at: StudioAt) -> None:
    """Less than nothing would raise the budget: what is no price counts as not told, and the estimate holds."""
    told = faults.edit({"cost": cost}) if cost != float("inf") else faults.edit({"cost": 10**400})
    bfl_double.script("submit", told)
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox", width=1024, height=1024)
    assert run.result(20).cost_is_reported is False
    assert studio.history.spent_today() == pytest.approx(0.03)
    sound(run, studio, "done", double=bfl_double)
