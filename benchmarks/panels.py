"""How long a notebook waits for its first panel: `import flux2_nb` and one panel shown, against `import ipywidgets`."""

from __future__ import annotations

import os
import tempfile

from .importing import start
from .table import Row, against
from .timing import by_turns

PANEL = "import flux2_nb as f2; f2.panel('text-to-image')._repr_mimebundle_()"
STATEMENTS = (PANEL, "import ipywidgets", "import anywidget")
MOST = 1.5


def run(quick: bool = False) -> list[Row]:
    """Start interpreters by turns; the first of each kind compiles, and is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environ |= {"PYTHONPYCACHEPREFIX": folder, "FLUX2_HOME": folder}
        panel, ipywidgets, anywidget = by_turns([start(one, environ) for one in STATEMENTS], 7 if quick else 25)
    name = "import flux2_nb and show one panel, interpreter included"
    return [
        against(name, panel, "import ipywidgets", ipywidgets, MOST),
        against(name, panel, "import anywidget, which panels are made of", anywidget),
    ]


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
