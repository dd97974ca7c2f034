"""What became of each counter that was seen on a page, in words: for a person who asks why."""

from __future__ import annotations

from collections.abc import Sequence

from dateline.nouns.articles import ViewCount
from dateline.nouns.explanations import CounterClaim
from worker.parse.page import Page
from worker.parse.view_owner import Candidate, Place, decide

MAX_TOLD = 20  # counters of one page

BY_RULE = "the site rule says where the page's counter is"
ANOTHERS = "it stands with another story, or in a list of others"
LISTED = "others in the same place say other numbers, as lists do"
LESS_SURE = "another counter was believed"


def counter_claims(
    page: Page, candidates: Sequence[Candidate], ruled: ViewCount | None = None
) -> tuple[CounterClaim, ...]:
    """Every counter seen, the page's own first. `ruled` is the one that the page's site rule read."""
    chosen = None if ruled else decide(page, candidates)
    place = Place(page)
    told = [CounterClaim(ruled.count, ruled.matched, ruled.extractor)] if ruled else []
    told += [_claim(each, "") for each in candidates if each is chosen]
    told += [_claim(each, _reason(each, chosen, ruled, place)) for each in candidates if each is not chosen]
    return tuple(dict.fromkeys(told))[:MAX_TOLD]


def _claim(candidate: Candidate, dropped: str) -> CounterClaim:
    return CounterClaim(candidate.count.count, candidate.matched, candidate.extractor, dropped)


def _reason(candidate: Candidate, chosen: Candidate | None, ruled: ViewCount | None, place: Place) -> str:
    if ruled is not None:
        return BY_RULE
    if candidate.box >= 0 and place.is_of_another(candidate.box):
        return ANOTHERS
    return LISTED if chosen is None else LESS_SURE
