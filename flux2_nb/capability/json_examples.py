"""JSON prompts of our own to start from."""

from __future__ import annotations

WORKSHOP = """{
  "scene": "a small harbour workshop on a grey morning",
  "subjects": [
    {
      "description": "an old boat builder in a blue apron",
      "position": "center foreground",
      "action": "planing a long cedar plank",
      "colors": ["#2E86AB"]
    },
    {
      "description": "a ginger cat asleep on a coil of rope",
      "position": "right foreground"
    }
  ],
  "style": "documentary photograph on colour negative film",
  "color_palette": ["#2E4057", "#E3B587"],
  "lighting": "soft window light from the left",
  "mood": "calm, patient",
  "camera": {"angle": "eye level", "lens": "35mm", "depth_of_field": "shallow"}
}"""

TEAPOT = """{
  "scene": "studio product photograph on a pale stone slab",
  "subjects": [
    {
      "description": "a matte ceramic teapot",
      "position": "center",
      "colors": ["#1F3A5F"]
    },
    {
      "description": "two lemons",
      "position": "left foreground"
    }
  ],
  "background": "plain warm white wall",
  "lighting": "large softbox from the right, soft long shadow",
  "camera": {"angle": "slightly high angle", "lens": "85mm", "f-number": "f/8"}
}"""

TEA_STEPS = """{
  "type": "infographic",
  "title": "A cup of tea in four steps",
  "sections": [
    {"heading": "1. Boil", "content": "fresh water", "visual": "kettle"},
    {"heading": "2. Warm", "content": "rinse the pot", "visual": "teapot"},
    {"heading": "3. Steep", "content": "three minutes", "visual": "hourglass"},
    {"heading": "4. Pour", "content": "slowly", "visual": "cup"}
  ],
  "color_scheme": ["#2E6F95", "#F2E9DC", "#D98E04"],
  "style": "flat vector, plenty of white space"
}"""

MARKERS = """{
  "scene": "studio product photograph of one {{THING}} on a {{GROUND}}",
  "subjects": [
    {
      "description": "a {{THING}} made of smooth ceramic",
      "position": "center",
      "colors": ["#D98E04"],
      "color_match": "exact"
    }
  ],
  "lighting": "soft window light from the left",
  "camera": {"angle": "slightly high angle", "lens-mm": 85},
  "variables": {
    "THING": ["cup", "teapot"],
    "GROUND": ["wooden table", "beach"]
  }
}"""

POSTER = """{
  "type": "poster",
  "title": "Slow Rivers",
  "subtitle": "Boats, tea and music, all July",
  "subjects": [
    {
      "description": "a small sailing boat seen from the side",
      "position": "center",
      "colors": ["#F2E9DC"]
    }
  ],
  "background": "smooth gradient, starting with color #1F3A5F at the top, finishing with color #E07A5F below",
  "style": "flat screen print, large quiet shapes",
  "color_palette": ["#1F3A5F", "#E07A5F", "#F2E9DC"],
  "composition": "title at the top in large letters, subtitle small at the bottom"
}"""

EXAMPLES = (
    ("Workshop", WORKSHOP),
    ("Product", TEAPOT),
    ("Infographic", TEA_STEPS),
    ("Poster", POSTER),
    ("Template", MARKERS),
)
"""Label and JSON of each example."""
