import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.bylines import MAX_NAMES, Names, is_agency, looks_like_person, read_names, sort_names
from worker.parse.keywords import MAX_KEYWORDS, MAX_LENGTH, clean_keywords


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
        # Persons, offices, places.
        ("Ada Byron, Political Editor", ["Ada Byron"]),
        ("Ada Byron, Tobias Renn & Mary O'Neil", ["Ada Byron", "Tobias Renn", "Mary O'Neil"]),
        ("By Dr. Ada Byron, Head of Research", ["Dr. Ada Byron"]),
        ("ByAda Byron", ["Ada Byron"]),
        ("David Byron", ["David Byron"]),  # "da" opens a byline in Italian, not in a name
        ("Diana Renn; Damian Byron", ["Diana Renn", "Damian Byron"]),
        ("Ada Byron | The Courier Newsroom", ["Ada Byron", "The Courier Newsroom"]),
        ("Authored by: Ada Byron", ["Ada Byron"]),
        ("Ada Byron on behalf of the harbour board", ["Ada Byron", "the harbour board"]),
        ("Ada Byron\nSenior Reporter\nShare", ["Ada Byron"]),
        # Dates beside names, with and without a space between.
        ("Ada Byron, Mar 30, 2007", ["Ada Byron"]),
        ("Ada ByronMarch 30, 2007", ["Ada Byron"]),
        ("Mar. 30, 2007 · Ada Byron", ["Ada Byron"]),
        ("by Ada Byron | Apr 21, 2007", ["Ada Byron"]),
        ("03/30/2007 by Ada Byron", ["Ada Byron"]),
        ("Ada Byron 30. März 2007 15:36", ["Ada Byron"]),
        ("Ada Byron Published: March 30, 2007", ["Ada Byron"]),
        ("Ada Byron • 30 Mar 2007 • 8 min read", ["Ada Byron"]),
        ("Posted by Ada Byron on Friday March 30, 2007", ["Ada Byron"]),
        ("Mar 30, 2007", []),
        ("Studio 54", ["Studio 54"]),  # a number after a word that is no month
        # What stands where names do, and is none.
        ("Facebook Twitter", []),
        ("Full Bio", []),
        ("About the author", []),
        ("Quelle: sid/dpa", ["dpa"]),
        ("page.head.extra.author", []),
        ("By", []),
    ],
)
def test_names_are_read_out_of_bylines(line: str, names: list[str]):
    assert read_names([line]) == names


def test_a_name_counts_once_whatever_its_case():
    assert read_names(["Ada BYRON", "Ada Byron and Tobias Renn", "ada byron"]) == ["Ada BYRON", "Tobias Renn"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["Ada Byron", "AP"], Names(("Ada Byron",), ("AP",))),
        (["Reuters", "Ada Byron"], Names(("Ada Byron",), ("Reuters",))),
        (["Ada Byron", "Deutsche Presse-Agentur"], Names(("Ada Byron",), ("Deutsche Presse-Agentur",))),
        (["AFP Berlin"], Names((), ("AFP Berlin",))),
        (["Anadolu Ajansı"], Names((), ("Anadolu Ajansı",))),
        (["Ada Byron", "COURIER NORTH"], Names(("Ada Byron",), (), ("COURIER NORTH",))),
        (["Courier"], Names((), (), ("Courier",))),
        (
            ["Web Desk", "Staff Reporter", "Redaktion", "courier.de"],
            Names((), (), ("Web Desk", "Staff Reporter", "Redaktion", "courier.de")),
        ),
        (["Courier Jones"], Names(("Courier Jones",))),  # a person may share the paper's name
        (["Tass Byron"], Names(("Tass Byron",))),
    ],
)
def test_persons_agencies_and_the_house_are_told_apart(names: list[str], told: Names):
    assert sort_names(names, house=["Courier", "courier.example"]) == told
    assert sorted(told.all) == sorted(names)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Ada Byron", True),
        ("Ludwig van der Berg", True),
        ("João da Silva", True),
        ("ADA BYRON", True),
        ("渡辺洋介", True),
        ("김태연", True),
        ("Ada", False),
        ("3 Min", False),
        ("Artikel zum hören", False),
        ("© Ada Byron", False),
        ("read more of this today please now", False),
    ],
)
def test_a_person_s_name_has_its_looks(name: str, is_one: bool):
    assert looks_like_person(name) is is_one


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["harbour, ferry, Harbour"], ("harbour", "ferry")),
        (["harbour", "ferry; night | sea"], ("harbour", "ferry", "night", "sea")),
        (["海运、渡轮，夜"], ("海运", "渡轮")),  # one character is no keyword
        (["Peace &amp; quiet"], ("Peace & quiet",)),
        (["page_id:1712", "12345", "https://courier.example/tag", "ferry"], ("ferry",)),
        (["The Courier", "ferry"], ("ferry",)),
        (["", " , ;"], ()),
    ],
)
def test_keywords_are_cleaned(values: list[str], words: tuple[str, ...]):
    assert clean_keywords(values, without=["the courier"]) == words


@given(st.lists(st.text(max_size=900), max_size=8))
def test_no_byline_trips_the_reader(values: list[str]):
    names = read_names(values)
    assert len(names) <= MAX_NAMES
    assert all(2 <= len(name) <= 60 for name in names)
    assert len(sort_names(names, values).all) == len(names)
    assert all(isinstance(is_agency(name) or looks_like_person(name), bool) for name in names)


@given(st.lists(st.text(max_size=300), max_size=60))
def test_keywords_are_bounded(values: list[str]):
    words = clean_keywords(values)
    assert len(words) <= MAX_KEYWORDS
    assert all(2 <= len(word) <= MAX_LENGTH for word in words)


@pytest.mark.parametrize("hostile", ["By " * 5000, "a, " * 5000, "(" * 9000, "Jan " * 4000, "and " * 4000, "1/" * 4000])
def test_a_hostile_byline_costs_no_time(hostile: str):
    assert len(read_names([hostile] * 20)) <= MAX_NAMES
