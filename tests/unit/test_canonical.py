"""Which canonical URLs are believed, and when a source names one for too many pages."""

from __future__ import annotations

import pytest

from dateline.nouns.plans import CanonicalClaim
from worker.dedupe.canonical import MANY, WINDOW, canonical_verdict, shared_by_many
from worker.dedupe.urls import url_key

PAGE = "https://www.paper.example/2026/03/30/harbour"


@pytest.mark.parametrize(
    ("canonical", "believed", "why"),
    [
        (None, None, "the page names none"),
        ("", None, "the page names none"),
        (PAGE, PAGE, "it is the page's own address"),
        (f"{PAGE}/?utm_source=x#top", f"{PAGE}/?utm_source=x", "it is the page's own address"),
        ("http://paper.example/2026/03/30/harbour/amp", "http://paper.example/2026/03/30/harbour/amp", "own address"),
        ("https://paper.example/news/harbour", "https://paper.example/news/harbour", "of the same site"),
        ("https://sport.paper.example/harbour", "https://sport.paper.example/harbour", "of the same site"),
        (" HTTPS://Paper.Example/a b ", "https://paper.example/a%20b", "of the same site"),
        ("https://www.paper.example/", None, "a front page"),
        ("http://paper.example/index.html?utm_source=x", None, "a front page"),
        ("https://sport.paper.example", None, "a front page"),
        ("https://other.example/harbour", None, "of another site"),
        ("https://paper.example.evil.example/2026/03/30/harbour", None, "of another site"),
        ("https://apnews.com/article/harbour-1", "https://apnews.com/article/harbour-1", "the stories of apnews.com"),
        ("https://www.theconversation.com/a-1", "https://www.theconversation.com/a-1", "the stories of"),
        ("https://apnews.com/", None, "a front page"),
        ("https://apnews.com.evil.example/article/1", None, "of another site"),
        ("javascript:alert(1)", None, "javascript: is neither"),
        ("/2026/03/30/harbour", None, "no scheme"),
        ("https://paper.example:99999/a", None, "port '99999'"),
    ],
)
def test_a_canonical_url_is_believed_when_it_is_sane(canonical: str | None, believed: str | None, why: str) -> None:
    verdict = canonical_verdict(PAGE, canonical)
    assert verdict.url == believed
    assert why in verdict.reason


@pytest.mark.parametrize(
    ("page", "canonical", "believed"),
    [
        ("https://news.yahoo.com/harbour-1.html", PAGE, True),
        ("https://www.msn.com/en-us/news/harbour/ar-AA1", PAGE, True),
        ("https://www.msn.com/en-us/news/harbour/ar-AA1", "https://paper.example/", False),
        ("https://notyahoo.com/harbour-1.html", PAGE, False),
        ("https://ann.blogspot.com/a", "https://bob.blogspot.com/a", False),
        ("http://localhost:8000/a", "http://localhost:8000/b", True),
        ("http://localhost:8000/a", "http://localhost:8001/a", False),
    ],
)
def test_across_sites_it_takes_one_that_prints_others_stories(page: str, canonical: str, believed: bool) -> None:
    assert (canonical_verdict(page, canonical).url is not None) is believed


def claims(*named: tuple[str, str, str]) -> list[CanonicalClaim]:
    return [CanonicalClaim(f"a.example/{page}", None, f"https://a.example/{url}", title) for page, url, title in named]


ALL = [(f"p{n}", "news", f"Story {word}") for n, word in enumerate(("one", "two", "three", "four"))]


@pytest.mark.parametrize(
    ("named", "shared"),
    [
        (ALL[:MANY], True),
        (ALL[: MANY - 1], False),
        ([(f"p{n}", "gallery", f"Spring in pictures ({n} of 9)") for n in range(9)], False),
        ([(f"p{n}", "story", "One story, many addresses") for n in range(9)], False),
        ([(f"p{n}", f"p{n}", f"Story {word}") for n, word in enumerate("abcdef")], False),
        ([*ALL[:3], *((f"q{n}", f"q{n}", f"Other {n}") for n in range(3))], True),
        ([*ALL[:3], *((f"q{n}", f"q{n}", f"Other {n}") for n in range(4))], False),
        ([("p0", "news", word) for word in ("one", "two", "three")], False),
        ([(f"p{n}", "news", "") for n in range(9)], False),
        ([*ALL, *((f"q{n}", f"q{n}", f"Other {n}") for n in range(WINDOW))], False),
        ([*((f"q{n}", f"q{n}", f"Other {n}") for n in range(WINDOW)), *ALL], False),
        (
            [*((f"q{n}", f"q{n}", "Other") for n in range(90)), *((f"r{n}", "news", "x" * n) for n in range(1, 12))],
            True,
        ),
    ],
    ids=[
        "three stories that name one",
        "two are too few",
        "a gallery's pages",
        "one story at many addresses",
        "each names itself",
        "half of the pages",
        "fewer than half",
        "one page under three titles",
        "pages without titles",
        "long ago",
        "a few after many that are right",
        "a template that broke",
    ],
)
def test_a_source_is_noticed_when_half_its_pages_name_one(named: list[tuple[str, str, str]], shared: bool) -> None:
    assert shared_by_many(claims(*named)) == ("a.example/news" if shared else None)


def test_the_address_that_a_page_was_led_to_is_its_own() -> None:
    led = [
        CanonicalClaim(f"a.example/p{n}", "https://a.example/news", "http://a.example/news/", w)
        for n, w in enumerate("abcd")
    ]
    assert shared_by_many(led) is None
    assert url_key("http://a.example/news/") == "a.example/news"
