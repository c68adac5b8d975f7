"""Holds the locked packages against the published vulnerabilities: ``make audit``.

A package that could not be looked up is told as skipped, never as clean. Ends with 1 when a vulnerability was found.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements.lock"
PATIENCE = 180
"""Seconds after which the look-up counts as out of reach."""


def look_up() -> list[dict[str, Any]] | None:
    """What is known of every locked package; None when the data is out of reach."""
    command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--require-hashes", "-r", str(LOCK)]
    try:
        done = subprocess.run(
            [*command, "-f", "json", "--progress-spinner", "off"], capture_output=True, text=True, timeout=PATIENCE
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return found


def report(packages: list[dict[str, Any]] | None) -> tuple[list[str], bool]:
    """The lines to print, and whether nothing bad was found."""
    if packages is None:
        return ["SKIPPED: the list of vulnerabilities could not be reached. Nothing was checked."], True
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    bad = [(one["name"], one["version"], flaw["id"]) for one in packages for flaw in one.get("vulns", [])]
    lines = [f"VULNERABLE: {name} {version}: {flaw}" for name, version, flaw in bad]
    if skipped:
        lines.append(f"SKIPPED: {len(skipped)} of {len(packages)} packages could not be looked up.")
    lines.append(f"{len(packages) - len(skipped)} packages were checked, {len(bad)} vulnerabilities found.")
    return lines, not bad


def main() -> int:
    lines, is_clean = report(look_up())
    print("\n".join(lines))
    return 0 if is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
