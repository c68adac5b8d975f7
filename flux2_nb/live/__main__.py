"""The command: ``python -m flux2_nb.live bfl``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .. import provider as registry
from ..errors import Flux2Error
from ..studio import Studio
from .plan import CAP_USD, Call, plan
from .recording import Cleaner
from .trial import Report, carry_out

NOT_RUN, DIFFERENT, ALIKE = 2, 1, 0
"""Exit codes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Say what will be done, ask, do it, report, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        calls = plan(registry.get(options.provider))
        studio = Studio(options.provider, calls[0].card.model)
        cleaner = Cleaner(studio.account(), studio.provider.settings)
    except Flux2Error as error:
        print(error)
        return NOT_RUN
    print(_announcement(studio, calls))
    if not (options.yes or _agreed()):
        print("Nothing was sent.")
        return NOT_RUN
    with TemporaryDirectory(prefix="flux2-live-") as home:
        report = carry_out(studio, calls, Path(home), print)
    path = _kept(studio, report, cleaner, Path(options.folder))
    count = len(report.differences)
    print(f"\n{count or 'No'} difference{'' if count == 1 else 's'}. The recording, without keys, is in {path}.")
    return DIFFERENT if count else ALIKE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flux2_nb.live", description="Try a real provider; costs money.")
    parser.add_argument("provider", help=f"one of {', '.join(registry.names())}")
    parser.add_argument("--yes", action="store_true", help="go on without asking")
    parser.add_argument("--folder", default="recordings", help="where the recording goes (default: recordings)")
    return parser


def _announcement(studio: Studio, calls: Sequence[Call]) -> str:
    card = calls[0].card
    lines = [f"This asks {studio.provider.facts.label} for real, with {card.label} at its smallest size:", ""]
    lines.append("  the key is checked                                  free")
    for call in calls:
        price = f"free, or ${call.worst_usd:g} if it is taken" if call.refused else f"${call.worst_usd:g}"
        lines.append(f"  {call.name:<50}  {price}")
    total = sum(call.worst_usd for call in calls)
    return "\n".join([*lines, "", f"At most ${total:g} in all; the cap is ${CAP_USD:.2f}."])


def _agreed() -> bool:
    if not sys.stdin.isatty():
        print("There is no terminal to ask on: add --yes to go on.")
        return False
    return input("Type yes to go on: ").strip().lower() == "yes"


def _kept(studio: Studio, report: Report, cleaner: Cleaner, folder: Path) -> Path:
    """Write the recording to a file that does not exist yet."""
    now = datetime.now(UTC)
    recording: dict[str, Any] = {
        "provider": studio.provider.name,
        "model": studio.card.model,
        "date": now.isoformat(timespec="seconds"),
        "differences": report.differences,
        "calls": report.recording,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{studio.provider.name}-{now:%Y%m%d-%H%M%S-%f}.json"
    with path.open("x", encoding="utf-8") as file:
        file.write(cleaner.written(recording))
    return path


if __name__ == "__main__":
    sys.exit(main())
