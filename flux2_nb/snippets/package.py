"""The request in this package's own words."""

from __future__ import annotations

import json

from ..cards import ModelCard
from ..request import ImageRequest
from .code import written
from .files import file_name
from .marks import Marks
from .python import PYTHON


def code(sent: ImageRequest, card: ModelCard) -> str:
    """Return a script that makes the picture with this package and writes it to a file."""
    fields = {name: getattr(sent, name) for name in type(sent).model_fields if name not in ("prompt", "references")}
    values = {name: value for name, value in fields.items() if value not in (None, {})}
    if sent.references:
        values = {
            "references": [file_name(number, one) for number, one in enumerate(sent.references, start=1)],
            **values,
        }
    marks = Marks([json.dumps(sent.to_dict(), ensure_ascii=False)])
    lines = [written(sent.prompt, PYTHON, marks)]
    lines += [f"{name}={written(value, PYTHON, marks, 1)}" for name, value in values.items()]
    arguments = "".join(f"    {line},\n" for line in lines)
    return (
        f"# {card.label} on {card.provider}, with this package.\n"
        "import flux2_nb as f2\n\n"
        f'studio = f2.Studio("{card.provider}", "{card.model}")\n'
        f"result = studio.generate(\n{arguments})\n"
        'print(result.save("picture"))\n'
    )
