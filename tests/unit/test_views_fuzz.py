"""No number elsewhere is taken for a counter, whatever is written around it; and nothing makes the search fail."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.parse.evidence import Evidence
from worker.parse.numbers import plain_digits, read_count
from worker.parse.page import open_page
from worker.parse.view_match import count_alone, is_label, read_line
from worker.parse.view_words import spots
from worker.parse.views import find_views, is_counter, mask

PROSE = "The ferry left the harbour at seven, as it has on every day of the year since the war, said its captain. "
WORDS = """harbour council bridge winter vote river judge school die der Stadt Brücke wurde la mairie du port el
puerto de il ponte della città реки мост города совет мэр 海岸 大桥 港口 市長 다리 항구 الجسر في المدينة नदी पुल
สะพาน cầu cảng
""".split()  # noqa: SIM905  a list of words reads better than fifty quotes
# What numbers stand for where nobody counts views; "#" is the number.
OTHER = """# comments|# shares|# likes|# photos|# followers|$#|€ #|# €|£#|#%|# %|# km|# kg|# years|# people|
# votes|# replies|Comments #|Comments: #|Shares: #|Likes (#)|© #|Page #|Chapter #|No. #|Room #|ISBN #|Tel. #|
+49 30 #|Rating: # / 5|# out of 5|# min read|# minutes ago|vor # Stunden|il y a # heures|hace # días|# назад|
# комментариев|# Kommentare|# commentaires|# comentarios|# commenti|# yorum|# komentarzy|评论 #|# 条评论|点赞 #|
分享 #|コメント #件|いいね #|댓글 #|좋아요 #|تعليقات #|# تعليق|# टिप्पणियाँ|# মন্তব্য|# lượt thích|# bình luận|
# komentar|# members|# downloads|# sold|# items|Score #:#|#-#|#/#|#.#.#|#:#|in #|since #|seit #|en #|в # году|
#年|#月#日|#歳|第#回|#人|#件|#円|#元|#원|#명|# rooms|# reviews|# ratings|# stars|Top #|# hours|# interviews|
# previews|Vote #|Article #|Post #|Story # of #|Photo # of #""".replace("\n", "").split("|")

numbers = st.one_of(
    st.integers(0, 10**7).map(str),
    st.integers(1000, 10**7).map(lambda n: f"{n:,}"),
    st.integers(1000, 10**7).map(lambda n: f"{n:,}".replace(",", ".")),
    st.integers(1000, 10**7).map(lambda n: f"{n:,}".replace(",", "\u202f")),
    st.integers(1900, 2100).map(str),
    st.integers(0, 99_999).map(lambda n: str(n).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))),
    st.integers(0, 99_999).map(lambda n: str(n).translate(str.maketrans("0123456789", "०१२३४५६७८९"))),
    st.integers(0, 99_999).map(lambda n: str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９"))),
    st.decimals(0, 99, places=1).map(str),
    st.integers(1, 99).map(lambda n: f"{n}K"),
    st.integers(1, 99).map(lambda n: f"{n}万"),
)


@st.composite
def phrases(draw: st.DrawFn) -> str:
    phrase = draw(st.sampled_from(OTHER))
    while "#" in phrase:
        phrase = phrase.replace("#", draw(numbers), 1)
    return phrase


@st.composite
def sentences(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(WORDS), max_size=12))
    for phrase in draw(st.lists(phrases(), min_size=1, max_size=3)):
        words.insert(draw(st.integers(0, len(words))), phrase)
    return " ".join(words) + draw(st.sampled_from(["", ".", "!", " |", ":"]))


@st.composite
def elements(draw: st.DrawFn) -> str:
    tag = draw(st.sampled_from(["p", "div", "span", "li", "td", "h2", "b", "dd", "figcaption"]))
    name = draw(
        st.sampled_from(
            ["", "meta", "count", "comment-count", "price", "preview", "share-count", "date", "fa fa-heart"]
        )
    )
    return f'<{tag} class="{name}">{draw(sentences())}</{tag}>'


@settings(max_examples=150, deadline=None)
@given(st.lists(elements(), min_size=1, max_size=12))
def test_no_number_elsewhere_is_taken(parts: list[str]) -> None:
    body = f"<h1>A night ferry over the strait</h1><p>{PROSE * 3}</p>{''.join(parts)}<p>{PROSE}</p>"
    page = open_page(f"<html><meta charset=utf-8><body>{body}</body></html>".encode(), "http://courier.example/news/1")
    assert find_views(page, Evidence(page)) is None


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=300) | st.lists(sentences() | st.sampled_from(["views", "12 views", "阅读", "x"])).map(" ".join)
)
def test_no_line_makes_the_search_fail(line: str) -> None:
    match = read_line(line)
    assert match is None or (match.text in line and 0 <= match.count.count <= 10**13)
    assert all(line[at].isdecimal() for at in spots(line))
    assert is_counter(line) in (True, False) and is_label(line) in (True, False)
    assert (number := count_alone(line)) is None or read_count(number) is not None
    assert len(plain_digits(line)) == len(line)


@settings(max_examples=100, deadline=None)
@given(st.lists(sentences() | st.integers(0, 9999).map(lambda n: f"{n} views"), max_size=6))
def test_masking_twice_takes_no_more_than_once(lines: list[str]) -> None:
    once = mask(lines, None)
    assert mask(once, None) == once
    assert not any(line.endswith(" views") for line in once)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_counter_that_ticks_leaves_the_text_alone(one: int, other: int) -> None:
    texts = [mask(["He said so.", f"Post Views: {n:,}", "Views", f"{n}", "She went."], None) for n in (one, other)]
    assert texts[0] == texts[1] == ["He said so.", "She went."]


def test_a_page_of_nothing_but_counters_has_none_of_its_own() -> None:
    rows = "".join(
        f'<li class="row"><a href="/s/{n}">A story of the coast, number {n}</a> {n} views</li>' for n in range(5_000)
    )
    page = open_page(f"<html><body><ul>{rows}</ul></body></html>".encode(), "http://courier.example/")
    assert find_views(page, Evidence(page)) is None


def test_counters_nested_thousands_deep_end_the_search_in_bounds() -> None:
    deep = '<div class="views">' * 3_000 + "12 views" + "</div>" * 3_000
    page = open_page(f"<html><body>{deep * 3}</body></html>".encode(), "http://courier.example/")
    found = find_views(page, Evidence(page))
    assert found is None or found.count == 12
