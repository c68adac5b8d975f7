"""How long `import flux2_nb` takes in a fresh interpreter, against `import httpx` and against nothing at all."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from .table import Row, against
from .timing import Act, by_turns

STATEMENTS = ("import flux2_nb", "import httpx", "pass")


def run(quick: bool = False) -> list[Row]:
    """Start interpreters by turns; the first of each kind compiles, and is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        # Bytecode is kept, whatever the settings of this process, and kept out of the source tree.
        environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environ["PYTHONPYCACHEPREFIX"] = folder
        acts = [start(statement, environ) for statement in STATEMENTS]
        ours, httpx, nothing = by_turns(acts, 7 if quick else 25)
    return [
        against("import flux2_nb, interpreter included", ours, "import httpx", httpx),
        against("import flux2_nb, interpreter included", ours, "an interpreter that does nothing", nothing),
    ]


def start(statement: str, environ: dict[str, str]) -> Act:
    return lambda: subprocess.run([sys.executable, "-c", statement], env=environ, check=True)


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
