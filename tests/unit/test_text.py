"""Text as it is kept and compared: many lines folded at once, and clocks that tick by themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.text import clean, fold, fold_lines, normalise, without_clocks


@given(st.lists(st.text(alphabet="aB Zé漢´＂\u00a0½ﬁ.-_'\t9ß")).map(lambda lines: [clean(line) for line in lines]))
def test_lines_fold_together_as_each_does_alone(lines: list[str]) -> None:
    assert fold_lines(lines) == [fold(line) for line in lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Last updated: 5 minutes ago by us", "by us"),
        ("He left two years ago, an hour ago and 12 days ago.", "he left two years ago, and ."),
        ("Vor 5 Minuten, vor Gericht und vor einer Stunde", ", vor gericht und"),
        ("A word " * 30 + "il y a 3 heures " + "a word " * 30, "a word " * 59 + "a word"),
        ("hace 2 días " * 40, ""),
        ("İstanbul, 3 ore fa.", "i̇stanbul, ."),
        ("5 минут назад", ""),
        ("fa caldo, " * 3, "fa caldo, fa caldo, fa caldo,"),
    ],
)
def test_times_that_move_by_themselves_are_no_part_of_what_is_compared(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_all_but_the_clocks_stays_as_it_is() -> None:
    assert without_clocks("Updated 3 Hours AGO\n\nThe Story") == " \n\nThe Story"
    assert without_clocks("İ" * 100 + " 3 hours ago") == "İ" * 100 + "  "
