"""Dates in the forms that feeds print them, the wrong ones too."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.feed_dates import parse_date


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Mon, 01 Jan 2024 12:00:00 GMT", "2024-01-01T12:00:00+00:00"),
        ("Mon, 1 Jan 24 12:00 EST", "2024-01-01T17:00:00+00:00"),
        ("Mon, 01 Jan 2024 12:00:00 CEST", "2024-01-01T10:00:00+00:00"),
        ("Mon, 01 Jan 2024 12:00:00 +02:00", "2024-01-01T10:00:00+00:00"),
        ("Mon, 01 Jan 2024 12:00:00 GMT+0200", "2024-01-01T10:00:00+00:00"),
        ("Thu, 5 Sept 2024 08:00:00 +0200", "2024-09-05T06:00:00+00:00"),
        ("Sat, Dec 16 2023 02:02:33 PM", "2023-12-16T14:02:33+00:00"),
        ("Sun, 31 Dec 2023 24:00:00 +0000", "2024-01-01T00:00:00+00:00"),
        ("2024-01-03T12:00:00.123456789Z", "2024-01-03T12:00:00.123456+00:00"),
        ("2024-01-03", "2024-01-03T00:00:00+00:00"),
        ("2024-01-03 12:00:00 -0500", "2024-01-03T17:00:00+00:00"),
        ("2024-1-3 4:05", "2024-01-03T04:05:00+00:00"),
        ("20240103T101112Z", "2024-01-03T10:11:12+00:00"),
        ("Tue Jan  2 10:11:12 2024", "2024-01-02T10:11:12+00:00"),
        ("lun., 03 juin 2024 10:00:00 +0200", "2024-06-03T08:00:00+00:00"),
        ("3. März 2024", "2024-03-03T00:00:00+00:00"),
        ("Пн, 03 июн 2024 10:00:00 +0300", "2024-06-03T07:00:00+00:00"),
        ("1704280000", "2024-01-03T11:06:40+00:00"),
        ("2024-06-01T10:00:00 XYZT", "2024-06-01T10:00:00+00:00"),
    ],
)
def test_a_date_is_told_in_utc(printed: str, expected: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        when = parse_date(printed)
    assert when is not None
    assert when.isoformat() == expected


@pytest.mark.parametrize(
    "printed",
    [
        *("", "10:00", "Monday", "soon", "9" * 5000, "99999-01-01", "0000-00-00 00:00:00"),
        *("0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59-12:00", "2024-02-30T00:00:00Z"),
        *("Fri, 33 Jan 2024 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ],
)
def test_what_is_no_date_or_an_absurd_one_is_none(printed: str) -> None:
    assert parse_date(printed) is None


@given(
    st.one_of(
        st.text(max_size=60), st.from_regex(r"[A-Z][a-z]{2}, \d{1,9} [A-Za-z]{3} \d{1,6} [\d:]{1,12} [+-]\d{1,9}")
    )
)
def test_no_text_makes_it_fail(printed: str) -> None:
    when = parse_date(printed)
    assert when is None or (1990 <= when.year <= 2100 and when.tzinfo is not None)
