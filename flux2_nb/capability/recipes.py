"""Recipes for text to image: one for each kind of picture, in our own words and with invented brands.

They follow the rules FLUX.2's makers publish: subject and action first, then style, setting and light; words to be
read in quotation marks, with their place and type; hex codes tied to things; only what is there. A character is
described in full in every panel.
"""

from __future__ import annotations

from .base import Example

_PIM = "Pim, a small round copper #B87333 robot with one amber eye and a red knitted scarf,"

_TEXTS: tuple[tuple[str, str, str], ...] = (
    (
        "Photograph",
        "3:2",
        "A baker lifts a tray of golden croissants from a stone oven before dawn, flour drifting in the air, "
        "warm firelight from the left, blue morning in the window behind her. "
        "Shot on Kodak Portra 400, natural grain, organic colours. 35mm lens.",
    ),
    (
        "Product",
        "1:1",
        "A matte ceramic teapot in navy #1F3A5F on a slab of pale travertine, one sprig of eucalyptus beside it, "
        "a plain warm white wall behind. Clean studio product photograph, long gentle shadows. "
        "Soft window light from one side. 85mm portrait lens.",
    ),
    (
        "Interior",
        "16:9",
        "A reading corner in a small attic: a moss green velvet armchair beside a brass floor lamp, a tall wall of "
        "books, a cat asleep on a striped rug, oak floor, rain on the skylight, late autumn afternoon, warm lamplight. "
        "Interior photograph. 24mm wide-angle lens.",
    ),
    (
        "Infographic",
        "4:3",
        'A clean infographic with the headline "How rain becomes tea" at the top in a bold rounded sans-serif. '
        'Four numbered steps, each with one large icon and one word under it: a rain cloud "Cloud", a mountain stream '
        '"Stream", a kettle "Kettle", a steaming cup "Cup". Icons in deep blue #2E6F95, numbers in amber #D98E04, '
        "background in warm ivory #F2E9DC, plenty of white space. Flat vector illustration, clean shapes.",
    ),
    (
        "Landing page",
        "16:9",
        'A landing page for "Birdhouse", an invented app for quiet mornings. On the left the large headline '
        '"Wake up slowly" in a warm serif, under it a forest green #2D6A4F button that says "Try it free". '
        "On the right a drawing of a robin singing on a branch at sunrise. Page background in ivory #FBF5E9, "
        "generous margins. Flat vector illustration, clean shapes.",
    ),
    (
        "Poster",
        "3:4",
        "A travel poster for the invented coast of Lumara: a white lighthouse above a turquoise bay #2A9D8F, "
        'three small sailing boats, a low orange sun #F4A261. The large headline "LUMARA" at the top in tall Art Deco '
        'capitals, the small line "Ferries all summer" at the bottom. Flat shapes with the grain of a screen print.',
    ),
    (
        "Meme",
        "1:1",
        "A grumpy ginger cat sits beside an open laptop in a dim office, a coffee mug in front of it, and looks "
        "straight at the viewer, meme photograph. Bold white capitals with a black outline: "
        '"MONDAY AGAIN" at the top, "THEY PROMISED FISH" at the bottom. Casual mobile photo, unposed. Close-up.',
    ),
    (
        "Social post",
        "4:5",
        'Social media post for the invented brand "Kettle & Rye": one large golden pumpkin pie on a wooden board '
        'beside a steaming cup of coffee. The headline "Pumpkin week" at the top in ivory brush lettering, '
        'the small line "Until Sunday" under it, backdrop in terracotta #C8553D. Soft window light from one side.',
    ),
    (
        "Interface mockup",
        "9:16",
        'App screen of "Leafkeeper", an invented plant care app. The title "Good morning, Ines" at the top in a bold '
        "sans-serif, below it a large illustration of a tall potted monstera, then three rows with round photographs, "
        'at the bottom a deep green #3A7D44 button that says "Water now". Rounded corners, crisp edges.',
    ),
    (
        "Comic",
        "3:2",
        "A three-panel comic strip, clean inked outlines, flat colours. "
        f'Panel 1: {_PIM} finds a seed in an empty city street and says "What is this?" '
        f'Panel 2: {_PIM} waters a seedling in the rain and says "Grow, please!" '
        f'Panel 3: {_PIM} sits under a tall flowering tree at sunset and says "Thank you."',
    ),
)
"""Name, aspect ratio and prompt."""

RECIPES = tuple(Example(name, {"prompt": prompt, "aspect_ratio": ratio}) for name, ratio, prompt in _TEXTS)
"""Ten kinds of picture to start from, one click each."""
