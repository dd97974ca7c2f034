"""Series by hour, day and week, and by age. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dateline.nouns.views import By
from dateline.series.windows import DAY, HOUR, WEEK

WIDTH = {By.HOUR: HOUR, By.DAY: DAY, By.WEEK: WEEK}
MONDAY = 4 * DAY  # 1970 began on a Thursday


@dataclass(frozen=True, slots=True)
class Part:
    """What one meter's series has in one bucket."""

    start: int
    count: int  # the last total
    gained: int
    last_at: int
    before_at: int | None  # the last look before the bucket; None: there was none
    looks: int


def start_of(moment: int, by: By) -> int:
    """Where the bucket begins that holds a moment."""
    shift = MONDAY if by is By.WEEK else 0
    return (moment - shift) // WIDTH[by] * WIDTH[by] + shift


def parts(at: Sequence[int], total: Sequence[int], level: Sequence[int], origin: int, since: int, by: By) -> list[Part]:
    """A series cut into buckets, from the one that holds `since` on. What comes before gives the first its start.

    `origin` is the level before the first observation.
    """
    found: list[Part] = []
    place = bisect_right(at, start_of(since, by) - 1)
    while place < len(at):
        start = start_of(at[place], by)
        end = bisect_right(at, start + WIDTH[by] - 1)
        before = level[place - 1] if place else origin
        before_at = at[place - 1] if place else None
        found.append(Part(start, total[end - 1], level[end - 1] - before, at[end - 1], before_at, end - place))
        place = end
    return found


@dataclass(slots=True)
class Sum:
    """What several series have in one bucket."""

    start: int
    count: int = 0  # of all that were seen so far, each with its last total
    gained: int = 0
    looks: int = 0


def summed(series: Iterable[Sequence[Part]]) -> list[Sum]:
    """Several series as one: a series that was not looked at in a bucket keeps its last total there."""
    sums: dict[int, Sum] = {}
    for one in series:
        last = 0
        for part in one:
            bucket = sums.setdefault(part.start, Sum(part.start))
            bucket.count += part.count - last  # how the sum changes here, until it is added up below
            bucket.gained += part.gained
            bucket.looks += part.looks
            last = part.count
    ordered = sorted(sums.values(), key=lambda bucket: bucket.start)
    running = 0
    for bucket in ordered:
        running += bucket.count
        bucket.count = running
    return ordered


def by_age(
    at: Sequence[int], total: Sequence[int], level: Sequence[int], born: int, by: By, until: int
) -> list[tuple[int, int, float | None]]:
    """(age, total, views an hour since the age before) at whole hours, days or weeks, and at the last look.

    An age that no look reached is left out; one without a look since the age before has no rate.
    """
    found: list[tuple[int, int, float | None]] = []
    before = -1
    last = bisect_right(at, born + until) - 1
    if last < 0:
        return []
    width = WIDTH[by]
    first = max(-(-(at[0] - born) // width), 0)
    ages = [*range(first * width, min(at[last] - born, until) + 1, width)]
    if not ages or ages[-1] < at[last] - born:
        ages.append(max(at[last] - born, 0))
    for age in ages:
        place = bisect_right(at, born + age) - 1
        if place < 0:
            continue
        rate = None
        if 0 <= before < place:
            rate = (level[place] - level[before]) / ((at[place] - at[before]) / HOUR)
        found.append((age, total[place], rate))
        before = max(place, before)
    return found
