"""Who wrote a story: every place of a page that names an author, the surest first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

from worker.parse import jsonld
from worker.parse.bylines import Names, looks_like_person, read_names, sort_names
from worker.parse.dates import parse_stamp
from worker.parse.evidence import Evidence
from worker.parse.lines import Line

AUTHOR_TAGS = """
    parsely-author sailthru.author author byl article:author_name article:author og:article:author dc.creator
    dcterms.creator dc.contributor cxenseparse:author og:author article.author authors dcsext.author
    article:byline mrf:authors dable:author articleauthor byline
""".split()  # noqa: SIM905  a table of names reads better than forty quotes
SHOWN = ("dom", "text")  # sources that speak to people, and of other things too
_BY_LINE = re.compile(
    r"^(?:written |posted |words |text |story )?(?:by|von|por|par|door|av|af|di|przez|oleh|автор|текст|autore?|penulis)"
    r"\s*:?\s+\S.{2,80}$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:read|share|table|contents|news|home|menu|updated|local|latest|more|photo|image|video|listen|policy|watch)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Byline:
    """Who wrote a story. `names`: the persons, or whoever is named where no person is; `agencies` beside them."""

    names: tuple[str, ...]
    agencies: tuple[str, ...]
    source: str


def read_byline(evidence: Evidence, title: str | None, house: Sequence[str]) -> Byline | None:
    """What the first source that names a person says; without any, the first that names anyone.

    What a page shows must look like a person's name, what it declares need not, unless a newsroom is declared before.
    A later declaration that names all the persons of the first and more is the fuller one. `house`: the publication's
    names.
    """
    first: tuple[Names, str] | None = None
    best: tuple[Names, str] | None = None
    for values, source in chain(_declared(evidence), _shown(evidence, title)):
        if best is not None and source in SHOWN:
            break
        if not values:
            continue
        names = sort_names(read_names(values), house)
        if source in SHOWN or first is not None:
            names = Names(tuple(filter(looks_like_person, names.persons)), names.agencies, names.house or names.persons)
        if best is None:
            first = first or ((names, source) if names.all else None)
            best = (names, source) if names.persons else None
        elif len(names.persons) > len(best[0].persons) and set(best[0].persons) < set(names.persons):
            best = names, source
    chosen = best or first
    if chosen is None:
        return None
    names, source = chosen
    return Byline(names.persons or names.house or names.agencies, names.agencies, source)


def authors_claimed(evidence: Evidence, title: str | None) -> Iterator[tuple[list[str], str]]:
    """Every source's words on the authors, as they stand, the surest source first."""
    return ((values, source) for values, source in chain(_declared(evidence), _shown(evidence, title)) if values)


def _declared(evidence: Evidence) -> Iterator[tuple[list[str], str]]:
    for story in evidence.stories:
        yield _authors_of(resolve(evidence, story.get("author"))), "json-ld"
        yield _authors_of(resolve(evidence, story.get("creator"))), "json-ld"
    # Journals write "Curie, Marie".
    scholars = (value.split(", ") for value in evidence.meta.get("citation_author", ()))
    yield [" ".join(reversed(parts)) if len(parts) == 2 else parts[0] for parts in scholars], "meta"
    for tag in AUTHOR_TAGS:
        if values := evidence.meta.get(tag):
            yield [v for v in values if "://" not in v and v[0] != "@" and not v.isdigit()], "meta"


def _shown(evidence: Evidence, title: str | None) -> Iterator[tuple[list[str], str]]:
    told = any(read_names(values) for values, _ in _declared(evidence))
    yield [mark.value[:200] for mark in evidence.marked("author")], "dom"
    yield [mark.text for mark in evidence.marks.author_links if not mark.aside], "dom"
    shown = (m.text for m in evidence.marks.bylines if not m.aside and 4 <= len(m.text) <= 120 and read_names([m.text]))
    for text in islice(shown, 1):
        yield [text], "dom"
        yield [text.replace("\n", " ")], "dom"  # a first and a last name, each in an element of its own
        told = True
    head = evidence.head(title)
    for line in chain(_printed(head), () if told else _dated(head)):
        yield [line], "text"


def _authors_of(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for item in value[:50] for name in _authors_of(item)]
    if isinstance(value, dict):
        if name := jsonld.text_of(value.get("name"), "@value", "name"):
            return [name]
        parts = " ".join(part for part in (value.get("givenName"), value.get("familyName")) if isinstance(part, str))
        return [parts] if parts else []
    return [value] if isinstance(value, str) and value.strip() and "://" not in value else []


def _printed(head: list[Line]) -> Iterator[str]:
    """The lines of a story's head that name its author: "By ...", or a name in bold over the text."""
    for line in head:
        if len(line.text) <= 90 and len(line.text.split()) <= 14 and _BY_LINE.match(line.text):
            yield line.text
    for line, below in pairwise(head):
        if below.prose and line.loud == 1 and _is_names(line):
            yield line.text


def _dated(head: list[Line]) -> Iterator[str]:
    """The lines of a story's head that hold a name, and beside it or next to it a date."""
    dated = [len(line.text) <= 90 and parse_stamp(line.text) is not None for line in head]
    for at, line in enumerate(head):
        if any(dated[max(0, at - 1) : at + 2]) and _is_names(line):
            yield line.text


def _is_names(line: Line) -> bool:
    if len(line.text) > 90 or line.loud == 6 or _LABEL.search(line.text):
        return False
    names = read_names([line.text])
    return bool(names) and looks_like_person(names[0]) and " " in names[0]


def house_names(evidence: Evidence) -> list[str]:
    """Names that the publication goes by."""
    values = [jsonld.text_of(resolve(evidence, story.get("publisher")), "name") for story in evidence.stories[:2]]
    values += [evidence.tag(name) for name in ("og:site_name", "application-name", "twitter:site", "dc.publisher")]
    host = evidence.page.url.split("://", 1)[-1].split("/", 1)[0].removeprefix("www.").split(":")[0]
    labels = [label for label in host.split(".")[:-1] if len(label) > 3] or [host.split(".")[0]]
    return [value.lstrip("@") for value in [*values, host, *labels] if value]


def resolve(evidence: Evidence, value: object) -> object:
    """A JSON-LD value with its references by `@id` looked up."""
    if isinstance(value, list):
        return [resolve(evidence, item) for item in value[:50]]
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return evidence.by_id.get(value["@id"], value)
    return value
