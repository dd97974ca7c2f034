"""What enrichers are given of an article, and what they make of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Enrichable:
    """An article's fields as an enricher sees them. `text` has paragraphs parted by a blank line."""

    title: str = ""
    text: str = ""
    language: str | None = None  # as the page declares it, else as it was found in the text; "en", "pt"
    url: str = ""
    published_at: datetime | None = None  # None when only a day is known
    published_on: date | None = None
    byline: tuple[str, ...] = ()
    section: str | None = None
    keywords: tuple[str, ...] = ()  # the publisher's own
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What one enricher made of one text. `result` is None with an `error`, and where there is nothing to tell."""

    enricher: str
    version: str
    result: Any = None  # small and JSON
    error: str = ""


@dataclass(frozen=True, slots=True)
class KeptEnrichment:
    """An enrichment as stored, with the text that it was made of."""

    enricher: str
    version: str
    result: Any
    error: str
    content_hash: bytes  # of the revision's title and text
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StoredText:
    """A stored article as far as enriching it needs."""

    article_id: int
    content_hash: bytes
    fields: Enrichable
    guessed: bool = False  # its language was found in the text: no page declared one


@dataclass(frozen=True, slots=True)
class ToEnrich:
    """One article that waits for one enricher."""

    article_id: int
    enricher: str
    tries: int = 0  # before this one, that came to no end
