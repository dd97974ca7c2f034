"""Counts as people write them: every script's digits, every grouping, "1.2K", "3,4 mil", "12万", "1.2 lakh"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_COUNT = 10**13

# What a count is multiplied by when this follows it: a whole word, case folded, without its final dot.
_UNITS = {
    10**3: """k tsd mil mila mille tys tis tūkst tukst tūkst tuh tuhat тыс тис хил χιλ хиљ bin ribu rb nghìn nghin ngàn
        ألف الف آلاف الاف هزار אלף हज़ार हजार হাজার 千 천 tn duizend thousand tusen tusind ezer e mii t พัน tisuća
        tisíc tisic тысяч тысячи тисяч хиляди хиљада χιλιάδες""",
    10**4: "万 萬 만 w หมื่น",
    10**5: "lakh lakhs lac lacs लाख লাখ লক্ষ แสน",
    10**6: """m mn mln mio mi mill milj million millions millionen millioner milyon milioni milione millones millón
        milhões milhão milioane milionów miliony milijuna miljoen miljonas miljoonaa млн мил миллионов миллиона
        мільйонів jt juta triệu tr مليون ملايين میلیون מיליון εκ ล้าน मिलियन""",
    10**7: "crore crores cr करोड़ करोड কোটি",
    10**8: "億 亿 억",
    10**9: "b bn bi md mrd mld mia млрд مليار میلیارد tỷ พันล้าน",
}
# What a unit means in one language and not elsewhere.
_LOCAL_UNITS = {
    **{(language, "mil"): 10**6 for language in ("cs", "sk", "ro", "hr", "sl")},
    ("tr", "b"): 10**3,  # bin
    ("tr", "mr"): 10**9,  # milyar
    ("vi", "n"): 10**3,  # nghìn
    ("vi", "t"): 10**9,  # tỷ
}
_EAST = "千천万萬만億亿억"
# Letters so common that they count only when glued to the number, or when the word for views follows.
GLUED = frozenset(("k", "m", "b", "w", "e", "t", "tr", "cr", "n", "mr", "mi", "bi", "md"))

_GROUPING = "[.,' ]"
# The digits of one count in a text with plain digits: groups first, then a decimal part.
NUMBER = (
    rf"(?:[1-9]\d{{0,2}}(?P<group>{_GROUPING})\d{{3}}(?:(?P=group)\d{{3}})*(?!\d)"
    r"|[1-9]\d?(?:,\d\d)+,\d{3}(?!\d)|\d+)(?:[.,]\d{1,2}(?!\d))?"
)
# What may follow the digits: an eastern unit with what continues it ("1万2345"), or a word.
EASTERN = rf"[ ]?(?P<east>[{_EAST}])(?:(?P<rest>\d{{1,4}})(?P<next>[{_EAST}]?))?"
_COUNT = re.compile(rf"(?P<number>{NUMBER})(?:{EASTERN}|[ ]?(?P<unit>[^\W\d_][^\s\d+]*))?[ ]?(?P<plus>\+)?")
_DECIMAL = re.compile(r"(\d{1,4})[.,](\d{1,3})")
_GROUPED = re.compile(rf"[1-9]\d{{0,2}}(?:({_GROUPING})\d{{3}})(?:\1\d{{3}})*|[1-9]\d?(?:,\d\d)*,\d{{3}}")
_SIGNS = str.maketrans("\u066c،，\u066b．。＋’＇\u00a0\u202f\u2009\u2007\u3000", ",,,...+''     ")


def _unit_key(word: str) -> str:
    return unicodedata.normalize("NFKC", word).casefold().rstrip(".")


UNITS = {_unit_key(unit): factor for factor, units in _UNITS.items() for unit in units.split()}


ALL_UNITS = UNITS.keys() | {unit for _, unit in _LOCAL_UNITS}


@dataclass(frozen=True, slots=True)
class Count:
    """A number read: rounded ones ("1.2K", "10万+") are not exact and move in steps of `step`."""

    count: int
    exact: bool
    step: int = 1


def plain_digits(text: str) -> str:
    """A text of the same length with every script's digits as ASCII and every separator of groups as its plain sign."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() and not char.isascii() else char
        for char in text.translate(_SIGNS)
    )


def unit_of(word: str, language: str = "") -> int | None:
    """What a word after a number multiplies it by ("K", "mil", "тыс."), in a language where its meaning differs."""
    key = _unit_key(word)
    return _LOCAL_UNITS.get((language, key)) or UNITS.get(key)


def is_unit(word: str) -> bool:
    """Whether a word behind a number multiplies it in some language."""
    return _unit_key(word) in ALL_UNITS


def read_count(text: str, language: str = "") -> Count | None:
    """The count that a text is, whole; None where it is no count ("1.23", "12:30", "1,2,3")."""
    match = _COUNT.fullmatch(plain_digits(text.strip()))
    if match is None:
        return None
    unit = match["unit"] or match["east"]
    if unit is None:
        value = _plain(match["number"])
    else:
        factor = unit_of(unit, language)
        value = _scaled(match["number"], factor) if factor else None
    if value is not None and match["rest"]:
        value = _continued(value, match["rest"], match["next"])
    if value is None or value.count > MAX_COUNT:
        return None
    if match["plus"]:
        return Count(value.count, False, max(value.step, _trailing_step(value.count)))
    return value


def _plain(number: str) -> Count | None:
    if number.isdigit():
        return Count(int(number), True) if len(number) < 14 else None
    if _GROUPED.fullmatch(number):
        return Count(int(re.sub(r"\D", "", number)), True)
    return None


def _scaled(number: str, factor: int) -> Count | None:
    if match := _DECIMAL.fullmatch(number):
        if len(match[2]) == 3 and factor >= 10**4:
            return Count(int(match[1] + match[2]) * factor, False, factor)  # "1,234万" groups
        # "1.234K" is an exact 1234 written oddly.
        step = max(1, factor // 10 ** len(match[2]))
        return Count(int(match[1]) * factor + int(match[2]) * step, step == 1, step)
    plain = _plain(number)
    return Count(plain.count * factor, False, factor) if plain else None


def _continued(value: Count, rest: str, unit: str) -> Count | None:
    """ "1万2345" and "1億2345万": what follows the first unit counts in the next one."""
    factor = UNITS.get(unit, 1)
    if factor >= value.step:
        return None
    return Count(value.count + int(rest) * factor, factor == 1, factor)


def _trailing_step(count: int) -> int:
    step = 1
    while count and count % (step * 10) == 0:
        step *= 10
    return step
