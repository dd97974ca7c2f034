from datetime import UTC, date, datetime

import pytest

from dateline.nouns.articles import FeedHints
from tests.support import layouts
from worker.parse.article import PageInput, read_article, read_articles
from worker.parse.text import content_hash, text_hash

URL = "http://courier.example/news/4711"
ALL = {name: (body, kind) for name, body, kind in layouts.pages()}


def read(body: str | bytes, content_type: str | None = "text/html", hints: FeedHints | None = None):
    return read_article(PageInput(body.encode() if isinstance(body, str) else body, URL, content_type, hints))


@pytest.mark.parametrize("name", ALL)
def test_a_story_reads_the_same_in_every_layout(name: str):
    article = read(*ALL[name])
    assert article.error == ""
    assert article.title == layouts.TITLE
    assert article.published_on == date(2008, 10, 14)
    assert article.page == "3"
    assert article.text.split("\n\n") == layouts.PARAGRAPHS
    assert article.views is not None
    assert (article.views.count, article.views.exact) == (1873, True)


def test_the_words_have_one_hash_in_every_layout():
    assert len({read(*page).content_hash for page in ALL.values()}) == 1


@pytest.mark.parametrize("name", ["table, h1, double br", "modern, h1, p", "plain text", "preformatted"])
def test_a_counter_alone_changes_no_hash(name: str):
    ticked = {n: (b, k) for n, b, k in layouts.pages(layouts.COUNTER.replace("1873", "12,004"))}
    before, after = read(*ALL[name]), read(*ticked[name])
    assert (before.views.count, after.views.count) == (1873, 12004)
    assert before.content_hash == after.content_hash
    assert before.text == after.text


def test_an_edited_word_changes_the_hash():
    body, kind = ALL["table, h1, p"]
    assert read(body, kind).content_hash != read(body.replace("400 homes", "500 homes"), kind).content_hash


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Updated 5 minutes ago", "Updated 2 hours ago"),
        ("“It’s over” – he said…", '"It\'s over" - he said...'),
        ("Two  spaces\u00a0and\nlines", "Two spaces and lines"),
        ("vor 5 Minuten", "vor 3 Stunden"),
        ("hyphen\u00adated", "hyphenated"),
    ],
)
def test_what_is_no_edit_has_one_hash(one: str, other: str):
    assert text_hash(one) == text_hash(other)


@pytest.mark.parametrize(("one", "other"), [("9 dead", "10 dead"), ("a", "b"), ("not so", "so")])
def test_what_is_an_edit_has_another_hash(one: str, other: str):
    assert text_hash(one) != text_hash(other)
    assert content_hash("t", one) != content_hash("t", other)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"   \n ", "empty"),
        (b"%PDF-1.7 and so on", "no text"),
        (b"<p>" + b"a" * (9 * 1024 * 1024), "bytes"),
    ],
)
def test_a_page_that_cannot_be_read_says_why(body: bytes, reason: str):
    article = read(body)
    assert reason in article.error
    assert article.text == ""


def test_one_bad_page_does_not_cost_its_batch():
    good, kind = ALL["modern, h1, p"]
    articles = read_articles([PageInput(b"", URL), PageInput(good.encode(), URL, kind), PageInput(b"GIF89a\0\0", URL)])
    assert [bool(article.error) for article in articles] == [True, False, True]
    assert articles[1].title == layouts.TITLE


@pytest.mark.parametrize(
    "body",
    [
        b"\x00\x01\x02<html>\x00<p>hello",
        b"<html><body><div " + b" ".join(b'a%d="x"' % n for n in range(50_000)) + b"><p>hello there</div>",
        b"<html><script type='application/ld+json'>" + b'{"@type":"NewsArticle","x":[' * 50_000 + b"</script><p>hi",
        b'<html><script type=\'application/ld+json\'>{"headline":"' + b"a" * 1_000_000 + b"</script><p>hi",
        "<html><p>\ud800 lone".encode("utf-8", "surrogatepass"),
        b"<?xml version='1.0' encoding='utf-16'?><html><p>hello",
        b"<html><body>"
        + b"<p>A paragraph of twenty words or so, which nobody but a fuzzer would write down so often.</p>" * 20_000,
        b"<table>" * 900 + b"x",
        b"<html><body>" + b"<div>" * 100_000 + b"x",
        b"<!--" * 20_000,
    ],
    ids=[
        "null bytes",
        "attributes",
        "deep json",
        "long json",
        "surrogate",
        "xml",
        "paragraphs",
        "tables",
        "depth",
        "comments",
    ],
)
def test_a_hostile_page_is_read_or_refused_in_time(body: bytes):
    article = read(body)
    assert isinstance(article.text, str)


def test_a_wrong_label_does_not_spoil_utf_8():
    page = (
        "<html><head><meta charset=gb2312></head><body><h1>Über Brücken gehört geübt</h1><p>Ärger über Öl</p>".encode()
    )
    assert read(page, "text/html; charset=iso-8859-1").title == "Über Brücken gehört geübt"


def test_the_feed_fills_what_the_page_lacks_and_no_more():
    hints = FeedHints(title="From the feed", author="Ada Byron", published_at=datetime(2008, 10, 13, 9, tzinfo=UTC))
    bare = read("<html><body><p>" + "A long paragraph without a headline. " * 9 + "</p>", hints=hints)
    assert (bare.title, bare.byline, bare.published_at) == ("From the feed", ("Ada Byron",), hints.published_at)
    assert {bare.provenance[name] for name in ("title", "byline", "published_on", "published_at")} == {"feed"}
    full = read(*ALL["modern, h1, p"], hints=hints)
    assert full.title == layouts.TITLE
    assert full.published_at == datetime.fromisoformat("2008-10-14T06:00:00+02:00")
    assert full.provenance["title"] == "json-ld"
