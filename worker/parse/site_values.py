"""How a site rule's words find values on a page: texts, moments, counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from turbohtml import Document, Element, PlainText, parse_fragment

from dateline.nouns.articles import ViewCount
from worker.parse.dates import parse_stamp
from worker.parse.numbers import Count, read_count
from worker.parse.site_state import JsonPath, StateSource
from worker.parse.text import clean, paragraphs

MAX_VALUE = 2_000  # characters of one field's value
MAX_VALUES = 50
MAX_COUNTER = 400  # characters of the element that holds a counter
COUNT_WORD = "{count}"
_PLAIN = PlainText(bullet="")
_TAG = re.compile(r"<[a-zA-Z/!]")
_CLOCK = re.compile(r"(?<![\d:.])([01]?\d|2[0-3])[:hH]([0-5]\d)(?::[0-5]\d)?(?:\s*([ap])\.?m\b)?", re.IGNORECASE)
_NUMBER = re.compile(r"(\d(?:[\d.,'’\u00a0\u202f\u2009 ]*\d)?)(\s?[^\W\d_]+\.?)?(\s?\+)?")
_EAST = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")  # scripts without spaces: a unit is one character long


class RulePage:
    """A parsed page as a rule sees it; its embedded state is read when a path first asks for it."""

    def __init__(self, document: Document, state: StateSource | None) -> None:
        self.document = document
        self._source = state

    @cached_property
    def states(self) -> list[Any]:
        """The JSON that the page's scripts carry, where the rule says."""
        return self._source.read(self.document) if self._source else []


@dataclass(frozen=True, slots=True)
class Pick:
    """Where a value stands: under a selector (its text or an attribute), at a path of the state, or here as it is."""

    select: str = ""
    attribute: str = ""
    state: JsonPath | None = None
    value: str = ""
    after: str = ""  # the value begins after these words
    before: str = ""  # and ends before these

    def strings(self, page: RulePage) -> list[str]:
        """The values found, cleaned, in document order, each once."""
        cut = (self._cut(clean(raw[: 4 * MAX_VALUE])) for raw in self._raw(page))
        return list(dict.fromkeys(value for value in cut if 0 < len(value) <= MAX_VALUE))[:MAX_VALUES]

    def _raw(self, page: RulePage) -> Iterator[str]:
        if self.value:
            yield self.value
        elif self.state is not None:
            yield from (flat(text) for text in self.state.strings(page.states))
        else:
            for element in page.document.select(self.select):
                yield (element.attr(self.attribute) or "") if self.attribute else element.to_text(_PLAIN)

    def _cut(self, value: str) -> str:
        if self.after and self.after in value:
            value = value.split(self.after, 1)[1]
        if self.before:
            value = value.split(self.before, 1)[0]
        return value.strip()


def first_found(picks: Sequence[Pick], page: RulePage) -> tuple[str, ...]:
    """What the first pick that finds something finds."""
    return next((tuple(found) for pick in picks if (found := pick.strings(page))), ())


def flat(text: str, drop: str = "") -> str:
    """A text that may be HTML as plain text, without the elements that a selector drops."""
    if not _TAG.search(text):
        return text
    fragment = parse_fragment(text)
    return (fragment.remove(drop) if drop else fragment).to_text(_PLAIN)


def lines(element: Element) -> list[str]:
    """The lines of text of an element: one for each block in it."""
    return paragraphs(element.to_text(_PLAIN))


@dataclass(frozen=True, slots=True)
class DateRule:
    """How the publisher writes dates: strptime formats, tried in order, and the zone of times that name none."""

    formats: tuple[str, ...] = ()
    zone: ZoneInfo | None = None

    def moment(self, raw: str) -> str:
        """The date in ISO 8601 as far as it can be told, with its offset where the zone is known; else as it was."""
        for form in self.formats:
            try:
                found = datetime.strptime(raw, form)  # noqa: DTZ007  the zone is the rule's next word
            except ValueError:
                continue
            timed = any(code in form for code in ("%H", "%I"))
            return self._zoned(found).isoformat() if timed else found.date().isoformat()
        stamp = parse_stamp(raw)
        if stamp is None or stamp.at is not None or self.zone is None or not (clock := _CLOCK.search(raw)):
            return raw
        hour = int(clock[1]) % 12 + 12 * (clock[3] in "pP") if clock[3] else int(clock[1])
        at = datetime(stamp.day.year, stamp.day.month, stamp.day.day, hour, int(clock[2]))  # noqa: DTZ001  the same
        return self._zoned(at).isoformat()

    def _zoned(self, moment: datetime) -> datetime:
        return moment if moment.tzinfo or self.zone is None else moment.replace(tzinfo=self.zone)


@dataclass(frozen=True, slots=True)
class CounterRule:
    """The counter that the page prints: where, the words around it, and which signs part its digits."""

    pick: Pick
    format: str = ""  # such as "Viewed {count} times"
    decimal: str = ""
    grouping: str = ""

    def read(self, page: RulePage) -> ViewCount | None:
        """The count, where exactly one can be told; an element that prints it is taken out of the document."""
        for raw in self.pick.strings(page):
            if len(raw) <= MAX_COUNTER and (found := self.count(raw)) is not None:
                if self.pick.select and not self.pick.attribute:
                    _take_out(page.document, self.pick.select)
                return found
        return None

    def count(self, text: str) -> ViewCount | None:
        """The count that a text says; None where it says none, or several."""
        plain = self._plain_digits(text)
        if self.format:
            before, after = (r"\s+".join(map(re.escape, part.split())) for part in self.format.split(COUNT_WORD))
            between = rf"{before}\s*(.{{1,40}}{'?' if after else ''})\s*{after}"
            said = re.search(between, plain, re.IGNORECASE)
            plain = said[1] if said else ""
        return only_count(plain, text, "site rule")

    def _plain_digits(self, text: str) -> str:
        """The text with groups of digits joined, and a point before decimals."""
        if self.grouping:
            text = re.sub(rf"(?<=\d){re.escape(self.grouping)}(?=\d)", "", text)
        return re.sub(rf"(?<=\d){re.escape(self.decimal)}(?=\d)", ".", text) if self.decimal else text


def only_count(text: str, matched: str, extractor: str) -> ViewCount | None:
    """The one count that a text says; None where it says none, or several."""
    whole = read_count(text)
    counts = {whole} if whole else {_count(match) for match in _NUMBER.finditer(text)}
    if len(counts) != 1 or (count := counts.pop()) is None:
        return None
    return ViewCount(count.count, count.exact, matched, extractor, count.step)


def _count(match: re.Match[str]) -> Count | None:
    """A number with the word behind it where that is a unit ("1.2 mil", "12万次"), else alone."""
    number, word, plus = match[1], match[2] or "", match[3] or ""
    unit = word.strip()[:1] if _EAST.match(word.strip()) else ""
    forms = (number + word + plus, number + unit if unit else "", number + (plus if not word else ""))
    return next((count for form in forms if form and (count := read_count(form)) is not None), None)


def _take_out(document: Document, selector: str) -> None:
    for element in document.select(selector):
        if len(element.text) <= 4 * MAX_COUNTER:
            element.decompose()
