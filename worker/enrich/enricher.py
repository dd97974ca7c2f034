"""What an enricher is, and running one: whatever it does, an article is never held back by it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import msgspec

from dateline.nouns.articles import ParsedArticle
from dateline.nouns.enrichments import Enrichable, Enrichment

LARGEST = 16 * 1024  # bytes of a result as JSON
LONGEST_ERROR = 500  # characters


@runtime_checkable
class Enricher(Protocol):
    """Something that tells more of an article from its fields alone.

    `enrich` is a pure function: the same fields give the same result, without clock, network or files that change.
    It returns what JSON can hold, of 16 KB at most, or None where there is nothing to tell. Raise `version` whenever
    the same article may give another result.
    """

    name: str  # small letters, digits and _: the key under which its results are read
    version: str

    def enrich(self, article: Enrichable) -> Any:
        """The result for one article."""


def run(enricher: Enricher, article: Enrichable) -> Enrichment:
    """Enrich one article. What the enricher raises, or a result that cannot be kept, is the Enrichment's error.

    MemoryError alone goes through: whoever runs this under a limit has to start afresh.
    """
    name, version = enricher.name, enricher.version
    try:
        encoded = msgspec.json.encode(enricher.enrich(article))
    except MemoryError:
        raise
    except Exception as error:
        return Enrichment(name, version, error=f"{type(error).__name__}: {error}"[:LONGEST_ERROR])
    if len(encoded) > LARGEST:
        return Enrichment(name, version, error=f"its result has {len(encoded)} bytes, {LARGEST} are kept at most")
    return Enrichment(name, version, msgspec.json.decode(encoded))


def enrich_read(article: ParsedArticle, url: str, enrichers: Iterable[Enricher]) -> ParsedArticle:
    """The article read at this URL, with what these enrichers make of it and a language where its page names none."""
    if not article.text or article.wall:
        return article
    fields = _fields(article, url)
    made = tuple(run(enricher, fields) for enricher in enrichers)
    found = next((one.result for one in made if one.enricher == "language" and one.result), None)
    if found is None or article.language:
        return replace(article, enrichments=made)
    provenance = {**article.provenance, "language": "text"}
    return replace(article, enrichments=made, language=found["language"], provenance=provenance)


def _fields(article: ParsedArticle, url: str) -> Enrichable:
    return Enrichable(
        title=article.title or "",
        text=article.text,
        language=article.language,
        url=url,
        published_at=article.published_at,
        published_on=article.published_on,
        byline=article.byline,
        section=article.section,
        keywords=article.keywords,
        agencies=article.agencies,
    )
