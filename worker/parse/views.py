"""The view counter that a page prints of itself: found, read, told from those of teasers, and masked from the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dateline.nouns.articles import ViewCount
from worker.parse import jsonld
from worker.parse.evidence import Evidence
from worker.parse.lines import Line
from worker.parse.marks import Mark
from worker.parse.numbers import COUNT, read_count
from worker.parse.page import Page
from worker.parse.text import clean, fold
from worker.parse.view_owner import Candidate, decide
from worker.parse.view_phrases import PHRASES

MAX_LINE = 400  # characters of a line that may hold a counter
MAX_BESIDE = 90  # characters of other words in a counter's line: dates, authors, "3 comments"; more is prose
_UNSPACED = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f"  # Japanese, Chinese, Korean, Thai
_COUNT_ALONE = re.compile(rf"^\W{{0,3}}(?P<count>{COUNT})\W{{0,2}}$", re.IGNORECASE)
_DIGIT = re.compile(r"\d")  # of any script
_SELF = re.compile(
    r"(?:this|the|diese[rs]?|cet(?:te)?|est[ea]|quest[oa']|dit|denna|denne|dette|tämä|ten|ta|эт[ао]|цю|ця|本|この|此|该)"
    r"\W{0,2}\s*(?:story|article|page|post|news|item|entry|artikel|beitrag|seite|meldung|artículo|noticia|nota|pagina|"
    r"articolo|notizia|artigo|matéria|bericht|artikkel|artikkeli|artykuł|stat|страниц|новост|публикац|мат|文|記事|"
    r"ページ|新闻|新聞|篇)",
    re.IGNORECASE,
)
_VIEW_ACTIONS = ("ViewAction", "ReadAction", "UserPageVisits", "UserViews", "PageVisits")
_DATA = ("data-views", "data-view-count", "data-pageviews", "data-page-views", "data-post-views", "data-hits")


def _compile(phrases: Iterable[str]) -> re.Pattern[str]:
    """One pattern of phrases, the words before the count in `label` form or after it, longest first."""
    branches = []
    for phrase in sorted(set(phrases), key=lambda p: (-len(p), p)):
        before, after = phrase.split("#")
        left = (
            r"(?<![^\W\d_])" + re.escape(before.strip()).replace(r"\ ", r"\s+") + r"\s*[:：=]?\s*[(\[]?\s*"
            if before.strip()
            else ""
        )
        glue = r"\s?" if after.startswith(" ") else ""
        right = glue + re.escape(after.strip()).replace(r"\ ", r"\s+") + r"(?![^\W\d_])" if after.strip() else ""
        if not _spaced(phrase):
            left, right = left.replace(r"(?<![^\W\d_])", ""), right.replace(r"(?![^\W\d_])", "")
        free = rf"(?<![{_UNSPACED}])" if _spaced(phrase) and not left else ""
        branches.append(f"{left}{free}#{right}")
    # A count begins a branch or follows its words; "12/2504", "1:23" and "-5" are none.
    joined = "|".join(
        branch.replace("#", rf"(?<![\d.,:/$€£¥%-])(?P<n{i}>{COUNT})(?![\d:/%])", 1) for i, branch in enumerate(branches)
    )
    return re.compile(joined, re.IGNORECASE)


def _spaced(phrase: str) -> bool:
    """Whether the language of a phrase puts spaces between words."""
    return not re.search(f"[{_UNSPACED}]", phrase)


# Words that are buttons when they stand alone.
_COMMANDS = {"view", "read", "查看", "观看", "觀看", "阅读", "閱讀", "点击", "點擊", "浏览", "瀏覽"}
_ALL = [phrase for phrases in PHRASES.values() for phrase in phrases]
_LABELS = {fold(phrase) for phrase in _ALL if phrase.startswith("#") or phrase.endswith("#")} - _COMMANDS
# The rarest look-up first: a page without any of these words has no phrase (and most pages have few).
ANCHORS = tuple(sorted({max(re.split(r"[\s#]+", phrase.casefold()), key=len).strip(".-") for phrase in _ALL}))
# Phrases grouped by their anchor: a line is searched for the phrases of the anchors it holds, not for all 500.
_BY_ANCHOR: dict[str, re.Pattern[str]] = {}


def _pattern(anchor: str) -> re.Pattern[str]:
    if anchor not in _BY_ANCHOR:
        _BY_ANCHOR[anchor] = _compile(phrase for phrase in _ALL if anchor in phrase.casefold())
    return _BY_ANCHOR[anchor]


def find_views(page: Page, evidence: Evidence) -> ViewCount | None:
    """The page's own counter; None where it prints none, whatever its teasers, comments and share bars count."""
    chosen = decide(page, [*_structured(evidence), *_phrased(page)])
    if chosen is None:
        return None
    return ViewCount(chosen.count.count, chosen.count.exact, chosen.matched, chosen.extractor, chosen.count.step)


def mask(paragraphs: Iterable[str], found: ViewCount | None) -> list[str]:
    """Paragraphs without counters: lines that are nothing but one go, and the page's own is cut out of others."""
    kept = []
    for paragraph in paragraphs:
        if is_counter(paragraph):
            continue
        if found is not None and found.matched and found.matched in paragraph:
            paragraph = clean(paragraph.replace(found.matched, " "))
        if paragraph:
            kept.append(paragraph)
    return kept


def is_counter(line: str) -> bool:
    """Whether a line is a counter and hardly anything else."""
    if len(line) > MAX_LINE or not _DIGIT.search(line):
        return False
    match = _search(line)
    if match is None:
        return False
    beside = fold(line.replace(match[0], " "))
    return len(beside) <= 30 if not _SELF.search(line) else len(beside) <= MAX_BESIDE


def _search(line: str, anchors: Iterable[str] = ANCHORS) -> tuple[str, str] | None:
    """The counter phrase of a line, its longest: its text and its count's. `anchors`: the words worth trying."""
    lowered = line.casefold()
    best: re.Match[str] | None = None
    for anchor in anchors:
        if anchor not in lowered:
            continue
        match = _pattern(anchor).search(line)
        while match is not None and _misread(match, line):
            match = _pattern(anchor).search(line, match.start() + 1)
        if match is not None and (best is None or len(match[0]) > len(best[0])):
            best = match
    if best is None:
        return None
    return best[0].strip(), next(group for group in best.groups() if group)


def _misread(match: re.Match[str], line: str) -> bool:
    """In "Comments 3 Views 20" the 3 belongs to the word before it; in "5 min read" to the minutes."""
    after, before = line[match.end() :], line[: match.start()]
    if match[0][:1].isdecimal():
        if re.match(r"\s*[:：]?\s*\d", after) and re.search(r"[^\W\d_]\W{0,2}$", before):
            return True
        if re.match(
            r"\s*(?:more|next|also|also:|the|this|our|all|on|of|in|from|about)\b", after, re.IGNORECASE
        ) and not re.match(r"\s*(?:this|the)\s+(?:article|story|post|page)", after, re.IGNORECASE):
            return True
    return bool(re.search(r"(?:top|page|part|no\.|nr\.|min\.?|#)\s*$", before, re.IGNORECASE))


def _phrased(page: Page) -> Iterator[Candidate]:
    lines = page.lines
    whole = "\n".join(line.text for line in lines if _DIGIT.search(line.text)).casefold()
    anchors = [anchor for anchor in ANCHORS if anchor in whole]
    for index, line in enumerate(lines):
        text = line.text
        if len(text) > MAX_LINE or not _DIGIT.search(text):
            continue
        if _COUNT_ALONE.match(text):
            label = _label_beside(lines, index)
            joined = None if label is None else f"{label} {text}"
            if joined and (count := read_count(_COUNT_ALONE.match(text)["count"])):  # type: ignore[index]
                yield Candidate(count, joined, "label", index, line.box, False)
            continue
        found = _search(text, anchors)
        if found is None or (count := read_count(found[1])) is None:
            continue
        beside = clean(text.replace(found[0], " "))
        sure = bool(_SELF.search(text)) and len(beside) <= MAX_BESIDE
        if len(beside) <= MAX_BESIDE and not _is_prose(beside):
            yield Candidate(count, found[0], "phrase", index, line.box, sure)


def _is_prose(beside: str) -> bool:
    """Whether the words beside a count make a sentence of their own rather than labels."""
    return len(fold(beside)) > 60 and beside.endswith((".", "!", "?", "”", '"', "…"))


def _label_beside(lines: Sequence[Line], index: int) -> str | None:
    """The word that a number alone on its line belongs to, on the line before it or after it."""
    texts = [lines[at].text if 0 <= at < len(lines) else "" for at in range(index - 2, index + 3)]
    before, after = texts[1], texts[3]
    # "20", "Views", "3", "Comments": the numbers come first, and this one's word is the next.
    numbers_first = _COUNT_ALONE.match(texts[0]) and len(after) <= 20 and after.isalpha()
    if fold(before) in _LABELS and not numbers_first:
        return before
    labels_first = _COUNT_ALONE.match(texts[4]) and len(before) <= 20 and before.isalpha()
    return after if fold(after) in _LABELS and not labels_first else None


def _structured(evidence: Evidence) -> Iterator[Candidate]:
    """schema.org: interactionStatistic of the page's own story, interactionCount of old, data attributes."""
    for story in evidence.stories:
        if not set(jsonld.types(story)).isdisjoint(jsonld.PAGE_TYPES):
            continue
        value = story.get("interactionStatistic")
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                kind = jsonld.text_of(item.get("interactionType"), "@type", "@id") or ""
                number = item.get("userInteractionCount", item.get("interactionCount"))
                if kind.rsplit("/", 1)[-1] in _VIEW_ACTIONS and (count := read_count(str(number))) and count.count:
                    yield Candidate(count, str(number), "json-ld", -1, -1, True)
    items = [mark for mark in evidence.marks.items if not mark.aside]
    for at, mark in enumerate(items):
        prop, content = mark.attributes["itemprop"].lower(), mark.value[:60]
        if prop == "interactioncount" and content.startswith(("UserPageVisits", "UserViews")):
            if count := read_count(content.split(":", 1)[-1]):
                yield Candidate(count, content, "itemprop", -1, -1, False)
        elif prop == "userinteractioncount" and _kind_beside(items[max(0, at - 2) : at + 3]):
            if count := read_count(content):
                yield Candidate(count, content, "itemprop", -1, -1, False)
    blocks = evidence.page.blocks
    for number in range(len(blocks.elements)):
        if blocks.name(number) in ("article", "body", "main"):
            for name in _DATA:
                found = re.search(rf' {name}="([^"]*)', blocks.attributes(number))
                if found and (count := read_count(found[1])):
                    yield Candidate(count, found[1], "data attribute", -1, number, False)


def _kind_beside(marks: Sequence[Mark]) -> bool:
    """Whether a statistic among these properties counts views."""
    kinds = [mark for mark in marks if mark.attributes["itemprop"] == "interactionType"]
    says = (f"{mark.attributes.get('href', '')} {mark.attributes.get('itemtype', '')} {mark.value}" for mark in kinds)
    return any(action in said for said in says for action in _VIEW_ACTIONS)
