import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.evidence import Evidence
from worker.parse.jsonld import read_nodes
from worker.parse.metadata import Metadata, claimed, read_metadata
from worker.parse.page import open_page

URL = "https://www.courier.example/town/night-ferry"
STORY = {"@type": "NewsArticle", "headline": "A night ferry", "datePublished": "2008-10-14T06:00:00+02:00"}
KEYS = [
    "@type",
    "@graph",
    "@id",
    "headline",
    "author",
    "name",
    "datePublished",
    "keywords",
    "publisher",
    "mainEntity",
    "image",
]
BODY = "<p>" + "The ferry left the harbour at seven, as it has on every day of the year since the war. " * 3 + "</p>"


def metadata(head: str = "", body: str = BODY, url: str = URL) -> Metadata:
    return read_metadata(Evidence(open_page(f"<html><head>{head}</head><body>{body}</body></html>".encode(), url)))


def ld(*documents: object) -> str:
    return "".join(
        f'<script type="application/ld+json">{d if isinstance(d, str) else json.dumps(d)}</script>' for d in documents
    )


@pytest.mark.parametrize(
    "block",
    [
        ld(STORY),
        ld([STORY]),
        ld({"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, STORY]}),
        ld({"@type": "Organization", "name": "Courier"}, STORY),
        ld(STORY | {"@type": ["Article", "NewsArticle"]}),
        ld(STORY | {"@type": "https://schema.org/NewsArticle"}),
        ld({"@type": "WebPage", "mainEntity": STORY}),
        ld(json.dumps(STORY)[:-1] + ",}"),
        ld("<!-- " + json.dumps(STORY) + " -->"),
        ld("//<![CDATA[\n" + json.dumps(STORY) + "\n//]]>"),
        ld(json.dumps(STORY) + ";"),
        ld(json.dumps(STORY) + json.dumps({"@type": "BreadcrumbList"})),
        ld(json.dumps(STORY).replace("A night", "A\nnight")),
        ld(json.dumps(STORY)[:-1] + ', "description": "he said "no" twice"}'),
        ld(json.dumps(STORY)[:-1] + ', "articleBody": "cut sho'),
        ld(json.dumps(STORY).replace('"', "&quot;")),
        ld("\ufeff" + json.dumps(STORY)),
        ld(json.dumps(STORY, indent=1).replace(",\n", ", // as the desk wishes\n")),
        ld(json.dumps([{"@type": "Person", "name": "x" * 400_000}]), STORY),
        ld([[STORY]]),
        ld({"@type": "WebPage", "mainEntity": {"@type": "WebPageElement", "mainEntity": STORY}}),
        ld(STORY | {"headline": "A &#110;ight ferry"}),
        ld(STORY | {"headline": {"@value": "A night ferry", "@language": "en"}}),
        ld(STORY | {"datePublished": [STORY["datePublished"]]}),
        ld(STORY | {"url": URL}, {"@type": "NewsArticle", "headline": "Another", "datePublished": "2001-01-01"}),
        ld({"@type": "NewsArticle", "headline": "Another", "datePublished": "2001-01-01"}, STORY | {"url": URL}),
    ],
)
def test_json_ld_is_read_in_every_shape(block: str):
    found = metadata(block)
    assert found.title == "A night ferry"
    assert found.published_at is not None
    assert found.published_at.isoformat() == STORY["datePublished"]
    assert found.provenance["published_on"] == "json-ld"


def test_json_ld_beyond_its_cap_costs_nothing():
    assert len(read_nodes([json.dumps({"@graph": [STORY] * 100_000})])) <= 2_000
    assert read_nodes(["[" * 100_000, "{" * 100_000, "nonsense", ""]) == []


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ({"@type": "Person", "name": "Ada Byron"}, ("Ada Byron",)),
        ([{"name": "Ada Byron"}, {"name": "Tobias Renn"}], ("Ada Byron", "Tobias Renn")),
        ("By Ada Byron and Tobias Renn", ("Ada Byron", "Tobias Renn")),
        ([{"name": "Ada Byron"}, {"@type": "Organization", "name": "Reuters"}], ("Ada Byron",)),
        ([{"name": "Reuters"}], ("Reuters",)),
        ({"givenName": "Ada", "familyName": "Byron"}, ("Ada Byron",)),
        ("Ada Byron, Political Editor", ("Ada Byron",)),
        ({"@id": "#ada"}, ("Ada Byron",)),
        ({"name": {"@value": "Ada Byron"}}, ("Ada Byron",)),
        ("ADA BYRON", ("ADA BYRON",)),
        (["Ada Byron", "ADA BYRON"], ("Ada Byron",)),
        ("https://www.courier.example/people/ada", ()),
        ({"name": None}, ()),
        ([[]], ()),
    ],
)
def test_a_byline_is_a_list_of_persons(authors: object, names: tuple[str, ...]):
    story = {"@graph": [STORY | {"author": authors}, {"@type": "Person", "@id": "#ada", "name": "Ada Byron"}]}
    assert metadata(ld(story)).byline == names


def test_a_newsroom_gives_way_to_a_person_in_the_page():
    house = ld(STORY | {"author": {"@type": "Organization", "name": "Courier"}, "publisher": {"name": "Courier"}})
    assert metadata(house, '<a rel="author" href="/ada">Ada Byron</a>' + BODY).byline == ("Ada Byron",)
    assert metadata(house, BODY).byline == ("Courier",)


def test_agencies_stand_beside_persons_and_alone_where_no_person_is():
    both = metadata(ld(STORY | {"author": [{"name": "Ada Byron"}, {"name": "AP"}]}))
    assert (both.byline, both.agencies) == (("Ada Byron",), ("AP",))
    alone = metadata(ld(STORY | {"author": {"@type": "Organization", "name": "Reuters"}}))
    assert (alone.byline, alone.agencies) == (("Reuters",), ("Reuters",))


@pytest.mark.parametrize(
    ("head", "body", "names", "source"),
    [
        ('<meta name="author" content="By Ada Byron">', "", ("Ada Byron",), "meta"),
        (
            '<meta name="parsely-author" content="Ada Byron"><meta name="parsely-author" content="Tobias Renn">',
            "",
            ("Ada Byron", "Tobias Renn"),
            "meta",
        ),
        ('<meta name="sailthru.author" content="Ada Byron, Tobias Renn">', "", ("Ada Byron", "Tobias Renn"), "meta"),
        ('<meta name="DC.creator" content="Ada Byron">', "", ("Ada Byron",), "meta"),
        (
            '<meta name="citation_author" content="Byron, Ada"><meta name="citation_author" content="Renn, Tobias">',
            "",
            ("Ada Byron", "Tobias Renn"),
            "meta",
        ),
        (
            '<meta property="article:author" content="https://social.example/ada">',
            "<p>By Ada Byron</p>",
            ("Ada Byron",),
            "text",
        ),
        ('<meta name="author" content="105092">', "", (), None),
        (
            "",
            '<div itemprop="author" itemscope><span itemprop="name">Ada Byron</span>, reporter</div>',
            ("Ada Byron",),
            "dom",
        ),
        ("", '<a rel="author" href="/ada">Ada Byron</a>', ("Ada Byron",), "dom"),
        ("", '<div class="article-byline">By <a href="/ada">Ada Byron</a></div>', ("Ada Byron",), "dom"),
        ("", '<aside><a rel="author" href="/x">Mary Somers</a></aside><p>By Ada Byron</p>', ("Ada Byron",), "text"),
        ("", "<p>Von Ada Byron (Port Ellery)</p>", ("Ada Byron",), "text"),
        ("", "<p>Ada Byron | 30.03.2007 - 15:04</p>", ("Ada Byron",), "text"),
        ("", "<p>Front Page</p><p>30 March 2007</p>", (), None),
        (
            ld(STORY | {"author": "Courier"}) + '<meta property="og:site_name" content="Courier">',
            "<p><b>Ada Byron/Tobias Renn</b></p>",
            ("Ada Byron", "Tobias Renn"),
            "text",
        ),
        (
            ld(STORY | {"author": "Courier"}) + '<meta property="og:site_name" content="Courier">',
            "<p>Port Ellery</p><p>30 March 2007</p>",
            ("Courier",),
            "json-ld",
        ),
        (
            ld(STORY | {"author": "Ada Byron"}) + '<meta name="author" content="Ada Byron, Tobias Renn">',
            "",
            ("Ada Byron", "Tobias Renn"),
            "meta",
        ),
        (
            ld(STORY | {"author": "Ada Byron"}) + '<meta name="author" content="Mary Somers, Tobias Renn">',
            "",
            ("Ada Byron",),
            "json-ld",
        ),
    ],
)
def test_an_author_is_found_in_every_place(head: str, body: str, names: tuple[str, ...], source: str | None):
    found = metadata(head, "<h1>A night ferry</h1>" + body + BODY)
    assert (found.byline, found.provenance.get("byline")) == (names, source)


@pytest.mark.parametrize(
    ("head", "body", "day", "source"),
    [
        ('<meta property="article:published_time" content="2008-10-14T06:00:00Z">', BODY, "2008-10-14", "opengraph"),
        ('<meta name="DC.date.issued" content="2008-10-14">', BODY, "2008-10-14", "meta"),
        ("", '<span itemprop="datePublished" content="2008-10-14T06:00:00Z"></span>' + BODY, "2008-10-14", "dom"),
        ("", '<time datetime="2008-10-14T06:00:00Z">today</time>' + BODY, "2008-10-14", "dom"),
        ("", "<div>Tue, Oct 14, 2008 - Page 3</div>" + BODY, "2008-10-14", "text"),
        ("", "<div>14 October 2008</div>" + BODY, "2008-10-14", "text"),
        ('<meta name="parsely-pub-date" content="2008-10-14T06:00:00Z">', BODY, "2008-10-14", "meta"),
        ('<meta name="sailthru.date" content="2008-10-14 06:00:00 -0400">', BODY, "2008-10-14", "meta"),
        ('<meta name="x-published-date" content="2008-10-14T06:00:00Z">', BODY, "2008-10-14", "meta"),
        ('<meta name="publisher" content="Courier 2008-10-14">', BODY, None, None),
        (
            "",
            "<h1>A night ferry</h1><p>Ada Byron · Oct 14, 2008 at 3:00 am</p>" + BODY,
            "2008-10-14",
            "text",
        ),
        ("", BODY + "<p>Published on: 14 October 2008</p>", "2008-10-14", "text"),
        (
            "",
            "<p>15 October 2008</p>" + "<p>Home</p>" * 9 + "<h1>A night ferry</h1><p>14 October 2008</p>" + BODY,
            "2008-10-14",
            "text",
        ),
        (
            "",
            '<a href="/a" rel="bookmark"><time datetime="2008-10-14T06:00:00+02:00">yesterday</time></a>' + BODY,
            "2008-10-14",
            "dom",
        ),
        ('<meta property="article:modified_time" content="2008-10-14T06:00:00Z">', BODY, "2008-10-14", "modified"),
        ("", "<h1>A night ferry</h1><p>Last updated on 14 October 2008</p>" + BODY, "2008-10-14", "modified"),
        (
            '<meta property="article:published_time" content="10-04-2008"><meta property="og:locale" content="en_US">',
            BODY,
            "2008-10-04",
            "opengraph",
        ),
        ('<meta property="article:published_time" content="10-04-2008">', BODY, "2008-04-10", "opengraph"),
        ("", "<h1>A night ferry</h1><p>Published Oct 14, 2008 | Updated Oct 16, 2008</p>" + BODY, "2008-10-14", "text"),
        (
            "",
            "<time datetime='2008-10-16' class='updated'>Thursday</time><time datetime='2008-10-14'></time>" + BODY,
            "2008-10-14",
            "dom",
        ),
        ("", BODY + "<footer><time datetime='2008-10-14'>Tuesday</time></footer>", "2008-10-14", "dom"),
        (
            "",
            "<h2>A night ferry</h2><p>12 May 2003</p><h1>A night ferry</h1><p>14 October 2008</p>" + BODY,
            "2008-10-14",
            "text",
        ),
        ("", BODY, None, None),
    ],
)
def test_a_date_is_taken_from_the_surest_source(head: str, body: str, day: str | None, source: str | None):
    found = metadata(head, body)
    told = found.published_on.isoformat() if found.published_on else None
    assert (told, found.provenance.get("published_on")) == (day, source)


@pytest.mark.parametrize(
    ("line", "day", "source"),
    [
        ("12 May 2003", "2003-05-12", "text"),
        ("Published 12 May 2003", "2003-05-12", "text"),
        ("Updated 12 May 2003", "2008-10-14", "json-ld"),
        ("13 October 2008", "2008-10-14", "json-ld"),  # the same moment, elsewhere on earth
        ("20 October 2008", "2008-10-14", "json-ld"),
        ("10/9/2008", "2008-10-14", "json-ld"),  # 10 September, or 9 October
        ("On 12 May 2003 the last ferry sank off Port Ellery", "2008-10-14", "json-ld"),
    ],
)
def test_an_earlier_day_under_the_headline_is_believed_before_a_declared_one(line: str, day: str, source: str):
    found = metadata(ld(STORY), f"<h1>A night ferry</h1><p>{line}</p>" + BODY)
    assert (str(found.published_on), found.provenance["published_on"]) == (day, source)
    above = metadata(ld(STORY), f"<p>{line}</p><h1>A night ferry</h1>" + BODY)
    assert str(above.published_on) == "2008-10-14"


def test_the_day_of_a_change_is_no_moment_of_publication():
    found = metadata('<meta property="article:modified_time" content="2008-10-14T06:00:00Z">')
    assert found.published_at is None
    assert found.modified_at is not None


def test_a_moment_keeps_the_publisher_s_own_offset():
    found = metadata(ld(STORY))
    assert found.published_at is not None
    assert str(found.published_at.utcoffset()) == "2:00:00"


def test_a_day_is_completed_by_a_moment_of_the_same_day():
    head = (
        ld(STORY | {"datePublished": "2008-10-14"})
        + '<meta property="article:published_time" content="2008-10-14T06:00:00Z">'
    )
    found = metadata(head)
    assert found.published_at is not None
    assert (found.provenance["published_on"], found.provenance["published_at"]) == ("json-ld", "opengraph")


def test_the_rest_of_the_metadata_is_read_with_its_provenance():
    found = metadata(
        ld(STORY | {"articleSection": ["Town"], "dateModified": "2008-10-15T06:00:00Z", "image": {"url": "/a.jpg"}})
        + '<link rel="canonical" href="/town/night-ferry"><meta property="og:site_name" content="Courier">'
        + '<meta property="og:locale" content="en_GB"><meta name="printpage" content="3">'
    )
    assert (found.section, found.language, found.page, found.site_name) == ("Town", "en", "3", "Courier")
    assert found.canonical_url == URL
    assert found.image == "https://www.courier.example/a.jpg"
    assert found.modified_at is not None
    assert found.provenance["language"] == "opengraph"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "http://[bad", "mailto:a@b", ""])
def test_an_address_that_is_no_web_page_is_no_canonical(link: str):
    assert metadata(f'<link rel="canonical" href="{link}">').canonical_url is None


@pytest.mark.parametrize(
    ("head", "words", "source"),
    [
        (ld(STORY | {"keywords": "ferry, harbour"}), ("ferry", "harbour"), "json-ld"),
        (
            ld(STORY | {"keywords": ["ferry", {"name": "harbour"}]}),
            ("ferry", "harbour"),
            "json-ld",
        ),
        ('<meta name="news_keywords" content="ferry; harbour">', ("ferry", "harbour"), "meta"),
        (
            '<meta property="article:tag" content="ferry"><meta property="article:tag" content="harbour">',
            ("ferry", "harbour"),
            "opengraph",
        ),
        (
            '<meta name="parsely-tags" content="ferry,harbour,Courier">'
            '<meta property="og:site_name" content="Courier">',
            ("ferry", "harbour"),
            "meta",
        ),
        ('<meta name="sailthru.tags" content="ferry, harbour">', ("ferry", "harbour"), "meta"),
        ('<meta name="keywords" content="news, sea"><meta name="news_keywords" content="ferry">', ("ferry",), "meta"),
        (ld(STORY | {"about": [{"@type": "Thing", "name": "ferry"}]}), ("ferry",), "json-ld"),
        ("", (), None),
    ],
)
def test_keywords_are_read_from_the_most_particular_source(head: str, words: tuple[str, ...], source: str | None):
    found = metadata(head)
    assert (found.keywords, found.provenance.get("keywords")) == (words, source)


def test_every_source_s_claim_is_told_to_who_asks():
    head = (
        ld(STORY | {"author": "Courier", "publisher": {"name": "Courier"}, "dateModified": "2008-10-15"})
        + '<meta name="author" content="Ada Byron"><meta property="article:published_time" content="2008-10-13">'
        + '<meta property="og:title" content="The ferry, at night"><meta name="parsely-section" content="Town">'
    )
    evidence = Evidence(open_page(f"<head>{head}</head><body>{BODY}</body>".encode(), URL))
    told = claimed(evidence, read_metadata(evidence))
    assert told["byline"] == [("Courier", "json-ld"), ("Ada Byron", "meta")]
    assert told["title"] == [("A night ferry", "json-ld"), ("The ferry, at night", "opengraph")]
    assert told["published_on"][:2] == [(STORY["datePublished"], "json-ld"), ("2008-10-13", "opengraph")]
    assert told["modified_at"] == [("2008-10-15", "json-ld")]
    assert told["section"] == [("Town", "meta")]
    assert told["site_name"] == [("Courier", "json-ld")]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        max_leaves=12,
    )
)
def test_no_json_ld_trips_the_reader(document: object):
    found = metadata(ld(document))
    assert len(found.title or "") <= 400
    assert len(found.byline) <= 30


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_meta_tag_trips_the_reader(name: str, content: str):
    quoted = [html.escape(value) for value in (name, content)]
    tags = "".join(
        f'<meta name="{n}" content="{quoted[1]}">' for n in (quoted[0], "author", "date", "og:title", "news_keywords")
    )
    found = metadata(tags + f"<title>{quoted[1]}</title>", f"<h1>{quoted[0]}</h1><p>{quoted[1]}</p>" + BODY)
    assert len(found.title or "") <= 400


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("<span>Town</span><span>A night ferry</span>", "Town A night ferry"),
        ("A <i>night</i>, ferry", "A night, ferry"),
        ("<b>A</b> night ferry", "A night ferry"),
        ("<span>N</span>ight ferry", "Night ferry"),
    ],
)
def test_a_heading_s_parts_do_not_run_into_each_other(heading: str, title: str):
    assert metadata("", f"<h1>{heading}</h1>{BODY}").title == title
