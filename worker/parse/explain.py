"""Why a page was read as it was: every source's claim for each field, what won, what became of counters."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.nouns.articles import ParsedArticle
from dateline.nouns.explanations import FieldClaim, PageExplanation
from worker.parse.article import PageInput, find_bodies, find_metadata, open_given, read_article
from worker.parse.evidence import Evidence
from worker.parse.metadata import claimed
from worker.parse.page import Page
from worker.parse.site_rules import SOURCE
from worker.parse.view_reasons import counter_claims
from worker.parse.views import find_candidates

# The fields of an article that a rule's words for dates speak of.
_DATES = {"published": ("published_on", "published_at"), "modified": ("modified_at",)}


def explain_article(given: PageInput) -> tuple[ParsedArticle, PageExplanation | None]:
    """Read one page, and tell why it was read so. None beside what is no page."""
    article = read_article(given)
    page = open_given(given)
    if article.error or not isinstance(page, Page):
        return article, None
    evidence = Evidence(page)
    body = next(find_bodies([page]))
    claims = claimed(evidence, find_metadata(evidence, given), given.hints)
    ruled = page.ruled
    if ruled is not None:
        for name, values in ruled.claims.items():
            for field in _DATES.get(name, (name,)):
                claims[field] = [(value, SOURCE) for value in values] + claims.get(field, [])
    return article, PageExplanation(
        fields={name: _judged(told, article.provenance.get(name)) for name, told in claims.items()},
        counters=counter_claims(page, find_candidates(page, evidence), ruled.views if ruled else None),
        reader=body.reader,
        confidence=body.confidence,
        rule=ruled.rule if ruled else "",
        rule_path=given.rule.path if given.rule else "",
        rule_gave=_gave(page),
        views_url=(ruled.views_url or "") if ruled else "",
    )


def _gave(page: Page) -> tuple[str, ...]:
    """What the page's site rule gave, in words."""
    ruled = page.ruled
    if ruled is None:
        return ()
    body = "the body, whole" if ruled.paragraphs else "where the body stands" if ruled.containers else ""
    return tuple(filter(None, (*ruled.claims, body, "the counter" if ruled.views else "")))


def _judged(told: Sequence[tuple[str, str]], won: str | None) -> tuple[FieldClaim, ...]:
    """Claims with the winner marked: the first of the source that the article's field came from."""
    place = next((at for at, (_, source) in enumerate(told) if source == won), -1)
    return tuple(FieldClaim(value, source, at == place) for at, (value, source) in enumerate(told))
