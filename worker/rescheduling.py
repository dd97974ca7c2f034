"""When to look again after a capture was read: the facts that the cadence asks for, and its answer for the visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dateline.nouns.articles import TextFrom
from dateline.nouns.feeds import Feed, FeedState
from dateline.nouns.frontier import Capture, Fetched, FetchOutcome, NextVisit, Priority, Reschedule, VisitKind
from dateline.nouns.plans import KnownArticle, Subject
from scheduler import cadence
from worker.dedupe.revisions import DAMP_AFTER, damped
from worker.fetch import headers

PAUSED = "paused by a person; `dateline feeds resume` goes on"
CLOCK_STEP = 1.0  # seconds: two samples nearer than that tell no rate


def poll_again(
    answer: Fetched | Capture, feed: Feed, seen_share: float | None, now: datetime, *, has_validators: bool
) -> cadence.Poll:
    """The poll after one that went well, a 200 or a 304 (`seen_share` None); never, while a person has it paused."""
    poll = cadence.next_poll(
        cadence.PollFacts(
            url=feed.url,
            every=feed.every,
            interval=feed.interval,
            polls=feed.polls,
            seen_share=seen_share,
            freshness=headers.freshness(answer.headers, answer.fetched_at),
            ttl=feed.ttl,
            has_validators=has_validators,
            retry_after=answer.retry_after,
            skip_hours=feed.skip_hours,
            skip_days=feed.skip_days,
        ),
        now,
    )
    return replace(poll, next=unless_paused(feed, poll.next))


def unless_paused(feed: Feed, following: NextVisit) -> NextVisit:
    """This next visit, unless a person has paused the feed."""
    return NextVisit(None, PAUSED, Priority.FEED) if feed.state is FeedState.PAUSED else following


def after_poll(capture: Capture, feed: Feed, seen_share: float | None, now: datetime) -> tuple[Reschedule, float]:
    """The visit of a feed that was read well (`feed` as the poll left it), and its interval from now on."""
    has_validators = any(headers.validators(capture.headers))
    poll = poll_again(capture, feed, seen_share, now, has_validators=has_validators)
    return _settled(capture, poll.next, subject_id=feed.id), poll.interval


def after_failed_poll(capture: Capture, feed: Feed, now: datetime) -> NextVisit:
    """When to poll a feed again that could not be read, or was not found."""
    outcome = capture.outcome if capture.outcome is not FetchOutcome.OK else FetchOutcome.BAD_RESPONSE
    return cadence.after_failure(
        cadence.FailureFacts(
            url=feed.url,
            kind=VisitKind.FEED,
            outcome=outcome,
            attempts=feed.failures + 1,
            first_done=True,
            every=feed.every,
            failing_since=feed.failing_since or now,
            retry_after=capture.retry_after,
        ),
        now,
    )


def without_validators(capture: Capture, following: NextVisit, *, subject_id: int | None = None) -> Reschedule:
    """A visit whose capture could not be read: the next fetch is unconditional."""
    return Reschedule(capture.visit_id, capture.id, following, subject_id=subject_id, read_well=False)


def after_look(
    capture: Capture,
    subject: Subject,
    before: KnownArticle | None,
    after: KnownArticle | None,
    *,
    article_id: int | None,
    revisit: str | None,
    read_well: bool,
    now: datetime,
    wall: str = "",
    damp_after: int = DAMP_AFTER,
) -> Reschedule:
    """The visit of an article: `before` and `after` this batch, None where there is no article.

    A `wall` in its page's place (which, and what told it) is no failure: the cadence goes on as it would without.
    """
    if after is None or (after.text_from is not TextFrom.PAGE and not read_well and not wall):
        following = _try_again(capture, subject, revisit, now)
    else:
        facts = _look_facts(capture, subject, before, after, revisit)
        following = cadence.next_look(replace(facts, damped=damped(after, damp_after)), now)
    if wall:
        following = replace(following, reason=_past(wall, following, now))
    if not read_well:
        return without_validators(capture, following, subject_id=article_id)
    return _settled(capture, following, subject_id=article_id)


def _past(wall: str, following: NextVisit, now: datetime) -> str:
    if following.at is None:
        return f"{wall}; {following.reason}"
    return f"{wall}: again after {cadence.span((following.at - now).total_seconds())}"


def _look_facts(
    capture: Capture, subject: Subject, before: KnownArticle | None, after: KnownArticle, revisit: str | None
) -> cadence.LookFacts:
    return cadence.LookFacts(
        url=subject.url,
        first_seen_at=after.first_seen_at,
        last_change_at=after.text_changed_at or after.first_seen_at,
        revisit=revisit,
        has_counter=after.counter is not None,
        views_per_hour=_rate(before, after),
        count=after.views or 0,
        step=after.counter.step if after.counter else 1,
        retry_after=capture.retry_after,
        gone_since=after.gone_at,
    )


def _rate(before: KnownArticle | None, after: KnownArticle) -> float | None:
    """Views an hour between the last two samples; None with fewer."""
    if before is None or None in (before.views, before.views_at, after.views, after.views_at):
        return None
    assert before.views is not None and after.views is not None and before.views_at and after.views_at
    seconds = (after.views_at - before.views_at).total_seconds()
    return max(0, after.views - before.views) / seconds * cadence.HOUR if seconds > CLOCK_STEP else None


def _try_again(capture: Capture, subject: Subject, revisit: str | None, now: datetime) -> NextVisit:
    return cadence.after_failure(
        cadence.FailureFacts(
            url=subject.url,
            kind=VisitKind.ARTICLE,
            outcome=capture.outcome if capture.outcome is not FetchOutcome.OK else FetchOutcome.BAD_RESPONSE,
            attempts=max(1, subject.attempts),
            first_done=True,
            revisit=revisit,
            retry_after=capture.retry_after,
        ),
        now,
    )


def _settled(capture: Capture, following: NextVisit, *, subject_id: int | None) -> Reschedule:
    etag, modified = headers.validators(capture.headers)
    return Reschedule(capture.visit_id, capture.id, following, etag, modified, capture.final_url, subject_id)
