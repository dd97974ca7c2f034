"""Dates as publishers write them, read into a day and, where a zone is known, a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

from worker.parse.text import clean

EARLIEST, LATEST = 1800, 2100  # years outside are slips of a template


@dataclass(frozen=True, slots=True)
class Stamp:
    """When something was published: the day as the publisher gives it, and the moment when time and zone are known."""

    day: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dateline:
    """A line such as "Fri, Mar 30, 2007 - Page 6": the day, the printed page, and whether it says nothing else."""

    day: date
    page: str | None
    alone: bool


# Months by what their names begin with, in the languages of the scripts below; longer beginnings are tried first.
_MONTH_STEMS: tuple[tuple[str, ...], ...] = (
    (
        "jan",
        "gen",
        "ene",
        "janv",
        "jän",
        "led",
        "sty",
        "янв",
        "січ",
        "ιαν",
        "oca",
        "tammi",
        "يناير",
        "ian",
        "sij",
        "януари",
    ),
    ("feb", "fév", "fev", "úno", "lut", "фев", "лют", "φεβ", "şub", "helmi", "فبراير", "vel", "febr"),
    ("mar", "mär", "mrz", "maar", "maa", "bře", "мар", "бер", "μαρ", "mart", "maalis", "مارس", "ožu", "márc", "mrt"),
    ("apr", "avr", "abr", "dub", "kwi", "апр", "квіт", "απρ", "nis", "huhti", "أبريل", "ابريل", "tra", "ápr"),
    (
        "may",
        "mai",
        "mag",
        "mei",
        "maj",
        "kvě",
        "мая",
        "май",
        "трав",
        "μαϊ",
        "μαΐ",
        "toukok",
        "touko",
        "مايو",
        "svi",
        "máj",
    ),
    ("jun", "juin", "giu", "červen", "czer", "июн", "черв", "ιουν", "haz", "kesä", "يونيو", "lip", "jún", "юни"),
    (
        "jul",
        "juil",
        "lug",
        "červenec",
        "lipca",
        "lipiec",
        "июл",
        "лип",
        "ιουλ",
        "tem",
        "heinä",
        "يوليو",
        "srp",
        "júl",
        "юли",
    ),
    ("aug", "aoû", "aou", "ago", "srpen", "srpna", "sie", "авг", "серп", "αυγ", "ağu", "elo", "أغسطس", "kol", "август"),
    ("sep", "set", "září", "wrz", "сен", "вер", "σεπ", "eyl", "syys", "سبتمبر", "ruj", "szept"),
    ("oct", "okt", "ott", "out", "říj", "paź", "окт", "жовт", "οκτ", "eki", "loka", "أكتوبر", "ακτ"),
    ("nov", "listopad", "lis", "ноя", "лист", "νοε", "kas", "marras", "نوفمبر", "noie", "ное"),
    ("dec", "déc", "dez", "dic", "des", "pro", "gru", "дек", "груд", "δεκ", "ara", "joulu", "ديسمبر"),
)
_STEMS = sorted(
    ((stem, month) for month, stems in enumerate(_MONTH_STEMS, 1) for stem in stems), key=lambda s: -len(s[0])
)
_BEGINNINGS = tuple(stem for stem, _ in _STEMS)
_WORD = r"[^\W\d_]{3,12}"

_ISO = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"(?:[T\s]\s*(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d{1,9})?)?\s*(?P<z>Z|UTC|GMT|[+-]\d{1,2}:?\d{2}|[+-]\d{2}\b)?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:T?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?(?P<z>Z)?)?$")
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})\s?[/.年년]\s?(?P<m>\d{1,2})\s?[/.月월]\s?(?P<d>\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(?P<d>\d{1,2})\s?[./-]\s?(?P<m>\d{1,2})\s?[./-]\s?(?P<y>\d{4})(?!\d)")
_MONTH_FIRST = re.compile(rf"(?P<name>{_WORD})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?P<y>\d{{4}})(?!\d)")
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.|º|ª)?\s*(?:de\s+|of\s+|-\s?)?(?P<name>{_WORD})\.?,?\s*(?:de\s+|del\s+|-\s?)?(?P<y>\d{{4}})(?!\d)"
)
_CTIME = re.compile(
    rf"(?P<name>{_WORD})\s+(?P<d>\d{{1,2}})\s+\d{{2}}:\d{{2}}:\d{{2}}\s+(?:[A-Z]{{3,4}}\s+)?(?P<y>\d{{4}})$"
)
_EPOCH = re.compile(r"^(\d{10})(\d{3})?$")
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2}
_NAMED_TIME = re.compile(
    r"(?<!\d)(?P<H>\d{1,2})[:.](?P<M>\d{2})(?::(?P<S>\d{2}))?\s*(?P<half>[ap]\.?m\.?)?\s*"
    r"(?P<z>GMT|UTC|UT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|CET|CEST|[+-]\d{2}:?\d{2})",
    re.IGNORECASE,
)
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_PAGE = (
    r"(?:Page|page|PAGE|p\.|Seite|S\.|Página|Pagina|Pág\.|Pag\.|Sida|Side|Strona|Str\.|Стр\.|第)"
    r"\s*(?P<page>[A-Z]?\d{1,3}[A-Z]?)\b"
)
_PAGED = re.compile(_PAGE)
_DATELINE = re.compile(rf"^{_WEEKDAY}(?P<date>[^|]{{6,32}}?)\s*(?:[-–—|,·/]\s*)?{_PAGE}(?P<rest>.*)$")
_DATE_ALONE = re.compile(
    r"^(?:(?:Published|Posted|Date|Datum|Veröffentlicht|Publié|Publicado)\s*(?:on|am|le|el)?\s*:?\s*)?(?P<date>.{6,48})$"
)


def parse_stamp(value: object, *, month_first: bool = False) -> Stamp | None:
    """A date in any of the usual machine or human forms; None where no day can be told.

    `at` is set only when both the time and its zone are written: a guess of the zone is none.
    """
    text = clean(str(value))[:120] if value is not None else ""
    if not text:
        return None
    for reader in (_iso, _epoch, _compact):
        if stamp := reader(text):
            return stamp
    return _human(text, month_first)


def parse_dateline(line: str) -> Dateline | None:
    """A dateline as newspapers print above a story, "Fri, Mar 30, 2007 - Page 6"; None where the line is none."""
    if len(line) > 120 or not _PAGED.search(line):
        return None
    if (match := _DATELINE.match(line)) and (stamp := _human(match["date"]) or _iso(match["date"])):
        return Dateline(stamp.day, match["page"], alone=len(match["rest"].split()) <= 4)
    return None


def parse_dated_line(line: str) -> Stamp | None:
    """A line that says a date and nothing else but a weekday, a time or "Published on"."""
    if not 6 <= len(line) <= 60 or not (match := _DATE_ALONE.match(line)):
        return None
    stamp = parse_stamp(match["date"])
    words = [word for word in re.findall(r"[^\W\d_]{3,}", match["date"]) if month_of(word) is None]
    return stamp if stamp and len(words) <= 2 else None


def from_url(url: str) -> Stamp | None:
    """The day that a URL's path names: /2007/03/30/, /2007-03-30-, /20070330/."""
    path = url.split("?", 1)[0]
    for pattern in (
        r"/(\d{4})/(\d{1,2})/(\d{1,2})(?=/|$)",
        r"[/-](\d{4})-(\d{2})-(\d{2})(?=[/.-]|$)",
        r"/[A-Za-z]{0,2}(20\d{2})(\d{2})(\d{2})(?=\d{0,12}(?:[/.-]|$))",
    ):
        if match := re.search(pattern, path):
            day = _day(*map(int, match.groups()))
            if day and day.year >= 1990:
                return Stamp(day)
    return None


@lru_cache(4096)
def month_of(word: str) -> int | None:
    """The number of a month from its name in some thirty languages, whole or cut short."""
    lowered = word.casefold()
    if not lowered.startswith(_BEGINNINGS):
        return None
    return next(month for stem, month in _STEMS if lowered.startswith(stem))


def _iso(text: str) -> Stamp | None:
    return _of_match(match) if (match := _ISO.search(text)) else None


def _compact(text: str) -> Stamp | None:
    return _of_match(match) if (match := _COMPACT.match(text)) else None


def _of_match(match: re.Match[str]) -> Stamp | None:
    day = _day(int(match["y"]), int(match["m"]), int(match["d"]))
    if day is None or match["H"] is None:
        return Stamp(day) if day else None
    return _with_time(day, int(match["H"]), int(match["M"]), int(match["S"] or 0), _zone(match["z"]))


def _epoch(text: str) -> Stamp | None:
    if not (match := _EPOCH.match(text)):
        return None
    at = datetime.fromtimestamp(int(match[1]), UTC)
    return Stamp(at.date(), at)


def _human(text: str, month_first: bool = False) -> Stamp | None:
    day = _human_day(text, month_first)
    if day is None:
        return None
    if time := _NAMED_TIME.search(text):
        hour = int(time["H"])
        if time["half"]:
            hour = hour % 12 + 12 * (time["half"][0] in "pP")
        return _with_time(day, hour, int(time["M"]), int(time["S"] or 0), _zone(time["z"]))
    return Stamp(day)


def _human_day(text: str, month_first: bool) -> date | None:
    for pattern in (_MONTH_FIRST, _DAY_MONTH, _CTIME):
        for match in pattern.finditer(text):
            month = month_of(match["name"])
            if month and (day := _day(int(match["y"]), month, int(match["d"]))):
                return day
    if numbers := _YEAR_FIRST.search(text):
        return _day(int(numbers["y"]), int(numbers["m"]), int(numbers["d"]))
    if numbers := _DAY_FIRST.search(text):
        first, second, year = int(numbers["d"]), int(numbers["m"]), int(numbers["y"])
        # Day first is what most of the world writes; 03/30/2007 can only be month first.
        if month_first:
            return _day(year, first, second) or _day(year, second, first)
        return _day(year, second, first) or _day(year, first, second)
    return None


def _with_time(day: date, hour: int, minute: int, second: int, zone: timezone | None) -> Stamp:
    if zone is None:
        return Stamp(day)
    try:
        return Stamp(day, datetime(day.year, day.month, day.day, hour, minute, min(second, 59), tzinfo=zone))
    except ValueError:
        return Stamp(day)


def _zone(name: str | None) -> timezone | None:
    if not name:
        return None
    upper = name.upper()
    if upper in ("Z", "UTC", "UT", "GMT"):
        return UTC
    if upper in _ZONES:
        return timezone(timedelta(hours=_ZONES[upper]))
    digits = name[1:].replace(":", "")
    hours, minutes = (
        int(digits[:-2] or 0) if len(digits) > 2 else int(digits),
        int(digits[-2:]) if len(digits) > 2 else 0,
    )
    if hours > 14 or minutes > 59:
        return None
    return timezone((1 if name[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _day(year: int, month: int, day: int) -> date | None:
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
