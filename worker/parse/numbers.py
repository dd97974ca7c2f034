"""Counts as people write them: every script's digits, every grouping, "1.2K", "3,4 mil", "12万", "1.2 lakh"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_COUNT = 10**13

# What a count is multiplied by when this follows it; matched as a whole word, case folded.
MULTIPLIERS: dict[str, int] = {
    **dict.fromkeys(
        ("k", "tsd", "tsd.", "mil", "mila", "mille", "tys", "tys.", "tis", "tis.", "тыс", "тыс.", "тис", "тис."), 10**3
    ),
    **dict.fromkeys(
        ("хил", "хил.", "bin", "χιλ", "χιλ.", "ribu", "rb", "nghìn", "ألف", "الف", "هزار", "אלף", "千", "천"), 10**3
    ),
    **dict.fromkeys(("tn", "t.kr", "duizend", "thousand", "tusen", "tusind", "ezer", "e", "mii", "tuhat", "t"), 10**3),
    **dict.fromkeys(("万", "萬", "만", "w"), 10**4),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs", "लाख", "লাখ"), 10**5),
    **dict.fromkeys(
        (
            "m",
            "mn",
            "mln",
            "mln.",
            "mio",
            "mio.",
            "mi",
            "mill",
            "mill.",
            "million",
            "millions",
            "млн",
            "млн.",
            "jt",
            "juta",
        ),
        10**6,
    ),
    **dict.fromkeys(("triệu", "tr", "مليون", "میلیون", "milyon", "milioni", "millones", "milhões", "millionen"), 10**6),
    **dict.fromkeys(("crore", "crores", "cr", "करोड़", "কোটি"), 10**7),
    **dict.fromkeys(("億", "亿", "억"), 10**8),
    **dict.fromkeys(("b", "bn", "mrd", "mrd."), 10**9),
}
_CJK = "千천万萬만億亿억"
# Letters so common that they count only when glued to the number: "3 t" and "5 e" are no thousands.
_GLUED = frozenset(("k", "m", "b", "w", "e", "t", "tr", "cr"))

_GROUP = "[.,'’ \u00a0\u202f\u2009\u066c،]"
_WORDS = "|".join(
    sorted((re.escape(word) for word in MULTIPLIERS if word not in _GLUED and word not in _CJK), key=len, reverse=True)
)
_GLUE = "|".join(sorted(_GLUED, key=len, reverse=True))
# One count, to be placed into other patterns. Groups of digits first, then a decimal part, a multiplier and a "+".
COUNT = (
    rf"(?:\d{{1,2}}(?:,\d{{2}})+,\d{{3}}|\d{{1,3}}(?:{_GROUP}\d{{3}})+|\d+)(?!\d)(?:[.,\u066b]\d{{1,2}}(?!\d))?"
    rf"(?:\s?[{_CJK}](?:\d{{1,4}}[{_CJK}]?)?|(?:{_GLUE})(?![^\W\d_])|\s?(?:{_WORDS})(?![^\W\d_]))?\s?\+?"
)
_PARTS = re.compile(
    r"^(?P<number>\d(?:[\d.,'’ \u00a0\u202f\u2009]*\d)?)\s?"
    rf"(?:(?P<unit>[^\d\s.,+][^\d\s+]*)(?P<rest>\d{{1,4}}[{_CJK}]?)?)?\s?(?P<plus>\+)?$"
)
_GROUPED = re.compile(r"^\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*$|^\d{1,2}(?:,\d{2})*,\d{3}$")


@dataclass(frozen=True, slots=True)
class Count:
    """A number read: rounded ones ("1.2K", "10万+") are not exact and move in steps of `step`."""

    count: int
    exact: bool
    step: int = 1


def read_count(text: str) -> Count | None:
    """The count that a text is, whole; None where it is no count ("1.23", "12:30", "1,2,3")."""
    ascii_text = _ascii(text.strip())
    match = _PARTS.match(ascii_text)
    if not match:
        return None
    unit = (match["unit"] or "").casefold()
    if unit and unit not in MULTIPLIERS:
        return None
    number = re.sub("[’\u00a0\u202f\u2009]", lambda m: "'" if m[0] == "’" else " ", match["number"]).strip()
    value = _plain(number) if not unit else _scaled(number, MULTIPLIERS[unit])
    if value is None or value.count > MAX_COUNT:
        return None
    if match["rest"]:
        return _continued(value, match["rest"])
    if match["plus"]:
        return Count(value.count, False, max(value.step, _trailing_step(value.count)))
    return value


def _ascii(text: str) -> str:
    """Every script's digits as ASCII; Arabic separators as the signs they stand for."""
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    return (
        digits.replace("\u066c", ",")
        .replace("\u066b", ".")
        .replace("،", ",")
        .replace("＋", "+")
        .replace("，", ",")
        .replace("．", ".")
    )


def _plain(number: str) -> Count | None:
    if number.isdigit():
        return Count(int(number), True) if len(number) < 14 else None
    if _GROUPED.match(number):
        return Count(int(re.sub(r"\D", "", number)), True)
    return None


def _scaled(number: str, factor: int) -> Count | None:
    if match := re.match(r"^(\d{1,4})[.,](\d{1,3})$", number):
        if len(match[2]) == 3 and factor >= 10**4:
            # "1,234万" groups; "1.234K" would be an exact 1234 written oddly and is read as such.
            return Count(int(match[1] + match[2]) * factor, False, factor)
        digits = len(match[2])
        step = max(1, factor // 10**digits)
        return Count(int(match[1]) * factor + int(match[2]) * factor // 10**digits, False, step)
    plain = _plain(number)
    return Count(plain.count * factor, False, factor) if plain else None


def _continued(value: Count, rest: str) -> Count | None:
    """ "1万2345" and "1億2345万": what follows the first unit counts in the next one."""
    unit = rest[-1] if not rest[-1].isdigit() else ""
    factor = MULTIPLIERS.get(unit, 1)
    if factor >= value.step:
        return None
    return Count(value.count + int(rest.rstrip(_CJK)) * factor, factor == 1, factor)


def _trailing_step(count: int) -> int:
    step = 1
    while count and count % (step * 10) == 0:
        step *= 10
    return step
