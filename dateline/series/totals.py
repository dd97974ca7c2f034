"""A meter's total at every moment: the latest count seen, and what was added after it. Pure.

The total at t is the latest count at or before t, plus the increments after that one and at or before t, plus the
newest statement on each period that ends there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

CONTEXT = 3  # counts before a stretch of time that are looked at, to judge its first ones


class Seen(NamedTuple):
    """A count as it was seen. One that is not exact stands for all up to `step` above it."""

    at: int
    total: int
    exact: bool = True
    step: int = 1


class Added(NamedTuple):
    """What came on top: an increment, or with `from_at` the views of a period, counted at its end."""

    at: int
    amount: int
    from_at: int | None = None
    batch: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Track:
    """A meter's total after each of its observations, in order of time, as lists side by side."""

    at: list[int]
    total: list[int]
    step: list[int]  # how far above it the true number may lie, and one; 0: the number was added, not seen

    @property
    def ledger_only(self) -> bool:
        """Whether all was added: then the total is known at every moment, not at those of looks alone."""
        return not any(self.step)


_WHEN = attrgetter("at")


def standing(added: Iterable[Added]) -> list[Added]:
    """What counts: all increments, and of each period the newest statement."""
    newest: dict[tuple[int, int], Added] = {}
    found: list[Added] = []
    for one in added:
        if one.from_at is None:
            found.append(one)
            continue
        period = (one.from_at, one.at)
        if period not in newest or one[3:] > newest[period][3:]:
            newest[period] = one
    found += newest.values()
    found.sort(key=_WHEN)
    return found


def from_cut(seen: Sequence[Seen], added: Sequence[Added], cut: int) -> tuple[Sequence[Seen], Sequence[Added]]:
    """What tells a meter's course after `cut`: all of then, the last counts before it, and the sum added since those.

    Both in order of time, and `added` without restated ones. What is cut once more at the same moment stays the same.
    """
    first = bisect_right(seen, cut, key=_WHEN)
    if added:
        known = seen[first - 1].at if first else None
        later = bisect_right(added, cut, key=_WHEN)
        since = bisect_right(added, known, key=_WHEN) if known is not None else 0
        if before := added[since:later]:
            added = [Added(before[-1].at, sum(one.amount for one in before)), *added[later:]]
        else:
            added = added[later:]
    return seen[max(first - CONTEXT, 0) :], added


def track(seen: Sequence[Seen], added: Sequence[Added] = ()) -> Track:
    """The totals. Both in order of time, and `added` without restated ones.

    A count takes in whatever was added up to its moment.
    """
    if not added:
        return Track(
            [one.at for one in seen],
            [one.total for one in seen],
            [_step(one) for one in seen],
        )
    at: list[int] = []
    totals: list[int] = []
    steps: list[int] = []
    total = 0
    both: list[Seen | Added] = [*added, *seen]
    both.sort(key=_WHEN)  # keeps the order of one moment's: the count comes last, and says all
    for one in both:
        if isinstance(one, Seen):
            total = one.total
            steps.append(_step(one))
        else:
            total += one.amount
            steps.append(0)
        at.append(one.at)
        totals.append(total)
    return Track(at, totals, steps)


def _step(one: Seen) -> int:
    return 1 if one.exact else max(one.step, 2)
