"""Where everything stands: groups of subjects find their places in the frame, nearer ones lower and larger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from flux2_nb.sketch import figures
from flux2_nb.sketch.filling import HIDDEN, Placed, breadth, fill
from flux2_nb.sketch.groups import Group, aspect_of, grouped
from flux2_nb.sketch.plan import Box, Scene, Subject

_DEPTH_SIZE = {"foreground": 1.18, "midground": 1.0, "background": 0.6}
_DEPTH_BASE = {"foreground": 0.90, "midground": 0.58, "background": 0.10}
_COLUMN = {"left": 0.24, "centre": 0.5, "right": 0.76}
_SPREAD = {1: (0.5,), 2: (0.31, 0.70), 3: (0.2, 0.5, 0.8), 4: (0.15, 0.39, 0.62, 0.86)}
_CLOSE = 1.3  # the scale from which a lens is a close one
_LABEL_SIZE = 0.45
_FAR_CROWD = (1.0, 1.0, 0.9, 0.82)  # undoes the shrinking of crowds: a range is as tall as a mountain
_LAYERS = ("sky", "wall", "far", "ground", "portrait")
_WALLED = ("room", "studio", "plain")
_ROUNDS = 24  # of pushing apart


Turn = tuple[int, int]
"""A subject and one of its boxes, by their indices."""


def frame_of(width: int, height: int) -> Box:
    """The drawn picture inside its paper margin; the margin is wider below, where the mark stands."""
    margin = max(3.0, 0.026 * min(width, height))
    return (margin, margin, width - margin, height - max(margin, 0.052 * min(width, height)))


def lay_out(
    subjects: Sequence[Subject], scene: Scene, frame: Box, seed: int, area: Box | None = None
) -> tuple[tuple[Subject, ...], tuple[Turn, ...]]:
    """Give every subject its boxes.

    Args:
        subjects: What to place.
        scene: Its horizon and lens decide heights and sizes.
        frame: The drawn picture; the horizon is a share of it.
        seed: Changes the arrangement where the prompt leaves it open.

        area: The part of the frame they may stand in; all of it by default.

    Returns:
        The subjects with their boxes, in the same order; and the order of drawing, as indices of subjects and of
        their boxes.
    """
    if not subjects:
        return (), ()
    area = area or frame
    rng = Random(f"layout {seed}")
    area_height = area[3] - area[1]
    unit = min(area_height, 1.05 * (area[2] - area[0])) * 0.57 * scene.scale
    if scene.camera == "low":
        unit *= 1.18
    groups = grouped(subjects, _heights(subjects, unit, area), rng)
    horizon = min(area[3], max(area[1], frame[1] + min(scene.horizon, 1.0) * (frame[3] - frame[1])))
    placed = [_place(group, subjects, scene, area, horizon, rng, len(groups)) for group in groups]
    fill([p for p in placed if p.layer == "ground"], subjects, scene, area, horizon)
    _spread([p for p in placed if p.layer in ("ground", "portrait")], subjects, area, rng)
    _spread([p for p in placed if p.layer == "sky"], subjects, area, rng)
    for layer in ("far", "wall"):
        there = [p for p in placed if p.layer == layer]
        _spread(there, subjects, area, rng)
        _uncover([p for p in there if not p.fixed], [p for p in placed if p.layer == "ground"], area)
    boxes: dict[int, list[Box]] = {index: [] for index in range(len(subjects))}
    turns: list[tuple[tuple[int, float, float], Turn]] = []
    for p in placed:
        settled = p.group.moved(p.x, p.base)
        settled = settled if p.layer == "portrait" else _inside_area(settled, area)
        for item in settled.items:
            turns.append(
                ((_LAYERS.index(p.layer), settled.box[3], item.turn), (item.subject, len(boxes[item.subject])))
            )
            boxes[item.subject].append(item.box)
    laid = tuple(replace(subject, boxes=tuple(boxes[index])) for index, subject in enumerate(subjects))
    return laid, tuple(turn for _, turn in sorted(turns))


def fitted(subject: Subject, box: Box) -> Box:
    """The box of one of a subject as large as fits in the middle of a box."""
    wide, tall = box[2] - box[0], box[3] - box[1]
    height = min(tall, wide / aspect_of(subject))
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return (x - height * aspect_of(subject) / 2, y - height / 2, x + height * aspect_of(subject) / 2, y + height / 2)


def _heights(subjects: Sequence[Subject], unit: float, area: Box) -> list[float]:
    """The height of one of each subject: its size beside the first person, or first thing, softened; and its depth.

    A storyboard shows a fox under a tree so that both are seen: the tree is less than twice the fox.
    """
    sizes = [figures.size_of(subject.figure) if subject.figure else _LABEL_SIZE for subject in subjects]
    leads = [
        index
        for index, subject in enumerate(subjects)
        if figures.belongs(subject.figure) in ("ground", "water") and not figures.is_flat(subject.figure)
    ]
    first = next((index for index in leads if figures.is_person(subjects[index].figure)), leads[0] if leads else 0)
    lead = sizes[first]
    heights = []
    for index, (subject, size) in enumerate(zip(subjects, sizes, strict=True)):
        height = (
            unit * min(1.6, max(0.42, (size / lead) ** (0.42 if size > lead else 0.62))) * _DEPTH_SIZE[subject.depth]
        )
        home = figures.belongs(subject.figure)
        if figures.is_flat(subject.figure):
            height = unit * _DEPTH_SIZE[subject.depth] * 0.95 / aspect_of(subject)
        if home in ("sky", "celestial") and len(subjects) > 1:
            height = unit * (0.44 if home == "celestial" else 0.5)
        if home in ("wall", "ceiling") and len(subjects) > 1:
            height = (0.34 if home == "wall" else 0.22) * (area[3] - area[1])
        if home == "far" and len(subjects) > 1:
            height = 0.44 * (area[3] - area[1]) / _FAR_CROWD[min(3, subject.count)]
        if len(leads) > 1 and index == first:
            height *= 1.15
        if len(leads) == 1 and size == lead:
            height *= 1.2 if aspect_of(subject) > 0.6 else 1.36
        widest = 0.54 if len(leads) == 1 < len(subjects) else 0.8
        heights.append(min(height, 0.86 * (area[3] - area[1]), widest * (area[2] - area[0]) / aspect_of(subject)))
    return heights


def _place(
    group: Group, subjects: Sequence[Subject], scene: Scene, area: Box, horizon: float, rng: Random, groups: int
) -> Placed:
    """The layer of a group and its first place."""
    subject = subjects[group.root]
    left, top, right, bottom = area
    x = left + (right - left) * (_COLUMN[subject.column] if subject.column else 0.5)
    layer = _layer(subject, scene, groups)
    height = group.box[3] - group.box[1]
    if _is_portrait(subject, scene, groups):
        return Placed(group.moved(0, 0, 1.35), "portrait", x, bottom + 0.55 * height, subject.column is not None)
    if layer == "sky":
        middle = top + (horizon - top) * (
            0.22
            if figures.belongs(subject.figure) == "celestial"
            else 0.30 + (0.4 if scene.ground == "underwater" else 0.2) * rng.random()
        )
        if groups == 1 or subject.row == "bottom":
            middle = (top + bottom) / 2
        if scene.horizon > 1:
            middle = top + (bottom - top) * (0.5 if groups == 1 else 0.36 + 0.3 * rng.random())
        return Placed(group, layer, x, middle + height / 2, subject.column is not None)
    if layer == "wall":
        high = (0.46 if figures.belongs(subject.figure) == "wall" else 0.22) * (horizon - top)
        return Placed(group, layer, x, top + high + height / 2, subject.column is not None)
    if layer == "far":
        return Placed(group, layer, x, horizon + 0.03 * (bottom - horizon), subject.column is not None)
    share = _DEPTH_BASE["foreground"] if subject.row == "bottom" else _DEPTH_BASE[subject.depth]
    base = horizon + share * (bottom - horizon) - group.box[3]
    if scene.camera == "overhead" or scene.horizon > 1:
        base = (top + bottom) / 2 + height / 2 + (rng.random() - 0.5) * 0.1 * (bottom - top) * (groups > 1)
    return Placed(group, layer, x, min(base, bottom - 0.02 * (bottom - top)), subject.column is not None)


def _is_portrait(subject: Subject, scene: Scene, groups: int) -> bool:
    """Whether this is a person close up, cut by the foot of the frame."""
    return groups == 1 and scene.scale >= _CLOSE and subject.count == 1 and figures.is_person(subject.figure)


def _layer(subject: Subject, scene: Scene, groups: int) -> str:
    """The layer a subject belongs to: what is on one layer does not overlap."""
    home = figures.belongs(subject.figure)
    swims = scene.ground == "underwater" and home == "water"
    if home in ("wall", "ceiling") and groups > 1 and scene.ground in _WALLED and scene.camera != "overhead":
        return "wall"
    if subject.row == "top" or home == "celestial" or ((home == "sky" or swims) and subject.row != "bottom"):
        return "sky"
    if (home == "far" and groups > 1 and subject.depth != "foreground") or (subject.depth == "background"):
        return "far"
    return "ground"


def _spread(placed: list[Placed], subjects: Sequence[Subject], area: Box, rng: Random) -> None:
    """Find places side by side: wished ones first, the rest in the gaps, then all pushed apart."""
    if not placed:
        return
    if placed[0].layer != "portrait":
        _fit(placed, area)
    free = [p for p in placed if not p.fixed]
    if len(placed) == 1 and free:
        celestial = figures.belongs(subjects[placed[0].group.root].figure) == "celestial"
        choices = (
            (0.22, 0.78)
            if celestial
            else (0.42, 0.5, 0.58)
            if placed[0].layer in ("ground", "portrait")
            else (0.3, 0.5, 0.7)
        )
        placed[0].x = area[0] + (area[2] - area[0]) * rng.choice(choices)
    elif free:
        _take_slots(free, [p.x for p in placed if p.fixed], area, rng)
    for _ in range(_ROUNDS):
        if not _push(placed, area):
            break


def _uncover(far: list[Placed], near: list[Placed], area: Box) -> None:
    """Move what stands in the distance to where nearer things hide it least."""
    if len(far) != 1:
        return
    width = area[2] - area[0]

    def hidden(x: float) -> float:
        left, right = x + far[0].group.box[0], x + far[0].group.box[2]
        shares = [min(right, p.x + p.group.box[2]) - max(left, p.x + p.group.box[0]) for p in near]
        return sum(max(0.0, share) for share in shares) + 0.1 * abs(x - area[0] - width / 2)

    far[0].x = min((_clamped_at(far[0], area, area[0] + width * step / 20) for step in range(3, 18)), key=hidden)


def _take_slots(free: list[Placed], taken: list[float], area: Box, rng: Random) -> None:
    """Give the free groups the slots furthest from taken ones, in their order or mirrored."""
    width = area[2] - area[0]
    count = len(free) + len(taken)
    shares = _SPREAD.get(count) or tuple((i + 0.5) / count for i in range(count))
    slots = [area[0] + width * share for share in shares]
    for x in taken:
        slots.remove(min(slots, key=lambda slot: abs(slot - x)))
    if rng.random() < 0.5:
        slots.reverse()
    for p, slot in zip(free, slots, strict=False):
        p.x = slot + (rng.random() - 0.5) * 0.05 * width


def _fit(placed: list[Placed], area: Box) -> None:
    """Shrink a layer's groups together until they stand side by side, and each until it is not too tall."""
    room = 0.94 * (area[2] - area[0])
    total = breadth(placed)
    shared = min(1.0, room / total) if total else 1.0
    for p in placed:
        tall = p.group.box[3] - p.group.box[1]
        own = min(shared, (p.base + p.group.box[3] - area[1]) * 0.97 / tall if tall else 1.0)
        if own < 1.0:
            p.group = p.group.moved(0, 0, max(own, 0.12))


def _push(placed: list[Placed], area: Box) -> bool:
    """Move overlapping neighbours apart by half their overlap each; True when something moved."""
    moved = False
    for p in placed:
        p.x = _clamped(p, area)
    for i, a in enumerate(placed):
        for b in placed[i + 1 :]:
            left, right = (a, b) if a.x <= b.x else (b, a)
            hidden = HIDDEN * min(a.width, b.width) if a.back != b.back else 0.0
            overlap = (
                (left.x + left.group.box[2]) - (right.x + right.group.box[0]) + 0.012 * (area[2] - area[0]) - hidden
            )
            if overlap > 0.5:
                left.x -= overlap / 2
                right.x += overlap / 2
                moved = True
    return moved


def _clamped(p: Placed, area: Box) -> float:
    return _clamped_at(p, area, p.x)


def _clamped_at(p: Placed, area: Box, x: float) -> float:
    gap = 0.02 * (area[2] - area[0])
    low, high = area[0] + gap - p.group.box[0], area[2] - gap - p.group.box[2]
    return (low + high) / 2 if low > high else min(max(x, low), high)


def _inside_area(group: Group, area: Box) -> Group:
    """Keep a group within the frame, smaller if it must be."""
    left, top, right, bottom = group.box
    wide, tall = (area[2] - area[0]) * 0.98, (area[3] - area[1]) * 0.98
    scale = min(1.0, wide / max(1.0, right - left), tall / max(1.0, bottom - top))
    if scale < 1.0:
        x, y = (left + right) / 2, bottom
        group = group.moved(-x, -y).moved(x, y, scale)
        left, top, right, bottom = group.box
    x = max(area[0] + 2 - left, 0.0) + min(area[2] - 2 - right, 0.0)
    y = max(area[1] + 2 - top, 0.0) + min(area[3] - 2 - bottom, 0.0)
    return group.moved(x, y)
