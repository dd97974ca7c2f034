"""Who has stalled: judged by progress rows that are seen to change, on the monotonic clock alone.

A pid that answers or a socket that is open proves nothing: a Celery worker may go deaf when its broker dies.
Pure: `now` is an argument, in seconds.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

BLIND = 5.0  # seconds between two looks above which we were asleep ourselves, and nobody can be blamed for that time


class Liveness:
    """Remembers when each progress row was last seen to change.

    The first look belongs before the first start: a row that an earlier run left is not a sign of life.
    """

    def __init__(self, stall: float) -> None:
        self._stall = stall
        self._marks: dict[str, Hashable] = {}
        self._since: dict[str, float] = {}
        self._shown: set[str] = set()  # rows that have changed since their process was started
        self._last_look: float | None = None

    def started(self, row: str, now: float) -> None:
        """The process behind this row has just been started: its time runs from here."""
        self._since[row] = now
        self._shown.discard(row)

    def look(self, marks: Mapping[str, Hashable] | None, now: float) -> None:
        """Take in what the rows say now; None when they could not be read, which is held against nobody."""
        blind = marks is None or (self._last_look is not None and now - self._last_look > BLIND)
        if self._last_look is not None and blind:
            for row in self._since:
                self._since[row] += now - self._last_look
        self._last_look = now
        for row, mark in (marks or {}).items():
            if row in self._since and self._marks.get(row) != mark:
                self._shown.add(row)
                self._since[row] = now
            self._marks[row] = mark

    def shown(self, rows: Iterable[str]) -> bool:
        """Whether all of these have shown progress since they were started."""
        return self._shown.issuperset(rows)

    def stalled(self, now: float) -> list[str]:
        """The rows that have not changed for too long."""
        return [row for row, since in self._since.items() if now - since >= self._stall]
