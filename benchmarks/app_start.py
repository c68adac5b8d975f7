"""From the start of the process to the first page: ours against a bare Gradio page."""

from __future__ import annotations

import tempfile
from pathlib import Path

from .app_servers import start, wait_for
from .table import Row, against
from .timing import by_turns

MOST = 1.15


def run(quick: bool = False) -> list[Row]:
    """Start the two apps by turns."""
    ours, bare = by_turns([lambda: _start("ours"), lambda: _start("bare")], 3 if quick else 8)
    return [against("start to the first HTTP 200", ours, "a bare Gradio page", bare, MOST)]


def _start(name: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        address, process = start(name, Path(home))
        try:
            wait_for(address)
        finally:
            process.kill()
            process.wait()


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
