"""Posted view counts, line by line: what each may say, and the sentence where it may not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.view_lines import MAX_COMMAS, MAX_COUNT, MAX_LINES, TooManyLines, read_json, read_ndjson
from dateline.errors import UsageError
from dateline.nouns.views import PostedLine, ViewKind

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)


def url_key(url: str) -> str:
    """What stands in for the pipeline's."""
    if not url.startswith("https://"):
        raise ValueError(url)
    return url.removeprefix("https://")


def one(**line: Any) -> PostedLine | str:
    """What this line becomes, or why it cannot be used."""
    read = read_json(json.dumps(line).encode(), "web", NOW, url_key)
    return read.good[0] if read.good else read.errors[0].error


def good(**line: Any) -> PostedLine:
    made = one(**line)
    assert isinstance(made, PostedLine), made
    return made


def test_a_reading_by_article_id_says_only_that() -> None:
    assert good(article_id=7, count=5) == PostedLine(
        line=1, kind=ViewKind.COUNT, count=5, meter="api:web", article_id=7
    )


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ({"key": "a1b2"}, "key", "a1b2"),
        ({"url": "https://example.org/1"}, "url_key", "example.org/1"),
        ({"article_id": MAX_COUNT}, "article_id", MAX_COUNT),
        ({"article_id": 1, "meter": "Mobile.App-2_x"}, "meter", "api:mobile.app-2_x"),
        ({"article_id": 1, "id": "row 1 of Tuesday"}, "id", "row 1 of Tuesday"),
        ({"article_id": 1, "id": "日本"}, "id", "日本"),
        ({"article_id": 1, "key": None, "url": None, "meter": None, "id": None}, "meter", "api:web"),
        (
            {"article_id": 1, "observed_at": "2026-03-30T10:00:00.123456+02:00"},
            "observed_at",
            datetime(2026, 3, 30, 8, 0, 0, 123456, UTC),
        ),
        ({"article_id": 1, "observed_at": "2026-03-30T12:09:59Z"}, "observed_at", NOW + timedelta(seconds=599)),
    ],
)
def test_a_field_is_read_as_it_is_meant(line: dict[str, Any], field: str, value: object) -> None:
    assert getattr(good(count=5, **line), field) == value


@pytest.mark.parametrize("number", [0, 1, MAX_COUNT])
def test_counts_go_from_nothing_to_what_a_database_holds(number: int) -> None:
    assert good(article_id=1, count=number).count == number
    assert good(article_id=1, increment=number).kind is ViewKind.INCREMENT
    period = good(article_id=1, views=number, **{"from": "2026-03-30T11:00:00Z", "to": "2026-03-30T13:00:00Z"})
    assert (period.kind, period.count, period.to_at) == (ViewKind.PERIOD, number, NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"count": 5}, "give one of article_id, key and url"),
        ({"count": 5, "article_id": 1, "key": "a"}, "give one of article_id, key and url"),
        ({"article_id": 1}, "give one of count, increment, and views"),
        ({"article_id": 1, "count": 5, "increment": 5}, "give one of count, increment, and views"),
        ({"article_id": 1, "count": -1}, "count must be a whole number from 0 to"),
        ({"article_id": 1, "count": MAX_COUNT + 1}, "count must be a whole number"),
        ({"article_id": 1, "count": 10**40}, "count must be a whole number"),
        ({"article_id": 1, "count": 1.5}, "count must be a whole number"),
        ({"article_id": 1, "count": "5"}, "count must be a whole number"),
        ({"article_id": 1, "count": True}, "count must be a whole number"),
        ({"article_id": 1, "increment": -3}, "increment must be a whole number"),
        ({"article_id": 0, "count": 5}, "article_id must be the number of an article"),
        ({"article_id": 2**63, "count": 5}, "article_id must be the number of an article"),
        ({"article_id": "1", "count": 5}, "article_id must be the number of an article"),
        ({"article_id": 1, "count": 5, "observed_at": "2026-03-30"}, "observed_at must be a moment with its zone"),
        ({"article_id": 1, "count": 5, "observed_at": "2026-03-30T10:00:00"}, "observed_at must be a moment with"),
        ({"article_id": 1, "count": 5, "observed_at": 1774864800}, "observed_at must be a moment with its zone"),
        ({"article_id": 1, "count": 5, "observed_at": "2026-03-30T12:10:01Z"}, "observed_at lies in the future"),
        ({"article_id": 1, "count": 5, "observed_at": "1970-01-01T00:00:01Z"}, "observed_at lies before 1990"),
        ({"article_id": 1, "count": 5, "observed_at": "9999-12-31T23:59:59-12:00"}, "observed_at lies in the future"),
        ({"article_id": 1, "count": 5, "observed_at": "0001-01-01T00:00:00+12:00"}, "observed_at lies before 1990"),
        ({"article_id": 1, "views": 5}, "views needs from and to"),
        ({"article_id": 1, "views": 5, "from": "2026-03-30T11:00:00Z"}, "views needs from and to"),
        ({"article_id": 1, "count": 5, "to": "2026-03-30T11:00:00Z"}, "from and to go with views alone"),
        (
            {"article_id": 1, "views": 5, "from": "2026-03-30T11:00:00Z", "to": "2026-03-30T11:00:00Z"},
            "from must lie before to",
        ),
        ({"article_id": 1, "views": 5, "from": "2026-03-30", "to": "2026-03-31"}, "from must be a moment with"),
        (
            {"article_id": 1, "views": 5, "from": "2026-03-30T11:00:00Z", "to": "2026-04-01T11:00:00Z"},
            "to lies in the future",
        ),
        ({"article_id": 1, "count": 5, "meter": "api:web"}, "meter must be 1 to 64 of the letters"),
        ({"article_id": 1, "count": 5, "meter": ""}, "meter must be 1 to 64 of the letters"),
        ({"article_id": 1, "count": 5, "meter": "x" * 65}, "meter must be 1 to 64 of the letters"),
        ({"article_id": 1, "count": 5, "id": ""}, "id must be 1 to 255 characters"),
        ({"article_id": 1, "count": 5, "id": "x" * 256}, "id must be 1 to 255 characters"),
        ({"article_id": 1, "count": 5, "id": "a\0b"}, "id must be 1 to 255 characters"),
        ({"key": "", "count": 5}, "key must be 1 to 255 characters"),
        ({"url": "nonsense", "count": 5}, "url is not the address of a page"),
        ({"article_id": 1, "cuont": 5}, "there is an unknown field `cuont`"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(line: dict[str, Any], sentence: str) -> None:
    said = one(**line)
    assert isinstance(said, str) and said.startswith(sentence)


def test_bad_lines_are_named_by_number_and_the_good_ones_stand() -> None:
    body = b'{"article_id":1,"count":1}\n\nnonsense\n[]\r\n{"article_id":2,"count":2}\r\n\xff\n{"article_id":3}'
    read = read_ndjson(body, "web", NOW, url_key)
    assert [(line.line, line.article_id) for line in read.good] == [(1, 1), (5, 2)]
    assert [error.line for error in read.errors] == [3, 4, 6, 7]
    assert [error.error.split(":")[0] for error in read.errors[:3]] == [
        "this is no JSON",
        "a line must be a JSON object",
        "this is no JSON",
    ]


def test_elements_of_a_list_are_numbered_like_lines() -> None:
    read = read_json(b' [{"article_id":1,"count":1}, 5, {"article_id":1,"count":-1}]', "web", NOW, url_key)
    assert [line.line for line in read.good] == [1]
    assert [error.line for error in read.errors] == [2, 3]


@pytest.mark.parametrize("body", [b"", b"  ", b"{", b"[{]", b"[1,", b"\xff", b"[" * 100_000, b'{"a":' * 100_000])
def test_a_body_that_is_no_json_is_an_error_as_a_whole(body: bytes) -> None:
    with pytest.raises(UsageError, match="no JSON"):
        read_json(body, "web", NOW, url_key)


def test_a_line_that_is_nested_beyond_reason_is_an_error_on_that_line() -> None:
    read = read_ndjson(b'{"article_id":' + b"[" * 100_000 + b'\n{"article_id":1,"count":1}\n', "web", NOW, url_key)
    assert [error.line for error in read.errors] == [1]
    assert len(read.good) == 1


def test_fifty_thousand_lines_are_taken_and_one_more_is_not() -> None:
    line = b'{"article_id":1,"count":1}'
    assert len(read_ndjson((line + b"\n") * MAX_LINES, "web", NOW, url_key).good) == MAX_LINES
    assert len(read_json(b"[" + b",".join([line] * MAX_LINES) + b"]", "web", NOW, url_key).good) == MAX_LINES
    with pytest.raises(TooManyLines):
        read_ndjson(b"\n".join([line] * (MAX_LINES + 1)), "web", NOW, url_key)
    with pytest.raises(TooManyLines):
        read_json(b"[" + b",".join([line] * (MAX_LINES + 1)) + b"]", "web", NOW, url_key)
    with pytest.raises(TooManyLines):
        read_json(b"[" + b"1," * (MAX_COMMAS + 1) + b"1]", "web", NOW, url_key)


@given(st.binary(max_size=300))
def test_whatever_comes_each_line_is_good_or_an_error(body: bytes) -> None:
    read = read_ndjson(body, "web", NOW, url_key)
    said = sorted([line.line for line in read.good] + [error.line for error in read.errors])
    assert said == [number for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]


@given(
    st.dictionaries(
        st.sampled_from(["article_id", "key", "url", "count", "increment", "views", "from", "to", "observed_at", "id"]),
        st.none() | st.integers() | st.text(max_size=20) | st.datetimes().map(str) | st.lists(st.integers()),
    )
)
def test_whatever_the_fields_hold_a_line_is_good_or_told_in_a_sentence(line: dict[str, Any]) -> None:
    read = read_ndjson(json.dumps(line).encode(), "web", NOW, url_key)
    assert len(read.good) + len(read.errors) == 1
    assert all(error.error for error in read.errors)
