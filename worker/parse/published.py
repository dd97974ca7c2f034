"""When a page was published and modified: every stamp it carries, the surest source first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, islice

from dateline.nouns.articles import FeedHints
from worker.parse import dates
from worker.parse.dates import Stamp
from worker.parse.evidence import SCANNED, Evidence
from worker.parse.lines import Line
from worker.parse.marks import Mark
from worker.parse.page import Page

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
A_DAY = timedelta(days=1)
GUESSES = ("url", "modified")  # sources that a moment on the same day does not confirm

_NAMED_PUBLISHED = re.compile(r"publi(?!sher)|pub-?_?date|post(?:ed)?[-_]?(?:date|time)|creat(?:ed|ion)", re.IGNORECASE)
_NAMED_DATE = re.compile(r"date|time|_at$|published$", re.IGNORECASE)
_CHANGED = re.compile(
    r"\b(?:updated?|modified|revised|edited|reviewed|aktualisiert|mis à jour|actualizado|aggiornato|bijgewerkt|"
    r"güncelleme|обновлено|oppdatert|opdateret|uppdaterad|päivitetty|zaktualizowano|atualizado)\b",
    re.IGNORECASE,
)
_WORDED = re.compile(r"[^\W\d_]{3,}.*\d|\d.*[^\W\d_]{3,}|\d{4}-\d\d-\d\d|\d{4}[年년]")  # no day that can be read as two
_DIGIT = re.compile(r"\d")
_CUE = re.compile(
    r"^(?:published|posted|date|datum|veröffentlicht|publié|publicado|pubblicato|gepubliceerd|publicerad|publisert|"
    r"udgivet|opublikowano|опубликовано|дата|yayınlanma|julkaistu|發布|发布|公開|掲載)\b.{0,12}?\d",
    re.IGNORECASE,
)


def published(
    evidence: Evidence, hints: FeedHints | None = None, title: str | None = None
) -> Iterator[tuple[Stamp, str]]:
    """Every stamp of publication, the surest source first; the last are guesses.

    A day printed under the headline that is earlier than what the page declares comes before it: the declaration is a
    later edition's. A day that only a change is known of comes last, as "modified": the story is no younger than that.
    """
    for number, (stamp, source) in enumerate(_declared(evidence)):
        if number == 0 and (earlier := _printed_before(evidence, title, stamp)):
            yield earlier, "text"
        yield stamp, source
    if line := dateline(evidence.page, evidence.story_at):
        yield Stamp(line.day), "text"
    if hints is not None and hints.published_at is not None:
        yield Stamp(hints.published_at.date(), hints.published_at), "feed"
    yield from _shown(evidence, title)


def _shown(evidence: Evidence, title: str | None) -> Iterator[tuple[Stamp, str]]:
    """What a page shows people: lines and <time> about the headline, the address, then dates wherever they stand."""
    head = [line.text for line in evidence.head(title) if _may_date(line)]
    times = [mark for mark in evidence.marks.times[:20] if not _says_changed(mark)]
    own = [mark for mark in times if not mark.aside]
    yield from _dated_lines(_before_change(line.text) for line in evidence.below(title))
    yield from _stamps(evidence, _times(mark for mark in own if not mark.listed), "dom")
    if named := dates.from_url(evidence.page.url) or dates.from_url(evidence.canonical or ""):
        yield named, "url"
    yield from _stamps(evidence, map(_before_change, head), "text")
    yield from _stamps(evidence, _times(mark for mark in own if mark.listed)[:1], "dom")
    cued = (line.text for line in evidence.page.lines if len(line.text) <= 60 and _CUE.match(line.text))
    yield from _stamps(evidence, cued, "text")
    below = evidence.page.lines[max(0, evidence.title_at(title)) :]  # above a title stands today's date
    dated = [line.text for line in below if not line.aside and line.linked * 2 < len(line.text)]
    yield from _dated_lines(map(_before_change, dated))
    yield from _stamps(evidence, _times(mark for mark in times if mark.aside)[:1], "dom")
    changed = chain(_stamps(evidence, filter(_CHANGED.search, head), ""), _dated_lines(filter(_CHANGED.search, dated)))
    yield from ((stamp, "modified") for stamp, _ in chain(changes(evidence), changed))


def modified(evidence: Evidence) -> tuple[datetime, str] | None:
    """When the publisher says that it last changed the story, and where it says so; only with time and zone."""
    return next(((stamp.at, source) for stamp, source in changes(evidence) if stamp.at is not None), None)


def changes(evidence: Evidence) -> Iterator[tuple[Stamp, str]]:
    """Every stamp of the last change, the surest source first."""
    if value := evidence.story_value("dateModified", "@value"):
        yield from _stamps(evidence, [value], "json-ld")
    for tag in MODIFIED_TAGS:
        if values := evidence.meta.get(tag):
            yield from _stamps(evidence, values[:1], _kind(tag))
    yield from _stamps(evidence, (mark.value for mark in evidence.marked("dateModified")), "dom")


def dateline(page: Page, story_at: int) -> dates.Dateline | None:
    """The dateline nearest above the story, "Fri, Mar 30, 2007 - Page 6"; `story_at` is the index of its first line."""
    stop = story_at + 3 if story_at >= 0 else SCANNED
    for line in reversed(page.lines[max(0, stop - SCANNED) : stop]):
        if found := dates.parse_dateline(line.text):
            return found
    return None


def _declared(evidence: Evidence) -> Iterator[tuple[Stamp, str]]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        if value := evidence.story_value(key, "@value"):
            yield from _stamps(evidence, [value], "json-ld")
    for tag in PUBLISHED_TAGS:
        if values := evidence.meta.get(tag):
            yield from _stamps(evidence, values[:1], _kind(tag))
    yield from _stamps(evidence, (mark.value for mark in evidence.marked("datePublished", "dateCreated")), "dom")
    for tag, values in evidence.meta.items():
        if tag not in PUBLISHED_TAGS and _NAMED_PUBLISHED.search(tag) and _NAMED_DATE.search(tag):
            yield from _stamps(evidence, values[:1], "meta")


def _printed_before(evidence: Evidence, title: str | None, declared: Stamp) -> Stamp | None:
    """The day on a line of its own below the title, where it is clearly earlier than the one declared.

    A day's difference may be the time zone's, and 8/1/2025 two days.
    """
    for line in evidence.below(title):
        if len(line.text) <= 60 and _WORDED.search(line.text) and not _CHANGED.search(line.text):
            found = dates.parse_dated_line(line.text)
            if found is not None and declared.day - found.day > A_DAY:
                return found
    return None


def _stamps(evidence: Evidence, values: Iterable[str], source: str) -> Iterator[tuple[Stamp, str]]:
    for value in values:
        if stamp := dates.parse_stamp(value, month_first=evidence.american):
            yield stamp, source


def _dated_lines(texts: Iterable[str]) -> Iterator[tuple[Stamp, str]]:
    """The first line that says a date and nothing else."""
    return ((stamp, "text") for stamp in islice(filter(None, map(dates.parse_dated_line, texts)), 1))


def _before_change(text: str) -> str:
    """What a line says before it speaks of a change: "Published May 3, 2024 | Updated May 5, 2024"."""
    change = _CHANGED.search(text)
    return text[: change.start()].rstrip(" |•·–-—(,") if change else text


def _says_changed(mark: Mark) -> bool:
    names = f"{mark.attributes.get('class', '')} {mark.attributes.get('itemprop', '')}".lower()
    changed = "modified" in names or ("updated" in names and "publi" not in names)
    return changed or bool(_CHANGED.match(mark.text))


def _kind(tag: str) -> str:
    return "opengraph" if tag.startswith(("og:", "article:")) else "meta"


def _times(marks: Iterable[Mark]) -> list[str]:
    """What <time> elements say to programs, or else to people; those marked as the publication's first."""
    listed = sorted(
        marks, key=lambda m: "publi" not in f"{m.attributes.get('class', '')} {m.attributes.get('pubdate', '')}"
    )
    return [mark.attributes.get("datetime") or mark.text for mark in listed]


def _may_date(line: Line) -> bool:
    return len(line.text) <= 120 and line.loud < 6 and _DIGIT.search(line.text) is not None
