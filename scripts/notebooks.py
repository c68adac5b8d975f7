"""The notebooks of the course: write, check and run them.

Usage::

    python -m scripts.notebooks write [NAME ...]                     execute on sketch, and save in the one normal form
    python -m scripts.notebooks check [NAME ...]                     execute again: is what is saved what running gives?
    python -m scripts.notebooks rules [NAME ...]                     only look at them
    python -m scripts.notebooks run [NAME ...] [--provider bfl]      execute only; with a provider: against its double
    python -m scripts.notebooks new 03-many-languages "One brief in many languages"

A NAME is the beginning of a file name, such as 03; without one, all are meant.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from .notebook_tools import fresh, rules, twins
from .notebook_tools.course import FOLDER, find, read
from .notebook_tools.running import Execution, execute

README = FOLDER / "README.md"


def write(paths: Sequence[Path], jobs: int) -> bool:
    """Execute notebooks and save them with their twins; those that fail stay as they are."""
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", *map(str, paths)], check=True)
    done = _executed(paths, {}, jobs)
    for one in done:
        if not one.problems:
            twins.write(one.path, one.notebook)
    README.write_text(twins.with_list(README.read_text(encoding="utf-8"), find()), encoding="utf-8")
    return _told([(one, [*one.problems, *_broken_rules(one.path)]) for one in done])


def check(paths: Sequence[Path], jobs: int) -> bool:
    """Hold what is saved against the rules, and against what running it gives."""
    return _told([(one, found_in(one)) for one in _executed(paths, {}, jobs)])


def found_in(one: Execution) -> list[str]:
    """Return all that is wrong with a notebook that was executed on sketch."""
    stale = [] if one.problems else fresh.differences(read(one.path), one.notebook)
    return [*one.problems, *stale, *_broken_rules(one.path)]


def look(paths: Sequence[Path]) -> bool:
    """Hold notebooks against the rules without running them."""
    return _told([(Execution(path, None), _broken_rules(path)) for path in paths])


def run(paths: Sequence[Path], jobs: int, provider: str) -> bool:
    """Execute notebooks and write nothing; with a provider, against its double on this machine."""
    with double(provider) as environment:
        return _told([(one, one.problems) for one in _executed(paths, environment, jobs)])


def new(name: str, words: str) -> bool:
    """Write the skeleton of a notebook that is not there yet."""
    path = FOLDER / f"{name}.ipynb"
    if path.exists():
        raise SystemExit(f"{path} is there already.")
    twins.write(path, twins.skeleton(words))
    return True


@contextmanager
def double(provider: str) -> Iterator[Mapping[str, str]]:
    """Serve the double of a provider; gives the variables that choose it. Nothing for the offline sketch."""
    if not provider:
        yield {}
        return
    from tests.doubles.__main__ import DOUBLES

    if provider not in DOUBLES:
        raise SystemExit(f"There is no double of {provider}; there are {', '.join(DOUBLES)}.")
    with DOUBLES[provider]() as served:
        yield {"FLUX2_PROVIDER": provider, **served.environ}


def _executed(paths: Sequence[Path], environment: Mapping[str, str], jobs: int) -> list[Execution]:
    began = time.perf_counter()
    done = execute(paths, environment, jobs)
    each = ", ".join(f"{one.path.name[:2]} {one.seconds:.1f}" for one in done)
    print(f"{len(done)} notebooks in {time.perf_counter() - began:.1f} s ({each})")
    return done


def _broken_rules(path: Path) -> list[str]:
    return rules.problems(rules.Page(path, read(path)))


def _told(results: Sequence[tuple[Execution, Sequence[str]]]) -> bool:
    """Print what is wrong; returns whether nothing is."""
    for one, problems in results:
        for problem in problems:
            print(f"{one.path.name}: {problem}")
    return not any(problems for _, problems in results)


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.notebooks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("write", "check", "rules", "run", "new"))
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--provider", default="", help="run: cloudflare, replicate or bfl")
    parser.add_argument("--jobs", type=int, default=0, help="notebooks at once; one for each processor unless given")
    options = parser.parse_args(words)
    if options.command == "new":
        if len(options.names) != 2:
            parser.error('new takes a file name and a title: new 03-many-languages "One brief in many languages"')
        return not new(*options.names)
    paths = find(options.names)
    commands = {
        "write": lambda: write(paths, options.jobs),
        "check": lambda: check(paths, options.jobs),
        "rules": lambda: look(paths),
        "run": lambda: run(paths, options.jobs, options.provider),
    }
    return 0 if commands[options.command]() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
