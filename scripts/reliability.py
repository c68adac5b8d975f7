"""Runs the tests of the reliability cases and writes docs/reliability.md from what they did.

``python -m scripts.reliability`` takes some minutes; a test holds the page to the cases and their tests.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import pytest

from tests.reliability.cases import TESTS, cases, holders

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"

HEAD = """# What can go wrong, and what holds then

Written by `python -m scripts.reliability` from a run of the tests; edit `tests/reliability/cases.toml` or the tests.
"Bought" means: a paid request that a provider accepted. The providers are doubles on loopback, strict to their
published schemas, or a server that breaks HTTP on purpose; nothing here was tried against a real provider.
Every case also ends with a run in a named state, no key in anything written, and an app or notebook that can go on.
"""


class Outcomes:
    """A pytest plugin that counts how the checks of each case ended."""

    def __init__(self) -> None:
        self.by_case: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._numbers: dict[str, tuple[int, ...]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep only what holds a case, and remember which."""
        for item in items:
            self._numbers[item.nodeid] = tuple(n for mark in item.iter_markers("case") for n in mark.args)
        items[:] = [item for item in items if self._numbers[item.nodeid]]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count the test itself, and a set-up or tear-down only when it went wrong."""
        if report.when == "call" or not report.passed:
            for number in self._numbers[report.nodeid]:
                self.by_case[number][report.outcome] += 1


def page(outcomes: Mapping[int, Counter[str]]) -> str:
    """Return the page: one table per group, then the tests of each case."""
    tests = holders()
    lines = [HEAD]
    for group, members in groupby(cases(), key=lambda case: case.group):
        lines += [f"## {group}\n", "| # | what goes wrong | what holds | result |", "|---|---|---|---|"]
        for case in members:
            lines.append(f"| {case.number} | {case.fault} | {case.expected} | {_result(outcomes[case.number])} |")
        lines.append("")
    lines.append("## The tests of each case\n")
    lines += [f"- {number}: {', '.join(f'`{name}`' for name in names)}" for number, names in sorted(tests.items())]
    return "\n".join(lines) + "\n"


def _result(outcome: Counter[str]) -> str:
    if not outcome:
        return "no test"
    if set(outcome) == {"passed"}:
        return f"holds ({outcome['passed']} checks)"
    return ", ".join(f"{count} {how}" for how, count in sorted(outcome.items()))


def same_but_for_counts(one: str, other: str) -> bool:
    """Tell whether two pages differ in nothing but how many checks ran."""
    return re.sub(r"\(\d+ checks\)", "", one) == re.sub(r"\(\d+ checks\)", "", other)


def main() -> int:
    outcomes = Outcomes()
    status = pytest.main([str(TESTS), "-q"], plugins=[outcomes])
    PAGE.write_text(page(outcomes.by_case), encoding="utf-8")
    print(f"Written: {PAGE.name}")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
