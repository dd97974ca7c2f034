"""Dates as feeds print them: RFC 822, RFC 3339 and everything that is called so, read into UTC.

Taken apart here first: time, zone, then a day by numbers or by a month's name in some thirty languages. What has no
such shape is left to the standard library and, last, to dateutil's guess.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from time import struct_time

from dateutil import parser as dateutil_parser

from worker.parse.dates import month_of

EARLIEST, LATEST = 1990, 2100  # years: feeds are younger, and what lies outside is a clock or a field gone wrong
FUTURE = timedelta(days=1)  # beyond which a date cannot be a zone gone wrong: nothing was published then
MAX_PRINTED = 120  # characters
MAX_OFFSET = 14 * 60  # minutes east of Greenwich, as far as any zone lies; west it is twelve

BLANKS = re.compile(r"(?:\s|&nbsp;)+")
EPOCH = re.compile(r"1\d{9}(?:\d{3}(?:\d{3})?)?(?:\.\d{1,9})?")  # seconds, milli- or microseconds since 1970
TIME = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?![\d:])"
    r"\s*(?P<half>[ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
# "12.30.00" and "12h30", where they can be nothing but a time.
OTHER_TIME = re.compile(r"(?<=\d{4} )(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.])|(?<!\d)(\d{1,2}) ?[hH] ?(\d{2})(?!\d)")
OFFSET = re.compile(
    r"\s*\(?(?:GMT|UTC|UT|Z)?\s*(?P<sign>[+\u2212-])\s?(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?(?!\d)", re.I
)
ZONE_NAME = re.compile(r"\s*\(?(?P<name>[A-Za-z]{1,5})\b\)?")
YEAR_AFTER = re.compile(r"\s(\d{4})(?!\d)")  # of ctime and Java: "Mon Jan 01 12:00:00 UTC 2024"
ORDINAL = r"(?:st|nd|rd|th|er|re|\.|º|ª|°)?"
YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>\d{4})\s?[-/.年년]\s?(?P<m>\d{1,2})\s?[-/.月월]\s?(?P<d>\d{1,2})(?!\d)")
DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}}){ORDINAL}[\s/.,-]*(?:(?:de|of|di)\s+)?(?P<name>[^\W\d_]{{3,14}})\.?,?[\s/.-]*"
    r"(?:(?:de|del|of)\s+)?'?(?P<y>\d{4}|\d{2})(?!\d)",
    re.IGNORECASE,
)
MONTH_DAY = re.compile(
    rf"(?P<name>[^\W\d_]{{3,14}})\.?[\s-]+(?P<d>\d{{1,2}}){ORDINAL}\s*,?[\s-]+(?P<y>\d{{4}})(?!\d)", re.IGNORECASE
)
DOTTED = re.compile(r"(?<!\d)(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})(?!\d)")  # never month first
NO_YEAR = re.compile(r"(?:^|[^\W\d_]\.?[ ,-]+)-?0\d{3}(?![\d:])")  # year 0 and its neighbours: an empty field's
ZONES = {
    name: hours
    for hours, names in (
        (-10, "HST"),
        (-9, "AKST"),
        (-8, "PST AKDT"),
        (-7, "MST PDT"),
        (-6, "CST MDT"),
        (-5, "EST CDT"),
        (-4, "EDT AST"),
        (-3, "ADT BRT ART"),
        (0, "GMT UTC UT Z WET"),
        (1, "CET MEZ WEST BST"),
        (2, "CEST MESZ EET SAST"),
        (3, "EEST MSK TRT"),
        (4, "GST"),
        (5, "PKT"),
        (5.5, "IST"),
        (5.75, "NPT"),
        (7, "WIB ICT"),
        (8, "HKT SGT AWST"),
        (9, "JST KST"),
        (9.5, "ACST"),
        (10, "AEST"),
        (11, "AEDT"),
        (12, "NZST"),
        (13, "NZDT"),
    )
    for name in names.split()
}  # hours east of Greenwich


def parse_date(printed: object, parsed: struct_time | None = None) -> datetime | None:
    """A date in any usual form, right or wrong, as UTC; None where it cannot be told or is absurd.

    `parsed` is another parser's answer (UTC), believed before guessing. A date without a zone, or with one that there
    is nowhere, is taken as UTC; one without a time as midnight.
    """
    if not isinstance(printed, str) or not (text := _tidied(printed)) or NO_YEAR.search(text):
        return None
    try:
        when = _iso(text) or _taken_apart(text) or _rfc822(text) or _from_struct(parsed) or _guess(text)
        when = when.astimezone(UTC) if when and when.tzinfo else when and when.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError, RecursionError):
        return None
    return when if when and EARLIEST <= when.year <= LATEST else None


def believed(when: datetime | None, now: datetime | None) -> datetime | None:
    """The date, unless it lies in the future: nothing was published tomorrow. Without `now` none does."""
    return None if when is None or (now is not None and when > now + FUTURE) else when


def _tidied(printed: str) -> str:
    """One line, its digits those of ASCII."""
    text = BLANKS.sub(" ", printed[: 4 * MAX_PRINTED]).strip()[:MAX_PRINTED]
    text = OTHER_TIME.sub(lambda found: ":".join(filter(None, found.groups())), text)
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def _iso(text: str) -> datetime | None:
    if EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if abs(when.utcoffset() or timedelta()) <= timedelta(minutes=MAX_OFFSET) else None


def _taken_apart(text: str) -> datetime | None:
    """Time, zone and day, each by itself. Raises ValueError for a day that there is none."""
    since, offset, rest = timedelta(), timedelta(), text
    if time := TIME.search(text):
        since = _of_day(time)
        offset, after = _zone(text[time.end() :])
        year = YEAR_AFTER.match(after)
        rest = f"{text[: time.start()].rstrip(' ,T')} {year[1] if year else ''}"
        if not any(char.isdigit() for char in text[: time.start()]):
            rest = after  # "12:00:00 01 Jan 2024"
    day = _day(rest)
    return None if day is None else day + since - offset


def _of_day(time: re.Match[str]) -> timedelta:
    """How far into its day a time lies; 24:00 is the day's end, and a leap second the next one's first."""
    hour, minute, second = int(time["hour"]), int(time["minute"]), int(time["second"] or 0)
    if half := time["half"]:
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0) if hour <= 12 else hour
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError(f"no time of day: {time[0]}")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(after: str) -> tuple[timedelta, str]:
    """How far east of Greenwich what follows a time says it is, and what stands after that."""
    if found := OFFSET.match(after):
        minutes = int(found["hours"]) * 60 + int(found["minutes"] or 0)
        if minutes > MAX_OFFSET or int(found["minutes"] or 0) > 59:
            minutes = 0
        return timedelta(minutes=minutes if found["sign"] == "+" else -minutes), after[found.end() :]
    named = ZONE_NAME.match(after)
    if named is None or named["name"].upper() not in ZONES:
        return timedelta(), after
    return timedelta(hours=ZONES[named["name"].upper()]), after[named.end() :]


def _day(text: str) -> datetime | None:
    """The midnight that a text's day begins with, in UTC."""
    if found := YEAR_FIRST.search(text) or DOTTED.search(text):
        return datetime(int(found["y"]), int(found["m"]), int(found["d"]), tzinfo=UTC)
    for found in (*DAY_MONTH.finditer(text), *MONTH_DAY.finditer(text)):
        if month := month_of(found["name"]):
            year = int(found["y"])
            if len(found["y"]) == 2:
                year += 2000 if year < 70 else 1900
            return datetime(year, month, int(found["d"]), tzinfo=UTC)
    return None


def _rfc822(text: str) -> datetime | None:
    try:
        fields = parsedate_tz(text)
    except (ValueError, IndexError, TypeError):
        return None
    if not fields or fields[0] < EARLIEST or not fields[1] or not fields[2]:
        return None
    year, month, day, hour, minute, second = fields[:6]
    if hour > 24 or minute > 59 or second > 60 or abs(fields[9] or 0) > MAX_OFFSET * 60:
        return None
    since = timedelta(hours=hour, minutes=minute, seconds=second) - timedelta(seconds=fields[9] or 0)
    try:
        return datetime(year, month, day, tzinfo=UTC) + since
    except ValueError:
        return None


def _from_struct(parsed: struct_time | None) -> datetime | None:
    return datetime(*parsed[:5], min(parsed[5], 59), tzinfo=UTC) if parsed else None


def _guess(text: str) -> datetime | None:
    """dateutil's answer, when the text itself told year, month and day (it fills what is missing from a default)."""
    defaults = (datetime(2000, 1, 1), datetime(2004, 2, 2))  # noqa: DTZ001  # the zone is the text's, or UTC
    first, second = (dateutil_parser.parse(text, default=default, tzinfos=_offset) for default in defaults)
    return first if first == second else None


def _offset(_name: str | None, seconds: int | None) -> int | None:
    """For dateutil, which warns of zones it does not know: those are taken as UTC."""
    return seconds
