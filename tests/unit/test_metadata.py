import json

import pytest

from worker.parse.bylines import read_names
from worker.parse.evidence import Evidence
from worker.parse.jsonld import read_nodes
from worker.parse.metadata import Metadata, read_metadata
from worker.parse.page import open_page
from worker.parse.titles import TitleClaim, decide_title

URL = "https://www.courier.example/town/night-ferry"
STORY = {"@type": "NewsArticle", "headline": "A night ferry", "datePublished": "2008-10-14T06:00:00+02:00"}
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
    ],
)
def test_a_byline_is_a_list_of_persons(authors: object, names: tuple[str, ...]):
    story = {"@graph": [STORY | {"author": authors}, {"@type": "Person", "@id": "#ada", "name": "Ada Byron"}]}
    assert metadata(ld(story)).byline == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Von Ada Byron und Tobias Renn", ["Ada Byron", "Tobias Renn"]),
        ("Par Élodie Durand avec AFP", ["Élodie Durand", "AFP"]),
        ("Ada Byron (Port Ellery)", ["Ada Byron"]),
        ("ada@courier.example", []),
        ("Ada Byron | Updated 5 min ago", ["Ada Byron"]),
        ("渡辺洋介、大渡美咲", ["渡辺洋介", "大渡美咲"]),
        ("김태연 기자", ["김태연"]),
        ("", []),
    ],
)
def test_names_are_read_out_of_bylines(line: str, names: list[str]):
    assert read_names([line]) == names


def test_a_newsroom_gives_way_to_a_person_in_the_page():
    house = ld(STORY | {"author": {"@type": "Organization", "name": "Courier"}, "publisher": {"name": "Courier"}})
    assert metadata(house, '<a rel="author" href="/ada">Ada Byron</a>' + BODY).byline == ("Ada Byron",)
    assert metadata(house, BODY).byline == ("Courier",)


@pytest.mark.parametrize(
    ("head", "body", "title", "source"),
    [
        (
            '<meta property="og:title" content="A night ferry | Courier">'
            '<meta property="og:site_name" content="Courier">',
            BODY,
            "A night ferry",
            "opengraph",
        ),
        ("<title>A night ferry - Courier</title>", "<h1>A night ferry</h1>" + BODY, "A night ferry", "dom"),
        ("<title>A night ferry - courier.example</title>", BODY, "A night ferry", "dom"),
        ("<title>Courier</title>", "<b>A ferry over the strait</b><br>" + BODY, "A ferry over the strait", "dom"),
        (
            "<title>Courier</title>",
            "<p>Tue, Oct 14, 2008 - Page 3</p><p>A night ferry over the strait</p>" + BODY,
            "A night ferry over the strait",
            "text",
        ),
        ("", "<h1>Peace &amp; quiet: a &ldquo;night ferry&rdquo;</h1>" + BODY, "Peace & quiet: a “night ferry”", "dom"),
    ],
)
def test_a_title_is_the_story_s_without_the_site_s_name(head: str, body: str, title: str, source: str):
    found = metadata(head, body)
    assert (found.title, found.provenance["title"]) == (title, source)


def test_the_title_that_most_of_the_page_agrees_on_wins():
    claims = [
        TitleClaim("For search engines", "json-ld", 1.2),
        TitleClaim("A night ferry", "opengraph", 1.1),
        TitleClaim("A Night Ferry", "dom", 1.0),
    ]
    assert decide_title(claims) == ("A night ferry", "opengraph")
    assert decide_title([]) is None


@pytest.mark.parametrize(
    ("head", "body", "day", "source"),
    [
        ('<meta property="article:published_time" content="2008-10-14T06:00:00Z">', BODY, "2008-10-14", "opengraph"),
        ('<meta name="DC.date.issued" content="2008-10-14">', BODY, "2008-10-14", "meta"),
        ("", '<span itemprop="datePublished" content="2008-10-14T06:00:00Z"></span>' + BODY, "2008-10-14", "dom"),
        ("", '<time datetime="2008-10-14T06:00:00Z">today</time>' + BODY, "2008-10-14", "dom"),
        ("", "<div>Tue, Oct 14, 2008 - Page 3</div>" + BODY, "2008-10-14", "text"),
        ("", "<div>14 October 2008</div>" + BODY, "2008-10-14", "text"),
    ],
)
def test_a_date_is_taken_from_the_surest_source(head: str, body: str, day: str, source: str):
    found = metadata(head, body)
    assert found.published_on is not None
    assert (found.published_on.isoformat(), found.provenance["published_on"]) == (day, source)


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
