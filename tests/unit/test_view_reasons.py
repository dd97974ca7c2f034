from collections.abc import Sequence

import pytest

from dateline.nouns.articles import ViewCount
from worker.parse.blocks import COLUMNS
from worker.parse.numbers import Count
from worker.parse.page import Page, open_page
from worker.parse.view_owner import Candidate
from worker.parse.view_reasons import ANOTHERS, BY_RULE, LESS_SURE, LISTED, counter_claims

PROSE = (
    "<p>The committee met on Monday to discuss its plans for the harbour, and decided to look at them again.</p>" * 4
)
OWN = "<p class=a>2504 views</p>"
TEASER = '<aside class=related><a href="/other">Another story with a long headline</a><p>77 views</p></aside>'
LIST = "<ul><li><i>31 views</i></li><li><i>32 views</i></li></ul>"


def seen(page: Page, **sure: bool) -> list[Candidate]:
    """A candidate for each block that says "N views"."""
    return [
        Candidate(Count(int(text.split()[0]), True), text, "phrase", row[COLUMNS.index("element0")], **sure)
        for text, row in zip(page.blocks.texts, page.blocks.rows, strict=True)
        if text.endswith(" views")
    ]


@pytest.mark.parametrize(
    ("parts", "reasons"),
    [
        ([OWN], [(2504, "")]),
        ([OWN, TEASER], [(2504, ""), (77, ANOTHERS)]),
        ([TEASER], [(77, ANOTHERS)]),
        ([LIST], [(31, LISTED), (32, LISTED)]),
        ([OWN, "<div><b>9 views</b></div>"], [(2504, ""), (9, LESS_SURE)]),
        ([], []),
    ],
)
def test_each_counter_is_told_with_what_became_of_it(parts: Sequence[str], reasons: list[tuple[int, str]]):
    html = f"<html><body><h1>The harbour's plans</h1>{PROSE}{''.join(parts)}</body></html>"
    page = open_page(html.encode(), "https://paper.example/1")
    assert [(claim.count, claim.dropped) for claim in counter_claims(page, seen(page))] == reasons


def test_a_rules_counter_goes_before_all_others():
    page = open_page(f"<html><body>{PROSE}{OWN}{TEASER}</body></html>".encode(), "https://paper.example/1")
    claims = counter_claims(page, seen(page), ViewCount(5, True, "5", "site rule"))
    assert [(claim.count, claim.dropped) for claim in claims] == [(5, ""), (2504, BY_RULE), (77, BY_RULE)]
