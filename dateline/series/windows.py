"""What an article gained lately: a window row as a function of the raw observations and now. Pure.

A view counts from the look that shows it. Between two looks nobody knows when it was, so rates are over the time
between looks, an hour at least.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from dateline.series.marks import climb
from dateline.series.totals import Added, Seen, Track, from_cut, track

SECOND = 1_000_000  # microseconds
HOUR = 3600 * SECOND
DAY = 24 * HOUR
WEEK = 7 * DAY
SPANS = (HOUR, 2 * HOUR, DAY, WEEK)
FRESH = DAY  # how long a rate holds after the last look
SHORTEST = 300 * SECOND  # of looks that tell a rate


@dataclass(frozen=True, slots=True)
class Window:
    """One meter of one article, now. `rate` is views an hour, `acceleration` how that changes an hour."""

    last: int
    last_at: int
    gained_1h: int = 0
    before_1h: int = 0  # in the hour before that one
    gained_24h: int = 0
    gained_7d: int = 0
    rate: float | None = None
    acceleration: float | None = None
    next_expiry: int | None = None  # when time alone changes this; None: never again


class Course:
    """A meter's course over the last week and what led up to it. `added` comes without restated statements."""

    def __init__(self, seen: Sequence[Seen], added: Sequence[Added], now: int, *, span: int = WEEK) -> None:
        whole = track(*from_cut(seen, added, now - span))
        end = bisect_right(whole.at, now)
        self._later = whole.at[end] if end < len(whole.at) else None
        self.track = whole if self._later is None else Track(whole.at[:end], whole.total[:end], whole.step[:end])
        self.now = now
        self.level = climb(self.track).level
        # Before all that was added there was nothing; before the first look nobody knows.
        self._origin = self.level[0] if end and self.track.step[0] else 0

    def __bool__(self) -> bool:
        return bool(self.track.at)

    def before(self, moment: int) -> int:
        """The place of the last observation at or before a moment, -1 where there is none."""
        return bisect_right(self.track.at, moment) - 1

    def _level_at(self, moment: int) -> int:
        place = self.before(moment)
        return self.level[place] if place >= 0 else self._origin

    def gained(self, span: int, until: int | None = None) -> int:
        """Views gained in the `span` that ends now, or at `until`."""
        end = self.now if until is None else until
        return self._level_at(end) - self._level_at(end - span)

    def pace(self) -> tuple[float | None, float | None]:
        """The rate of late and how it changes; None where too little is known."""
        at, level = self.track.at, self.level
        end = at[-1]
        if end <= self.now - FRESH:
            return None, None
        if not any(self.track.step):
            lately, earlier = self.gained(HOUR, end), self.gained(HOUR, end - HOUR)
            return float(lately), float(lately - earlier)
        base = self.before(end - HOUR)
        if base < 0:
            span = end - at[0]
            return ((level[-1] - level[0]) / (span / HOUR) if span >= SHORTEST else None), None
        span = end - at[base]
        rate = (level[-1] - level[base]) / (span / HOUR)
        older = self.before(at[base] - HOUR)
        if older < 0:
            return rate, None
        span_before = at[base] - at[older]
        rate_before = (level[base] - level[older]) / (span_before / HOUR)
        return rate, (rate - rate_before) / ((span + span_before) / 2 / HOUR)

    def next_expiry(self) -> int | None:
        """When something leaves a window, a rate grows stale, or what is stated of the future comes."""
        moments = [] if self._later is None else [self._later]
        at = self.track.at
        for span in SPANS:
            place = bisect_right(at, self.now - span)
            if place < len(at):
                moments.append(at[place] + span)
        return min(moments, default=None)


def window(seen: Sequence[Seen], added: Sequence[Added], now: int) -> Window | None:
    """The row; None where nothing was ever observed.

    Both in order of time, `added` without restated statements. All that was observed gives the same as what
    `from_cut(seen, added, now - WEEK)` leaves of it.
    """
    if not seen and not added:
        return None
    course = Course(seen, added, now)
    if not course:
        return Window(0, now, next_expiry=course.next_expiry())
    rate, acceleration = course.pace()
    hour = course.gained(HOUR)
    return Window(
        last=course.track.total[-1],
        last_at=course.track.at[-1],
        gained_1h=hour,
        before_1h=course.gained(2 * HOUR) - hour,
        gained_24h=course.gained(DAY),
        gained_7d=course.gained(WEEK),
        rate=rate,
        acceleration=acceleration,
        next_expiry=course.next_expiry(),
    )
