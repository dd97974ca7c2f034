"""Posted view counts, decoded and checked line by line: what each says, or why it cannot be used. Pure.

msgspec decodes one line at a time, so that an error carries its line's number and the other lines stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from dateline.errors import UsageError
from dateline.nouns.views import LineError, PostedLine, ViewKind

MAX_LINES = 50_000
MAX_COUNT = 2**63 - 1
MAX_ID = 255  # characters
MAX_COMMAS = 20 * MAX_LINES  # in a JSON list: a bound on what it can hold before each of its elements is looked at
AHEAD = timedelta(minutes=10)  # clocks differ; what lies further ahead is a mistake
PERIOD_AHEAD = timedelta(days=1)  # the end of a period that still runs: the present hour's or day's
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before it nothing was on the web: such a moment is a unit gone wrong

_METER = re.compile(r"[a-z0-9._-]{1,64}")
_PLACE = re.compile(r" - at `\$\.(\w+)`$")
_MOMENT = "a moment with its zone (RFC 3339), for example 2026-03-30T12:00:00Z"
_NUMBER = f"a whole number from 0 to {MAX_COUNT}"
_EXPECTED = {
    "article_id": "the number of an article",
    **dict.fromkeys(("key", "url", "meter", "id"), "a text"),
    **dict.fromkeys(("count", "increment", "views"), _NUMBER),
    **dict.fromkeys(("observed_at", "from", "to"), _MOMENT),
}


class TooManyLines(UsageError):
    """More lines than one post may have."""


class Line(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A line as it is sent."""

    article_id: int | None = None
    key: str | None = None
    url: str | None = None
    count: int | None = None
    increment: int | None = None
    views: int | None = None
    from_at: datetime | None = msgspec.field(default=None, name="from")
    to_at: datetime | None = msgspec.field(default=None, name="to")
    observed_at: datetime | None = None
    meter: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """What a post holds: lines that can be used, and errors by their number."""

    good: list[PostedLine]
    errors: list[LineError]


_one = msgspec.json.Decoder(Line)
_many = msgspec.json.Decoder(Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MAX_LINES)])
LINE_SCHEMA = msgspec.json.schema(Line)["$defs"]["Line"]["properties"]


def read_json(body: bytes, meter: str, now: datetime, url_key: Callable[[str], str]) -> Lines:
    """One object, or a list of them: an element is a line. `meter` is the one of lines that name none.

    `url_key` gives the key of a URL or raises ValueError. Raises UsageError when the body as a whole is no JSON, or
    holds too much.
    """
    if body.lstrip()[:1] != b"[":
        try:
            msgspec.json.decode(body, type=msgspec.Raw)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise _no_json(error) from None
        return _read([body], meter, now, url_key)
    if body.count(b",") > MAX_COMMAS:
        raise _too_many()
    try:
        elements = _many.decode(body)
    except msgspec.ValidationError:
        raise _too_many() from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise _no_json(error) from None
    return _read(elements, meter, now, url_key)


def read_ndjson(body: bytes, meter: str, now: datetime, url_key: Callable[[str], str]) -> Lines:
    """JSON Lines; an empty line counts and says nothing. Otherwise as `read_json`."""
    if body.count(b"\n") + (not body.endswith(b"\n")) > MAX_LINES:
        raise _too_many()
    return _read(body.split(b"\n"), meter, now, url_key)


def _read(
    raws: Iterable[bytes | msgspec.Raw], default_meter: str, now: datetime, url_key: Callable[[str], str]
) -> Lines:
    good: list[PostedLine] = []
    errors: list[LineError] = []
    check = Checker(default_meter, now, url_key)
    decode = _one.decode
    for number, raw in enumerate(raws, 1):
        if type(raw) is bytes and not raw.strip():
            continue
        try:
            good.append(check(number, decode(raw)))
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            errors.append(LineError(number, in_words(error)))
    return Lines(good, errors)


class Checker:
    """The rules of a line, each with its sentence."""

    def __init__(self, default_meter: str, now: datetime, url_key: Callable[[str], str]) -> None:
        self._meters: dict[str | None, str] = {None: _stored_meter(default_meter)}
        self._latest = now + AHEAD
        self._latest_end = now + PERIOD_AHEAD
        self._url_key = url_key

    def __call__(self, number: int, line: Line) -> PostedLine:
        """The line as it is stored. Raises ValueError with the sentence."""
        article_id, key, url_key = line.article_id, line.key, None
        if (article_id is not None) + (key is not None) + (line.url is not None) != 1:
            raise ValueError("give one of article_id, key and url")
        if article_id is not None and not 0 < article_id <= MAX_COUNT:
            raise ValueError(f"article_id must be {_EXPECTED['article_id']}")
        if key is not None:
            _check_text("key", key)
        elif line.url is not None:
            url_key = self._key_of(line.url)
        if line.id is not None:
            _check_text("id", line.id)
        if line.observed_at is not None:
            self._check_moment("observed_at", line.observed_at, self._latest)
        kind, count = self._number(line)
        return PostedLine(
            line=number,
            kind=kind,
            count=count,
            meter=self._meters.get(line.meter) or self._meter(line.meter or ""),
            article_id=article_id,
            key=key,
            url_key=url_key,
            url=line.url,
            observed_at=line.observed_at,
            from_at=line.from_at,
            to_at=line.to_at,
            id=line.id,
        )

    def _number(self, line: Line) -> tuple[ViewKind, int]:
        given = [
            (kind, number)
            for kind, number in (
                (ViewKind.COUNT, line.count),
                (ViewKind.INCREMENT, line.increment),
                (ViewKind.PERIOD, line.views),
            )
            if number is not None
        ]
        if len(given) != 1:
            raise ValueError("give one of count, increment, and views with from and to")
        kind, number = given[0]
        if not 0 <= number <= MAX_COUNT:
            field = "views" if kind is ViewKind.PERIOD else str(kind)
            raise ValueError(f"{field} must be {_NUMBER}")
        begin, end = line.from_at, line.to_at
        if kind is not ViewKind.PERIOD:
            if begin is not None or end is not None:
                raise ValueError("from and to go with views alone")
        elif begin is None or end is None:
            raise ValueError("views needs from and to, the period that they are of")
        else:
            self._check_moment("from", begin, self._latest)
            self._check_moment("to", end, self._latest_end)
            if begin >= end:
                raise ValueError("from must lie before to")
        return kind, number

    def _check_moment(self, field: str, moment: datetime, latest: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError(f"{field} must be {_MOMENT}")
        if moment > latest:
            raise ValueError(f"{field} lies in the future")
        if moment < EARLIEST:
            raise ValueError(f"{field} lies before {EARLIEST.year}")

    def _meter(self, name: str) -> str:
        made = self._meters[name] = _stored_meter(name.lower())
        return made

    def _key_of(self, url: str) -> str:
        try:
            return self._url_key(url)
        except ValueError:
            raise ValueError("url is not the address of a page") from None


def _stored_meter(name: str) -> str:
    if not _METER.fullmatch(name):
        raise ValueError("meter must be 1 to 64 of the letters a-z, digits, dot, underscore and hyphen")
    return f"api:{name}"


def _check_text(field: str, text: str) -> None:
    if not 0 < len(text) <= MAX_ID or not text.isprintable():
        raise ValueError(f"{field} must be 1 to {MAX_ID} characters that can be printed")


def in_words(error: Exception) -> str:
    """Our own sentence as it is; msgspec's as one about the field."""
    said = str(error)
    if isinstance(error, msgspec.ValidationError):
        if place := _PLACE.search(said):
            return f"{place[1]} must be {_EXPECTED.get(place[1], 'something else')}"
        if "unknown field" in said:
            return f"{said.replace('Object contains', 'there is an')[:120]}; known are {', '.join(_EXPECTED)}"
        return "a line must be a JSON object"
    if isinstance(error, msgspec.DecodeError | RecursionError | UnicodeDecodeError):
        return f"this is no JSON: {said[:120]}"
    return said


def _no_json(error: Exception) -> UsageError:
    return UsageError(
        f"the body is no JSON: {str(error)[:120]}",
        remedy="send one object, a list of them, or one a line as application/x-ndjson",
    )


def _too_many() -> TooManyLines:
    return TooManyLines(f"a post may have {MAX_LINES} lines", remedy="send it in several posts")
