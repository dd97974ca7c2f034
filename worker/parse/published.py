"""When a page was published and modified: every stamp it carries, the surest source first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dateline.nouns.articles import FeedHints
from worker.parse import dates
from worker.parse.dates import Stamp
from worker.parse.evidence import Evidence
from worker.parse.page import Page

SCANNED = 400  # lines above the story that may hold a dateline

PUBLISHED_TAGS = """
    article:published_time og:article:published_time og:published_time datepublished date_published parsely-pub-date
    sailthru.date publish-date publish_date published-date publication_date pubdate cxenseparse:recs:publishtime
    cxenseparse:publishtime article.published published_time dc.date.issued dcterms.issued dc.date.created
    dcterms.created dcterms.date dc.date bt:pubdate pdate date article_date_original citation_publication_date
    citation_date displaydate originalpublicationdate
""".split()  # noqa: SIM905  a table of names reads better than forty quotes
MODIFIED_TAGS = """
    article:modified_time og:article:modified_time og:updated_time og:modified_time datemodified dcterms.modified
    dc.date.modified article.updated last-modified lastmod revision_date
""".split()  # noqa: SIM905  the same


def published(evidence: Evidence, story_at: int, hints: FeedHints | None) -> Iterator[tuple[Stamp, str]]:
    """Every stamp of publication, the surest source first."""
    for key in ("datePublished", "dateCreated", "uploadDate"):
        if stamp := dates.parse_stamp(evidence.story_value(key, "@value")):
            yield stamp, "json-ld"
    for tag in PUBLISHED_TAGS:
        for value in evidence.meta.get(tag, [])[:1]:
            if stamp := dates.parse_stamp(value):
                yield stamp, "opengraph" if tag.startswith(("og:", "article:")) else "meta"
    for element in evidence.marked("datePublished", "dateCreated"):
        if stamp := dates.parse_stamp(element.value):
            yield stamp, "dom"
    if line := dateline(evidence.page, story_at):
        yield Stamp(line.day), "text"
    if stamp := _time_element(evidence):
        yield stamp, "dom"
    if stamp := _dated_line(evidence.page, story_at):
        yield stamp, "text"
    if hints is not None and hints.published_at is not None:
        yield Stamp(hints.published_at.date(), hints.published_at), "feed"
    if stamp := dates.from_url(evidence.page.url) or dates.from_url(evidence.canonical or ""):
        yield stamp, "url"


def dateline(page: Page, story_at: int) -> dates.Dateline | None:
    """The dateline nearest above the story, "Fri, Mar 30, 2007 - Page 6"; `story_at` is the index of its first line."""
    stop = story_at + 3 if story_at >= 0 else SCANNED
    for line in reversed(page.lines[max(0, stop - SCANNED) : stop]):
        if found := dates.parse_dateline(line.text):
            return found
    return None


def _dated_line(page: Page, story_at: int) -> Stamp | None:
    if story_at < 0:
        return None
    for line in reversed(page.lines[max(0, story_at - 12) : story_at + 3]):
        if line.linked * 2 < len(line.text) and (found := dates.parse_dated_line(line.text)):
            return found
    return None


def _time_element(evidence: Evidence) -> Stamp | None:
    """The first <time> that is not in a list of other stories, one marked as the publication's before others."""
    own = [mark for mark in evidence.marks.times[:20] if not mark.aside and not mark.listed]
    own.sort(key=lambda mark: "publi" not in f"{mark.attributes.get('class', '')} {mark.attributes.get('pubdate', '')}")
    for mark in own:
        if stamp := dates.parse_stamp(mark.attributes.get("datetime")) or dates.parse_stamp(mark.text):
            return stamp
    return None


def modified(evidence: Evidence) -> tuple[datetime, str] | None:
    """When the publisher says that it last changed the story, and where it says so; only with time and zone."""
    if (stamp := dates.parse_stamp(evidence.story_value("dateModified", "@value"))) and stamp.at:
        return stamp.at, "json-ld"
    for tag in MODIFIED_TAGS:
        if (stamp := dates.parse_stamp(evidence.tag(tag))) and stamp.at:
            return stamp.at, "opengraph" if tag.startswith(("og:", "article:")) else "meta"
    for element in evidence.marked("dateModified"):
        if (stamp := dates.parse_stamp(element.value)) and stamp.at:
            return stamp.at, "dom"
    return None
