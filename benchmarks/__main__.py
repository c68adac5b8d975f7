"""Measures everything in one run and prints a Markdown table: `python -m benchmarks --quick --only overhead`."""

from __future__ import annotations

import argparse
import os
import sys

from .measuring import MEASUREMENTS, measure
from .table import Row, heading, line, machine


def main() -> int:
    """Print the table line by line; returns 1 when something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats; the figures are rougher")
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, metavar="NAME", help=", ".join(MEASUREMENTS))
    options = parser.parse_args()
    for name in [name for name in os.environ if name.startswith("FLUX2_")]:
        del os.environ[name]  # a budget or another folder has no place in a measurement
    print(machine(), heading(), sep="\n\n", flush=True)
    failed = False
    for name in options.only or MEASUREMENTS:
        try:
            rows = measure(name, options.quick)
        except Exception as error:
            rows, failed = [Row(name, f"not measured: {type(error).__name__}: {error}")], True
        print(*map(line, rows), sep="\n", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
