"""The words of a prompt that set the scene: ground, light, weather, camera, lens, mood and format."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flux2_nb.sketch.matching import Phrases
from flux2_nb.sketch.plan import Scene
from flux2_nb.sketch.tables import split, table

_INDOOR_HORIZON = {
    "room": 0.68,
    "studio": 0.70,
    "space": 1.2,
    "sky": 1.2,
    "underwater": 0.86,
    "sea": 0.52,
    "beach": 0.50,
    "street": 0.70,
    "terrace": 0.56,
}
_LEVEL_HORIZON = 0.64

INDOORS = frozenset(("room", "studio"))
"""Grounds with walls."""

SceneWord = tuple[str, str]
"""The group of a scene word and its choice in the group, such as ("light", "night")."""


@lru_cache(maxsize=1)
def scene_words() -> Phrases[tuple[SceneWord, ...]]:
    """Every scene word of every language; some set two things at once ("night market")."""
    meanings: dict[str, list[SceneWord]] = {}
    for group, rows in table("scenes").items():
        if group == "icon":
            continue
        for choice, row in rows.items():
            for word in split(row["words"]):
                meanings.setdefault(word, []).append((group, choice))
    phrases: Phrases[tuple[SceneWord, ...]] = Phrases()
    for word, meaning in meanings.items():
        phrases.add(word, tuple(meaning))
    return phrases


def icon_of(words: Sequence[SceneWord]) -> str | None:
    """The figure that stands for scene words where they are things of a list, or None."""
    icons = table("scenes")["icon"]
    return next((icons[group][choice] for group, choice in words if choice in icons.get(group, {})), None)


def chosen(found: Sequence[SceneWord], group: str) -> list[str]:
    """The choices a prompt makes in one group, in the order of the table (the strongest first), each once."""
    named = {choice for found_group, choice in found if found_group == group}
    return [choice for choice in table("scenes")[group] if choice in named]


def scene_of(found: Sequence[SceneWord]) -> Scene:
    """The scene that the found words make together."""
    grounds, cameras, lenses, moods = (chosen(found, group) for group in ("ground", "camera", "lens", "mood"))
    ground = grounds[0] if grounds else "plain"
    light = (chosen(found, "light") or ["plain"])[0]
    rows = table("scenes")
    horizon = rows["camera"][cameras[0]]["horizon"] if cameras else _INDOOR_HORIZON.get(ground, _LEVEL_HORIZON)
    if ground in ("space", "sky"):
        horizon = _INDOOR_HORIZON[ground]
    return Scene(
        ground=ground,
        behind=next(
            (other for other in grounds[1:] if other in ("sea", "street", "forest", "mountains", "meadow")), None
        ),
        light="night" if light == "plain" and ground == "space" else light,
        weather=tuple(chosen(found, "weather")),
        camera=cameras[0] if cameras else "level",
        horizon=horizon,
        scale=rows["lens"][lenses[0]]["scale"] if lenses else 1.0,
        strength=min(
            (rows["mood"][mood]["strength"] for mood in moods),
            key=lambda strength: (strength != 0, strength),
            default=1.0,
        ),
    )


def format_of(found: Sequence[SceneWord]) -> str:
    """The format a prompt asks for: poster, page, screen, infographic, comic, or picture."""
    return (chosen(found, "format") or ["picture"])[0]
