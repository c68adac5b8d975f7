"""From a prompt to a plan: what is recognised in prose or JSON, and where it will stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flux2_nb.prompting.json_prompt import JsonPrompt, is_json_prompt
from flux2_nb.prompting.roles import normalise_mentions
from flux2_nb.sketch import figures, lettering, sections, structured
from flux2_nb.sketch.formats import Regions, regions, share
from flux2_nb.sketch.layout import fitted, frame_of, lay_out
from flux2_nb.sketch.plan import Box, Scene, Section, SketchPlan, Subject
from flux2_nb.sketch.reading import Reading, read
from flux2_nb.sketch.scene import format_of, scene_of
from flux2_nb.sketch.surfaces import asked_surfaces
from flux2_nb.sketch.texts import in_order

LONGEST = 6000
"""Characters of a prompt that are read; a storyboard holds no more."""

MOST_SUBJECTS = 9
"""More than this many different things clutter a thumbnail."""

_MOST_ON_PAGE = 3
_SCALE_OF_EDITS = 0.66  # what an edit adds leaves its picture to be seen
_SCALE_IN_CELLS = 1.28


def describe(prompt: str, width: int = 1024, height: int = 1024, seed: int = 0, references: int = 0) -> SketchPlan:
    """Say what a sketch of a prompt will show.

    Args:
        prompt: Prose in any language, or a JSON prompt.
        width: Of the picture in pixels.
        height: Of the picture in pixels.
        seed: Changes the arrangement.
        references: How many reference pictures go with it.

    Returns:
        The plan: subjects with their figures, counts, colours and boxes, scene, texts, and what is unknown.
    """
    prompt = normalise_mentions(prompt) if references else prompt
    is_json = len(prompt) <= 4 * LONGEST and is_json_prompt(prompt)
    reading = structured.read_json(prompt) if is_json else read(prompt[:LONGEST])
    kind = "picture" if references else format_of(reading.scene)
    texts = in_order(list(reading.texts))
    subjects, dropped = _trimmed(_for_format(kind, reading.subjects, references))
    subjects = _snowy(reading, subjects)
    if not (subjects or reading.scene or reading.texts or references):
        subjects = _fallback(prompt)
    written = {subject.writing for subject in subjects}
    plan = SketchPlan(
        prompt=prompt,
        width=width,
        height=height,
        seed=seed,
        language=reading.language,
        format=kind,
        scene=_scene(reading, subjects),
        subjects=subjects,
        sections=_sections(prompt, is_json, kind, reading, subjects),
        texts=tuple(text.words for text in texts if text.words not in written),
        roles=tuple(text.role for text in texts if text.words not in written),
        palette=tuple(dict.fromkeys(colour.hex for colour in reading.colours)),
        unknown=reading.unknown,
        references=references,
        notes=_notes(reading, dropped),
    )
    return _placed(plan)


def regions_of(plan: SketchPlan) -> Regions:
    """The boxes of a plan's format in its frame."""
    frame = frame_of(plan.width, plan.height)
    return regions(plan.format, frame, len(plan.texts), len(plan.sections), sections.is_right_to_left(plan.language))


def icon_box(cell: Box) -> Box:
    """Where the drawing of an infographic's cell stands."""
    return share(cell, 0.16, 0.09, 0.84, 0.64)


def _placed(plan: SketchPlan) -> SketchPlan:
    """Give the subjects their boxes, in the picture or in the cells of the format."""
    frame, where = frame_of(plan.width, plan.height), regions_of(plan)
    if plan.format in ("infographic", "comic"):
        cells = []
        for index, (section, cell) in enumerate(zip(plan.sections, where.panels, strict=True)):
            cells.append(_in_cell(plan, section, cell, index))
        return replace(plan, sections=tuple(cells), subjects=_first_boxes(plan, cells))
    inner = where.picture if where.inset else frame
    scale = _SCALE_OF_EDITS if plan.references else _SCALE_IN_CELLS if where.inset else 1.0
    scene = replace(plan.scene, scale=plan.scene.scale * scale)
    shown, order = lay_out(plan.subjects, scene, inner, plan.seed, where.picture)
    return replace(plan, subjects=shown, order=order)


def _in_cell(plan: SketchPlan, section: Section, cell: Box, index: int) -> Section:
    """The subjects of a section in its cell: as large as fit in an infographic, as in a picture in a comic."""
    if plan.format == "infographic":
        shown = tuple(replace(subject, boxes=(fitted(subject, icon_box(cell)),)) for subject in section.subjects)
        return replace(section, subjects=shown, order=tuple((i, 0) for i in range(len(shown))))
    area = share(cell, 0.03, 0.25 if section.words else 0.05, 0.97, 0.97)
    scene = replace(plan.scene, scale=plan.scene.scale * (_SCALE_IN_CELLS))
    shown, order = lay_out(section.subjects, scene, cell, plan.seed + index, area)
    return replace(section, subjects=shown, order=order)


def _first_boxes(plan: SketchPlan, cells: Sequence[Section]) -> tuple[Subject, ...]:
    """The subjects of the plan with the boxes of where each is drawn first."""
    found: list[Subject] = []
    for subject in plan.subjects:
        twin = next(
            (s for cell in cells for s in cell.subjects if (s.word, s.figure) == (subject.word, subject.figure)), None
        )
        found.append(replace(subject, boxes=twin.boxes if twin else ()))
    return tuple(found)


def _sections(
    prompt: str, is_json: bool, kind: str, reading: Reading, subjects: Sequence[Subject]
) -> tuple[Section, ...]:
    if kind not in ("infographic", "comic"):
        return ()
    if is_json:
        rows = JsonPrompt.parse(prompt).as_dict().get("sections")
        if isinstance(rows, list) and rows:
            return sections.from_json(rows, reading.language)
    if kind == "comic":
        return _comic(prompt, reading, subjects)
    texts = [text.words for text in in_order(list(reading.texts))]
    named = max(len(texts) - 1, len(subjects))
    count = sections.panel_count(prompt, reading.language, kind, named)
    return sections.from_prose(texts, subjects, count, reading.language)


def _for_format(kind: str, subjects: Sequence[Subject], references: int) -> list[Subject]:
    """What a format draws: an edit only what is new to its picture, a page a few things and no boxes."""
    if references:
        hosts = {
            s.relation.other
            for s in subjects
            if s.relation and s.relation.kind in ("on", "under", "before", "behind", "beside")
        }
        anchors = (
            set() if any(s.known for s in subjects) else hosts
        )  # where a language has no articles, what others stand on is there
        return _kept(
            subjects, [not s.known and (i not in anchors or s.relation is not None) for i, s in enumerate(subjects)]
        )
    if kind == "picture":
        return list(subjects)
    plain = [replace(subject, writing=None) for subject in subjects]
    shown = [subject.figure for subject in plain]
    drawn = _kept(plain, [subject.drawn and shown.index(subject.figure) == i for i, subject in enumerate(plain)])
    return drawn[:_MOST_ON_PAGE] if kind in ("page", "screen", "poster") else drawn


def _kept(subjects: Sequence[Subject], keep: Sequence[bool]) -> list[Subject]:
    """Some of the subjects, their relations renumbered; a relation to one that is left out is dropped."""
    places = {old: new for new, old in enumerate(i for i, kept in enumerate(keep) if kept)}

    def related(subject: Subject) -> Subject:
        relation = subject.relation
        if relation is None:
            return subject
        return replace(
            subject, relation=replace(relation, other=places[relation.other]) if relation.other in places else None
        )

    return [related(subject) for subject, kept in zip(subjects, keep, strict=True) if kept]


def _comic(prompt: str, reading: Reading, subjects: Sequence[Subject]) -> tuple[Section, ...]:
    """The panels of a comic: its own numbered ones, or the same subjects in each with the quoted words in turn."""
    parts = sections.numbered_parts(prompt)
    if parts:
        return tuple(_panel(part, reading, subjects) for part in parts[:6])
    count = sections.panel_count(prompt, reading.language, "comic", len(reading.texts))
    words = [text.words for text in reading.texts] + [""] * count
    return tuple(Section(words=words[i], subjects=_turn(subjects, i)) for i in range(count))


def _turn(subjects: Sequence[Subject], index: int) -> tuple[Subject, ...]:
    """Who is in a panel: all of them first and last, each alone in between."""
    if index % 3 == 0 or len(subjects) < 2:
        return tuple(subjects)
    return (replace(subjects[index % len(subjects)], relation=None),)


def _panel(part: str, reading: Reading, subjects: Sequence[Subject]) -> Section:
    own = read(part, reading.language)
    return Section(
        words=own.texts[0].words if own.texts else "", subjects=_trimmed(own.subjects)[0] or tuple(subjects[:1])
    )


def _scene(reading: Reading, subjects: Sequence[Subject]) -> Scene:
    sky, ground = asked_surfaces(reading.colours)
    scene = replace(scene_of(reading.scene), sky_colour=sky, ground_colour=ground)
    if scene.ground == "snow" and scene.behind == "sea" and any(figures.belongs(s.figure) == "far" for s in subjects):
        return replace(scene, ground="sea", behind=None, horizon=scene_of([("ground", "sea")]).horizon)
    return scene


def _snowy(reading: Reading, subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    """Mountains under snow, where the prompt has snow."""
    snow = ("ground", "snow") in reading.scene
    return tuple(replace(s, figure="🏔") if snow and s.figure == "⛰" else s for s in subjects)


def _fallback(prompt: str) -> tuple[Subject, ...]:
    """When nothing is recognised, the first words of the prompt stand in a labelled box: never an empty picture."""
    words = " ".join(prompt.split())
    label = words if len(words) <= 40 else words[:40].rsplit(" ", 1)[0] + " …"
    return (Subject(label, ""),) if label else ()


def _trimmed(subjects: Sequence[Subject]) -> tuple[tuple[Subject, ...], int]:
    """The first subjects; relations to those left out are dropped."""
    kept = [
        replace(s, relation=None) if s.relation and s.relation.other >= MOST_SUBJECTS else s
        for s in subjects[:MOST_SUBJECTS]
    ]
    return tuple(kept), max(0, len(subjects) - MOST_SUBJECTS)


def _notes(reading: Reading, dropped: int) -> tuple[str, ...]:
    notes = []
    if dropped:
        notes.append(f"{dropped} more subjects of the prompt are not drawn: a sketch shows at most {MOST_SUBJECTS}.")
    if reading.unknown:
        notes.append(f"No drawing for: {', '.join(reading.unknown)}. Each stands as a labelled box.")
    if not all(lettering.can_set(text.words) for text in reading.texts):
        notes.append("Chinese, Japanese and Korean letters need the package manimgx-fonts-cjk; they are left out here.")
    return tuple(notes)
