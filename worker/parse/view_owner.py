"""Whose counter is it: the page's own, or that of a story which the page merely points to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from worker.parse.blocks import Blocks, Link
from worker.parse.numbers import Count
from worker.parse.page import Page
from worker.parse.text import fold

CARD = 700  # characters: an element that short with a headline's link in it is a teaser
HEADLINE = 20  # characters of a link's text that make it a headline
CLIMB = 8  # levels
_BOXES = frozenset(("aside", "ul", "ol", "li", "div", "section"))
_NOT_OWN = re.compile(
    r"(?:related|recommend|popular|trending|most-?(?:read|viewed)|teaser|sidebar|widget|carousel|comment)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A counter seen somewhere on the page, before it is decided whose it is."""

    count: Count
    matched: str
    extractor: str
    index: int  # of its line; -1 for one without text
    box: int  # the element that holds it, by its number in the page's blocks; -1 where it has none
    sure: bool  # the page says that the count is its own: "This story has been viewed ..."


def decide(page: Page, candidates: Sequence[Candidate]) -> Candidate | None:
    """Whose counter is it: the sure one, else the first that stands in no teaser and in no list of like ones."""
    sure = [candidate for candidate in candidates if candidate.sure]
    if sure:
        return sure[0]
    titles = {fold(text) for text in page.marks.headings if len(text) > HEADLINE}
    own = [c for c in candidates if c.box < 0 or not in_teaser(c.box, page, titles)]
    forms = Counter(_signature(c.box, page.blocks) for c in own if c.box >= 0)
    own = [c for c in own if c.box < 0 or forms[_signature(c.box, page.blocks)] < 3]
    return own[0] if own else None


def in_teaser(box: int, page: Page, titles: set[str]) -> bool:
    """Whether an element speaks of another page: near it stands a headline that leads elsewhere."""
    blocks, node = page.blocks, box
    for _ in range(CLIMB):
        name = blocks.name(node)
        if not node or name in ("body", "html") or _holds_headline(node, blocks):
            return False
        if name in _BOXES and _NOT_OWN.search(blocks.attributes(node)):
            return True
        if sum(len(text) + 1 for text in blocks.texts[blocks.starts[node] : blocks.ends[node]]) > CARD:
            return False
        if any(_leads_away(link, page, titles) for link in blocks.links(node)):
            return True
        node = blocks.parent(node)
    return False


def _holds_headline(node: int, blocks: Blocks) -> bool:
    within = range(node, len(blocks.elements))
    return any(
        blocks.name(number) == "h1" for number in within if number == node or blocks.starts[number] < blocks.ends[node]
    )


def _leads_away(link: Link, page: Page, titles: set[str]) -> bool:
    if not link.href or link.href.startswith(("#", "mailto:", "javascript:", "tel:")):
        return False
    if len(link.text) < HEADLINE or fold(link.text) in titles:
        return False
    return link.href.split("#")[0].rstrip("/") not in page.url


def _signature(box: int, blocks: Blocks) -> str:
    """The shape of an element's place: lists repeat it."""
    steps, node = [], box
    for _ in range(4):
        steps.append(f"{blocks.name(node)}.{blocks.attributes(node)}")
        node = blocks.parent(node)
    return ">".join(steps)
