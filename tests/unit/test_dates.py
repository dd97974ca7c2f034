from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.parse.dates import Dateline, from_url, parse_dated_line, parse_dateline, parse_stamp


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-03T15:47:42.389Z", "2024-05-03T15:47:42+00:00"),
        ("2024-05-03T15:47:42+02:00", "2024-05-03T15:47:42+02:00"),
        ("2024-05-03 15:47:42+0530", "2024-05-03T15:47:42+05:30"),
        ("2024-05-03T15:47Z", "2024-05-03T15:47:00+00:00"),
        ("2024-05-03T15:47-03", "2024-05-03T15:47:00-03:00"),
        ("Fri, 03 May 2024 10:00:00 GMT", "2024-05-03T10:00:00+00:00"),
        ("Fri, 3 May 2024 10:00:00 -0400", "2024-05-03T10:00:00-04:00"),
        ("Tue Apr 26 13:37:00 CEST 2022", "2022-04-26T13:37:00+02:00"),
        ("March 30, 2007 10:13 pm CST", "2007-03-30T22:13:00-06:00"),
        ("March 30, 2007, 12:05 a.m. EST", "2007-03-30T00:05:00-05:00"),
        ("1714730400", "2024-05-03T10:00:00+00:00"),
        ("1714730400000", "2024-05-03T10:00:00+00:00"),
        ("20240503T101500Z", "2024-05-03T10:15:00+00:00"),
    ],
)
def test_a_time_with_its_zone_is_a_moment(text: str, moment: str):
    stamp = parse_stamp(text)
    assert stamp is not None
    assert stamp.at is not None
    assert stamp.at.isoformat() == moment
    assert stamp.day.isoformat() == moment[:10]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2007-03-30", "2007-03-30"),
        ("2007-03-30T08:00:00", "2007-03-30"),  # no zone: the day alone is known
        ("2007-03-30 25:61:00Z", "2007-03-30"),
        ("20070330", "2007-03-30"),
        ("2007/3/30", "2007-03-30"),
        ("2007年3月30日", "2007-03-30"),
        ("2007년 3월 30일", "2007-03-30"),
        ("30.03.2007", "2007-03-30"),
        ("03/30/2007", "2007-03-30"),
        ("4/3/2007", "2007-03-04"),
        ("March 30, 2007", "2007-03-30"),
        ("30th March 2007", "2007-03-30"),
        ("30. März 2007", "2007-03-30"),
        ("30 de marzo de 2007", "2007-03-30"),
        ("30 mars 2007", "2007-03-30"),
        ("30 марта 2007", "2007-03-30"),
        ("30 березня 2007", "2007-03-30"),
        ("30 Μαρτίου 2007", "2007-03-30"),
        ("30 مارس 2007", "2007-03-30"),
        ("Fri, Mar 30, 2007", "2007-03-30"),
    ],
)
def test_a_date_without_a_zone_is_a_day(text: str, day: str):
    stamp = parse_stamp(text)
    assert stamp is not None
    assert (stamp.day.isoformat(), stamp.at) == (day, None)


@pytest.mark.parametrize(
    "text", [None, "", "yesterday", "2007-13-45", "0000-00-00", "9999-01-01", "Mar 2007", "12:30", "7" * 300]
)
def test_what_names_no_day_is_none(text: str | None):
    assert parse_stamp(text) is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Fri, Mar 30, 2007 - Page 6 News List", Dateline(date(2007, 3, 30), "6", alone=True)),
        ("Fri, Mar 30, 2007 - Page 6", Dateline(date(2007, 3, 30), "6", alone=True)),
        ("Tuesday, October 14, 2008, Page A12", Dateline(date(2008, 10, 14), "A12", alone=True)),
        ("30. März 2007, Seite 3", Dateline(date(2007, 3, 30), "3", alone=True)),
        ("30/03/2007 | Página 12", Dateline(date(2007, 3, 30), "12", alone=True)),
        ("Mar 30, 2007", None),
        ("Page 6", None),
        ("On March 30, 2007 he opened the book and read from page 6 until the light failed", None),
    ],
)
def test_a_dateline_gives_its_day_and_page(line: str, expected: Dateline | None):
    found = parse_dateline(line)
    assert found == expected or (expected is None and found is not None and not found.alone)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Friday, March 30, 2007", date(2007, 3, 30)),
        ("Published on 30 March 2007", date(2007, 3, 30)),
        ("In March 2007 nothing happened", None),
        ("The war ended on May 8, 1945 and nobody slept that night", None),
    ],
)
def test_a_line_that_is_a_date_is_told_from_prose(line: str, day: date | None):
    found = parse_dated_line(line)
    assert (found.day if found else None) == day


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("http://a.example/2007/03/30/story", date(2007, 3, 30)),
        ("http://a.example/news/2007-03-30-story.html", date(2007, 3, 30)),
        ("http://a.example/20070330/story", date(2007, 3, 30)),
        ("http://a.example/news/2007/13/45/story", None),
        ("http://a.example/news/4711?date=2007-03-30", None),
        ("", None),
    ],
)
def test_a_url_may_name_the_day(url: str, day: date | None):
    found = from_url(url)
    assert (found.day if found else None) == day


@given(st.text(max_size=150))
def test_reading_dates_never_raises(text: str):
    parse_stamp(text)
    parse_dateline(text)
    parse_dated_line(text)
    from_url(text)
