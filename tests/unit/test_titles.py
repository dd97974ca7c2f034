import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.evidence import Evidence
from worker.parse.metadata import read_metadata
from worker.parse.page import open_page
from worker.parse.titles import (
    DOCUMENT,
    ECHO,
    HEADING,
    MAX_TITLE,
    OPENGRAPH,
    STORY,
    TAG,
    TitleClaim,
    decide_title,
    slug_words,
    strip_site,
)

URL = "https://www.courier.example/town/night-ferry"
BODY = "<p>" + "The ferry left the harbour at seven, as it has on every day of the year since the war. " * 3 + "</p>"


def claims(**values: str) -> list[TitleClaim]:
    weights = {"ld": STORY, "og": OPENGRAPH, "h1": HEADING, "tag": TAG, "twitter": ECHO, "title": DOCUMENT}
    return [TitleClaim(value, part, weights[part]) for part, value in values.items()]


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
    found = read_metadata(Evidence(open_page(f"<html><head>{head}</head><body>{body}</body></html>".encode(), URL)))
    assert (found.title, found.provenance["title"]) == (title, source)


BOARD, DEARER, IN_ORDER = "Harbour board raises fares", "Ferry gets dearer", "The same words in order here"
NIGHT, SEA, SHUFFLED = "Fähre fährt über Nacht", "Die Nacht auf See", "In order here the same words"
FOUND = "Night ferry 2008: times and fares"


@pytest.mark.parametrize(
    ("said", "path", "winner"),
    [
        (claims(ld="For search engines", og="A night ferry", h1="A Night Ferry"), "", "og"),
        (claims(ld="A night ferry", og="Ferries by night"), "", "ld"),
        # The <title> is written for search engines: what agrees with it is the less likely to be the headline.
        (claims(og=FOUND, title=FOUND, h1="A night on the ferry"), "", "h1"),
        # ... but a heading that speaks of other things is a section's.
        (claims(og="Fares are up", title="Fares are up", h1="Our town and you"), "", "og"),
        # The address was made from a title: it speaks for that one.
        (claims(ld=BOARD, og=DEARER, h1=DEARER), "/harbour-board-raises-fares-1712", "ld"),
        (
            claims(ld=f"Fares: {BOARD}", og=BOARD, h1=f"Fares: {BOARD}", title=f"Fares: {BOARD}"),
            "/harbour-board-raises-fares/",
            "og",
        ),
        (claims(ld=NIGHT, og=SEA, h1=SEA), "/faehre-faehrt-ueber-nacht.html", "ld"),
        (claims(ld=IN_ORDER, og=SHUFFLED, h1=SHUFFLED), "/the-same-words-in-order-here", "ld"),
        (claims(ld="A night ferry", og="Ferries by night"), "/2008/10/14/article-17123456.html", "ld"),
        (claims(twitter="A night ferry", title="A night ferry at last"), "", "twitter"),
        (claims(tag="A night ferry", title="A night ferry at last"), "", "tag"),
        (claims(title="A night ferry"), "", "title"),
    ],
)
def test_the_weightiest_agreement_wins(said: list[TitleClaim], path: str, winner: str):
    chosen = decide_title(said, url=f"https://courier.example{path}")
    assert chosen is not None
    assert chosen[1] == winner


def test_parts_of_equal_weight_speak_with_one_voice():
    repeated = [TitleClaim("Port Ellery news", "h1", HEADING)] * 4
    assert decide_title([*repeated, TitleClaim("A night ferry to Port Ellery", "ld", STORY)]) == (
        "A night ferry to Port Ellery",
        "ld",
    )
    assert decide_title([]) is None


@pytest.mark.parametrize(
    ("title", "others", "names", "stripped"),
    [
        ("A night ferry | Courier", [], ["courier"], "A night ferry"),
        ("Courier: A night ferry", [], ["courier"], "Courier: A night ferry"),
        ("Courier | A night ferry", [], ["courier"], "A night ferry"),
        ("A night ferry - The Daily Courier", [], ["courier"], "A night ferry"),
        ("A night ferry - PEC", [], ["port ellery courier", "pec"], "A night ferry"),
        ("A night ferry - Port Ellery Courier", [], ["pec"], "A night ferry"),
        ("A night ferry to the islands | Town | Courier", [], ["courier"], "A night ferry to the islands"),
        ("A night ferry-Town|Courier", ["a night ferry"], ["courier"], "A night ferry"),
        ("A night ferry » Local » News", ["a night ferry"], [], "A night ferry"),
        ("Night - a ferry", [], ["courier"], "Night - a ferry"),
        ("War and peace - a short history of it all", [], ["history"], "War and peace - a short history of it all"),
        ("| Courier", [], ["courier"], "| Courier"),
        ("", [], ["courier"], ""),
    ],
)
def test_a_site_s_name_is_cut_from_a_title(title: str, others: list[str], names: list[str], stripped: str):
    assert strip_site(title, set(others), names) == stripped


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://courier.example/town/2008/10/14/a-night-ferry-1712345/", ["a", "night", "ferry"]),
        ("https://courier.example/A_Night_Ferry.html?ref=a-b-c-d", ["a", "night", "ferry"]),
        ("https://courier.example/nacht-%C3%BCber-see", ["nacht", "uber", "see"]),
        ("https://courier.example/story/1712345", []),
        ("https://courier.example", []),
        ("not a url", []),
        ("", []),
    ],
)
def test_the_words_of_an_address_are_those_of_its_title(url: str, words: list[str]):
    assert slug_words(url) == words


@given(
    st.lists(st.builds(TitleClaim, st.text(max_size=600), st.just("dom"), st.floats(-1, 2)), max_size=8),
    st.text(max_size=200),
)
def test_no_claim_trips_the_choice_of_a_title(said: list[TitleClaim], url: str):
    chosen = decide_title(said, [url, "courier"], url)
    assert chosen is None or 0 < len(chosen[0]) <= MAX_TITLE


@pytest.mark.parametrize("hostile", ["| " * 9000, "a - " * 9000, ":" * 20000, "ㅣ" * 9000])
def test_a_hostile_title_costs_no_time(hostile: str):
    said = claims(ld=hostile, og=hostile + "b", h1=hostile + "c", title=hostile + "d")
    assert (
        decide_title(said, [hostile], "https://courier.example/" + hostile) is not None or hostile.strip("|: ㅣ") == ""
    )
