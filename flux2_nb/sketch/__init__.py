"""The sketch engine: a prompt in, a storyboard drawing out, with no model, no network and no key.

``describe`` reads a prompt and says what it recognised and where it will stand; ``draw`` draws that. The same request
gives the same pixels; the seed changes the arrangement. A sketch is not a FLUX.2 image and says so on its face.
"""

from __future__ import annotations

from flux2_nb.sketch.draw import draw
from flux2_nb.sketch.plan import SketchPlan, Subject
from flux2_nb.sketch.planning import describe

__all__ = ["SketchPlan", "Subject", "describe", "draw"]
