"""Whose counter is it: the page's own, or that of a story which the page merely points to."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from worker.parse.blocks import COLUMNS, Blocks, Link
from worker.parse.numbers import Count
from worker.parse.page import Page
from worker.parse.text import fold

CARD = 400  # characters of prose: an element with less and a headline's link in it is a teaser
PROSE = 80  # characters from which on a block may be a paragraph
HEADLINE = 20  # characters of a link's text that make it a headline
EASTERN_HEADLINE = 10  # the same in Chinese, Japanese and Korean
BYLINE = 200  # characters of an aside that may hold what is said of the story: author, date, counter
CLIMB = 8  # levels up which a headline is looked for
MAX_CLIMB = 60  # levels up which the names of elements are looked at
MAX_CANDIDATES = 60  # of one page; with more it is a list
_LINKED = COLUMNS.index("linked")
_MOSTLY = 700  # thousandths of a block's letters inside links that make it a link

# Parts of a page that speak of other things, by the beginnings of their classes and ids.
_NOT_OWN = re.compile(
    r"""[ "](?:[a-z0-9]+[-_]){0,2}(?:related|recommend|popular|trending|similar|most-?(?:read|viewed|popular)|teaser
    |side-?bar|carousel|top-?(?:stories|posts|ten)|latest-?(?:news|posts)|author-?(?:box|bio|info))
    |[ "](?:widget(?:[_-][a-z0-9_-]*)?|comments?(?:-?(?:list|body|content|area|item|wrap|section))?)[ "]""",
    re.IGNORECASE | re.VERBOSE,
)
_NAMING = re.compile(r' (?:class|id|role)="([^"]*)"')
_LISTING = re.compile(
    r"/(?:categor|tag|author|topic|section|rubri|kategori|user|profil|member)|[?&](?:cat|tag|author)=", re.I
)
_EASTERN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A counter seen somewhere on the page, before it is decided whose it is."""

    count: Count
    matched: str
    extractor: str
    box: int  # the element that holds it, by its number in the page's blocks; -1 where it has none
    sure: bool = False  # the page says that the count is its own: "This story has been viewed ..."


def decide(page: Page, candidates: Sequence[Candidate]) -> Candidate | None:
    """The page's own counter: the sure one, else the first below the headline that stands in no teaser and no list."""
    if not candidates:
        return None
    if sure := next((candidate for candidate in candidates if candidate.sure), None):
        return sure
    place = Place(page)
    candidates = sorted(candidates, key=lambda each: place.start(each.box))[:MAX_CANDIDATES]
    own = [each for each in candidates if each.box < 0 or not place.is_of_another(each.box)]
    shapes: dict[str, set[int]] = {}
    for each in own:
        shapes.setdefault(place.shape(each.box), set()).add(each.count.count)
    own = [each for each in own if each.box < 0 or len(shapes[place.shape(each.box)]) == 1]
    below = (each for each in own if place.is_below_headline(each.box))
    return next(below, own[0] if own else None)


class Place:
    """A page's blocks as far as they tell where in it a counter stands."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.blocks: Blocks = page.blocks
        self.titles = {fold(text) for text in (*page.marks.headings, page.blocks.title, page.marks.title) if text}

    @cached_property
    def headlines(self) -> list[int]:
        """The blocks of the page's headline: what its <h1> says, or what says the same as its title."""
        blocks = self.blocks
        found = {blocks.starts[n] for n in range(len(blocks.places)) if blocks.name(n) == "h1"}
        if not found:
            found = {at for at, text in enumerate(blocks.texts) if len(text) > HEADLINE and fold(text) in self.titles}
        return sorted(found)

    @cached_property
    def size(self) -> int:
        """Characters of all blocks."""
        return sum(map(len, self.blocks.texts))

    def start(self, box: int) -> int:
        """The first block of an element; -1 for none."""
        return self.blocks.starts[box] if box >= 0 else -1

    def is_below_headline(self, box: int) -> bool:
        """Whether an element begins below the first headline."""
        return bool(self.headlines) and self.start(box) >= self.headlines[0]

    def is_of_another(self, box: int) -> bool:
        """Whether an element speaks of another page: it is in a part for other things, or beside a headline's link."""
        node, near = box, True
        for level in range(MAX_CLIMB):
            if not node or self.blocks.name(node) == "body" or self._holds_headline(node):
                return False
            if self._is_aside(node) or self._is_named_for_others(node):
                return not self._is_most(node)
            near = near and level < CLIMB and self._prose(node) <= CARD
            if near and self._has_headline_link(node):
                return True
            node = self.blocks.parent(node)
        return False

    def shape(self, box: int) -> str:
        """The shape of an element's place, without numbers: lists repeat it."""
        steps, node = [], max(box, 0)
        for _ in range(4):
            steps.append(f"{self.blocks.name(node)}{self.blocks.attributes(node)}")
            node = self.blocks.parent(node)
        return _NUMBERS.sub("", ">".join(steps))

    def _range(self, node: int) -> range:
        return range(self.blocks.starts[node], self.blocks.ends[node])

    def _holds_headline(self, node: int) -> bool:
        within = self._range(node)
        at = bisect_left(self.headlines, within.start)
        return at < len(self.headlines) and self.headlines[at] in within

    def _is_aside(self, node: int) -> bool:
        """Whether an element is no part of the story by its tag; an aside of a few words may hold a byline."""
        name = self.blocks.name(node)
        return name == "nav" or (
            name == "aside" and sum(len(self.blocks.texts[at]) for at in self._range(node)) > BYLINE
        )

    def _is_named_for_others(self, node: int) -> bool:
        names = _NAMING.findall(self.blocks.attributes(node))
        return any(_NOT_OWN.search(f'"{name}"') for name in names)

    def _is_most(self, node: int) -> bool:
        """Whether an element holds most of the page, whatever it is called."""
        return sum(len(self.blocks.texts[at]) for at in self._range(node)) * 2 > self.size

    def _prose(self, node: int) -> int:
        rows, texts = self.blocks.rows, self.blocks.texts
        return sum(
            len(texts[at]) for at in self._range(node) if len(texts[at]) >= PROSE and rows[at][_LINKED] < _MOSTLY
        )

    @cached_property
    def _leading_away(self) -> set[str]:
        """The words of the page's links that may be headlines of other pages."""
        return {link.text for link in self.blocks.links(0) if self._leads_away(link)}

    def _has_headline_link(self, node: int) -> bool:
        return any(self._is_link(at) and self._tells_of_another(self.blocks.texts[at]) for at in self._range(node))

    def _is_link(self, at: int) -> bool:
        """Whether a block may be a headline that is a link, alone or in a line of labels."""
        text, linked = self.blocks.texts[at], self.blocks.rows[at][_LINKED]
        return linked >= (_MOSTLY if len(text) >= PROSE else _MOSTLY // 2) and _is_long(text)

    def _tells_of_another(self, text: str) -> bool:
        return text in self._leading_away or any(headline in text for headline in self._leading_away)

    def _leads_away(self, link: Link) -> bool:
        href = link.href
        if not href or href.startswith(("#", "mailto:", "javascript:", "tel:")) or _LISTING.search(href):
            return False
        own = fold(link.text) in self.titles or href.split("#")[0].rstrip("/") in self.page.url
        return _is_long(link.text) and not own


def _is_long(text: str) -> bool:
    """Whether a text may be a headline rather than a name or a section."""
    if _EASTERN.search(text):
        return len(text) >= EASTERN_HEADLINE
    return len(text) >= HEADLINE and text.count(" ") >= 2
