"""What a sitemap's document asks for: which of its pages are fetched, which sitemaps of an index are followed. Pure.

A sitemap lists a site's whole archive, and no date in it need be true. So that it cannot flood the frontier, a page is
fetched when it is dated within RECENT, or was never listed before and has no date, and no more than MOST at one poll;
the rest is recorded, so that it is known later. On the first poll all is unseen: there, what has no date is recorded.

An index's sitemaps become feeds of their own, with the index as their parent: everything fetched is a visit with its
own clock, host, validators and captures, and one that fails is seen in `feeds list` like any feed. (Followed within
the index's poll they would be many requests in one visit, without politeness or validators.) They are ordinary feeds
in all but this: their index makes those due at once which it says have changed, and rests those that it says have not
changed within RECENT. At most MEMBERS are taken up by one poll of an index, the newest first, of the index's own site
alone (the protocol's rule), not such as list pictures or sections by their names; an index may name indexes, whose
sitemaps are followed, and no deeper.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from dateline.nouns.feeds import Feed, ParsedEntry, ParsedFeed
from dateline.urls import same_site
from worker.dedupe.urls import is_home
from worker.parse.sitemap import KINDS, NEWS_NAME, SITEMAP_INDEX, lists_articles

RECENT = timedelta(days=7)
MOST = 1000  # pages by one poll: what a Google News sitemap may list
MEMBERS = 20  # sitemaps taken up by one poll of an index
DEPTH = 2  # indexes one within the other
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def is_sitemap(kind: str | None) -> bool:
    """Whether a feed of this kind is a sitemap of any sort."""
    return kind in KINDS


def pages_taken(
    feed: Feed, parsed: ParsedFeed, *, first_poll_entries: int, now: datetime, on_demand: bool = False
) -> set[str]:
    """The keys of the entries whose pages are to be fetched. `on_demand`: a person wants the newest, however old."""
    if parsed.kind == SITEMAP_INDEX:
        return set()
    pages = [entry for entry in parsed.entries if entry.url and not is_home(entry.url)]
    limit = first_poll_entries if feed.polls == 0 or on_demand else MOST
    if not on_demand:
        pages = [entry for entry in pages if _is_recent(entry, now) or (feed.polls and not _dated(entry))]
    return {entry.key for entry in _newest_first(pages)[:limit]}


def members(feed: Feed, parsed: ParsedFeed, now: datetime) -> list[ParsedEntry]:
    """Of an index's new and changed sitemaps those that are to be followed, the most promising first."""
    pages = (entry for entry in parsed.entries if entry.url and same_site(feed.url, entry.url))
    hopeful = [e for e in pages if e.url and lists_articles(e.url) and (not _dated(e) or _is_recent(e, now))]
    newest = _newest_first(hopeful)
    newest.sort(key=lambda entry: not (_dated(entry) or NEWS_NAME.search(urlsplit(entry.url or "").path)))
    return newest[:MEMBERS]


def _newest_first(entries: Sequence[ParsedEntry]) -> list[ParsedEntry]:
    return sorted(entries, key=lambda entry: _dated(entry) or LONG_AGO, reverse=True)


def _dated(entry: ParsedEntry) -> datetime | None:
    return entry.published_at or entry.updated_at


def _is_recent(entry: ParsedEntry, now: datetime) -> bool:
    dated = _dated(entry)
    return dated is not None and dated > now - RECENT
