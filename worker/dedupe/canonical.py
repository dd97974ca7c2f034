"""Whether a page's `<link rel=canonical>` is believed. Pure.

It is a publisher's word on which of several URLs is the page's own, and often a wrong one: templates name the front
page, or one URL for all pages. Believed is what is of the same site, or leads to or from one that prints others'
stories; a source that names one URL for many pages is believed no more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from dateline.nouns.plans import CanonicalClaim, Look
from dateline.urls import host_name, site_of
from worker.dedupe.url_rules import SYNDICATORS
from worker.dedupe.urls import BadUrl, is_home, normalise, url_key

WINDOW = 20  # of a source's newest pages that name a canonical URL
MANY = 3  # pages with titles of their own, and half of the window: no publisher means one page by them all
SHARED = "its site names one canonical URL for many pages"

_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Canonical:
    """A page's canonical URL in its normal form where it is believed, and why it is or is not."""

    url: str | None
    reason: str


def canonical_verdict(page_url: str, canonical: str | None) -> Canonical:
    """Judge what the page at `page_url` (as it was last redirected) calls its canonical URL."""
    if not canonical:
        return Canonical(None, "the page names none")
    try:
        url = normalise(canonical)
    except BadUrl as error:
        return Canonical(None, str(error))
    if url_key(url) == url_key(page_url):
        return Canonical(url, "it is the page's own address")
    if is_home(url):
        return Canonical(None, "it is a front page")
    here, there = site_of(host_name(page_url)), site_of(host_name(url))
    if here == there:
        return Canonical(url, "it is of the same site")
    if here in SYNDICATORS:
        return Canonical(url, f"{here} prints others' stories")
    if there in SYNDICATORS:
        return Canonical(url, f"others print the stories of {there}")
    return Canonical(None, "it is of another site")


def shared_by_many(claims: Sequence[CanonicalClaim]) -> str | None:
    """The key of the canonical URL that a source's newest pages name as if they all were one; None where none is so.

    Titles are compared without numbers, since the pages of one gallery are "(1 of 9)", "(2 of 9)".
    """
    titles: dict[str, set[str]] = {}
    pages: dict[str, set[str]] = {}
    newest = claims[-WINDOW:]
    for claim in newest:
        key = url_key(claim.canonical_url)
        if claim.title and key not in (claim.url_key, url_key(claim.final_url) if claim.final_url else None):
            titles.setdefault(key, set()).add(" ".join(_NUMBERS.sub("", claim.title).casefold().split()))
            pages.setdefault(key, set()).add(claim.url_key)
    for key in sorted(titles):
        half = 2 * len(pages[key]) >= len({claim.url_key for claim in newest})
        if half and min(len(titles[key]), len(pages[key])) >= MANY:
            return key
    return None


def claim_of(look: Look) -> CanonicalClaim | None:
    """What a look's page claims, as far as it is believed."""
    if look.page is None or look.canonical_url is None:
        return None
    return CanonicalClaim(look.url_key, look.final_url, look.canonical_url, look.page.title or "")


def names_another(look: Look) -> bool:
    """Whether a look's page names another address than those that led to it."""
    return any(alias.role == "canonical" for alias in look.aliases)


def without_shared(looks: Iterable[Look], distrusted: Collection[int]) -> list[Look]:
    """The looks, those of distrusted sources (by id) without the canonical URL that their page names."""
    return [_doubted(look) if look.source_id in distrusted and names_another(look) else look for look in looks]


def _doubted(look: Look) -> Look:
    aliases = tuple(alias for alias in look.aliases if alias.role != "canonical")
    return replace(look, aliases=aliases, canonical_url=None, canonical_doubt=SHARED)
