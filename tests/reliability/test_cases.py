"""Every reliability case has a test, and the page that tells of them is true."""

from __future__ import annotations

from collections import Counter, defaultdict

from scripts.reliability import PAGE, page, same_but_for_counts

from .cases import cases, holders


def test_the_numbers_run_without_gap() -> None:
    """Cases are numbered 1 to 45, as they are cited."""
    assert [case.number for case in cases()] == list(range(1, 46))


def test_every_case_has_a_test_and_every_mark_a_case() -> None:
    """No case is without a test, and no test names a case that is not listed."""
    held = holders()
    assert [number for number, names in held.items() if not names] == []
    assert set(held) == {case.number for case in cases()}


def test_the_page_tells_what_the_tests_hold() -> None:
    """docs/reliability.md is as a run in which everything passed writes it."""
    passed = defaultdict(lambda: Counter(passed=1))
    assert same_but_for_counts(PAGE.read_text(encoding="utf-8"), page(passed)), "run: python -m scripts.reliability"
