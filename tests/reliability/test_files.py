"""A disk that is full, read-only or closed to us: what was paid for is shown and can be saved. Case 40."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flux2_nb import build_app, errors, read_settings
from flux2_nb import capability as registry
from flux2_nb.bookkeeping import SAVE_NOW
from flux2_nb.result import ImageResult, is_device_name
from flux2_nb.studio import Studio
from flux2_nb.ui import view
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.pictures import address
from flux2_nb.ui.results import board_markup
from flux2_nb.ui.widgets.panel import Panel
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import both, every
from tests.history.making import files_under
from tests.reliability import disks
from tests.reliability.aftermath import sound
from tests.ui.test_pictures import site

StudioAt = Callable[..., Studio]

TROUBLE = [
    pytest.param(disks.FULL_AFTER_THE_BYTES, "The disk is full.", id="full"),
    pytest.param(disks.READ_ONLY, "The folder is read-only.", id="read-only"),
    pytest.param(disks.NO_PERMISSION, "The folder may not be written.", id="no permission"),
    pytest.param(disks.NO_ROW, "The disk is full: the history could not be written.", id="full for the row"),
]


def assert_in_hand(result: ImageResult, double: Double, folder: Path) -> None:
    """The picture is whole and can be saved, as it came and with its settings."""
    assert result.data in double.delivered.values()
    assert (result.is_unsaved, result.path) == (True, None)
    assert result.image.size == (result.width, result.height)
    assert result.save(folder / "as it came.png", settings=False).read_bytes() == result.data
    assert read_settings(result.save(folder / "with settings.png")).prompt == "a fox"


@every
@pytest.mark.case(40)
@pytest.mark.parametrize(("broken", "why"), TROUBLE)
def test_a_picture_that_cannot_be_written_is_still_there(
    double: Double, provider: str, studio_at: StudioAt, tmp_path: Path, broken: disks.Broken, why: str
) -> None:
    """It is in the result, with a note that says so; its money counts; what is a job is fetched later, once mended."""
    studio = studio_at(double, provider)
    with broken(studio):
        run = studio.start("a fox", seed=7)
        result = run.result(20)
        assert_in_hand(result, double, tmp_path)
        assert f"{why} " in result.notes[-1]
        assert SAVE_NOW in view.status(run.latest)
        assert studio.history.unsaved(result.id) is result
        assert not [name for name in files_under(studio.home) if name.endswith(".part")]
    assert studio.history.spent_today() == pytest.approx(result.cost_usd)
    assert studio.history.count() == 0
    if provider == "cloudflare":  # it was answered at once: nobody can ask for it again
        sound(run, studio, "failed", double=double)
    else:
        assert [again.result(20).data for again in studio.resume()] == [result.data]
        sound(run, studio, "done", double=double)


@both
@pytest.mark.case(40)
def test_a_job_that_cannot_be_written_down_is_collected(double: Double, provider: str, studio_at: StudioAt) -> None:
    """It is paid for: not writing down its id is no reason to leave it."""
    studio = studio_at(double, provider)
    with disks.NO_JOB(studio):
        run = studio.start("a fox")
        result = run.result(20)
    assert result.data in double.delivered.values()
    assert not result.is_unsaved
    sound(run, studio, "done", double=double)


@both
@pytest.mark.case(40)
@pytest.mark.parametrize("is_mended", [True, False], ids=["mended meanwhile", "still full"])
def test_the_id_of_an_unwritten_job_is_never_lost(
    double: Double, provider: str, studio_at: StudioAt, is_mended: bool
) -> None:
    """When the wait for such a job ends, its id is written down then, or told."""
    double.script("job", faults.Fate(pending=float("inf")))
    studio = studio_at(double, provider)
    studio.card = studio.card.model_copy(update={"deadline": 0.5})
    with disks.NO_JOB(studio):
        run = studio.start("a fox")
        if not is_mended:
            with pytest.raises(errors.JobTimeout) as caught:
                run.result(20)
            assert next(iter(double.jobs)) in str(caught.value)
        else:
            while not double.submits or run.latest.kind != "running":
                pass
    if is_mended:
        with pytest.raises(errors.JobTimeout, match=r"resume\(\) fetches it without paying again"):
            run.result(20)
    sound(run, studio, "submitted" if is_mended else "sending")


@every
@pytest.mark.case(40)
def test_when_nothing_can_be_written_nothing_is_bought(double: Double, provider: str, studio_at: StudioAt) -> None:
    """A purchase that could not be remembered is not made."""
    studio = studio_at(double, provider)
    with disks.NO_INTENT(studio):
        run = studio.start("a fox")
        with pytest.raises(errors.StoreError, match=r"disk is full.*Nothing was spent\. Free some space"):
            run.result(20)
    assert not double.submits
    assert studio.start("a fox").result(20).data in double.delivered.values()


@pytest.mark.case(40)
def test_a_run_whose_end_cannot_be_written_counts_as_spent(
    cloudflare_double: Double, studio_at: StudioAt, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """On a disk that takes nothing more the picture is shown, and the next process finds a run of unknown end."""
    studio = studio_at(cloudflare_double, "cloudflare")
    cloudflare_double.script("submit", faults.slow(0.3))
    run = studio.start("a fox")
    while not cloudflare_double.submits:
        pass
    with disks.NOTHING_MORE(studio):
        assert_in_hand(run.result(20), cloudflare_double, tmp_path)
    assert SAVE_NOW in caplog.text
    studio.engine.history.close()  # as at the end of the process
    assert studio.unfinished() == []
    assert studio.history.spent_today() == pytest.approx(run.result().cost_usd)
    sound(run, studio, "unknown", double=cloudflare_double)


@pytest.mark.case(40)
def test_a_sketch_needs_no_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What costs nothing is drawn although nothing can be written: it is shown, and says that it is not kept."""
    (tmp_path / "home").write_text("a file where the folder should be", encoding="utf-8")
    studio = Studio("sketch", home=tmp_path / "home")
    with caplog.at_level(logging.WARNING, "flux2_nb"):
        result = studio.generate("a fox", width=64, height=64)
    assert result.is_unsaved
    assert SAVE_NOW in caplog.text
    assert result.save(tmp_path).read_bytes()
    studio.engine.close()


@pytest.mark.case(40)
def test_unsaved_pictures_are_their_owners(bfl_double: Double, studio_at: StudioAt) -> None:
    """Another owner does not find it, and it is gone from memory when its owner has everything deleted."""
    studio = studio_at(bfl_double, "bfl")
    with disks.NO_ROW(studio):
        result = studio.generate("a fox")
    assert studio.for_owner("another").history.unsaved(result.id) is None
    studio.history.delete_all()
    assert studio.history.unsaved(result.id) is None
    assert result.data


@pytest.fixture
def picture(tmp_path: Path) -> Iterator[ImageResult]:
    """A picture to save."""
    studio = Studio("sketch", home=tmp_path / "home")
    yield studio.generate("a fox", width=64, height=64)
    studio.engine.close()


@pytest.mark.case(40)
def test_saving_overwrites_nothing(picture: ImageResult, tmp_path: Path) -> None:
    """A file that is there stays as it is."""
    (tmp_path / "fox.png").write_bytes(b"another picture")
    with pytest.raises(FileExistsError):
        picture.save(tmp_path / "fox.png")
    assert (tmp_path / "fox.png").read_bytes() == b"another picture"


@pytest.mark.case(40)
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("x" * 300, "File name too long"),
        ("🦊" * 100, "File name too long"),
        ("nul.png", "the name of a device"),
        ("COM1", "the name of a device"),
        ("missing/fox.png", "No such file or directory"),
    ],
)
def test_a_name_that_cannot_be_is_told(picture: ImageResult, tmp_path: Path, name: str, why: str) -> None:
    """Saving under a name no file can have ends in a sentence, and the picture can be saved under another."""
    with pytest.raises(errors.StoreError, match=rf"could not be written: .*{why}.*save it under another name"):
        picture.save(tmp_path / name)
    assert picture.save(tmp_path / "fox").suffix == ".png"


@pytest.mark.case(40)
def test_a_disk_that_fills_while_saving_keeps_nothing_half(
    picture: ImageResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written whole is removed again."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("flux2_nb.result.os.fsync", full)
    with pytest.raises(errors.StoreError, match="No space left on device"):
        picture.save(tmp_path / "fox.png")
    assert not (tmp_path / "fox.png").exists()


@pytest.mark.case(40)
@pytest.mark.parametrize("prompt", ["con", "NUL", "🦊 狐" * 90, "é" * 300, "../../etc/passwd", "...", "aux.txt"])
def test_names_of_downloads_suit_every_system(prompt: str) -> None:
    """Whatever the prompt, what is downloaded has a name that is short enough, and no device's."""
    name = view.file_name(prompt, None, "png")
    assert len(name.encode()) <= 255
    assert not is_device_name(name)
    assert Path(name).name == name


@pytest.mark.case(40)
def test_the_app_shows_an_unsaved_picture_to_its_owner(bfl_double: Double, studio_at: StudioAt, tmp_path: Path) -> None:
    """The page shows it with a warning, serves it from memory, offers to save it, and gives it to nobody else."""
    studio = studio_at(bfl_double, "bfl")
    backend = Backend(studio, tmp_path / "uploads")
    with disks.NO_ROW(studio):
        run = studio.start("a fox")
        result = run.result(20)
        backend.boards.of("me", "text-to-image").add([run])
        page = board_markup(backend.boards.of("me", "text-to-image"))
        mine, anothers = site(backend), site(backend, "another")
        assert mine.get(address(result.id)).content == result.data
        download = mine.get(address(result.id, "download"))
        assert download.content == result.data
        assert "attachment" in download.headers["content-disposition"]
        assert read_settings(mine.get(address(result.id, "settings")).content).prompt == "a fox"
    assert SAVE_NOW in page
    assert "Save the original now" in page
    assert "f2-failed" in page
    assert "Remix" not in page
    assert anothers.get(address(result.id)).status_code == 404


@pytest.mark.case(40)
def test_the_app_starts_without_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the home cannot be written the page is there all the same, and its sketches too."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", "")  # so that what is set below is taken back
    monkeypatch.delenv("GRADIO_TEMP_DIR")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "home").write_text("a file where the folder should be", encoding="utf-8")
    app = build_app(Studio("sketch", home=tmp_path / "home"))
    assert app.backend.uploads.is_dir()
    assert "nothing will be kept there" in caplog.text
    assert app.backend.studio.generate("a fox", width=64, height=64).is_unsaved
    app.backend.studio.engine.close()


@pytest.mark.case(40)
async def test_a_panel_shows_an_unsaved_picture(bfl_double: Double, studio_at: StudioAt) -> None:
    """The panel of a notebook holds its bytes, and warns as loudly as of a failure."""
    studio = studio_at(bfl_double, "bfl")
    panel = Panel(registry.get("text-to-image"), studio, {"prompt": "a fox"})
    with disks.NO_ROW(studio):
        result = await panel.run()
    assert panel.find(result.id) is result
    [[shown]] = panel.shots()
    assert (shown.stage, shown.tone) == ("done", "failed")
    assert SAVE_NOW in shown.words
