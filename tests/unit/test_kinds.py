"""What a page is when it is no wall, and whether it is kept from those who do not pay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.nouns.articles import PageKind
from worker.parse.kinds import kind_of
from worker.parse.signs import PageSigns, weight

LONG = "The harbour was opened again by the council after a winter of repairs that cost more than was planned. " * 20
SHORT = LONG[:400]
MENU = [f"Headline number {n} of a story that stands elsewhere" for n in range(20)]
TICKER = ["10:42 The first ship is in", "10.15 Crowds gather", "9h58 The mayor speaks", "9:12am Gates open"]


def signs(url: str = "/news/harbour", text: str = LONG, **more: object) -> PageSigns:
    return PageSigns("https://paper.example" + url, text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (signs(), PageKind.ARTICLE),
        (signs(text=SHORT), PageKind.ARTICLE),
        (signs(text=""), PageKind.ARTICLE),
        (signs(ld_types={"LiveBlogPosting", "NewsArticle"}), PageKind.LIVE_BLOG),
        (signs("/news/live/harbour", lines=TICKER), PageKind.LIVE_BLOG),
        (signs("/sport/liveticker/cup-final", lines=TICKER), PageKind.LIVE_BLOG),
        (signs("/politique/en-direct/port", lines=TICKER), PageKind.LIVE_BLOG),
        (signs("/news/live/harbour", lines=TICKER[:2]), PageKind.ARTICLE),
        (signs("/news/where-to-live-in-wexholm", lines=TICKER), PageKind.ARTICLE),
        (signs("/life/alive/harbour", lines=TICKER), PageKind.ARTICLE),
        (signs(text=SHORT, meta={"og:type": ["video.other"]}), PageKind.VIDEO),
        (signs(text=SHORT, ld_types={"VideoObject", "WebPage"}), PageKind.VIDEO),
        (signs("/videos/harbour", SHORT, ld_types={"VideoObject", "NewsArticle"}), PageKind.VIDEO),
        (signs("/video/harbour", SHORT, meta={"og:video": ["https://paper.example/a.mp4"]}), PageKind.VIDEO),
        (signs(meta={"og:type": ["video.other"]}), PageKind.ARTICLE),
        (signs(text=SHORT, ld_types={"VideoObject", "NewsArticle"}), PageKind.ARTICLE),
        (signs(text=SHORT, ld_types={"ImageGallery"}), PageKind.GALLERY),
        (signs("/fotostrecke/hafen", SHORT), PageKind.GALLERY),
        (signs("/galleries/harbour", SHORT), PageKind.GALLERY),
        (signs("/diaporamas/port", SHORT), PageKind.GALLERY),
        (signs("/galleries/harbour", LONG), PageKind.ARTICLE),
        (signs(text=SHORT, ld_types={"ImageGallery", "NewsArticle"}), PageKind.ARTICLE),
        (signs("/", SHORT), PageKind.INDEX),
        (signs("", ""), PageKind.INDEX),
        (signs("/en/", SHORT), PageKind.INDEX),
        (signs("/index.html", SHORT), PageKind.INDEX),
        (signs("/?p=1234", SHORT), PageKind.ARTICLE),
        (signs("/", LONG), PageKind.ARTICLE),
        (signs("/sport", "", lines=MENU, link_share=0.9, meta={"og:type": ["website"]}), PageKind.INDEX),
        (signs("/sport", "", lines=MENU, link_share=0.9, ld_types={"CollectionPage"}), PageKind.INDEX),
        (signs("/sport", "", lines=MENU, link_share=0.4, meta={"og:type": ["website"]}), PageKind.ARTICLE),
        (signs("/a", SHORT, lines=MENU, link_share=0.9, meta={"og:type": ["article"]}), PageKind.ARTICLE),
        (signs("/a", SHORT, lines=MENU, link_share=0.9, ld_types={"NewsArticle"}), PageKind.ARTICLE),
    ],
)
def test_a_page_s_kind_is_told_by_what_it_declares_and_shows(page: PageSigns, kind: PageKind) -> None:
    found = kind_of(page)
    assert found.kind is kind
    assert bool(found.reason) is (kind is not PageKind.ARTICLE)


@pytest.mark.parametrize(
    ("more", "paywalled"),
    [
        ({}, None),
        ({"accessible_for_free": True}, False),
        ({"accessible_for_free": False}, True),
        ({"meta": {"article:content_tier": ["locked"]}}, True),
        ({"meta": {"article:content_tier": ["free"]}}, False),
        ({"meta": {"article:content_tier": ["metered"]}}, None),
        ({"text": SHORT * 2 + "\n\nSubscribe to continue reading"}, True),
        ({"text": SHORT * 2 + "\n\nSubscribe to our newsletter"}, None),
        ({"text": SHORT * 2, "lines": ["Subscribe to continue reading"]}, None),
    ],
)
def test_a_page_says_itself_whether_it_is_free(more: dict[str, object], paywalled: bool | None) -> None:
    assert kind_of(signs(**more)).paywalled is paywalled  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "letters"), [("harbour", 7), ("зима", 4), ("港は再開", 12), ("항구 a", 8), ("", 0)])
def test_a_character_that_says_more_weighs_more(text: str, letters: int) -> None:
    assert weight(text) == letters


@given(st.builds(PageSigns, st.text(), st.text(), st.lists(st.text()), st.text(), st.text(), st.text()))
def test_no_page_is_too_odd_to_have_a_kind(page: PageSigns) -> None:
    found = kind_of(page)
    assert (found.kind is PageKind.WALL) is bool(found.wall)
