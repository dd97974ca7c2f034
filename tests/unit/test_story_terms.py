"""What a report is told by, in scripts with spaces and without."""

from __future__ import annotations

import pytest

from worker.cluster.terms import LEAD, Terms, terms_of


def shared(one: Terms, other: Terms) -> int:
    return len(one.counts.keys() & other.counts.keys())


def test_a_word_of_the_title_counts_twice_and_once_more_in_the_lead() -> None:
    (once,) = terms_of("", "harbour", "en").counts.values()
    (twice,) = terms_of("Harbour", "", "en").counts.values()
    (thrice,) = terms_of("Harbour", "The harbour", "en").counts.values()
    assert (once, twice, thrice) == (1, 2, 3)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "protesters", "protests"),
        ("ru", "президента", "президенту"),
        ("de", "Koalition", "Koalitionen"),
        ("fi", "hallituksen", "hallitus"),
        ("en", "1,234", "1234"),
        ("zh", "地震", "地震"),
    ],
)
def test_inflected_forms_and_ways_of_writing_are_one_term(language: str, one: str, other: str) -> None:
    assert terms_of(one, "", language).counts == terms_of(other, "", language).counts


@pytest.mark.parametrize(
    ("language", "text"), [("en", "the of and to in a"), ("de", "der die das und"), ("en", ""), ("en", "a 7 !")]
)
def test_little_words_single_letters_and_digits_tell_nothing(language: str, text: str) -> None:
    assert terms_of(text, text, language) == Terms()


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("zh", "台湾东部海域发生六点二级地震", "台湾地震造成三人受伤"),
        ("ja", "宮崎県で震度5弱の地震", "宮崎で地震、津波注意報"),
        ("th", "แผ่นดินไหวในเชียงใหม่", "เกิดแผ่นดินไหวที่เชียงใหม่"),
        ("km", "ការរញ្ជួយដីនៅកម្ពុជា", "រញ្ជួយដីកម្ពុជា"),
    ],
)
def test_two_characters_in_a_row_stand_for_a_word_where_no_spaces_do(language: str, one: str, other: str) -> None:
    assert shared(terms_of(one, "", language), terms_of(other, "", language)) >= 2


def test_only_the_lead_counts() -> None:
    long = " ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(300))
    assert terms_of("", long, "en") == terms_of("", " ".join(long.split()[:LEAD]), "en")


@pytest.mark.parametrize(
    ("title", "text", "facts"),
    [
        ("Ferry runs aground off Malmö", "", {"Malmö"}),
        ("Ferry Runs Aground Off Malmö", "", set()),  # capitals tell no names in such a title
        ("", "The ferry Aurora took 214 people off Malmö.", {"Aurora", "214", "Malmö"}),
        ("", "Rain fell. Rain fell again.", set()),  # a capital at a sentence's head names nobody
        ("", "地震で3人", set()),
        ("", "He met Lindqvist on 5 May.", {"Lindqvist", "May"}),
    ],
)
def test_names_and_numbers_are_known(title: str, text: str, facts: set[str]) -> None:
    expected = {term for fact in facts for term in terms_of(fact, "", "en").counts}
    assert terms_of(title, text, "en").facts == expected
