"""What a poll tells its feed's row: what the document says of itself, how it went, and the changes that follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, select, update

from dateline.nouns.changes import ChangeKind, NewChange
from dateline.nouns.feeds import Feed, FeedState, ParsedFeed
from dateline.nouns.plans import PollPlan
from storage import feeds
from storage.bulk import chunks
from storage.tables import feeds as feed_rows
from storage.types import Instant

FAILING_AFTER = 3  # failures in a row that are told
FAILING_FOR = timedelta(days=1)  # or failures for so long
MAX_ERROR = 500  # characters


def locked(tx: Connection, feed_ids: Iterable[int]) -> dict[int, Feed]:
    """These feeds, by id, held to the end of this transaction: nobody else writes their rows or entries meanwhile."""
    ids = sorted(set(feed_ids))
    for part in chunks(ids):
        tx.execute(select(feed_rows.c.id).where(feed_rows.c.id.in_(part)).order_by(feed_rows.c.id).with_for_update())
    return {feed.id: feed for feed in feeds.load(tx, ids)}


@dataclass(frozen=True, slots=True)
class PollTold:
    """A poll that went well. `parsed` and `plan` None: its document was the same as before."""

    feed: Feed
    at: datetime
    interval: float | None  # seconds, adapted
    parsed: ParsedFeed | None = None
    plan: PollPlan | None = None


def succeeded(tx: Connection, told: PollTold) -> list[NewChange]:
    """Write a good poll to the feed's row. A paused feed stays paused; any other is active from now on."""
    feed, parsed, plan = told.feed, told.parsed, told.plan
    row: dict[str, object] = {
        "state": feed.state if feed.state is FeedState.PAUSED else FeedState.ACTIVE,
        "interval": told.interval,
        "polls": feed.polls + 1,
        "failures": 0,
        "failing_since": None,
        "last_polled_at": told.at,
        "seen_share": 1.0,
    }
    if parsed is not None and plan is not None:
        row |= {
            "title": parsed.title or feed.title,
            "site_url": parsed.url or feed.site_url,
            "kind": parsed.kind,
            "ttl": parsed.ttl,
            "skip_hours": sorted(parsed.skip_hours),
            "skip_days": sorted(parsed.skip_days),
            # A first poll knows nothing before it: that tells nothing of the feed's pace.
            "seen_share": plan.seen_share if feed.polls else None,
            "missed_estimate": feed.missed_estimate + plan.missed,
            "last_new_at": told.at if plan.new else feed.last_new_at,
            "last_error": parsed.error[:MAX_ERROR] or feed.last_error,
            "last_error_at": told.at if parsed.error else feed.last_error_at,
        }
    tx.execute(update(feed_rows).where(feed_rows.c.id == feed.id).values(row))
    return [NewChange(ChangeKind.FEED_RECOVERED, feed.id, {"url": feed.url})] if is_failing(feed) else []


def unchanged(tx: Connection, told: Sequence[PollTold]) -> list[NewChange]:
    """Write polls that found nothing new (304), all at once: most are such, and row by row it was half their cost."""
    if told:
        tx.execute(
            _UNCHANGED,
            [{"feed": one.feed.id, "at": one.at, "seconds": one.interval} for one in told],
        )
    again = (one.feed for one in told if is_failing(one.feed))
    return [NewChange(ChangeKind.FEED_RECOVERED, feed.id, {"url": feed.url}) for feed in again]


_UNCHANGED = (
    update(feed_rows)
    .where(feed_rows.c.id == bindparam("feed"))
    .values(
        state=case((feed_rows.c.state == FeedState.PAUSED, feed_rows.c.state), else_=FeedState.ACTIVE),
        interval=bindparam("seconds"),
        polls=feed_rows.c.polls + 1,
        seen_share=1.0,
        failures=0,
        failing_since=None,
        last_polled_at=bindparam("at", type_=Instant),
    )
)


def failed(tx: Connection, feed: Feed, error: str, at: datetime, *, state: FeedState | None = None) -> list[NewChange]:
    """Write a failed poll to the feed's row; its entries and what it said before stay. `state` GONE is told at once."""
    after = feed.failures + 1
    since = feed.failing_since or at
    gone = state is FeedState.GONE and feed.state is not FeedState.GONE
    tx.execute(
        update(feed_rows)
        .where(feed_rows.c.id == feed.id)
        .values(
            state=state or feed.state,
            failures=after,
            failing_since=since,
            last_error=error[:MAX_ERROR],
            last_error_at=at,
        )
    )
    said: dict[str, object] = {"url": feed.url, "error": error[:MAX_ERROR]}
    if gone:
        return [NewChange(ChangeKind.FEED_GONE, feed.id, said)]
    no_feed = state is FeedState.FAILED  # it is not polled again: this is the last that is heard of it
    if no_feed or (not is_failing(feed) and (after >= FAILING_AFTER or at - since >= FAILING_FOR)):
        return [NewChange(ChangeKind.FEED_FAILING, feed.id, said)]
    return []


def is_failing(feed: Feed) -> bool:
    """Whether this feed's failing was told: its last failures were many, or the last came a day after the first."""
    if feed.failing_since is None or feed.last_error_at is None:
        return False
    return feed.failures >= FAILING_AFTER or feed.last_error_at - feed.failing_since >= FAILING_FOR


def found_home(tx: Connection, feed: Feed, at: datetime) -> None:
    """This was a home page, whose feeds were found and are feeds of their own."""
    tx.execute(
        update(feed_rows)
        .where(feed_rows.c.id == feed.id)
        .values(state=FeedState.HOME, failures=0, failing_since=None, last_error="", last_polled_at=at)
    )
