"""Captures turned into looks: which URLs an article bears, which canonical is believed, why there is no page. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dateline.nouns.articles import PageKind, ParsedArticle
from dateline.nouns.frontier import Capture, FetchOutcome
from dateline.nouns.plans import Look, SaveEntry, Subject, UrlAlias
from worker.dedupe.canonical import canonical_verdict
from worker.dedupe.urls import article_key, is_home, normalise, url_key
from worker.parse.walls import wall_by_address

WHY_NO_PAGE = {
    FetchOutcome.ROBOTS: "robots.txt forbids its page",
    FetchOutcome.REFUSED: "its address is one that is never connected to",
    FetchOutcome.BAD_URL: "its address is no usable URL",
    FetchOutcome.UNAUTHORIZED: "its page asks for a login (401)",
    FetchOutcome.PAYMENT_REQUIRED: "its page is behind a paywall (402)",
    FetchOutcome.FORBIDDEN: "its page is forbidden (403)",
    FetchOutcome.NOT_FOUND: "its page was not found (404)",
    FetchOutcome.GONE: "its page is gone (410)",
    FetchOutcome.LEGAL: "its page is withheld for legal reasons (451)",
    FetchOutcome.TOO_LARGE: "its page is too large",
}
GONE = frozenset({FetchOutcome.NOT_FOUND, FetchOutcome.GONE})
WALLS = {
    "consent": "consent wall",
    "challenge": "challenge",
    "login": "log-in wall",
    "paywall": "paywall stub",
    "not found": "soft 404",
    "repeated": "repeated text",
    "stub": "stub",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What reading a capture of an article gave."""

    page: ParsedArticle | None = None
    entry: ParsedArticle | None = None  # made of the feed's fields
    feed_id: int | None = None
    error: str = ""  # why the page could not be read
    same: bool = False
    feed_title: str = ""


def look_at(capture: Capture, subject: Subject, seen: Seen, source_id: int) -> Look:
    """The look that a capture of an article's visit is."""
    page, entry, reason, wall = seen.page, seen.entry, seen.error, ""
    if capture.outcome is not FetchOutcome.OK:
        page, reason = None, why_no_page(capture)
    elif page is not None and page.error:
        reason, page = page.error, None
    elif _leads_home(capture, subject):
        page, reason = None, "its address leads to the site's front page"
    elif page is not None and (stands := _wall(page, capture, subject)) is not None:
        wall, reason = stands[0], why_walled(*stands)
        entry = replace(entry, paywalled=page.paywalled) if entry is not None else None
        page = None
    final = _usable(capture.final_url) if page is not None or seen.same else None
    named = page.canonical_url if page is not None else None
    canonical = canonical_verdict(final or subject.url, named)
    return Look(
        key=article_key(subject.url_key),
        url_key=subject.url_key,
        url=subject.url,
        source_id=source_id,
        observed_at=capture.fetched_at,
        capture_id=capture.id,
        visit_id=subject.visit_id,
        feed_id=seen.feed_id,
        page=page,
        entry=entry,
        aliases=_aliases(subject.url, subject.url_key, final, canonical.url),
        canonical_url=canonical.url,
        canonical_doubt=canonical.reason if named and canonical.url is None else "",
        final_url=final,
        reason=reason,
        gone=capture.outcome in GONE,
        same=seen.same,
        wall=wall,
        feed_title=seen.feed_title,
    )


def _wall(page: ParsedArticle, capture: Capture, subject: Subject) -> tuple[str, str] | None:
    """The wall that a page is, by what it says or by where the story's address led; and what told it."""
    if page.kind is PageKind.WALL:
        return page.wall, page.wall_reason
    return wall_by_address(subject.url, capture.final_url, len(page.text))


def walled(look: Look, wall: str, told_by: str) -> Look:
    """The look with its page found to be a wall after all: nothing that the page says is the story's."""
    raw = tuple(alias for alias in look.aliases if alias.role == "raw")
    entry = look.entry
    if entry is None and look.feed_title:
        entry = ParsedArticle(title=look.feed_title, provenance={"title": "feed"})
    reason = why_walled(wall, told_by)
    return replace(
        look, page=None, entry=entry, wall=wall, reason=reason, aliases=raw, canonical_url=None, final_url=None
    )


def why_walled(wall: str, told_by: str) -> str:
    """Why there is no page's text where a wall stood, in words."""
    return f"{WALLS.get(wall, wall)}: {told_by}" if told_by else WALLS.get(wall, wall)


def look_from_feed(capture: Capture, save: SaveEntry, entry: ParsedArticle, feed_id: int, source_id: int) -> Look:
    """The look at an article that a feed's own text is."""
    return Look(
        key=article_key(save.url_key),
        url_key=save.url_key,
        url=save.url,
        source_id=source_id,
        observed_at=capture.fetched_at,
        capture_id=capture.id,
        feed_id=feed_id,
        entry=entry,
        aliases=_aliases(save.url, save.url_key, None, None),
        reason="the feed's own text is wanted" if save.entry.url else "the feed's entry has no page",
    )


def why_no_page(capture: Capture) -> str:
    """Why a capture has no page, in words."""
    said = WHY_NO_PAGE.get(capture.outcome) or f"its page could not be had ({str(capture.outcome).replace('_', ' ')})"
    return f"{said}: {capture.error}" if capture.error and capture.outcome not in WHY_NO_PAGE else said


def _leads_home(capture: Capture, subject: Subject) -> bool:
    """A page that is no more may redirect to the front page, whose text is not the story's."""
    final = _usable(capture.final_url)
    return final is not None and is_home(final) and not is_home(subject.url)


def _usable(url: str | None) -> str | None:
    try:
        return normalise(url or "")
    except ValueError:
        return None


def _aliases(url: str, key: str, final: str | None, canonical: str | None) -> tuple[UrlAlias, ...]:
    found = {key: UrlAlias(key, "raw", url)}
    for role, other in (("final", final), ("canonical", canonical)):
        if other is not None:
            found.setdefault(url_key(other), UrlAlias(url_key(other), role, other))
    return tuple(found.values())
