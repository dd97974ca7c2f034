"""Who wrote a story: every place of a page that names an author, the surest first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from worker.parse import jsonld
from worker.parse.bylines import looks_like_person, persons, read_names
from worker.parse.evidence import Evidence
from worker.parse.page import Page

AUTHOR_TAGS = """
    parsely-author sailthru.author author byl article:author_name article:author og:article:author dc.creator
    dcterms.creator dc.contributor cxenseparse:author og:author article.author authors dcsext.author citation_author
    article:byline mrf:authors dable:author articleauthor byline
""".split()  # noqa: SIM905  a table of names reads better than forty quotes
_BY_LINE = re.compile(r"^(?:by|von|por|par)\s+\S.{2,80}$", re.IGNORECASE)


def read_byline(evidence: Evidence, story_at: int) -> tuple[tuple[str, ...], str] | None:
    """The first source that names a person, with its persons alone; else the first that names anyone.

    Where the page declares a newsroom, an element that merely looks like a byline must name what looks like a person.
    """
    house = house_names(evidence)
    fallback: tuple[tuple[str, ...], str] | None = None
    for values, source in _sources(evidence, story_at):
        names = read_names(values)
        people = persons(names, house)
        if fallback is not None and source in ("dom", "text"):
            people = [name for name in people if looks_like_person(name)]
        if people:
            return tuple(people), source
        fallback = fallback or ((tuple(names), source) if names else None)
    return fallback


def _sources(evidence: Evidence, story_at: int) -> Iterator[tuple[list[str], str]]:
    for story in evidence.stories:
        yield _authors_of(resolve(evidence, story.get("author"))), "json-ld"
        yield _authors_of(resolve(evidence, story.get("creator"))), "json-ld"
    for tag in AUTHOR_TAGS:
        yield [value for value in evidence.meta.get(tag, []) if "://" not in value and value[0] != "@"], "meta"
    yield [mark.value[:200] for mark in evidence.marked("author")], "dom"
    yield [link.text for link in evidence.marks.author_links if not link.aside], "dom"
    yield _classed_names(evidence), "dom"
    yield _printed_names(evidence.page, story_at), "text"


def _authors_of(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for item in value[:50] for name in _authors_of(item)]
    if isinstance(value, dict):
        if name := jsonld.text_of(value.get("name"), "@value", "name"):
            return [name]
        return [" ".join(part for part in (value.get("givenName"), value.get("familyName")) if isinstance(part, str))]
    return [value] if isinstance(value, str) and "://" not in value else []


def _classed_names(evidence: Evidence) -> list[str]:
    """The first short element that its class calls a byline or an author."""
    for mark in evidence.marks.bylines:
        if not mark.aside and 4 <= len(mark.text) <= 120 and read_names([mark.text]):
            return [mark.text]
    return []


def _printed_names(page: Page, story_at: int) -> list[str]:
    near = page.lines[max(0, story_at - 12) : story_at + 2] if story_at >= 0 else page.lines[:20]
    return [line.text for line in near if _BY_LINE.match(line.text) and len(line.text.split()) <= 12][:1]


def house_names(evidence: Evidence) -> list[str]:
    """Names that the publication goes by."""
    values = [jsonld.text_of(resolve(evidence, story.get("publisher")), "name") for story in evidence.stories[:2]]
    values += [evidence.tag(name) for name in ("og:site_name", "application-name", "twitter:site", "dc.publisher")]
    host = evidence.page.url.split("://", 1)[-1].split("/", 1)[0].removeprefix("www.").split(":")[0]
    return [value.lstrip("@") for value in [*values, host, host.split(".")[0]] if value]


def resolve(evidence: Evidence, value: object) -> object:
    """A JSON-LD value with its references by `@id` looked up."""
    if isinstance(value, list):
        return [resolve(evidence, item) for item in value[:50]]
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return evidence.by_id.get(value["@id"], value)
    return value
