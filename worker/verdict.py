"""What one fetch means for its visit: a capture to be read, a poll that is over, a failure, or a move. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from dateline.nouns.feeds import Feed
from dateline.nouns.frontier import (
    Fetched,
    FetchOutcome,
    NewCapture,
    NextVisit,
    Priority,
    Visit,
    VisitDone,
    VisitKind,
)
from dateline.urls import host_name
from scheduler import cadence
from worker.dedupe.urls import normalise, url_key
from worker.rescheduling import poll_again, unless_paused

MAX_MOVES = 5  # redirects to other sites in one look
GIVEN_UP = 5  # failed attempts that end an article's first visit without a page
LASTING = frozenset({301, 308})
GONE = frozenset({FetchOutcome.NOT_FOUND, FetchOutcome.GONE})
FOR_GOOD = frozenset(  # what leaves an article's first visit without a page, for now
    {
        FetchOutcome.ROBOTS,
        FetchOutcome.UNAUTHORIZED,
        FetchOutcome.PAYMENT_REQUIRED,
        FetchOutcome.FORBIDDEN,
        FetchOutcome.LEGAL,
        FetchOutcome.REFUSED,
        FetchOutcome.BAD_URL,
        FetchOutcome.TOO_LARGE,
        FetchOutcome.CLIENT_ERROR,
    }
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beside a visit: its feed, or the operator's word about re-visits of its article."""

    feed: Feed | None = None
    revisit: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be written. `interval` comes with a poll that is over, `failed` with one that failed."""

    done: VisitDone
    interval: float | None = None  # seconds
    failed: bool = False
    gone: bool = False  # the feed is given up: 410, or 404 for weeks


def judge(visit: Visit, host_id: int, token: str, fetched: Fetched, facts: Facts, now: datetime) -> Verdict:
    """What this fetch means. INTERRUPTED ones are not to be judged: they were not tried."""
    fetched = _in_time(visit, fetched)
    done = VisitDone(visit.id, host_id, token, fetched.outcome, fetched.fetched_at, NextVisit(None, ""))
    if fetched.outcome is FetchOutcome.REDIRECT_ELSEWHERE:
        return Verdict(_move(visit, done, fetched, now))
    done = _home(visit, _sighted(visit, done, fetched))
    if fetched.outcome is FetchOutcome.OK:
        return Verdict(_kept(done, _with_body(visit, fetched), now))
    if visit.kind is VisitKind.FEED:
        return _poll(visit, done, fetched, facts, now)
    if fetched.outcome is FetchOutcome.NOT_MODIFIED:
        return Verdict(_kept(done, _seen_again(visit, fetched), now))
    given_up = not visit.first_done and (fetched.outcome in FOR_GOOD or visit.attempts + 1 >= GIVEN_UP)
    if fetched.outcome in GONE or given_up:
        return Verdict(_kept(done, NewCapture(visit.id, fetched, visit.kind, visit.url), now))
    return Verdict(_failed(visit, done, fetched, facts, now))


def _in_time(visit: Visit, fetched: Fetched) -> Fetched:
    """The fetch, with a move too many or to nowhere told as what it is."""
    if fetched.outcome is not FetchOutcome.REDIRECT_ELSEWHERE:
        return fetched
    if visit.hops >= MAX_MOVES:
        error = f"sent on to other sites more than {MAX_MOVES} times, now to {fetched.final_url}"
        return replace(fetched, outcome=FetchOutcome.TOO_MANY_REDIRECTS, error=error)
    try:
        host_name(fetched.final_url)
    except ValueError as bad:
        return replace(fetched, outcome=FetchOutcome.BAD_RESPONSE, error=str(bad))
    return fetched


def _lasting(visit: Visit, fetched: Fetched) -> bool:
    return visit.hops_permanent and all(hop.status in LASTING for hop in fetched.redirects)


def _move(visit: Visit, done: VisitDone, fetched: Fetched, now: datetime) -> VisitDone:
    """The same visit waits at the target's host, so that no host is visited but by its own turn."""
    return replace(
        _seen_moved(done, visit.moved_to, visit.moved_seen),
        next=NextVisit(now, f"sent on by {visit.fetch_url or visit.url}", Priority(visit.priority)),
        attempts=visit.attempts,
        on_demand=visit.on_demand,
        to_host=host_name(fetched.final_url),
        fetch_url=fetched.final_url,
        hops=visit.hops + 1,
        hops_permanent=_lasting(visit, fetched),
    )


def _home(visit: Visit, done: VisitDone) -> VisitDone:
    """The next look begins at the visit's own URL."""
    return done if visit.fetch_url is None else replace(done, to_host=host_name(visit.url))


def _sighted(visit: Visit, done: VisitDone, fetched: Fetched) -> VisitDone:
    """Count a feed's permanent redirect; a look that failed proves nothing either way."""
    if visit.kind is not VisitKind.FEED:
        return done
    if fetched.outcome not in (FetchOutcome.OK, FetchOutcome.NOT_MODIFIED):
        return _seen_moved(done, visit.moved_to, visit.moved_seen)
    moved = bool(visit.hops or fetched.redirects) and _lasting(visit, fetched)
    target = _normal(fetched.final_url) if moved else None
    if target is None or target == visit.url:
        return done
    return _seen_moved(done, target, visit.moved_seen + 1 if target == visit.moved_to else 1)


def _seen_moved(done: VisitDone, target: str | None, seen: int) -> VisitDone:
    key = url_key(target) if target else None
    return replace(done, moved_to=target, moved_key=key, moved_seen=seen)


def _normal(url: str) -> str | None:
    try:
        return normalise(url)
    except ValueError:
        return None


def _kept(done: VisitDone, capture: NewCapture, now: datetime) -> VisitDone:
    return replace(done, capture=capture, next=cadence.provisional(capture.kind, now))


def _with_body(visit: Visit, fetched: Fetched) -> NewCapture:
    digest = hashlib.sha256(fetched.body).digest()
    if digest == visit.body_digest and visit.body_id is not None:
        return NewCapture(visit.id, fetched, visit.kind, visit.url, None, digest, True, visit.body_id)
    return NewCapture(visit.id, fetched, visit.kind, visit.url, fetched.body, digest)


def _seen_again(visit: Visit, fetched: Fetched) -> NewCapture:
    """A page that answers 304 shows what it showed before: a look like any other, which shares that body.

    A 304 need not repeat the validators (RFC 9110, 15.4.5): those that it confirmed go on.
    """
    said = {name for name, _ in fetched.headers}
    known = (("etag", visit.etag), ("last-modified", visit.last_modified))
    confirmed = tuple((name, value) for name, value in known if value and name not in said)
    again = replace(fetched, outcome=FetchOutcome.OK, headers=(*fetched.headers, *confirmed))
    return NewCapture(visit.id, again, visit.kind, visit.url, None, visit.body_digest, True, visit.body_id)


def _poll(visit: Visit, done: VisitDone, fetched: Fetched, facts: Facts, now: datetime) -> Verdict:
    feed = facts.feed
    if feed is None:
        return Verdict(replace(done, next=NextVisit(None, "its feed was removed")))
    if fetched.outcome is FetchOutcome.NOT_MODIFIED:
        poll = poll_again(fetched, feed, None, now, has_validators=bool(visit.etag or visit.last_modified))
        return Verdict(replace(done, next=poll.next), interval=poll.interval)
    failed = _failed(visit, done, fetched, facts, now)
    gone = fetched.outcome in GONE and failed.next.at is None
    return Verdict(replace(failed, next=unless_paused(feed, failed.next)), failed=True, gone=gone)


def _failed(visit: Visit, done: VisitDone, fetched: Fetched, facts: Facts, now: datetime) -> VisitDone:
    feed = facts.feed
    attempts = (feed.failures if feed else visit.attempts) + 1
    following = cadence.after_failure(
        cadence.FailureFacts(
            url=visit.url,
            kind=visit.kind,
            outcome=fetched.outcome,
            attempts=attempts,
            first_done=visit.first_done,
            every=feed.every if feed else None,
            revisit=facts.revisit,
            failing_since=(feed.failing_since or now) if feed else None,
            retry_after=fetched.retry_after,
        ),
        now,
    )
    return replace(done, next=following, attempts=attempts)
