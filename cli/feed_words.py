"""A feed in words, for a person, and as a record, for a program; and which feed a person means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Connection

from cli.opening import page_key
from cli.output import clean, span, when
from cli.params import with_scheme
from dateline.nouns.feeds import Feed, FeedState, Source
from dateline.nouns.frontier import FetchOutcome
from storage import feeds, problems, sources
from storage.feeds import FeedVisit
from storage.status import SEEN_TOO_LITTLE

SITEMAPS = {"sitemap": "a sitemap", "news_sitemap": "a news sitemap"}
LOOKED_AT = 50  # refused feeds whose remedy is looked up: one will do for all, mostly
SHORTEST_ADVICE = 30.0  # seconds: nobody is told to poll more often than that


which_feeds = click.argument("which", nargs=-1, required=True, metavar="ID|URL...")


def named(tx: Connection, word: str) -> Feed:
    """The feed that a person means by an id or a URL. Raises NotFound, UsageError for what is neither."""
    return feeds.find(tx, word) if word.isdigit() else feeds.find(tx, with_scheme(word), [page_key(word)[1]])


def named_all(tx: Connection, named_words: Sequence[str]) -> list[Feed]:
    """The feeds that a person means, each once."""
    return list({feed.id: feed for feed in (named(tx, word) for word in named_words)}.values())


def record(feed: Feed, source: Source, visit: FeedVisit | None) -> dict[str, Any]:
    """A feed as `--json` prints it. Intervals are seconds."""
    return {
        "id": feed.id,
        "url": feed.url,
        "state": str(feed.state),
        "label": feed.label,
        "name": feed.name,
        "title": feed.title,
        "kind": feed.kind,
        "parent_id": feed.parent_id,
        "site_url": feed.site_url,
        "source": source.name,
        "source_id": source.id,
        "tags": list(feed.tags),
        "every": feed.every,
        "revisit": feed.revisit,
        "content": feed.content,
        "host": visit.host if visit else None,
        "host_delay": visit.host_delay if visit else None,
        "added_at": feed.added_at,
        "interval": feed.interval,
        "next_visit_at": visit.due_at if visit else None,
        "reason": visit.reason if visit else "",
        "polls": feed.polls,
        "last_polled_at": feed.last_polled_at,
        "last_new_at": feed.last_new_at,
        "seen_share": feed.seen_share,
        "missed_estimate": feed.missed_estimate,
        "failures": feed.failures,
        "failing_since": feed.failing_since,
        "last_error": feed.last_error or None,
        "last_error_at": feed.last_error_at,
        "advice": advice(feed) or None,
    }


def records(tx: Connection, listed: list[Feed]) -> list[dict[str, Any]]:
    """Feeds as `--json` prints them, in this order."""
    outlets = sources.load(tx, {feed.source_id for feed in listed})
    waiting = feeds.visits_of(tx, [feed.id for feed in listed])
    return [record(feed, outlets[feed.source_id], waiting.get(feed.id)) for feed in listed]


def remedies(tx: Connection, feed_ids: Iterable[int]) -> list[str]:
    """What helps those of these feeds that a setting of ours refuses to visit; each remedy once."""
    refused = [v.visit_id for v in feeds.visits_of(tx, feed_ids).values() if v.last_outcome == FetchOutcome.REFUSED]
    told = [problem.remedy for one in refused[:LOOKED_AT] for problem in problems.of_visit(tx, one, 1)]
    return list(dict.fromkeys(filter(None, told)))


def found(tx: Connection, feed: Feed) -> str:
    """What the visits so far found there, in words; empty before the first."""
    if feed.state is FeedState.HOME:
        outlet = sources.load(tx, [feed.source_id])[feed.source_id]
        visit = feeds.visits_of(tx, [feed.id]).get(feed.id)
        words = visit.reason if visit else "a home page: its feeds are polled"
        return f"{words} (dateline feeds list --source {outlet.id})"
    if feed.state is FeedState.GONE:
        return f"gone for good: {feed.last_error}"
    if feed.state is FeedState.FAILED:
        return f"neither a feed nor a page that names one: {feed.last_error}"
    if feed.polls:
        count = feeds.entry_count(tx, feed.id)
        if feed.kind == "sitemap_index":
            followed = len(feeds.family(tx, feed)) - 1
            return f"a sitemap index of {count} sitemap{'s' * (count != 1)}, {followed} of them followed as feeds"
        if feed.kind in SITEMAPS:
            return f"{SITEMAPS[feed.kind]}, {count} address{'es' * (count != 1)}"
        kind = {"rss": "RSS", "atom": "Atom", "rdf": "RSS 1.0", "json": "JSON"}.get(feed.kind or "", "a")
        return f"{kind} feed {feed.title or 'without a title'!r}, {count} {'entry' if count == 1 else 'entries'}"
    return f"no answer yet: {feed.last_error}" if feed.failures else ""


def advice(feed: Feed) -> str:
    """For a feed that turns over faster than it is polled: that it does, and what mends it. Else empty."""
    if feed.state is not FeedState.ACTIVE or feed.polls < 2:
        return ""
    if feed.missed_estimate:
        times = "once" if feed.missed_estimate == 1 else f"{feed.missed_estimate} times"
        why = f"{times} a poll shared no entry with the one before"
    elif feed.seen_share is not None and feed.seen_share < SEEN_TOO_LITTLE:
        why = f"only {feed.seen_share:.0%} of the last poll's entries were known"
    else:
        return ""
    present = min(filter(None, (feed.every, feed.interval)), default=3600.0)
    if present <= SHORTEST_ADVICE:
        return f"it turns over faster than it is polled ({why}), and is polled as often as is decent already"
    sooner = max(present / 2, SHORTEST_ADVICE)
    return (
        f"it turns over faster than it is polled ({why}); mend it: dateline feeds set {feed.id} --every {span(sooner)}"
    )


def revisit_in_words(word: str | None) -> str:
    """The word about revisits as a person typed it; empty for none."""
    return span(float(word)) if word and word[0].isdigit() else word or ""


def label(feed: Feed) -> str:
    """What to call it on one line."""
    return clean(feed.label)


def pairs(feed: Feed, source: Source, visit: FeedVisit | None, told: str, now: datetime) -> list[tuple[str, object]]:
    """Everything about one feed, as names and values for a person."""
    revisit = revisit_in_words(feed.revisit)
    if not feed.revisit and source.revisit:
        revisit = f"{revisit_in_words(source.revisit)}, its source's word"
    host = visit.host if visit else ""
    if visit and visit.host_delay is not None:
        host += f", {span(visit.host_delay)} between two visits, your word"
    return [
        ("feed", f"{feed.id}  {feed.label}"),
        ("url", feed.url),
        ("state", feed.state),
        ("found", told),
        ("site", feed.site_url),
        ("named by", feed.parent_id and f"the sitemap index that is feed {feed.parent_id}"),
        ("source", f"{source.name} ({source.id})"),
        ("tags", feed.tags),
        ("every", f"{span(feed.every)}, your word" if feed.every else feed.interval and span(feed.interval)),
        ("revisit", revisit),
        ("content", "the text of each entry's page" if feed.content == "page" else "the feed's own text"),
        ("host", host),
        ("polls", f"{feed.polls}, the last {when(feed.last_polled_at, now)}" if feed.polls else "none yet"),
        ("last new", feed.last_new_at and when(feed.last_new_at, now)),
        ("next", visit and ": ".join(filter(None, (when(visit.due_at, now), visit.reason)))),
        ("failing", f"{feed.failures} in a row, since {when(feed.failing_since, now)}" if feed.failures else ""),
        ("last error", feed.last_error and f"{feed.last_error} ({when(feed.last_error_at, now)})"),
        ("advice", advice(feed)),
    ]
