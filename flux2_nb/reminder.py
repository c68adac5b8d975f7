"""What a program left behind when it ended, in a line: jobs to be collected, and requests that were on their way."""

from __future__ import annotations

from collections.abc import Sequence


def left_behind(waiting: int, lost: int) -> str:
    """Return the line of a notebook: how much waits, and how to collect it; empty when there is nothing to tell.

    Args:
        waiting: Accepted jobs of an earlier program that nobody collected.
        lost: Requests that were on their way when it ended.
    """
    them = "it" if waiting == 1 else "them"
    jobs = f"{_counted(waiting, 'picture')} asked for earlier {_was(waiting)} not collected: "
    collect = f"{jobs}studio.resume() fetches {them} without paying again." if waiting else ""
    return " ".join(part for part in (collect, _lost(lost)) if part)


def taken_up(waiting: int, lost: int, tabs: Sequence[str]) -> str:
    """Return the line of the app: what is being collected, and where it appears; empty when there is nothing to tell.

    Args:
        waiting: Accepted jobs that are being collected now.
        lost: Requests that were on their way when the app ended.
        tabs: The titles of the tabs where their pictures appear.
    """
    where = " and ".join(dict.fromkeys(tabs))
    jobs = f"{_counted(waiting, 'picture')} you asked for earlier {'is' if waiting == 1 else 'are'} being collected, "
    collect = f"{jobs}and not paid for again. Look under {where}." if waiting else ""
    return " ".join(part for part in (collect, _lost(lost)) if part)


def _lost(count: int) -> str:
    if not count:
        return ""
    return (
        f"{_counted(count, 'request')} {_was(count)} on the way when the program ended: billed or not, nobody told. "
        f"{'It counts' if count == 1 else 'They count'} as spent and {_was(count)} not sent again."
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
