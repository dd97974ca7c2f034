"""Counters that stand in no block of text: in attributes (`data-views` of the page's article, a number labelled
"1,234 views"), and in footers and buttons, which the blocks leave out.

A bare number beside an eye is not taken, however its class is called: nobody says there that it counts views, nor of
what. Where a publisher prints it so, a site rule names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import turbohtml

from worker.parse.blocks import UNWRAPPED
from worker.parse.numbers import NUMBER, plain_digits
from worker.parse.text import clean

MAX_READ = 100  # elements of one page whose attributes speak of views
MAX_FOOTER = 4_000  # characters of a footer that is read
MAX_TEXT = 60  # characters of an element's text that may be a count

_DATA = ("data-views", "data-view-count", "data-pageviews", "data-page-views", "data-post-views")
_LABELLING = ("title", "aria-label")
# One query a tag: the tree knows its elements by their tags, and a query without one walks over all of them.
_QUERIES = tuple(f"{tag}[{name}]" for tag in ("span", "b", "time") for name in _LABELLING)
_COUNT = re.compile(rf"[(\[:·|x ]*(?P<count>{NUMBER}(?: ?[^\W\d_]{{1,4}}\.?)?(?: ?\+)?) *(?:[|·•)\]].*)?")
_COMMENTS = re.compile(r"comment|disqus|repl(?:y|ies)|rating", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_INLINE = frozenset(f"{UNWRAPPED},a,b,i,em,strong".split(","))


@dataclass(frozen=True, slots=True)
class CounterMark:
    """A number whose markup may say that it counts views."""

    printed: str  # the count as readers see it, or as an attribute of the page's has it
    label: str  # what says what it counts: "1,234 views"; empty for a count in an attribute
    holder: tuple[str, str] = ("", "")  # tag and class of the block that prints it, where one does
    own: bool = True  # it stands within the story's element; elsewhere its words must say that they mean the story


def gather(document: turbohtml.Document) -> list[CounterMark]:
    """The numbers of a page whose attributes may say that they count views."""
    found = (element for query in _QUERIES for element in document.select(query))
    marks = (_read(element, label) for element in found if (label := _label(element)))
    return [*_of_page(document), *islice((mark for mark in marks if mark is not None), MAX_READ), *_pruned(document)]


def _pruned(document: turbohtml.Document) -> Iterator[CounterMark]:
    """The lines with numbers of footers and buttons."""
    for element in document.select("footer,button")[:MAX_READ]:
        text = element.to_text() if len(element.text) <= MAX_FOOTER else ""
        if _DIGIT.search(text):
            story = element.closest("article,main")
            own = story is not None and story.select_one("h1") is not None
            for line in filter(_DIGIT.search, text.splitlines()):
                yield CounterMark(line, clean(line), own=own)


def _of_page(document: turbohtml.Document) -> Iterator[CounterMark]:
    """Counts in attributes of the page's <body>, <main> or <article>."""
    for query in ("body", "main", "article"):
        for element in document.select(query)[:MAX_READ]:
            value = next((str(element.attrs[name]) for name in _DATA if element.attrs.get(name)), "")
            if value and (query != "article" or element.select_one("h1") is not None):
                yield CounterMark(value, "")


def _label(element: turbohtml.Element) -> str:
    labels = (str(element.attrs.get(name) or "")[: 4 * MAX_TEXT] for name in _LABELLING)
    return next(filter(_DIGIT.search, labels), "")


def _read(element: turbohtml.Element, label: str) -> CounterMark | None:
    printed = clean(element.text[: 4 * MAX_TEXT])
    match = _COUNT.fullmatch(plain_digits(printed)) if len(printed) <= MAX_TEXT else None
    if match is None or _is_of_comments(element):
        return None
    return CounterMark(printed[match.start("count") : match.end("count")].strip(), clean(label), _holder(element))


def _is_of_comments(element: turbohtml.Element) -> bool:
    """Whether the names around an element say that readers' words are counted, whatever its class."""
    node: object = element
    for _ in range(2):
        if isinstance(node, turbohtml.Element):
            if _COMMENTS.search(" ".join((*_classes(node), str(node.attrs.get("id") or "")))):
                return True
            node = node.parent
    return False


def _holder(element: turbohtml.Element) -> tuple[str, str]:
    """Tag and class of the innermost block around an element, as the page's blocks know it."""
    node: object = element
    while isinstance(node, turbohtml.Element) and node.tag in _INLINE:
        node = node.parent
    if not isinstance(node, turbohtml.Element):
        return "", ""
    return node.tag, " ".join(_classes(node))


def _classes(element: turbohtml.Element) -> list[str]:
    names = element.attrs.get("class") or ""
    return names.split() if isinstance(names, str) else list(names)
