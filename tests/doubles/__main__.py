"""Serves doubles until interrupted: `python -m tests.doubles bfl replicate --seconds 2`."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress

from .bfl import BflDouble
from .cloudflare import CloudflareDouble
from .double import Double
from .faults import Fate
from .replicate import ReplicateDouble

DOUBLES: dict[str, Callable[[], Double]] = {
    "cloudflare": CloudflareDouble,
    "replicate": ReplicateDouble,
    "bfl": BflDouble,
}


def main() -> None:
    """Starts the doubles named, prints the environment that points at them, and waits for Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.doubles", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help="cloudflare, replicate, bfl; all without a name")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long each job takes (default 0)")
    parser.add_argument("--pending", type=int, default=0, help="how many polls find it unfinished (default 0)")
    options = parser.parse_args()
    unknown = set(options.names) - DOUBLES.keys()
    if unknown:
        parser.error(f"there is no double named {', '.join(sorted(unknown))}")
    with ExitStack() as stack:
        for name in options.names or DOUBLES:
            double = stack.enter_context(DOUBLES[name]())
            double.fate = Fate(pending=options.pending, seconds=options.seconds)
            lines = [f"export {variable}={value}" for variable, value in double.environ.items()]
            sys.stdout.write("\n".join([*lines, ""]))
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
