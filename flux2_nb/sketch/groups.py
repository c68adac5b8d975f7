"""Subjects that belong together, arranged around each other: counts in rows, a cat on a sofa, tulips in a vase.

A group is laid out by itself, with the ground under its main thing at y = 0 and its middle at x = 0; ``layout``
then finds it a place in the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from flux2_nb.sketch import figures, masks
from flux2_nb.sketch.plan import Box, Subject

LABEL_ASPECT = 1.5
"""Width by height of a labelled box."""

_SHRINK = (1.0, 1.0, 0.9, 0.82, 0.76, 0.68, 0.62, 0.57, 0.53, 0.5, 0.47, 0.45, 0.43)
"""The size of each of a number of equal things, so that a crowd does not outgrow the picture."""

_BOUND = {"on", "inside", "under", "above", "holding", "behind", "before"}


@dataclass(frozen=True)
class Item:
    """One drawn thing: the index of its subject, its box, and its turn in drawing (lower is drawn first)."""

    subject: int
    box: Box
    turn: float


@dataclass(frozen=True)
class Group:
    """Items around one main subject."""

    root: int
    items: tuple[Item, ...]

    @property
    def box(self) -> Box:
        """What encloses all items."""
        boxes = [item.box for item in self.items]
        return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))

    def moved(self, x: float, y: float, scale: float = 1.0) -> Group:
        """The group scaled about its origin and then moved."""
        items = tuple(replace(item, box=_moved(item.box, x, y, scale)) for item in self.items)
        return replace(self, items=items)


def grouped(subjects: Sequence[Subject], height_of: Sequence[float], rng: Random) -> list[Group]:
    """Arrange subjects in groups.

    Args:
        subjects: The subjects of a plan, without boxes.
        height_of: The height of one of each, in pixels.
        rng: Where small irregularities come from.

    Returns:
        One group for each subject that stands by itself, in the order of the subjects.
    """
    parents = [_parent(subjects, index) for index in range(len(subjects))]
    groups = []
    for index, parent in enumerate(parents):
        if parent is None:
            items = _row(subjects, index, height_of[index], rng)
            group = Group(index, tuple(items))
            groups.append(_with_children(group, index, subjects, parents, height_of, rng))
    return groups


def aspect_of(subject: Subject) -> float:
    """Width by height of one of a subject."""
    return masks.aspect(subject.figure) if subject.figure else LABEL_ASPECT


def _parent(subjects: Sequence[Subject], index: int) -> int | None:
    """What a subject is arranged around; None for one that stands by itself. A held thing goes with its holder."""
    for other, subject in enumerate(subjects):
        if subject.relation and subject.relation.kind == "holding" and subject.relation.other == index:
            return other
    relation = subjects[index].relation
    if relation is None or relation.kind not in _BOUND or relation.kind == "holding":
        return None
    if not 0 <= relation.other < len(subjects) or _in_circle(subjects, index):
        return None
    return relation.other


def _in_circle(subjects: Sequence[Subject], index: int) -> bool:
    seen = {index}
    relation = subjects[index].relation
    while relation is not None and relation.kind != "holding":
        if relation.other in seen or not 0 <= relation.other < len(subjects):
            return True
        seen.add(relation.other)
        relation = subjects[relation.other].relation
    return False


def _row(subjects: Sequence[Subject], index: int, height: float, rng: Random) -> list[Item]:
    """All of one subject, in rows from back to front, standing on y = 0."""
    subject = subjects[index]
    count, each = subject.count, height * _SHRINK[subject.count]
    aspect = aspect_of(subject)
    rows = 1 if count <= (4 if aspect < 1.3 else 3) else 2 if count <= 8 else 3
    items: list[Item] = []
    for row in range(rows):
        here = count // rows + (1 if row >= rows - count % rows else 0)
        back = rows - 1 - row
        tall = each * 0.92**back
        step = tall * aspect * (0.8 if figures.stands_close(subject.figure) else 1.1)
        for place in range(here):
            size = tall * (1 + (rng.random() - 0.5) * (0.1 if count > 1 else 0.0))
            x = (place - (here - 1) / 2) * step + (rng.random() - 0.5) * 0.06 * step
            base = -back * each * 0.4 - (rng.random() * 0.05 * each if count > 1 else 0.0)
            box = (x - size * aspect / 2, base - size, x + size * aspect / 2, base)
            items.append(Item(index, box, base / max(1.0, height)))
    return items


def _with_children(
    group: Group,
    root: int,
    subjects: Sequence[Subject],
    parents: Sequence[int | None],
    height_of: Sequence[float],
    rng: Random,
) -> Group:
    """Add what is on, in, under, above, before and behind a subject, and then what belongs to those."""
    children = [index for index, parent in enumerate(parents) if parent == root]
    on_top = [index for index in children if _kind(subjects, index) in ("on", "inside")]
    own = [item for item in group.items if item.subject == root]
    host = (
        min(i.box[0] for i in own),
        min(i.box[1] for i in own),
        max(i.box[2] for i in own),
        max(i.box[3] for i in own),
    )
    turn = max(item.turn for item in own)
    items = list(group.items)
    for index in children:
        kind = _kind(subjects, index)
        share = (on_top.index(index), len(on_top)) if index in on_top else (0, 1)
        row = Group(index, tuple(_row(subjects, index, height_of[index], rng)))
        if kind == "holding" and subjects[index].figure == "☂":
            kind = "held up"
        placed = _PLACING[kind](row, host, share, subjects[root].figure)
        step = -0.01 if kind in ("inside", "behind", "held up") else 0.01
        placed = replace(
            placed, items=tuple(replace(item, turn=turn + step + item.turn * 0.001) for item in placed.items)
        )
        placed = _with_children(placed, index, subjects, parents, height_of, rng)
        items += placed.items
    return replace(group, items=tuple(items))


def _kind(subjects: Sequence[Subject], index: int) -> str:
    relation = subjects[index].relation
    if relation is not None and relation.kind == "inside" and figures.is_flat(subjects[relation.other].figure):
        return "on"
    if relation is not None and relation.kind in ("on", "inside") and figures.is_part(subjects[relation.other].figure):
        return "before"
    return relation.kind if relation is not None and relation.kind != "holding" else "holding"


def _on(row: Group, host: Box, share: tuple[int, int], figure: str) -> Group:
    """Stood on a thing; several share its width."""
    width, height = host[2] - host[0], host[3] - host[1]
    room = width * 0.86 / share[1]
    scale = min(1.0, room / _width(row))
    x = host[0] + width * 0.07 + room * (share[0] + 0.5)
    return row.moved(x, host[1] + height * figures.seat(figure), scale)


def _inside(row: Group, host: Box, share: tuple[int, int], figure: str) -> Group:
    """Looking out over the rim of a thing, partly hidden by it; in a narrow one, a bunch."""
    width, height = host[2] - host[0], host[3] - host[1]
    narrow = width < 0.8 * height
    if narrow:
        row = row.moved(0, 0, min(1.0, 0.8 * height / _height(row)))
        row = _gathered(row, min(1.0, 1.15 * width / share[1] / _width(row)))
    room = width * (1.15 if narrow else 0.84) / share[1]
    scale = 1.0 if narrow else min(1.0, room / _width(row), 1.1 * height / _height(row))
    x = (host[0] + host[2]) / 2 + room * (share[0] - (share[1] - 1) / 2)
    return row.moved(x, host[1] + min(0.3 * height, (0.2 if narrow else 0.45) * _height(row) * scale), scale)


def _gathered(row: Group, share: float) -> Group:
    """The items of a row moved together, overlapping, without getting smaller."""
    items = []
    for item in row.items:
        middle = (item.box[0] + item.box[2]) / 2
        items.append(replace(item, box=_moved(item.box, middle * (share - 1), 0, 1)))
    return replace(row, items=tuple(items))


def _under(row: Group, host: Box, share: tuple[int, int], figure: str) -> Group:
    """Below a thing: between the legs of a table, or in front of the trunk of a tree."""
    width, height = host[2] - host[0], host[3] - host[1]
    if figures.size_of(figure) >= 1.25:
        return row.moved(host[0] + width * 0.36, host[3] + 0.10 * height, min(1.0, 0.66 * height / _height(row)))
    if figures.size_of(figure) < 0.6:  # nothing stands under a tin: it is below
        scale = min(1.0, 0.8 * height / _height(row))
        return row.moved(host[0] + width * 0.5, host[3] + 0.08 * height + _height(row) * scale, scale)
    scale = min(1.0, 0.7 * width / _width(row), 0.72 * height / _height(row))
    return row.moved(host[0] + width * 0.5, host[3] + 0.02 * height, scale)


def _above(row: Group, host: Box, share: tuple[int, int], figure: str) -> Group:
    width, height = host[2] - host[0], host[3] - host[1]
    scale = min(1.0, 1.4 * width / _width(row), 0.7 * height / _height(row))
    return row.moved(host[0] + width * 0.5, host[1] - 0.14 * height, scale)


def _behind(row: Group, host: Box, share: tuple[int, int], figure: str) -> Group:
    width = host[2] - host[0]
    return row.moved(host[0] + width * 0.5 + 0.32 * (width + _width(row)) * 0.9, host[3] - 0.07 * (host[3] - host[1]))


def _before(row: Group, host: Box, share: tuple[int, int], figure: str) -> Group:
    width = host[2] - host[0]
    scale = min(1.0, 0.62 * (host[3] - host[1]) / _height(row)) if figures.size_of(figure) > 1 else 1.0
    return row.moved(
        host[0] + width * 0.5 - 0.3 * (width + _width(row) * scale) * 0.8, host[3] + 0.07 * (host[3] - host[1]), scale
    )


def _holding(row: Group, host: Box, share: tuple[int, int], figure: str) -> Group:
    """In the hand of a person: an umbrella is held up, other things at the side."""
    width, height = host[2] - host[0], host[3] - host[1]
    scale = min(1.0, 0.36 * height / _height(row))
    return row.moved(host[2] + 0.3 * _width(row) * scale - 0.04 * width, host[1] + 0.78 * height, scale)


def _held_up(row: Group, host: Box, share: tuple[int, int], figure: str) -> Group:
    """Over the head and behind it, the handle in the hand."""
    width, height = host[2] - host[0], host[3] - host[1]
    scale = min(1.6, 0.74 * height / _height(row))
    return row.moved(host[2] - 0.06 * width, host[1] + 0.56 * height, scale)


_PLACING = {
    "on": _on,
    "inside": _inside,
    "under": _under,
    "above": _above,
    "behind": _behind,
    "before": _before,
    "holding": _holding,
    "held up": _held_up,
}


def _width(row: Group) -> float:
    return max(1.0, row.box[2] - row.box[0])


def _height(row: Group) -> float:
    return max(1.0, row.box[3] - row.box[1])


def _moved(box: Box, x: float, y: float, scale: float) -> Box:
    return (box[0] * scale + x, box[1] * scale + y, box[2] * scale + x, box[3] * scale + y)
