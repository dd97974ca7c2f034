"""What a feed's document does: which of its items are new, changed or known, and which pages are to be fetched.

Pure. On its first poll a feed gives its newest entries alone; the rest are recorded, so that they are known later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from dateline.nouns.feeds import Feed, ParsedEntry, ParsedFeed
from dateline.nouns.frontier import NewVisit, Priority, VisitKind
from dateline.nouns.plans import KnownEntry, PollPlan, SaveEntry
from dateline.urls import host_name
from worker.dedupe.sitemaps import is_sitemap, pages_taken
from worker.dedupe.urls import entry_url, normalise, url_key

WAITING, TAKEN, RECORDED = "waiting", "taken", "recorded"


def decide_poll(
    feed: Feed,
    parsed: ParsedFeed,
    known: Mapping[str, KnownEntry],
    *,
    first_poll_entries: int,
    now: datetime,
    on_demand: bool = False,
) -> PollPlan:
    """The plan for one document of a feed. `known` are those of its entries (by key) that stand in the document."""
    if is_sitemap(parsed.kind):
        taken = pages_taken(feed, parsed, first_poll_entries=first_poll_entries, now=now, on_demand=on_demand)
    elif feed.polls == 0:
        taken = _newest(parsed.entries, first_poll_entries)
    else:
        taken = {entry.key for entry in parsed.entries}
    saves, visits, again, from_feed = [], [], [], []
    for entry in parsed.entries:
        before = known.get(entry.key)
        if before is not None and before.item_hash == entry.item_hash:
            continue
        url, key, fetchable = entry_address(feed.url, entry)
        own_text = feed.content == "feed" or not fetchable
        if before is None:
            state = RECORDED if entry.key not in taken else TAKEN if own_text else WAITING
            save = SaveEntry(entry, url, key, state)
        else:
            save = SaveEntry(entry, url, key, before.state, before.id)
        saves.append(save)
        if save.state == RECORDED:
            continue
        if own_text:
            from_feed.append(save)
        elif before is None or before.url_key != key:
            visits.append(_visit(feed, url, key, now, on_demand))
        elif _edited(entry, before):
            again.append(key)
    shared = len(parsed.seen) + sum(entry.key in known for entry in parsed.entries)
    return PollPlan(
        feed_id=feed.id,
        entries=tuple(sorted(saves, key=lambda save: save.entry.key)),
        seen=parsed.seen,
        visits=tuple(visits),
        again=tuple(again),
        from_feed=tuple(from_feed),
        new=sum(save.id is None for save in saves),
        changed=sum(save.id is not None for save in saves),
        seen_share=min(1.0, shared / parsed.total) if parsed.total else 1.0,
        missed=feed.polls > 0 and parsed.total > 0 and shared == 0 and feed.last_new_at is not None,
    )


def _edited(entry: ParsedEntry, before: KnownEntry) -> bool:
    """Whether an item says something else of its page: other bytes alone may be a counter of comments."""
    said = (entry.title, entry.summary, entry.content, entry.updated_at)
    return said != (before.title, before.summary, before.content, before.updated_at)


def entry_address(feed_url: str, entry: ParsedEntry) -> tuple[str, str, bool]:
    """The URL of an entry, its key, and whether there is a page to fetch (else the URL stands for the entry alone).

    Where a feed's counting service wrote its own address into the link, the address behind it is taken.
    """
    for printed in (entry.extra.get("feedburner_origlink"), entry.url):
        try:
            url = normalise(str(printed or ""))
            return url, url_key(url), True
        except ValueError:
            continue
    url = entry_url(feed_url, entry.key)
    return url, url_key(url), False


def renamed(
    feed_url: str, parsed: ParsedFeed, known: Mapping[str, KnownEntry], there: Iterable[KnownEntry]
) -> dict[str, KnownEntry]:
    """By their new keys those known entries whose guid changed: some feeds make guids anew with each answer.

    `there` are the feed's entries with the URLs of unknown ones. One that still stands in the document under its own
    key is another entry, and each is one entry's alone.
    """
    standing = {entry.key for entry in parsed.entries} | known.keys()
    seen = frozenset(parsed.seen)
    free = {one.url_key: one for one in there if one.key not in standing and one.item_hash not in seen}
    found: dict[str, KnownEntry] = {}
    for entry in parsed.entries:
        if entry.key not in known and (before := free.pop(entry_address(feed_url, entry)[1], None)):
            found[entry.key] = before
    return found


def _newest(entries: Sequence[ParsedEntry], limit: int) -> set[str]:
    """The keys of the newest: by their dates where all have one, else in the document's order, newest first."""
    dated = [(entry.published_at, entry) for entry in entries if entry.published_at is not None]
    if len(dated) < len(entries):
        return {entry.key for entry in entries[:limit]}
    return {entry.key for _, entry in sorted(dated, key=lambda pair: pair[0], reverse=True)[:limit]}


def _visit(feed: Feed, url: str, key: str, now: datetime, on_demand: bool) -> NewVisit:
    return NewVisit(
        url=url,
        url_key=key,
        host=host_name(url),
        kind=VisitKind.ARTICLE,
        due_at=now,
        priority=Priority.NEW_ARTICLE,
        reason=f"new in the feed {feed.label[:120]}",
        on_demand=on_demand,
    )
