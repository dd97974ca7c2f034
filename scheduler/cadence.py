"""When to look again, and the reason in words. Pure: facts in, `NextVisit` out; `now` is an argument.

Feeds follow what a polite poller owes (RFC 9111 freshness, `<ttl>`, skipHours, Retry-After) and adapt to how much of
the last poll was known. Articles follow the time since their text last changed and how fast their counter moves.
The operator's word stands above all of it but a server's Retry-After.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from dateline.nouns.frontier import FetchOutcome, NextVisit, Priority, VisitKind

MINUTE = 60.0  # seconds, as every interval here
HOUR = 60 * MINUTE
DAY = 24 * HOUR

FIRST_INTERVAL = HOUR
DECLARED_FLOOR = 5 * MINUTE  # however short a life the server declares
UNDECLARED_FLOOR = HOUR  # for a feed that declares nothing
NO_VALIDATORS_FLOOR = DAY  # each poll costs the publisher the whole document
CEILING = DAY
DECLARED_CEILING = 7 * DAY  # a longer declared life is a mistake: nobody reads such a feed
SEEN_MUCH, SEEN_LITTLE = 0.67, 0.33  # shares of a poll's entries known before it
JITTER = 0.1  # of the interval, stable for a URL: feeds added together do not stay together

NOT_FOUND_LIFE = 14 * DAY  # a feed that is 404 for so long is disabled
ARTICLE_LIFE = 30 * DAY  # from the last change of its text
FIRST_ATTEMPTS = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR)  # between an article's first tries; the fifth gives up
LATER_ATTEMPTS = (DAY, 3 * DAY, 7 * DAY)  # for a page that could not be had
GAIN = 0.05  # look when the counter should have grown by this share


@dataclass(frozen=True, slots=True)
class PollFacts:
    """What a successful poll (200 or 304) and the feed's row say. Times are seconds."""

    url: str
    every: float | None = None  # the operator's word
    interval: float | None = None  # as adapted so far
    polls: int = 0  # successful ones before this
    seen_share: float | None = None  # None: 304, all was known
    freshness: float | None = None  # max-age - Age, or Expires - Date
    ttl: float | None = None
    has_validators: bool = True
    retry_after: datetime | None = None
    skip_hours: Collection[int] = ()  # GMT
    skip_days: Collection[int] = ()  # 0 = Monday


@dataclass(frozen=True, slots=True)
class Poll:
    """The next poll, and the interval to remember (seconds)."""

    next: NextVisit
    interval: float


@dataclass(frozen=True, slots=True)
class LookFacts:
    """What is known of an article after a visit. `revisit`: "off", "edits", "views" or seconds as text; None: both."""

    url: str
    first_seen_at: datetime
    last_change_at: datetime
    revisit: str | None = None
    has_counter: bool = False
    views_per_hour: float | None = None  # None: fewer than two samples
    count: int = 0
    step: int = 1  # what a rounded counter moves in
    retry_after: datetime | None = None
    gone_since: datetime | None = None
    damped: bool = False  # each look finds another text


@dataclass(frozen=True, slots=True)
class FailureFacts:
    """A visit that failed. `attempts` counts failures in a row, this one included."""

    url: str
    kind: VisitKind
    outcome: FetchOutcome
    attempts: int
    first_done: bool = False
    every: float | None = None
    revisit: str | None = None
    failing_since: datetime | None = None
    retry_after: datetime | None = None


def provisional(kind: VisitKind, now: datetime) -> NextVisit:
    """Where a visit's clock rests until its capture has been read, so that nothing spins."""
    return NextVisit(now + timedelta(seconds=CEILING), "waiting to be read", _priority(kind))


def next_poll(facts: PollFacts, now: datetime) -> Poll:
    """When to poll a feed again after a success, and why."""
    interval = _adapted(facts)
    if facts.every is not None:
        return Poll(_not_before(facts.retry_after, now, facts.every, "every {} by your word", Priority.FEED), interval)
    seconds, reason = interval, _why(facts)
    for declared, words in ((facts.freshness, "the server's answer is fresh for {}"), (facts.ttl, "the feed asks {}")):
        if declared is not None and declared > seconds:
            seconds = min(declared, DECLARED_CEILING)
            reason = words.format(span(seconds))
    seconds *= 1 + JITTER * _share(facts.url)
    due = _not_before(facts.retry_after, now, seconds, reason, Priority.FEED)
    return Poll(_after_skipped(due, facts.skip_hours, facts.skip_days), interval)


def next_look(facts: LookFacts, now: datetime) -> NextVisit:
    """When to look at an article again, and why. None: never."""
    quiet = (now - facts.last_change_at).total_seconds()
    if facts.revisit == "off":
        return NextVisit(None, "re-visits are off")
    if facts.gone_since is not None:
        return _gone(facts.gone_since, now)
    if (fixed := _seconds(facts.revisit)) is not None:
        if (now - facts.first_seen_at).total_seconds() > ARTICLE_LIFE and quiet > ARTICLE_LIFE:
            return NextVisit(None, f"unchanged for {span(ARTICLE_LIFE)}")
        return _not_before(facts.retry_after, now, fixed, "every {} by your word", Priority.REVISIT)
    looks = []
    if facts.revisit in (None, "edits"):
        looks.append(_damped_look(facts, now) if facts.damped else _edit_look(quiet))
    if facts.revisit in (None, "views") and facts.has_counter:
        looks.append(_counter_look(facts, now))
    looks = [look for look in looks if look[0] is not None]
    if not looks:
        why = "it prints no counter" if facts.revisit == "views" else f"unchanged for {span(ARTICLE_LIFE)}"
        return NextVisit(None, why)
    seconds, reason = min(looks, key=lambda look: look[0] or 0.0)
    assert seconds is not None
    return _not_before(facts.retry_after, now, seconds * (1 + JITTER * _share(facts.url)), reason, Priority.REVISIT)


def after_failure(facts: FailureFacts, now: datetime) -> NextVisit:
    """When to try again after a failed fetch, and why. Never before a Retry-After; None: not again."""
    said = str(facts.outcome).replace("_", " ")
    if facts.kind is VisitKind.FEED:
        return _feed_failure(facts, now, said)
    waits = LATER_ATTEMPTS if facts.first_done else FIRST_ATTEMPTS
    place = facts.attempts - 1 if facts.first_done else min(facts.attempts - 1, len(waits) - 1)
    if facts.first_done and facts.revisit == "off":
        return NextVisit(None, f"{said}, and re-visits are off")
    if place >= len(waits):
        return NextVisit(None, f"{said}, {facts.attempts} times in a row: given up")
    reason = f"{said}, attempt {facts.attempts}: again after {{}}"
    priority = Priority.REVISIT if facts.first_done else Priority.NEW_ARTICLE
    seconds = waits[place] * (1 + JITTER * _share(facts.url))
    return _not_before(facts.retry_after, now, seconds, reason, priority)


def span(seconds: float) -> str:
    """A length of time for a person: "45 s", "10 min", "3 h", "2 d"."""
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE)):
        if seconds >= 2 * size or seconds == size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def _adapted(facts: PollFacts) -> float:
    """The feed's own interval: longer while most of a poll was known, shorter while most was new."""
    if facts.freshness is not None:
        floor = max(DECLARED_FLOOR, min(facts.freshness, CEILING))
    else:
        floor = UNDECLARED_FLOOR if facts.has_validators else NO_VALIDATORS_FLOOR
    interval = facts.interval or FIRST_INTERVAL
    if facts.polls >= 2:  # the first polls tell nothing of the rhythm
        if facts.seen_share is None or facts.seen_share >= SEEN_MUCH:
            interval += 10 * MINUTE
        elif facts.seen_share < SEEN_LITTLE:
            interval /= 2
    return min(max(interval, floor), CEILING)


def _why(facts: PollFacts) -> str:
    if facts.seen_share is None:
        return "nothing new: again after {}"
    if not facts.has_validators and facts.freshness is None:
        return "the server gives no validators: again after {}"
    return f"{facts.seen_share:.0%} of its entries were known: again after {{}}"


def _edit_look(quiet: float) -> tuple[float | None, str]:
    """The look for edits by the time since the text last changed, after newsdiffs' schedule, a step sparser."""
    for within, wait in ((3 * HOUR, HOUR), (DAY, 3 * HOUR), (7 * DAY, DAY), (ARTICLE_LIFE, 7 * DAY)):
        if quiet < within:
            return wait, f"its text changed within {span(within)}: again after {{}}"
    return None, ""


def _damped_look(facts: LookFacts, now: datetime) -> tuple[float | None, str]:
    """The look for edits at a page that changes each time, which says little of its text: daily while it is news."""
    if (now - facts.first_seen_at).total_seconds() > ARTICLE_LIFE:
        return None, ""
    return DAY, "each look finds another text: again after {}"


def _counter_look(facts: LookFacts, now: datetime) -> tuple[float | None, str]:
    """The look for views: when the number shown should have moved by a twentieth, within an hour and a day."""
    if (now - facts.first_seen_at).total_seconds() > ARTICLE_LIFE:
        return None, ""
    if facts.views_per_hour is None:
        return 30 * MINUTE, "its counter was seen once: again after {}"
    if facts.views_per_hour <= 0:
        return DAY, "its counter stands still: again after {}"
    wait = max(GAIN * facts.count, facts.step) / facts.views_per_hour * HOUR
    wait = min(max(wait, 10 * MINUTE), DAY)
    return wait, f"{facts.views_per_hour:.3g} views an hour: again after {{}}"


def _gone(since: datetime, now: datetime) -> NextVisit:
    for wait in LATER_ATTEMPTS:
        if now < since + timedelta(seconds=wait):
            return NextVisit(since + timedelta(seconds=wait), f"gone: is it back after {span(wait)}?")
    return NextVisit(None, f"gone for {span(LATER_ATTEMPTS[-1])}")


def _feed_failure(facts: FailureFacts, now: datetime, said: str) -> NextVisit:
    if facts.outcome is FetchOutcome.GONE:
        return NextVisit(None, "gone (410)", Priority.FEED)
    failing = (now - facts.failing_since).total_seconds() if facts.failing_since else 0.0
    if facts.outcome is FetchOutcome.NOT_FOUND and failing > NOT_FOUND_LIFE:
        return NextVisit(None, f"not found for {span(NOT_FOUND_LIFE)}: disabled", Priority.FEED)
    base = facts.every if facts.every is not None else 15 * MINUTE
    ceiling = DAY if facts.every is None else max(facts.every, HOUR)
    seconds = min(base * 2.0 ** min(facts.attempts - 1, 16), ceiling) * (1 + JITTER * _share(facts.url))
    return _not_before(
        facts.retry_after, now, seconds, f"{said}, {facts.attempts} in a row: again after {{}}", Priority.FEED
    )


def _not_before(earliest: datetime | None, now: datetime, seconds: float, reason: str, priority: Priority) -> NextVisit:
    """`seconds` from now, but never before a Retry-After. The reason's `{}` takes the span."""
    at = now + timedelta(seconds=seconds)
    if earliest is not None and earliest > at:
        return NextVisit(earliest, f"the server said not before {earliest:%Y-%m-%d %H:%M:%S}Z (Retry-After)", priority)
    return NextVisit(at, reason.format(span(seconds)), priority)


def _after_skipped(due: NextVisit, hours: Collection[int], days: Collection[int]) -> NextVisit:
    """Past the hours and days (GMT) in which the feed asks to be left alone; one that skips all of them is broken."""
    if due.at is None or len(set(hours)) >= 24 or len(set(days)) >= 7 or not (hours or days):
        return due
    at = due.at
    while at.hour in hours or at.weekday() in days:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if at == due.at:
        return due
    # Not all at the stroke of the hour: keep the minute that the feed would have had.
    return NextVisit(at + timedelta(minutes=due.at.minute), "the feed skips these hours or days", due.priority)


def _seconds(revisit: str | None) -> float | None:
    try:
        return float(revisit) if revisit else None
    except ValueError:
        return None


def _share(url: str) -> float:
    """A number in [0, 1) that is always the same for a URL."""
    return int.from_bytes(hashlib.sha256(url.encode()).digest()[:4], "big") / 2**32


def _priority(kind: VisitKind) -> Priority:
    return Priority.FEED if kind is VisitKind.FEED else Priority.REVISIT
