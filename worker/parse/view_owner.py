"""Whose counter is it: the page's own, or that of a story which the page merely points to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import html

from worker.parse.numbers import Count
from worker.parse.page import Page
from worker.parse.text import clean, fold

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
    element: html.HtmlElement | None
    sure: bool  # the page says that the count is its own: "This story has been viewed ..."


def decide(page: Page, candidates: Sequence[Candidate]) -> Candidate | None:
    """Whose counter is it: the sure one, else the first that stands in no teaser and in no list of like ones."""
    sure = [candidate for candidate in candidates if candidate.sure]
    if sure:
        return sure[0]
    title = {fold(text) for text in (*(h.text_content() for h in page.tree.iter("h1")),) if len(text) > HEADLINE}
    own = [c for c in candidates if c.element is None or not in_teaser(c.element, page, title)]
    forms = Counter(_signature(c.element) for c in own if c.element is not None)
    own = [c for c in own if c.element is None or forms[_signature(c.element)] < 3]
    return own[0] if own else None


def in_teaser(element: html.HtmlElement, page: Page, titles: set[str]) -> bool:
    """Whether an element speaks of another page: near it stands a headline that leads elsewhere."""
    node = element
    for _ in range(CLIMB):
        if node.tag in ("body", "html") or node.tag == "h1" or node.find(".//h1") is not None:
            return False
        if node.tag == "nav" or (node.tag in _BOXES and _NOT_OWN.search(_names(node))):
            return True
        text = clean(node.text_content())
        if len(text) > CARD:
            return False
        if any(_leads_away(link, page, titles) for link in node.iter("a")):
            return True
        parent = node.getparent()
        if parent is None:
            return False
        node = parent
    return False


def _leads_away(link: html.HtmlElement, page: Page, titles: set[str]) -> bool:
    href = link.get("href") or ""
    if not href or href.startswith(("#", "mailto:", "javascript:", "tel:")):
        return False
    text = clean(link.text_content())
    if len(text) < HEADLINE or fold(text) in titles:
        return False
    return href.split("#")[0].rstrip("/") not in page.url


def _names(element: html.HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _signature(element: html.HtmlElement) -> str:
    """The shape of an element's place: lists repeat it."""
    steps = [element, *[parent for _, parent in zip(range(3), element.iterancestors(), strict=False)]]
    return ">".join(f"{node.tag}.{node.get('class') or ''}" for node in steps)
