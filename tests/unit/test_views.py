import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.evidence import Evidence
from worker.parse.numbers import Count, read_count
from worker.parse.page import open_page
from worker.parse.views import find_views, is_counter, mask

PROSE = "The ferry left the harbour at seven, as it has on every day of the year since the war, said its captain. "


def views(body: str, head: str = ""):
    source = (
        f"<html><head>{head}</head><body><h1>A night ferry over the strait</h1><p>{PROSE * 3}</p>{body}</body></html>"
    )
    page = open_page(source.encode(), "http://courier.example/news/1")
    return find_views(page, Evidence(page))


@pytest.mark.parametrize(
    ("text", "count", "exact", "step"),
    [
        ("2504", 2504, True, 1),
        ("1,234", 1234, True, 1),
        ("1.234", 1234, True, 1),
        ("1 234", 1234, True, 1),
        ("1\u202f234\u202f567", 1234567, True, 1),
        ("1'234", 1234, True, 1),
        ("12,34,567", 1234567, True, 1),
        ("٣٬٤٥٦", 3456, True, 1),
        ("１２３４", 1234, True, 1),
        ("1.2K", 1200, False, 100),
        ("22k", 22_000, False, 1000),
        ("3,4 mil", 3400, False, 100),
        ("2,5 млн", 2_500_000, False, 100_000),
        ("12万", 120_000, False, 10_000),
        ("10万+", 100_000, False, 100_000),
        ("1.5億", 150_000_000, False, 10_000_000),
        ("1万2345", 12_345, True, 1),
        ("1.2 lakh", 120_000, False, 10_000),
    ],
)
def test_a_count_is_read_in_every_form(text: str, count: int, exact: bool, step: int):
    assert read_count(text) == Count(count, exact, step)


@pytest.mark.parametrize("text", ["", "views", "1.23", "12:30", "1,2,3", "2007-03-30", "5%", "9" * 40, "1.2.3", "K"])
def test_what_is_no_count_is_none(text: str):
    assert read_count(text) is None


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("This story has been viewed 2504 times.", 2504),
        ("This story has been viewed <b>2,504</b> times.", 2504),
        ("Post Views: 1.432", 1432),
        ("3304 views", 3304),
        ("By Ada Byron | 12 May 2020 | 61 <em>views</em>", 61),
        ("(Visited 215 times, 55 visits today)", 215),
        ("119<!-- --> views", 119),
        ("<dl><dt>Views</dt><dd>22K</dd></dl>", 22000),
        ("<span>Comments 3</span> <span>Views 20</span>", 20),
        ("Aufrufe: 1.234", 1234),
        ("Dieser Artikel wurde 1.234 mal gelesen", 1234),
        ("Lu 1 234 fois", 1234),
        ("12 345 vues", 12345),
        ("Leído 540 veces", 540),
        ("3,4 mil visualizaciones", 3400),
        ("Letto 77 volte", 77),
        ("1,2 mil visualizações", 1200),
        ("540 keer gelezen", 540),
        ("Visningar: 1 200", 1200),
        ("Wyświetleń: 1523", 1523),
        ("Zobrazeno 812 krát", 812),
        ("Megtekintés: 99", 99),
        ("1.024 görüntülenme", 1024),
        ("Просмотров: 12 345", 12345),
        ("Прочитано 345 раз", 345),
        ("Переглядів: 77", 77),
        ("Προβολές: 1.024", 1024),
        ("عدد المشاهدات: ٣٤٥٦", 3456),
        ("1234 צפיות", 1234),
        ("阅读量：12万", 120000),
        ("阅读 10万+", 100000),
        ("瀏覽次數：3,456", 3456),
        ("1234次浏览", 1234),
        ("閲覧数 1,234", 1234),
        ("1,234回閲覧", 1234),
        ("조회수 1,234", 1234),
        ("2100 lượt xem", 2100),
        ("Dibaca 4.321 kali", 4321),
    ],
)
def test_a_printed_counter_is_found(line: str, count: int):
    found = views(f"<div>{line}</div>")
    assert found is not None
    assert found.count == count


@pytest.mark.parametrize(
    "body",
    [
        "<div>12 comments</div>",
        "<div>845 shares</div><div>560</div><div>View</div><div>comments</div>",
        "<div>3 photos</div>",
        "<div>$2,504</div>",
        "<div>5 min read</div>",
        "<div>View 3 more</div>",
        "<div>Top Trends for 2026 Read Now</div>",
        "<div>Copyright 2007</div>",
        "<div>Page 2 of 14</div>",
        "<div>120 Likes, 4 replies</div>",
        "<p>The video has been seen by many, and it drew 4 million views in one night, "
        "according to the company that owns it.</p>",
        "<p>He holds views that 20 years ago nobody shared.</p>",
        "<ul><li><a href='/s/2'>Another story of the whole long coast</a><span>9100 views</span></li></ul>",
        "<div class=related><span>77 views</span></div>",
        "<aside class=popular><a href='/s/2'>Another story of the whole long coast</a> 77 views</aside>",
        "<div><a href='/s/2'><h3>Another story of the whole long coast</h3></a><p>Views: 12</p></div>",
        "<nav>12 views</nav>",
        "<script>var state = {views: 2504, text: '2504 views'}</script>",
        "<style>.a:after{content:'2504 views'}</style>",
        "<div>新加坡993 HITS AWARDS</div>",
        "<table>" + "".join(f"<tr><td class=n>{n} views</td></tr>" for n in (1, 2, 3)) + "</table>",
    ],
)
def test_other_numbers_are_no_counter(body: str):
    assert views(body) is None


def ld(kind: str, action: str, number: object) -> str:
    return (
        f'<script type="application/ld+json">{{"@type":"{kind}","headline":"A night ferry over the strait",'
        f'"interactionStatistic":[{{"@type":"InteractionCounter","interactionType":{action},"userInteractionCount":{number}}}]}}'
        "</script>"
    )


@pytest.mark.parametrize(
    ("kind", "action", "number", "count"),
    [
        ("NewsArticle", '"https://schema.org/ViewAction"', 2504, 2504),
        ("NewsArticle", '{"@type":"ReadAction"}', '"2,504"', 2504),
        ("NewsArticle", '"http://schema.org/LikeAction"', 2504, None),
        ("NewsArticle", '{"@type":"CommentAction"}', 12, None),
        ("NewsArticle", '"ShareAction"', 12, None),
        ("VideoObject", '"https://schema.org/WatchAction"', 12, None),
        ("NewsArticle", '"https://schema.org/ViewAction"', '"many"', None),
    ],
)
def test_schema_org_counts_only_views_of_the_story(kind: str, action: str, number: object, count: int | None):
    found = views("", ld(kind, action, number))
    assert (found.count if found else None) == count


def test_the_page_s_own_counter_is_told_from_its_teasers():
    teasers = "".join(
        f"<li><a href='/s/{n}'>Another story of the coast, number {n}</a> {n} views</li>" for n in (7, 8, 9)
    )
    found = views(f"<ul>{teasers}</ul><div>This article has been viewed 41 times</div><ul>{teasers}</ul>")
    assert found is not None
    assert found.count == 41


@pytest.mark.parametrize(
    ("line", "counter"),
    [
        ("This story has been viewed 2504 times.", True),
        ("Views: 12", True),
        ("(Visited 215 times, 55 visits today)", True),
        (
            "The clip, which was viewed 2504 times in an hour, shows the mayor asleep at his desk during the debate.",
            False,
        ),
        ("In 2007, 12 people died.", False),
    ],
)
def test_a_line_that_is_a_counter_is_told_from_prose(line: str, counter: bool):
    assert is_counter(line) is counter
    assert mask([line], None) == ([] if counter else [line])


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_counter_is_masked_whatever_it_counts(one: int, other: int):
    lines = ["He said so.", f"This story has been viewed {one} times.", f"{other:,} views"]
    assert mask(lines, None) == ["He said so."]


@given(st.text(max_size=200))
def test_reading_a_count_never_raises(text: str):
    found = read_count(text)
    assert found is None or 0 <= found.count <= 10**13


def test_a_number_that_an_attribute_tells_to_be_the_counter_is_left_in_prose():
    found = views('<p><span title="22 views">22</span></p>')
    assert found is not None
    assert mask(["22", "All 22 passengers were saved.", "22"], found) == ["All 22 passengers were saved."]


@pytest.mark.parametrize(
    ("markup", "count"),
    [
        (
            "<article><h1>A night ferry</h1><footer>By Ann<br>"
            "This story has been <i>viewed</i> 12 times.</footer></article>",
            12,
        ),
        ("<main><h1>A night ferry</h1><button>1,234 views</button></main>", 1234),
        ("<h1>A night ferry</h1><footer>This article has been read 77 times</footer>", 77),
        ("<h1>A night ferry</h1><footer>1,204,331 visits · all rights reserved</footer>", None),
        ("<h1>A night ferry</h1><article><h3>Another</h3><footer>9 views</footer></article>", None),
    ],
)
def test_a_counter_in_a_footer_or_a_button_is_the_story_s_where_the_story_holds_it(markup: str, count: int | None):
    found = views(markup)
    assert (found and found.count) == count


def test_an_attribute_of_the_page_s_article_counts_and_that_of_a_teaser_does_not():
    found = views(
        '<article data-views="77"><h1>A night ferry over the strait</h1></article><article data-views="9"></article>'
    )
    assert found is not None
    assert (found.count, found.extractor) == (77, "data attribute")


def test_a_label_that_is_exact_is_believed_over_the_rounded_count_that_it_labels():
    found = views('<span title="1,234 views">1.2K</span>')
    assert found is not None
    assert (found.count, found.exact) == (1234, True)
