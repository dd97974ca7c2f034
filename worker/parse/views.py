"""The view counter that a page prints of itself: found, read, told from those of teasers, and masked from the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from dateline.nouns.articles import ViewCount
from worker.parse import jsonld
from worker.parse.blocks import COLUMNS
from worker.parse.evidence import Evidence
from worker.parse.marks import Mark
from worker.parse.numbers import read_count
from worker.parse.page import Page
from worker.parse.text import clean
from worker.parse.view_match import MAX_LINE, count_alone, is_label, read_line
from worker.parse.view_owner import Candidate, decide
from worker.parse.view_words import spots

MAX_LINES = 300  # that are read for counters on one page
_DIGIT = re.compile(r"\d")  # of any script
_VIEW_ACTIONS = ("ViewAction", "ReadAction", "UserPageVisits", "UserViews", "PageVisits")
_BOX = COLUMNS.index("element0")
_OLD_STATISTICS = ("UserPageVisits", "UserViews", "UserPageViews")


def find_views(page: Page, evidence: Evidence) -> ViewCount | None:
    """The page's own counter; None where it prints none, whatever its teasers, comments and share bars count."""
    chosen = decide(page, find_candidates(page, evidence))
    if chosen is None:
        return None
    return ViewCount(chosen.count.count, chosen.count.exact, chosen.matched, chosen.extractor, chosen.count.step)


def find_candidates(page: Page, evidence: Evidence) -> list[Candidate]:
    """Every counter on the page, whosever it is, the surest kinds first."""
    return [*_structured(evidence), *_phrased(page), *_marked(page)]


def mask(paragraphs: Iterable[str], found: ViewCount | None) -> list[str]:
    """Paragraphs without counters: lines that are nothing but one go, and the page's own is cut out of others."""
    kept: list[str] = []
    lines = list(paragraphs)
    matched = found.matched if found else ""
    bare = count_alone(matched) is not None  # a number that markup or an attribute tells to be the counter
    for at, line in enumerate(lines):
        beside = lines[at - 1 : at] + lines[at + 1 : at + 2]
        if is_counter(line) or any(_are_counter(line, other) for other in beside):
            continue
        if bare and line.strip("()[] ") == matched:
            continue
        if matched and not bare and matched in line:
            line = clean(re.sub(rf"(?<!\w)[(\[]?{re.escape(matched)}[)\]]?(?!\w)", " ", line))
        if line:
            kept.append(line)
    return kept


def is_counter(line: str) -> bool:
    """Whether a line is a counter and hardly anything else."""
    if len(line) > MAX_LINE or next(spots(line), None) is None:
        return False
    match = read_line(line)
    return match is not None and match.alone


def _are_counter(line: str, other: str) -> bool:
    """Whether two lines side by side are a counter's word and its count."""
    return (count_alone(other) is not None and is_label(line)) or (count_alone(line) is not None and is_label(other))


def _phrased(page: Page) -> Iterator[Candidate]:
    """Counters told by their words, in a line or in two."""
    blocks = page.blocks
    lines = [text if len(text) <= MAX_LINE else "" for text in blocks.texts]
    found = list(spots("\n".join(lines)))
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0)) if found else []
    for at in sorted({bisect_right(starts, spot) - 1 for spot in found})[:MAX_LINES]:
        line, box = clean(lines[at]), blocks.rows[at][_BOX]
        if match := read_line(line):
            yield Candidate(match.count, match.text, "phrase", box, match.sure)
        elif (number := count_alone(line)) and (label := _label_beside(lines, at)) and (count := read_count(number)):
            yield Candidate(count, f"{label} {line}", "label", box)


def _label_beside(lines: Sequence[str], at: int) -> str | None:
    """The word that a number alone on its line belongs to, on the line before it or after it."""
    first, before, after, last = (
        clean(lines[near]) if 0 <= near < len(lines) else "" for near in (at - 2, at - 1, at + 1, at + 2)
    )
    # "20", "Views", "3", "Comments": the numbers come first, and this one's word is the next.
    if is_label(before) and not (count_alone(first) and _is_word(after)):
        return before
    return after if is_label(after) and not (count_alone(last) and _is_word(before)) else None


def _is_word(line: str) -> bool:
    return 0 < len(line) <= 20 and not _DIGIT.search(line)


def _marked(page: Page) -> Iterator[Candidate]:
    """Counters told by attributes, or in parts that are no blocks."""
    for mark in page.marks.counters:
        if not mark.label:
            if count := read_count(mark.printed):
                yield Candidate(count, mark.printed, "data attribute", -1)
        elif (said := read_line(mark.label)) is None:
            continue
        elif not mark.holder[0]:
            if mark.own or said.sure:
                yield Candidate(said.count, said.text, "phrase", -1, said.sure)
        elif (box := _box_of(page, mark.holder, mark.printed)) is not None:
            yield Candidate(said.count, mark.printed, "label", box)


def _box_of(page: Page, holder: tuple[str, str], printed: str) -> int | None:
    """The element that prints a marked count: the first of its tag and class with it among its words, whole at best."""
    blocks = page.blocks
    boxes = [
        (text, row[_BOX])
        for text, row in zip(blocks.texts, blocks.rows, strict=True)
        if len(text) <= MAX_LINE and printed in text and blocks.name(row[_BOX]) == holder[0]
    ]
    if holder[1]:
        boxes = [(text, box) for text, box in boxes if f'"{holder[1]}"' in blocks.attributes(box)]
    whole = re.compile(rf"(?<![\d.,]){re.escape(printed)}(?![\d,])")
    # "1234" and "77" in two elements side by side print "123477".
    return next((box for text, box in boxes if whole.search(text)), boxes[0][1] if boxes else None)


def _structured(evidence: Evidence) -> Iterator[Candidate]:
    """schema.org: interactionStatistic of the page's own story, interactionCount of old."""
    for story in evidence.stories:
        if not set(jsonld.types(story)).isdisjoint(jsonld.PAGE_TYPES):
            continue
        value = story.get("interactionStatistic")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                kind = jsonld.text_of(item.get("interactionType"), "@type", "@id") or ""
                number = item.get("userInteractionCount", item.get("interactionCount"))
                if kind.rsplit("/", 1)[-1] in _VIEW_ACTIONS and (count := read_count(str(number))) and count.count:
                    yield Candidate(count, str(number), "json-ld", -1, True)
        for old in jsonld.texts_of(story.get("interactionCount")):
            if old.startswith(_OLD_STATISTICS) and (count := read_count(old.split(":", 1)[-1])):
                yield Candidate(count, old, "json-ld", -1, True)
    items = [mark for mark in evidence.marks.items if not mark.aside]
    for at, mark in enumerate(items):
        prop, content = mark.attributes["itemprop"].lower(), mark.value[:60]
        if prop == "interactioncount" and content.startswith(_OLD_STATISTICS):
            if count := read_count(content.split(":", 1)[-1]):
                yield Candidate(count, content, "itemprop", -1)
        elif (
            prop == "userinteractioncount"
            and _counts_views(items[max(0, at - 2) : at + 3])
            and (count := read_count(content))
        ):
            yield Candidate(count, content, "itemprop", -1)


def _counts_views(marks: Sequence[Mark]) -> bool:
    """Whether a statistic among these properties counts views."""
    kinds = [mark for mark in marks if mark.attributes["itemprop"] == "interactionType"]
    says = (f"{mark.attributes.get('href', '')} {mark.attributes.get('itemtype', '')} {mark.value}" for mark in kinds)
    return any(action in said for said in says for action in _VIEW_ACTIONS)
