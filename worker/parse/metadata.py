"""Metadata of a page: JSON-LD, then meta tags, then marked-up elements, then text, feed and URL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from dateline.nouns.articles import FeedHints
from worker.parse import jsonld, titles
from worker.parse.authors import house_names, read_byline, resolve
from worker.parse.bylines import read_names
from worker.parse.evidence import Evidence
from worker.parse.published import GUESSES, dateline, modified, published
from worker.parse.text import clean
from worker.parse.titles import TitleClaim, decide_title, title_of_lines

SECTION_TAGS = ("article:section", "og:article:section", "parsely-section", "cxenseparse:recs:category", "section")
PAGE_TAGS = ("dc.page", "printpage", "print_page", "citation_firstpage", "prism.startingpage")
TITLE_TAGS = {
    "og:title": ("opengraph", titles.OPENGRAPH),
    "headline": ("meta", titles.TAG),
    "parsely-title": ("meta", titles.TAG),
    "sailthru.title": ("meta", titles.TAG),
    "dc.title": ("meta", titles.TAG),
    "title": ("meta", titles.TAG),
    "twitter:title": ("meta", titles.ECHO),
}


@dataclass(slots=True)
class Metadata:
    """What a page says about its story; `provenance` maps each field to where its value was found."""

    title: str | None = None
    byline: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    published_on: date | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    section: str | None = None
    page: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    image: str | None = None
    provenance: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, found: tuple[object, str] | None) -> None:
        """Set a field that is still empty, with its provenance."""
        if found is not None and found[0] and not getattr(self, name):
            setattr(self, name, found[0])
            self.provenance[name] = found[1]


def read_metadata(evidence: Evidence, hints: FeedHints | None = None) -> Metadata:
    """All metadata of a page: the first source that knows a field gives it; the feed's hints fill what it lacks."""
    found = Metadata()
    story_at = evidence.story_at
    found.take("site_name", _site_name(evidence))
    found.take("canonical_url", _told(evidence.canonical, "dom"))
    found.take("title", _title(evidence, found.site_name, story_at))
    if byline := read_byline(evidence, found.title):
        found.take("byline", (byline.names, byline.source))
        found.take("agencies", (byline.agencies, byline.source))
    _take_dates(found, evidence, hints)
    found.take("section", _section(evidence))
    found.take("page", _page(evidence, story_at))
    found.take("language", _language(evidence))
    found.take("image", _image(evidence))
    if hints is not None:
        _fill(found, hints)
    return found


def _told(value: str | None, source: str) -> tuple[str, str] | None:
    return (value, source) if value else None


def _site_name(evidence: Evidence) -> tuple[str, str] | None:
    if name := evidence.tag("og:site_name"):
        return name, "opengraph"
    for story in evidence.stories:
        publisher = story.get("publisher")
        if name := jsonld.text_of(resolve(evidence, publisher), "name"):
            return clean(name), "json-ld"
    return _told(evidence.tag("application-name", "cre", "dc.publisher"), "meta")


def _title(evidence: Evidence, site_name: str | None, story_at: int) -> tuple[str, str] | None:
    claims = [TitleClaim(v, "json-ld", titles.STORY) for v in [evidence.story_value("headline", "@value", "name")] if v]
    claims += [TitleClaim(v, source, w) for tag, (source, w) in TITLE_TAGS.items() if (v := evidence.tag(tag))]
    claims += [TitleClaim(v, "dom", titles.HEADING) for v in evidence.headings]
    names = [site_name or "", *house_names(evidence)]
    printed = None
    if not any(claim.weight > titles.TAG for claim in claims):
        printed = title_of_lines(evidence.page, evidence.document_title, story_at)
    if printed is not None:
        claims.append(TitleClaim(*printed, titles.HEADING))
    if evidence.document_title:
        claims.append(TitleClaim(evidence.document_title, "dom", titles.DOCUMENT))
    return decide_title(claims, names, evidence.page.url)


def _take_dates(found: Metadata, evidence: Evidence, hints: FeedHints | None) -> None:
    stamps = published(evidence, hints, found.title)
    stamp = next(stamps, None)
    if stamp is None:
        return
    chosen, source = stamp
    found.take("published_on", (chosen.day, source))
    while chosen.at is None and source not in GUESSES:
        # A day alone: the moment may stand elsewhere on the page.
        if (other := next(stamps, None)) is None or other[1] in GUESSES:
            break
        if other[0].day == found.published_on and other[0].at:
            chosen, source = other
    found.take("published_at", (chosen.at, source) if chosen.at and source not in GUESSES else None)
    found.take("modified_at", modified(evidence))


def _section(evidence: Evidence) -> tuple[str, str] | None:
    if section := evidence.story_value("articleSection", "name"):
        return clean(section), "json-ld"
    return _told(evidence.tag(*SECTION_TAGS), "meta")


def _page(evidence: Evidence, story_at: int) -> tuple[str, str] | None:
    """The page of the printed edition."""
    if (number := evidence.story_value("printPage") or evidence.story_value("pagination")) and len(number) <= 8:
        return clean(number), "json-ld"
    if number := evidence.tag(*PAGE_TAGS):
        return number, "meta"
    line = dateline(evidence.page, story_at)
    return (line.page, "text") if line and line.page else None


def _language(evidence: Evidence) -> tuple[str, str] | None:
    claims = (
        (evidence.marks.language, "dom"),
        (evidence.story_value("inLanguage", "alternateName", "name"), "json-ld"),
        (evidence.tag("og:locale"), "opengraph"),
        (evidence.tag("content-language", "dc.language", "language"), "meta"),
    )
    for value, source in claims:
        if value and (match := re.match(r"\s*([a-zA-Z]{2,3})(?:[-_]|\s*$|,)", value)):
            return match[1].lower(), source
    return None


def _image(evidence: Evidence) -> tuple[str, str] | None:
    if image := evidence.absolute(evidence.tag("og:image", "og:image:url", "og:image:secure_url")):
        return image, "opengraph"
    if image := evidence.absolute(evidence.story_value("image", "url", "contentUrl", "@id")):
        return image, "json-ld"
    image = evidence.absolute(
        evidence.tag("twitter:image", "twitter:image:src", "parsely-image-url", "sailthru.image.full")
    )
    return _told(image, "meta")


def _fill(found: Metadata, hints: FeedHints) -> None:
    found.take("title", _told(clean(hints.title) if hints.title else None, "feed"))
    found.take("byline", (tuple(read_names([hints.author])), "feed") if hints.author else None)
    found.take("modified_at", (hints.updated_at, "feed") if hints.updated_at else None)
    found.take("language", _told((hints.language or "").split("-")[0].lower() or None, "feed"))
