"""Metadata of a page: JSON-LD, then meta tags, then marked-up elements, then text, feed and URL.

Each field has a function that yields every source's claim, the most trusted first. The first one stands; the others
are what `claimed` tells a person who asks why. Titles are weighed against each other instead (`titles.decide_title`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from dateline.nouns.articles import FeedHints
from worker.parse import jsonld, titles
from worker.parse.authors import authors_claimed, house_names, read_byline, resolve
from worker.parse.bylines import read_names, sort_names
from worker.parse.evidence import Evidence
from worker.parse.keywords import clean_keywords
from worker.parse.published import GUESSES, changes, dateline, modified, published
from worker.parse.text import clean
from worker.parse.titles import TitleClaim, decide_title, title_of_lines

SECTION_TAGS = """
    article:section og:article:section og:section parsely-section cxenseparse:recs:category sailthru.section
    sailthru.vertical section
""".split()  # noqa: SIM905  a table of names reads better than twenty quotes
PAGE_TAGS = ("dc.page", "printpage", "print_page", "citation_firstpage", "prism.startingpage")
IMAGE_TAGS = ("og:image", "og:image:url", "og:image:secure_url")
OTHER_IMAGE_TAGS = ("twitter:image", "twitter:image:src", "parsely-image-url", "sailthru.image.full", "thumbnail")
# Most particular first: the last is what search engines stopped reading, and holds whole vocabularies.
KEYWORD_TAGS = ("news_keywords", "article:tag", "parsely-tags", "sailthru.tags", "dc.subject", "keywords")
TITLE_TAGS = {
    "og:title": ("opengraph", titles.OPENGRAPH),
    "headline": ("meta", titles.TAG),
    "parsely-title": ("meta", titles.TAG),
    "sailthru.title": ("meta", titles.TAG),
    "dc.title": ("meta", titles.TAG),
    "title": ("meta", titles.TAG),
    "twitter:title": ("meta", titles.ECHO),
}
_LANGUAGE = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_]|\s*$|,)")

Claims = Iterator[tuple[str, str]]


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
    keywords: tuple[str, ...] = ()
    provenance: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, found: tuple[object, str] | None) -> None:
        """Set a field that is still empty, with its provenance."""
        if found is not None and found[0] and not getattr(self, name):
            setattr(self, name, found[0])
            self.provenance[name] = found[1]


def read_metadata(evidence: Evidence, hints: FeedHints | None = None) -> Metadata:
    """All metadata of a page: the first source that knows a field gives it; the feed's hints fill what it lacks."""
    found = Metadata()
    for name, claims in FIELDS.items():
        found.take(name, next(claims(evidence), None))
    found.take("keywords", next(_keywords(evidence, found.site_name), None))
    house = house_names(evidence)
    found.take("title", _title(evidence, [found.site_name or "", *house]))
    if byline := read_byline(evidence, found.title, house):
        found.take("byline", (byline.names, byline.source))
        found.take("agencies", (byline.agencies, byline.source))
    _take_dates(found, evidence, hints)
    if hints is not None:
        _fill(found, hints)
    return found


def claimed(evidence: Evidence, found: Metadata, hints: FeedHints | None = None) -> dict[str, list[tuple[str, str]]]:
    """Every source's claim for each field, (value, source), the most trusted first: for a person who asks why."""
    told = {name: list(claims(evidence)) for name, claims in FIELDS.items()}
    told["title"] = [(claim.value, claim.source) for claim in sorted(_titles(evidence), key=lambda c: -c.weight)]
    told["byline"] = [(", ".join(values), source) for values, source in authors_claimed(evidence, found.title)]
    told["keywords"] = [(", ".join(words), source) for words, source in _keywords(evidence, found.site_name)]
    stamps = [((s.at or s.day).isoformat(), source) for s, source in published(evidence, hints, found.title)]
    told["published_on"] = told["published_at"] = stamps
    told["modified_at"] = [((s.at or s.day).isoformat(), source) for s, source in changes(evidence)]
    return {name: list(dict.fromkeys(claims)) for name, claims in told.items()}


def _tagged(evidence: Evidence, names: Iterable[str], source: str = "meta") -> Claims:
    for name in names:
        for value in evidence.meta.get(name, ())[:1]:
            yield value, "opengraph" if name.startswith("og:") else source


def _site_names(evidence: Evidence) -> Claims:
    yield from _tagged(evidence, ("og:site_name",))
    for story in evidence.stories:
        if name := jsonld.text_of(resolve(evidence, story.get("publisher")), "name"):
            yield clean(name), "json-ld"
    yield from _tagged(evidence, ("application-name", "cre", "dc.publisher"))


def _canonicals(evidence: Evidence) -> Claims:
    if evidence.canonical:
        yield evidence.canonical, "dom"


def _sections(evidence: Evidence) -> Claims:
    for story in evidence.stories:
        if section := jsonld.text_of(story.get("articleSection"), "name"):
            yield clean(section), "json-ld"
    yield from _tagged(evidence, SECTION_TAGS)
    yield from ((mark.value[:200], "dom") for mark in evidence.marked("articleSection") if mark.value)


def _pages(evidence: Evidence) -> Claims:
    """The page of the printed edition."""
    for key in ("printPage", "pagination"):
        if (number := evidence.story_value(key)) and len(number) <= 8:
            yield clean(number), "json-ld"
    yield from _tagged(evidence, PAGE_TAGS)
    line = dateline(evidence.page, evidence.story_at)
    if line and line.page:
        yield line.page, "text"


def _languages(evidence: Evidence) -> Claims:
    claims = (
        (evidence.marks.language, "dom"),
        (evidence.story_value("inLanguage", "alternateName", "name"), "json-ld"),
        *_tagged(evidence, ("og:locale", "content-language", "dc.language", "language")),
    )
    for value, source in claims:
        if value and (match := _LANGUAGE.match(value)):
            yield match[1].lower(), source


def _images(evidence: Evidence) -> Claims:
    claims = (
        *_tagged(evidence, IMAGE_TAGS),
        (evidence.story_value("image", "url", "contentUrl", "@id"), "json-ld"),
        *_tagged(evidence, OTHER_IMAGE_TAGS),
    )
    for link, source in claims:
        if image := evidence.absolute(link):
            yield image, source


FIELDS: dict[str, Callable[[Evidence], Claims]] = {
    "site_name": _site_names,
    "canonical_url": _canonicals,
    "section": _sections,
    "page": _pages,
    "language": _languages,
    "image": _images,
}


def _keywords(evidence: Evidence, site_name: str | None) -> Iterator[tuple[tuple[str, ...], str]]:
    tidy = partial(clean_keywords, without=[site_name or ""])
    for story in evidence.stories:
        if words := tidy(jsonld.texts_of(story.get("keywords"), "name", "@value")):
            yield words, "json-ld"
    for tag in KEYWORD_TAGS:
        if words := tidy(evidence.meta.get(tag, ())):
            yield words, "opengraph" if tag.startswith("article:") else "meta"
    if words := tidy(mark.value for mark in evidence.marked("keywords")):
        yield words, "dom"
    for story in evidence.stories:
        if words := tidy(jsonld.texts_of(story.get("about"), "name")):
            yield words, "json-ld"


def _titles(evidence: Evidence) -> Iterator[TitleClaim]:
    if headline := evidence.story_value("headline", "@value", "name"):
        yield TitleClaim(headline, "json-ld", titles.STORY)
    for tag, (source, weight) in TITLE_TAGS.items():
        if value := evidence.tag(tag):
            yield TitleClaim(value, source, weight)
    yield from (TitleClaim(text, "dom", titles.HEADING) for text in evidence.headings)
    if evidence.document_title:
        yield TitleClaim(evidence.document_title, "dom", titles.DOCUMENT)


def _title(evidence: Evidence, names: list[str]) -> tuple[str, str] | None:
    claims = list(_titles(evidence))
    if not any(claim.weight > titles.TAG for claim in claims):
        printed = title_of_lines(evidence.page, evidence.document_title, evidence.story_at)
        if printed is not None:
            claims.append(TitleClaim(*printed, titles.HEADING))
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


def _fill(found: Metadata, hints: FeedHints) -> None:
    found.take("title", (clean(hints.title), "feed") if hints.title else None)
    if hints.author:
        names = sort_names(read_names([hints.author]))
        found.take("byline", (names.persons or names.house or names.agencies, "feed"))
        found.take("agencies", (names.agencies, "feed"))
    found.take("modified_at", (hints.updated_at, "feed") if hints.updated_at else None)
    found.take("language", ((hints.language or "").split("-")[0].lower(), "feed"))
