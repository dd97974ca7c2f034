"""Charts in the terminal: as wide as the room, without colour where none is wanted, their times in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import expm1

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.chart import LEAST, Line, over_hours, over_time

START = datetime(2026, 3, 30, 6, 0, tzinfo=UTC).timestamp()


def rising(hours: float, *, start: float = START, size: int = 2000) -> Line:
    seconds = hours * 3600
    return Line("page", [(start + seconds * n / 60, -size * expm1(-n / 20)) for n in range(61)])


def drawn(*lines: Line, width: int = 80, height: int = 18, colour: bool = False, ascii_only: bool = False) -> list[str]:
    text = over_time(lines, title="Harbour", width=width, height=height, colour=colour, ascii_only=ascii_only)
    return text.splitlines()


@pytest.mark.parametrize("width", [1, 12, 20, 33, 80, 132, 300])
def test_a_chart_is_as_wide_as_the_room(width: int) -> None:
    rows = drawn(rising(12), width=width)
    assert max(map(len, rows)) <= max(width, LEAST[0])
    assert re.search("[⠁-⣿]", "".join(rows))


def test_in_a_pipe_there_is_no_escape_sequence_and_on_a_terminal_there_is_colour() -> None:
    lines = rising(12), Line("api:cms", rising(10, size=900).points)
    assert "\x1b" not in "\n".join(drawn(*lines))
    assert "\x1b[" in "\n".join(drawn(*lines, colour=True))


def test_lines_are_told_apart_without_colour() -> None:
    rows = drawn(rising(12), Line("api:cms", rising(10, size=900).points))
    assert [row.split() for row in rows[-2:]] == [["⠤", "page"], ["x", "api:cms"]]
    assert any("x" in row for row in rows[2:-6])


def test_a_terminal_that_knows_ascii_alone_gets_ascii_alone() -> None:
    assert "\n".join(drawn(rising(12), rising(3), ascii_only=True)).isascii()


@pytest.mark.parametrize(
    ("hours", "label", "form"),
    [
        (0.01, "2026-03-30, UTC", r"\d\d:\d\d:\d\d"),
        (1, "2026-03-30, UTC", r"\d\d:\d\d"),
        (12, "2026-03-30, UTC", r"\d\d:\d\d"),
        (30, "UTC", r"\d\d-\d\d \d\d:\d\d"),
        (24 * 40, "UTC", r"\d{4}-\d\d-\d\d"),
    ],
)
def test_the_axis_tells_round_moments_in_utc(hours: float, label: str, form: str) -> None:
    *_, moments, below = drawn(rising(hours), width=100)
    assert below.strip() == label
    assert len(re.findall(form, moments)) >= 2
    assert re.sub(form, "", moments).strip() == ""


def test_one_sample_is_a_point() -> None:
    assert sum("┤" in row for row in drawn(Line("page", [(START, 0.0)]))) >= 2


def test_hours_since_publication_are_told_from_the_first() -> None:
    text = over_hours(
        [rising(48, start=0)], title="Two", width=80, height=16, colour=False, ascii_only=False
    ).splitlines()
    assert text[-1].strip() == "hours since publication"
    assert text[-2].split()[:2] == ["0", "10"]


@settings(deadline=None, max_examples=60)
@given(
    points=st.lists(st.tuples(st.floats(0, 4e9), st.integers(0, 2**63 - 1)), min_size=1, max_size=8),
    width=st.integers(1, 200),
    height=st.integers(1, 60),
)
def test_whatever_is_counted_there_is_a_chart(points: list[tuple[float, int]], width: int, height: int) -> None:
    line = Line("page", sorted((at, float(count)) for at, count in points))
    rows = drawn(line, width=width, height=height)
    assert len(rows) <= max(height, LEAST[1])
