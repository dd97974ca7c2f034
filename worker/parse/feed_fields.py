"""The single fields of a feed's entry: addresses, texts, dates; each bounded, none trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz
from itertools import islice
from time import struct_time
from urllib.parse import urljoin, urlsplit

from dateutil import parser as dateutil_parser

MAX_URL = 4096  # characters
MAX_LINE = 2000  # characters of a title, an author, an id
MAX_TEXT = 1_000_000  # characters of a summary or a content
MAX_TAGS = 50
EARLIEST, LATEST = 1990, 2100  # years: feeds are younger, and what lies outside is a clock or a field gone wrong

BLANKS = re.compile(r"\s+")
URL_BREAKS = re.compile(r"[\t\r\n]\s*")
HALF_DAY = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
EPOCH = re.compile(r"1\d{9}(?:\d{3})?")  # seconds or milliseconds since 1970
OFFSET = re.compile(r"(?:GMT|UTC)?([+-]\d\d):?(\d\d)$")
LETTERS = re.compile(r"[^\W\d_]+\.?")
ZONES = {
    name: hours
    for hours, names in (
        *(
            (-10, "HST"),
            (-9, "AKST"),
            (-8, "PST AKDT"),
            (-7, "MST PDT"),
            (-6, "CST MDT"),
            (-5, "EST CDT"),
            (-4, "EDT AST"),
        ),
        *((-3, "ADT BRT ART"), (0, "WET"), (1, "CET MEZ WEST BST"), (2, "CEST MESZ EET SAST"), (3, "EEST MSK TRT")),
        *((4, "GST"), (5, "PKT"), (5.5, "IST"), (5.75, "NPT"), (7, "WIB ICT"), (8, "HKT SGT AWST"), (9, "JST KST")),
        *((9.5, "ACST"), (10, "AEST"), (11, "AEDT"), (12, "NZST"), (13, "NZDT")),
    )
    for name in names.split()
}  # hours east of Greenwich
MONTHS = {
    **dict.fromkeys(("januar", "januari", "janvier", "janv", "jän", "ene", "enero", "gen", "gennaio", "янв"), "Jan"),
    **dict.fromkeys(("februar", "févr", "fév", "février", "febrero", "febbraio", "fev", "фев"), "Feb"),
    **dict.fromkeys(("mär", "märz", "mrz", "mars", "marzo", "mrt", "maart", "março", "мар"), "Mar"),
    **dict.fromkeys(("avr", "avril", "abr", "abril", "aprile", "апр"), "Apr"),
    **dict.fromkeys(("mai", "mayo", "mag", "maggio", "mei", "maio", "мая", "май"), "May"),
    **dict.fromkeys(("juni", "juin", "junio", "giu", "giugno", "junho", "июн"), "Jun"),
    **dict.fromkeys(("juli", "juil", "juillet", "julio", "lug", "luglio", "julho", "июл"), "Jul"),
    **dict.fromkeys(("août", "aout", "ago", "agosto", "augustus", "авг"), "Aug"),
    **dict.fromkeys(("septembre", "septiembre", "set", "settembre", "setembro", "сен"), "Sep"),
    **dict.fromkeys(("okt", "oktober", "octobre", "octubre", "ott", "ottobre", "out", "outubro", "окт"), "Oct"),
    **dict.fromkeys(("novembre", "noviembre", "novembro", "ноя"), "Nov"),
    **dict.fromkeys(("dez", "dezember", "déc", "décembre", "dic", "diciembre", "dicembre", "dezembro", "дек"), "Dec"),
}


def clean_url(printed: object, *bases: str | None) -> str | None:
    """An address made absolute against the first base that can do it; None unless it ends up http or https."""
    if not isinstance(printed, str) or not (url := URL_BREAKS.sub("", printed.strip())) or len(url) > MAX_URL:
        return None
    if url.lower().startswith("www."):
        url = f"http://{url}"
    for base in ("", *bases):
        try:
            absolute = urljoin(base, url) if base else url
            parts = urlsplit(absolute)
            if parts.scheme in {"http", "https"} and parts.hostname:
                return absolute.replace(" ", "%20")
        except ValueError:
            return None
    return None


def clean_line(printed: object, limit: int = MAX_LINE) -> str:
    """A text of one line: blanks folded and trimmed, bounded; "" for what is no text."""
    return BLANKS.sub(" ", printed[: 4 * limit]).strip()[:limit] if isinstance(printed, str) else ""


def clean_tags(printed: Iterable[object]) -> tuple[str, ...]:
    """Tags as printed, each once, bounded in number and length."""
    return tuple(dict.fromkeys(tag for word in islice(printed, MAX_TAGS) if (tag := clean_line(word, 200))))


def clean_text(printed: object) -> str | None:
    """A long text, trimmed and bounded; None where there is none."""
    return (printed[:MAX_TEXT].strip() or None) if isinstance(printed, str) else None


def parse_date(printed: object, parsed: struct_time | None = None) -> datetime | None:
    """A date in any usual form, right or wrong, as UTC; None where it cannot be told or is absurd.

    `parsed` is another parser's answer (UTC), believed before guessing. A date without a zone is taken as UTC.
    """
    text = clean_line(printed, 120)
    if not text:
        return None
    try:
        if HALF_DAY.search(text):  # only dateutil heeds AM and PM; the others would be twelve hours out
            when = _guess(_in_english(text))
        else:
            when = _iso(text) or _rfc822(_in_english(text)) or _from_struct(parsed) or _guess(_in_english(text))
        when = when.astimezone(UTC) if when and when.tzinfo else when and when.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError, RecursionError):
        return None
    return when if when and EARLIEST <= when.year <= LATEST else None


def _iso(text: str) -> datetime | None:
    if EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    try:
        fields = parsedate_tz(text)
    except (ValueError, IndexError, TypeError):
        return None
    if not fields or fields[0] < EARLIEST or not fields[1] or not fields[2]:
        return None
    year, month, day, hour, minute, second = fields[:6]
    if hour > 24 or minute > 59 or second > 60:
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


def _in_english(text: str) -> str:
    """Month names of eight languages and zones by name, put as RFC 822 has them."""
    words: Sequence[str] = OFFSET.sub(r"\1\2", text).split(" ")
    if words[-1].upper() in ZONES:
        minutes = round(ZONES[words[-1].upper()] * 60)
        words = [*words[:-1], f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"]
    return LETTERS.sub(lambda word: MONTHS.get(word[0].rstrip(".").lower(), word[0]), " ".join(words))
