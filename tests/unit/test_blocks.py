"""A page cut into blocks: what is text, where its borders are, and what hostile markup costs."""

from __future__ import annotations

import time

import numpy as np
import pytest
import turbohtml
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.parse.blocks import COLUMNS, TAG, Blocks, Link, flatten
from worker.parse.cut import TOGETHER, cut_blocks
from worker.parse.hints import HINTS, MAX_HINT, hints
from worker.parse.page import open_page
from worker.parse.tags import MAX_TAGS


def read_blocks(markup: str) -> Blocks:
    (blocks,) = cut_blocks([flatten(turbohtml.parse(markup))])
    return blocks


def texts(markup: str) -> list[str]:
    return read_blocks(f"<html><body>{markup}</body></html>").texts


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<div>One<p>Two</p>three</div>", ["One", "Two", "three"]),
        ("one<br>two<br><br>three", ["one", "two", "three"]),
        ("<p>in <b>bold</b>, <i>slanted</i> and <a href=x>linked</a> words</p>", ["in bold, slanted and linked words"]),
        ("<p>a<!-- -->b <!--[if IE]><p>no</p><![endif]-->c</p>", ["ab c"]),
        ("<p>fish &amp; chips &lt;b&gt; &nbsp;</p>", ["fish & chips <b>"]),
        ("<font size=2>Nobody closes<p>these<p>tags", ["Nobody closes", "these", "tags"]),
        ("<script>var a='<p>no</p>'</script><style>p{}</style><nav>Home</nav><p>yes</p><footer>no</footer>", ["yes"]),
        ("<form id=aspnetForm><p>A page within a form</p></form>", ["A page within a form"]),
        ("<pre>First\nparagraph\n\nSecond\n\nThird</pre>", ["First paragraph", "Second", "Third"]),
        ("<p>新华社北京电</p><p dir=rtl>قال الوزير</p>", ["新华社北京电", "قال الوزير"]),
        ("<p> &nbsp; </p><p>\u00a0</p>", []),
        ("", []),
    ],
)
def test_text_is_cut_at_the_borders_of_blocks(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected


def test_a_block_knows_its_tag_its_links_and_what_its_ancestors_are_called() -> None:
    blocks = read_blocks(
        '<body><article class="story"><p>No link</p></article>'
        '<ul class="related-list"><li><a href="/x">All of it a link</a></li></ul></body>'
    )
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in blocks.rows]
    assert [row["tag"] for row in rows] == [TAG["p"], TAG["li"]]
    assert [row["linked"] for row in rows] == [0, 1000]
    assert rows[0]["hints_all"] == hints(' class="story"')
    assert rows[1]["hints1"] == hints(' class="related-list"')
    assert rows[0]["story_element"] > 0 == rows[1]["story_element"]


def test_each_element_knows_the_blocks_below_it() -> None:
    blocks = read_blocks("<body><div><p>a</p><p>b</p></div><p>c</p></body>")
    assert list(zip(blocks.starts, blocks.ends, strict=True))[1:] == [(0, 3), (0, 2), (0, 1), (1, 2), (2, 3)]


@pytest.mark.parametrize(
    ("attributes", "groups"),
    [
        (' class="article-body"', {0}),
        (' id="comments"', {1}),
        (' class="RelatedArticles"', {0, 2}),
        (' style="display: none"', {13}),
        (' hidden=""', {13}),
        (' href="/comments"', set()),
        ("", set()),
    ],
)
def test_hints_are_read_from_names_that_publishers_give(attributes: str, groups: set[int]) -> None:
    found = hints(attributes)
    assert groups <= {bit for bit in range(len(HINTS)) if found >> bit & 1}
    assert bool(found) == bool(groups)


def test_the_head_tells_title_description_and_the_json_ld_story() -> None:
    blocks = open_page(
        b'<head><title>Title | Site</title><meta property="og:title" content="Title">'
        b'<meta name="description" content="What it says"><script type="application/ld+json">'
        b'{"@type": "Article", "articleBody": "He said \\"no\\".\\nThen <b>left</b> &amp; slept."}</script><p>x</p>',
        "",
    ).blocks
    told = (blocks.title, blocks.description, blocks.story)
    assert told == ("Title", "What it says", 'He said "no". Then left & slept.')


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<div>" * 1_000 + "x" + "</div>" * 1_000, id="as deep as a page may be"),
        pytest.param("<p " + " ".join(f"a{n}=1" for n in range(50_000)) + ">x</p>", id="50,000 attributes"),
        pytest.param("<p class='" + "article " * 100_000 + "'>x</p>", id="a class of 800 kB"),
        pytest.param("<p>x" + '<a href="' * 50_000, id="quotes that never close"),
        pytest.param("<p>x<" + "a" * 500_000, id="a tag that never ends"),
        pytest.param("<p>x</p>" + "<!--" * 100_000, id="comments that never close"),
        pytest.param("<p>x</p><xmp>" + "<a" * 100_000 + "</xmp>", id="raw text full of tags"),
        pytest.param("<p>x</p><plaintext>" + "<" * 300_000, id="plaintext to the end"),
        pytest.param('<p>x</p><script>"articleBody":' * 30_000, id="a story promised 30,000 times"),
        pytest.param('<p>x</p><script>"articleBody":"' + "\\\\" * 500_000, id="a string that never closes"),
        pytest.param("<p>x" + "&" * 300_000, id="ampersands"),
        pytest.param("<b><i>" * 400 + "x", id="formatting that the parser reconstructs"),
    ],
)
def test_hostile_markup_costs_little(markup: str) -> None:
    begun = time.process_time()
    open_page(f"<html><body>{markup}</body></html>".encode(), "")
    assert time.process_time() - begun < 2


def test_a_page_of_too_many_tags_is_cut() -> None:
    blocks = read_blocks("<p>word</p>" * MAX_TAGS)
    assert blocks.cut
    assert MAX_TAGS // 2 - 2 <= len(blocks.texts) <= MAX_TAGS // 2


def test_an_element_tells_its_name_its_parent_and_the_links_below_it() -> None:
    blocks = read_blocks(
        '<body><div class="a"><p>One <a href="/x?a=1&amp;b=2">two <b>three</b></a></p></div>'
        "<p><a href=y>No</a></p></body>"
    )
    box = dict(zip(COLUMNS, blocks.rows[0], strict=True))["element0"]
    parent = blocks.parent(box)
    assert (blocks.name(box), blocks.name(parent), blocks.attributes(parent)) == ("p", "div", ' class="a"')
    assert blocks.links(parent) == [Link("/x?a=1&b=2", "two three")]
    assert [link.href for link in blocks.links(0)] == ["/x?a=1&b=2", "y"]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>One<br>two</p><pre>a\n\nb\n\nc</pre>",
        "",
        '<article class="x"><a href=y>All</a> <b>bold</b></article>',
        "<p>漢字</p><?php echo 1 > 0 ?><div<span>b",
        "<p>word</p>" * MAX_TAGS,
        "<a href=x>" * 3 + "<table><a href=z>" * 3,
    ],
)
def test_a_page_is_cut_the_same_alone_and_among_others(markup: str) -> None:
    other = "<body><main><p>before</p></main><li>after</li></body>"
    flats = [flatten(turbohtml.parse(each)) for each in (other, markup, other, "", markup)]
    together = cut_blocks(flats)
    for blocks, flat in zip(together, flats, strict=True):
        (alone,) = cut_blocks([flat])
        assert (blocks.texts, blocks.cut, blocks.deepest) == (alone.texts, alone.cut, alone.deepest)
        for name in ("rows", "starts", "ends", "parents", "places"):
            np.testing.assert_array_equal(getattr(blocks, name), getattr(alone, name))


def test_more_markup_than_is_cut_at_once_is_cut_in_portions() -> None:
    flat = f"<body><p>{'x' * (TOGETHER // 2)}</p></body>"
    assert [len(blocks.texts) for blocks in cut_blocks([flat] * 5)] == [1] * 5


def test_of_a_tag_as_much_is_looked_at_as_templates_write() -> None:
    long = "x " * MAX_HINT
    near, far = read_blocks(f"<p class='article {long}'>x</p>"), read_blocks(f"<p class='{long} article'>x</p>")
    assert (near.column("hints0"), far.column("hints0")) == ([1], [0])


@given(st.text(alphabet=st.sampled_from("<>/\"'=&;! -abp\n\u00a0漢"), max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_markup_breaks_the_walk(markup: str) -> None:
    blocks = read_blocks(markup)
    assert len(blocks.texts) == len(blocks.rows)
    assert all(text.strip() == text != "" for text in blocks.texts)
    assert all(0 <= start <= end <= len(blocks.texts) for start, end in zip(blocks.starts, blocks.ends, strict=True))
