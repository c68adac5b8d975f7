"""JSON that a provider should not send: case 20."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb import errors
from flux2_nb.provider.replies import members
from flux2_nb.studio import Studio
from tests.doubles import faults
from tests.doubles.double import Double
from tests.engine.conftest import both, every
from tests.reliability.aftermath import found_in_the_list_or_unknown, sound

StudioAt = Callable[..., Studio]


def instead(body: bytes) -> faults.Fault:
    """The work is done, and this is said of it."""
    return faults.rewrite(lambda reply: replace(reply, body=body))


NO_JSON = [
    pytest.param(faults.truncate(), id="cut short"),
    pytest.param(instead(b'{"id": NaN, "status": NaN}'), id="NaN"),
    pytest.param(instead(b'{"id": "1", "id": "2", "success": true, "success": true}'), id="repeated names"),
    pytest.param(instead(b"[" * 100_000), id="100,000 deep"),
    pytest.param(instead(b'{"id":' * 100_000), id="100,000 objects deep"),
    pytest.param(instead(b"[]"), id="a list"),
    pytest.param(instead(b'"text"'), id="a text"),
    pytest.param(instead(b"null"), id="null"),
    pytest.param(instead(b"{}"), id="nothing in it"),
    pytest.param(instead(b"\xff\xfe{}"), id="no text at all"),
]


@every
@pytest.mark.case(20)
@pytest.mark.parametrize("fault", NO_JSON)
def test_nonsense_for_the_paid_request_is_a_lost_answer(
    fault: faults.Fault, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """It was accepted and nobody can read what: one purchase, counted as spent."""
    double.script("submit", fault)
    if provider == "replicate":
        double.script("list", faults.answer(500), forever=True)
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    try:
        # Where the job's id came whole before the cut, the job is collected.
        assert run.result(20).data in double.delivered.values()
    except errors.OutcomeUnknown:
        assert studio.history.run(run.id).state == "unknown"
    assert len(double.submits) == 1
    sound(run, studio, studio.history.run(run.id).state, double=double)
    assert studio.history.run(run.id).state in ("unknown", "done")


@both
@pytest.mark.case(20)
@pytest.mark.parametrize("fault", NO_JSON[:-2])
def test_nonsense_for_a_look_leaves_the_job_collectable(
    fault: faults.Fault, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """Only a verdict ends a job; what cannot be read ends the waiting."""
    double.script("poll", fault)
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    with pytest.raises(errors.BadReply, match=r"resume\(\) fetches it"):
        run.result(20)
    sound(run, studio, "submitted", double=double)
    (again,) = studio.resume()
    assert again.result(20).data in double.delivered.values()


WRONG_TYPES: list[Any] = [[], {}, ["Ready"], {"a": 1}, 3, -1.5, True, None, "", "Pondering", "x" * 100_000, "\x00"]


@both
@pytest.mark.case(20)
@pytest.mark.parametrize("status", WRONG_TYPES, ids=[repr(value)[:12] for value in WRONG_TYPES])
def test_a_state_that_nobody_knows_is_waited_through(
    status: Any, double: Double, provider: str, studio_at: StudioAt
) -> None:
    """Whatever stands where the state should stand, the next look is taken, and no event is longer for it."""
    double.script("poll", faults.edit({"status": status, "progress": status}))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    assert run.result(20).data in double.delivered.values()
    assert max(len(event.note) for event in run._events) < 200
    assert all(event.progress is None or 0 <= event.progress <= 1 for event in run._events)
    sound(run, studio, "done", double=double)


@pytest.mark.case(20)
@pytest.mark.parametrize(
    "told", [{"seed": 10**400}, {"seed": -1}, {"seed": True}, {"seed": "7"}, {"prompt": ["a"]}, {"prompt": "\ud800"}]
)
def test_odd_details_of_a_picture_do_not_lose_it(told: dict[str, Any], bfl_double: Double, studio_at: StudioAt) -> None:
    """A seed that no database holds, and words that are none, are left out or mended; the picture is kept."""
    bfl_double.script("poll", faults.edit({"result": told}))
    studio = studio_at(bfl_double, "bfl")
    run = studio.start("a fox", seed=7)
    assert run.result(20).seed == 7
    sound(run, studio, "done", double=bfl_double)


@pytest.mark.case(20)
@pytest.mark.parametrize("metrics", [{"predict_time": {"a": "b"}}, {"x" * 10_000: 10**400}, [], "fast"])
def test_odd_measures_do_not_lose_the_picture(metrics: Any, replicate_double: Double, studio_at: StudioAt) -> None:
    """Of Replicate's measures only numbers are kept."""
    replicate_double.script("poll", faults.edit({"metrics": metrics}))
    studio = studio_at(replicate_double, "replicate")
    run = studio.start("a fox")
    run.result(20)
    sound(run, studio, "done", double=replicate_double)


PATHS = ["../../x", "/etc/passwd", "..", "C:\\x", "a/../../../b", "%2e%2e%2f", "x" * 300]


@both
@pytest.mark.case(20)
@pytest.mark.parametrize("name", PATHS, ids=[name[:12] for name in PATHS])
def test_an_id_is_never_a_path(name: str, double: Double, provider: str, studio_at: StudioAt) -> None:
    """A job's id goes into the history as text; no file or folder is named after it."""
    double.script("submit", faults.edit({"id": name}))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    assert run.result(20).data in double.delivered.values()
    job = studio.history.run(run.id).job
    assert job is not None
    assert job.id == name
    assert not [path for path in studio.home.parent.rglob("*") if path.name in ("x", "b", "passwd", name)]
    sound(run, studio, "done", double=double)


@both
@pytest.mark.case(20)
@pytest.mark.parametrize("name", [["a"], {"a": 1}, 7, True, None, "", "\ud800", "a\x00b", "a\nb"], ids=repr)
def test_an_id_that_is_none_is_a_lost_answer(name: Any, double: Double, provider: str, studio_at: StudioAt) -> None:
    """What cannot be an id is not taken for one; Replicate's list still knows the job."""
    double.script("submit", faults.edit({"id": name}))
    studio = studio_at(double, provider)
    run = studio.start("a fox")
    found_in_the_list_or_unknown(run, studio, double)


@pytest.mark.case(3, 20)
@given(
    st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.integers() | st.none()), max_size=5),
    st.integers(0, 200),
)
def test_of_a_cut_answer_only_what_came_whole_is_read(value: dict[str, Any], length: int) -> None:
    """However an answer is cut, each member that is read has the value that was sent."""
    body = json.dumps(value, ensure_ascii=False).encode()
    found = members(body[:length])
    assert all(value.get(name) == member for name, member in found.items())
    assert members(body) == value


@pytest.mark.case(20)
@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_a_cut_answer(body: bytes) -> None:
    """Whatever comes, members are found or not."""
    assert isinstance(members(body), dict)
