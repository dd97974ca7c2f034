"""What is odd about counts, and the series that only rises, made from them. Pure.

Nothing is corrected: a mark says what a reader should know, and the monotone series says in words how it was made.
"""

from __future__ import annotations

from dataclasses import dataclass

from dateline.nouns.views import Mark
from dateline.series.totals import Track

JUMP = 10  # a count so many times the one before,
JUMP_LEAST = 1000  # and by so many more, jumps
RESET_SHARE = 0.2  # of what it showed, or less, and by
RESET_LEAST = 10  # views less: it may have begun anew
BACK = 0.5  # of what it showed before: a counter that comes back there was never reset
AHEAD = 3  # counts that follow and tell a reset from a dip, and an outlier from a jump


@dataclass(frozen=True, slots=True)
class Climb:
    """A series that only rises, beside the totals that it was made from, and where those are odd (by place)."""

    level: list[int]
    falls: frozenset[int] = frozenset()
    jumps: frozenset[int] = frozenset()
    resets: frozenset[int] = frozenset()
    left_out: frozenset[int] = frozenset()  # outliers: up and back down


def climb(track: Track) -> Climb:
    """The high-water mark of the totals.

    From a reset on the counter's own steps are added to it; an outlier does not count.
    """
    total, step = track.total, track.step
    if total == sorted(total) and not any(map(_jumps, total, total[1:])):
        return Climb(total)
    level: list[int] = []
    falls, jumps, resets, left_out = set[int](), set[int](), set[int](), set[int]()
    high = before = offset = 0
    for place, count in enumerate(total):
        if place == 0:
            high = before = count
            level.append(count)
            continue
        if step[place] and _jumps(before, count):
            jumps.add(place)
            left_out.update(range(place, _back_at(track, place, before)))
        if step[place] and count + step[place] - 1 < total[place - 1]:
            falls.add(place)
            if place - 1 not in left_out and _is_reset(track, place, before):
                resets.add(place)
                offset = high - count
        if place not in left_out:
            high = max(high, count + offset)
            before = count
        level.append(high)
    return Climb(level, frozenset(falls), frozenset(jumps), frozenset(resets), frozenset(left_out))


def _jumps(before: int, count: int) -> bool:
    return count - before >= JUMP_LEAST and count >= before * JUMP


def _following(track: Track, place: int) -> list[int]:
    """The places of the next counts that were seen."""
    found = (later for later in range(place + 1, len(track.at)) if track.step[later])
    return [later for later, _ in zip(found, range(AHEAD), strict=False)]


def _back_at(track: Track, place: int, before: int) -> int:
    """The place at which the counter is back where it was before it jumped; `place` itself when it is not."""
    for later in _following(track, place):
        count = track.total[later]
        if before * BACK <= count < track.total[place] * BACK and not _jumps(before, count):
            return later
    return place


def _is_reset(track: Track, place: int, before: int) -> bool:
    """Whether the counter began anew here: it rises from a small share, and is not soon back where it was."""
    count = track.total[place]
    if count > before * RESET_SHARE or before - count < RESET_LEAST:
        return False
    following = [track.total[later] for later in _following(track, place)]
    return bool(following) and following[0] >= count and max(following) < before * BACK


def classify(track: Track, climbed: Climb) -> list[tuple[Mark, ...]]:
    """By place what a reader should know of each count: `fall`, `jump`, `reset`, `rounded`."""
    told = (
        (Mark.FALL, climbed.falls),
        (Mark.JUMP, climbed.jumps),
        (Mark.RESET, climbed.resets),
        (Mark.ROUNDED, frozenset(place for place, step in enumerate(track.step) if step > 1)),
    )
    if not any(places for _, places in told):
        return [()] * len(track.at)
    return [tuple(mark for mark, places in told if place in places) for place in range(len(track.at))]


def in_words(track: Track, climbed: Climb) -> str:
    """How the monotone series was derived."""
    rounded = {step for step in track.step if step > 1}
    steps = f"steps of {min(rounded)}" if len(rounded) == 1 else "steps"
    added = track.step.count(0)
    held = len(climbed.falls - climbed.resets - {place + 1 for place in climbed.left_out})
    parts = (
        (bool(added), f"{_times(added, 'posted increment or period', 'posted increments and periods')} added up"),
        (bool(rounded), f"moving in {steps} where it was shown rounded"),
        (bool(held), f"held over {_times(held, 'fall', 'falls')}"),
        (bool(climbed.resets), f"counted on over {_times(len(climbed.resets), 'reset', 'resets')}"),
        (bool(climbed.left_out), f"without {_times(len(climbed.left_out), 'outlier', 'outliers')}"),
    )
    return "; ".join(["the highest total so far", *(words for there, words in parts if there)])


def _times(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
