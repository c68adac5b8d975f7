"""Thirty prompts: what is recognised in them, how many, where, and in which colour."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise

import pytest

from flux2_nb.sketch import SketchPlan, Subject, describe

SIZE = 960, 720


@dataclass(frozen=True)
class Expected:
    """A prompt and what its plan must hold: counts and colours by figure, who stands where, and the scene."""

    prompt: str
    counts: dict[str, int]
    colours: dict[str, str] | None = None
    left_to_right: tuple[str, ...] = ()
    near_to_far: tuple[str, ...] = ()
    stacked: tuple[str, str] | None = None
    ground: str | None = None
    light: str | None = None


def as_json(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False)


PROMPTS = (
    Expected("three apples and a teapot on a wooden table", {"🍎": 3, "🫖": 1, "table": 1}, stacked=("🍎", "table")),
    Expected("a cat on the left, a dog on the right", {"🐈": 1, "🐕": 1}, left_to_right=("🐈", "🐕")),
    Expected("on the left, a lamp; on the right, a sofa", {"lamp": 1, "sofa": 1}, left_to_right=("lamp", "sofa")),
    Expected(
        "a horse in the foreground, mountains in the background, at dawn",
        {"🐎": 1, "⛰": 3},
        near_to_far=("🐎", "⛰"),
        light="dawn",
    ),
    Expected("a red fox in fresh snow under two birch trees", {"fox": 1, "birch": 2}, ground="snow"),
    Expected(
        "a sofa in color #2A6F97 and a green armchair",
        {"sofa": 1, "armchair": 1},
        {"sofa": "#2A6F97", "armchair": "#2E8B57"},
    ),
    Expected("five balloons above a castle", {"🎈": 5, "🏰": 1}, stacked=("🎈", "🏰")),
    Expected("a bowl of cherries next to a vase of tulips", {"🥣": 1, "🍒": 3, "vase": 1, "🌷": 3}),
    Expected(
        "a woman in a red coat, rainy street at night",
        {"woman": 1},
        {"woman": "#D62828"},
        ground="street",
        light="night",
    ),
    Expected("a robot to the left of a bicycle", {"robot": 1, "🚲": 1}, left_to_right=("robot", "🚲")),
    Expected("an astronaut riding a horse", {"astronaut": 1, "🐎": 1}, stacked=("astronaut", "🐎")),
    Expected(
        "a lighthouse by the sea at sunset, a sailboat in the foreground",
        {"lighthouse": 1, "⛵": 1},
        near_to_far=("⛵", "lighthouse"),
        ground="sea",
        light="sunset",
    ),
    Expected(
        "a blue car, a yellow bus and a red truck",
        {"🚗": 1, "🚌": 1, "🚚": 1},
        {"🚗": "#2F6FD0", "🚌": "#F4C430", "🚚": "#D62828"},
    ),
    Expected(
        "deux chats noirs sur un canapé bleu, à gauche une lampe",
        {"🐈": 2, "sofa": 1, "lamp": 1},
        {"sofa": "#2F6FD0"},
        left_to_right=("lamp", "sofa"),
    ),
    Expected(
        "trois pommes rouges au premier plan, une maison au loin",
        {"🍎": 3, "🏠": 1},
        {"🍎": "#D62828"},
        near_to_far=("🍎", "🏠"),
    ),
    Expected(
        "Ein Fuchs links, eine Eule rechts, im Wald bei Nacht",
        {"fox": 1, "🦉": 1},
        left_to_right=("fox", "🦉"),
        ground="forest",
        light="night",
    ),
    Expected(
        "Zwei Boote auf dem See, im Hintergrund ein Berg", {"⛵": 2, "⛰": 1}, near_to_far=("⛵", "⛰"), ground="sea"
    ),
    Expected(
        "cuatro gatos en la playa, a la derecha una palmera",
        {"🐈": 4, "🌴": 1},
        left_to_right=("🐈", "🌴"),
        ground="beach",
    ),
    Expected("una tetera roja sobre una mesa", {"🫖": 1, "table": 1}, {"🫖": "#D62828"}, stacked=("🫖", "table")),
    Expected("un cane bianco e tre uccelli in un prato", {"🐕": 1, "🐦": 3}, ground="meadow"),
    Expected("duas crianças e um cachorro no parque", {"boy": 2, "🐕": 1}, ground="meadow"),
    Expected(
        "三只猫在桌子上，远处有一座山",
        {"🐈": 3, "table": 1, "⛰": 1},
        stacked=("🐈", "table"),
        near_to_far=("table", "⛰"),
    ),
    Expected("左边一只狗，右边一棵树，夜晚", {"🐕": 1, "tree": 1}, left_to_right=("🐕", "tree"), light="night"),
    Expected("机の上の赤いりんご三つ", {"table": 1, "🍎": 3}, {"🍎": "#D62828"}, stacked=("🍎", "table")),
    Expected(
        "고양이 세 마리와 파란 자동차, 배경에 산",
        {"🐈": 3, "🚗": 1, "⛰": 1},
        {"🚗": "#2F6FD0"},
        near_to_far=("🚗", "⛰"),
    ),
    Expected("ثلاث قطط على أريكة زرقاء", {"🐈": 3, "sofa": 1}, {"sofa": "#2F6FD0"}, stacked=("🐈", "sofa")),
    Expected("एक लाल कार घर के सामने", {"🚗": 1, "🏠": 1}, {"🚗": "#D62828"}, near_to_far=("🚗", "🏠")),
    Expected("แมวสามตัวใต้ต้นไม้", {"🐈": 3, "tree": 1}),
    Expected(
        as_json(
            scene="a market street at night",
            subjects=[
                {"description": "a robot", "position": "right foreground", "color_palette": ["#2EC4B6"]},
                {"description": "two bicycles", "position": "left midground"},
            ],
            camera={"angle": "low angle"},
        ),
        {"robot": 1, "🚲": 2},
        {"robot": "#2EC4B6"},
        left_to_right=("🚲", "robot"),
        near_to_far=("robot", "🚲"),
        ground="street",
        light="night",
    ),
    Expected(
        as_json(
            subjects=[
                {"description": "ein Leuchtturm", "position": "Hintergrund"},
                {"description": "drei Möwen", "position": "oben links"},
            ],
            background="das Meer",
        ),
        {"lighthouse": 1, "🐦": 3},
        left_to_right=("🐦", "lighthouse"),
        ground="sea",
    ),
)


def plan_of(expected: Expected) -> SketchPlan:
    return describe(expected.prompt, *SIZE, seed=11)


def subject(plan: SketchPlan, figure: str) -> Subject:
    return next(subject for subject in plan.subjects if subject.figure == figure)


def middle(subject: Subject) -> float:
    return sum((box[0] + box[2]) / 2 for box in subject.boxes) / len(subject.boxes)


def feet(subject: Subject) -> float:
    return max(box[3] for box in subject.boxes)


def ids(expected: Expected) -> str:
    return expected.prompt[:40]


@pytest.mark.parametrize("expected", PROMPTS, ids=ids)
def test_every_thing_is_recognised_and_counted(expected: Expected) -> None:
    """The plan holds exactly the things of the prompt, each as many times as it says, and a box for each."""
    plan = plan_of(expected)
    assert {s.figure: s.count for s in plan.subjects} == expected.counts
    assert all(len(s.boxes) == s.count for s in plan.subjects)


@pytest.mark.parametrize("expected", [e for e in PROMPTS if e.colours], ids=ids)
def test_colours_are_bound_to_their_things(expected: Expected) -> None:
    """A colour goes to the thing it is named with."""
    plan = plan_of(expected)
    assert {figure: subject(plan, figure).colour for figure in expected.colours or ()} == expected.colours


@pytest.mark.parametrize("expected", [e for e in PROMPTS if e.left_to_right], ids=ids)
def test_things_stand_left_and_right_as_asked(expected: Expected) -> None:
    """What is named left stands left of what is named right."""
    plan = plan_of(expected)
    places = [middle(subject(plan, figure)) for figure in expected.left_to_right]
    assert places == sorted(places)


@pytest.mark.parametrize("expected", [e for e in PROMPTS if e.near_to_far], ids=ids)
def test_nearer_things_stand_lower(expected: Expected) -> None:
    """What is nearer has its feet lower in the picture."""
    plan = plan_of(expected)
    places = [feet(subject(plan, figure)) for figure in expected.near_to_far]
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize("expected", [e for e in PROMPTS if e.stacked], ids=ids)
def test_things_on_others_stand_higher_and_within_their_width(expected: Expected) -> None:
    """A thing on or above another has its feet above the other's, and its middle over it."""
    plan = plan_of(expected)
    upper, lower = (subject(plan, figure) for figure in expected.stacked or ("", ""))
    assert feet(upper) < feet(lower)
    assert min(b[0] for b in lower.boxes) <= middle(upper) <= max(b[2] for b in lower.boxes)


@pytest.mark.parametrize("expected", [e for e in PROMPTS if e.ground or e.light], ids=ids)
def test_scene_words_set_the_scene(expected: Expected) -> None:
    """Ground and light are those the prompt names."""
    scene = plan_of(expected).scene
    assert expected.ground in (None, scene.ground)
    assert expected.light in (None, scene.light)


def test_there_are_thirty_prompts() -> None:
    """The fixed set keeps its size."""
    assert len(PROMPTS) == 30


@pytest.mark.parametrize("expected", PROMPTS, ids=ids)
def test_every_box_lies_in_the_picture(expected: Expected) -> None:
    """Nothing is cut off by the frame."""
    plan = plan_of(expected)
    for left, top, right, bottom in (box for s in plan.subjects for box in s.boxes):
        assert 0 <= left < right <= plan.width
        assert 0 <= top < bottom <= plan.height


def test_the_first_thing_of_two_equals_is_not_hidden() -> None:
    """Of things in two rows the nearer hides less than half of the further, and the first is itself near."""
    plan = describe("a dog, a horse, a chair and a bicycle", *SIZE, seed=3)
    boxes = sorted(box for s in plan.subjects for box in s.boxes)
    for first, second in pairwise(boxes):
        narrower = min(first[2] - first[0], second[2] - second[0])
        assert first[2] - second[0] <= 0.5 * narrower
    assert plan.order[-1] == (0, 0) or plan.subjects[0].boxes[0][3] >= max(box[3] for box in boxes) - 0.05 * SIZE[1]
