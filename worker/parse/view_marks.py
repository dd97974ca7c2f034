"""Counters that only markup tells: an eye beside a number, `class="post-views"`, a label in an attribute."""

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
MAX_BEHIND = 4  # nodes behind an icon in which its count may stand
MAX_TEXT = 60  # characters of an element's text that may be a count

# Elements worth a look, for one query over the tree.
_DATA = ("data-views", "data-view-count", "data-pageviews", "data-page-views", "data-post-views")
_LABELLING = ("title", "aria-label")
# One query a tag: the tree knows its elements by their tags, and a query without one walks over all of them.
_QUERIES = (
    *(f'{tag}[class*="view" i]' for tag in ("span", "div", "p", "i", "b", "small", "strong", "em", "td", "dd")),
    *(f'{tag}[class*="eye" i]' for tag in ("i", "span", "svg")),
    *(f'{tag}[class*="hits" i]' for tag in ("div", "dd")),
    *(f"{tag}[{name}]" for tag in ("span", "b", "time") for name in _LABELLING),
    'i[class*="visibility"]',
)
# Classes that mean views of this page and nothing else. Drupal's "views-field" and the like are lists.
_COUNTING = re.compile(
    r"""(?:[a-z0-9]{1,12}[-_]{1,2}){0,3}(?:(?:page)?views|view[-_]?(?:counts?|counter|num|number)|count-?views?|hits)
    (?:[-_]{1,2}(?:counts?|counter|num|numbers?|total|txt|text|value|val|badge|meta|wrap(?:per)?|[0-9]{1,12}))?
    |(?:[a-z0-9]{1,12}[-_]{0,2}){0,2}(?:post|page|article|entry)[-_]?(?:views?|countview)(?:[-_]?(?:count|num|number))?""",
    re.VERBOSE,
)
_EYE = re.compile(
    r"""(?:(?:fa|fas|far|ion|ti|bi|la|uil|ri|el|lnr|mdi|zmdi|tsi|ph|bxs?|td-icon|fi|ic|i|svg|ft|fe|oi|pi|lni|dashicons
    |glyphicons?|feather|icofont|jegicon|iconfont|flaticon|simple-icon|tabler|entypo|typcn|icons?)[-_]{0,2})?
    (?:(?:md-|android-)?eye(?:-(?:open|fill|line|outline|solid|alt|o|view|icon|[0-9]))?|visibility|views?-?icon|views)""",
    re.VERBOSE,
)
_COUNT = re.compile(rf"[(\[:·|x ]*(?P<count>{NUMBER}(?: ?[^\W\d_]{{1,4}}\.?)?(?: ?\+)?) *(?:[|·•)\]].*)?")
_COMMENTS = re.compile(r"comment|disqus|repl(?:y|ies)|rating", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_INLINE = frozenset(f"{UNWRAPPED},a,b,i,em,strong".split(","))


@dataclass(frozen=True, slots=True)
class CounterMark:
    """A number whose markup may say that it counts views."""

    printed: str  # the count as readers see it, or as an attribute of the page's has it
    label: str  # an attribute that says more of it: "1,234 views"
    named: bool  # its class or its icon says that it counts views
    holder: tuple[str, str]  # tag and class of the block that prints it; empty for a count in an attribute


def gather(document: turbohtml.Document) -> list[CounterMark]:
    """The numbers of a page whose markup may say that they count views."""
    found = (element for query in _QUERIES for element in document.select(query))
    telling = (element for element in found if _tells(element))
    marks = (_read(element) for element in islice(telling, MAX_READ))
    return [*_of_page(document), *(mark for mark in marks if mark is not None)]


def _of_page(document: turbohtml.Document) -> Iterator[CounterMark]:
    """Counts in attributes of the page's <body>, <main> or <article>."""
    for query in ("body", "main", "article"):
        for element in document.select(query)[:MAX_READ]:
            value = next((str(element.attrs[name]) for name in _DATA if element.attrs.get(name)), "")
            if value and (query != "article" or element.select_one("h1") is not None):
                yield CounterMark(value, "", True, ("", ""))


def _tells(element: turbohtml.Element) -> bool:
    """Whether an element's attributes speak of views; the query finds `class="preview"` and the like too."""
    return _is_named(element) or bool(_label(element))


def _is_named(element: turbohtml.Element) -> bool:
    return any(_COUNTING.fullmatch(name) or _EYE.fullmatch(name) for name in map(str.lower, _classes(element)))


def _label(element: turbohtml.Element) -> str:
    labels = (str(element.attrs.get(name) or "")[: 4 * MAX_TEXT] for name in _LABELLING)
    return next(filter(_DIGIT.search, labels), "")


def _read(element: turbohtml.Element) -> CounterMark | None:
    if _is_of_comments(element):
        return None
    named, label = _is_named(element), clean(_label(element))
    printed = clean(element.text[: 4 * MAX_TEXT]) or (_text_behind(element) if named else "")
    match = _COUNT.fullmatch(plain_digits(printed)) if len(printed) <= MAX_TEXT else None
    if match is None:
        return None
    return CounterMark(printed[match.start("count") : match.end("count")].strip(), label, named, _holder(element))


def _is_of_comments(element: turbohtml.Element) -> bool:
    """Whether the names around an element say that readers' words are counted, whatever its class."""
    node: object = element
    for _ in range(2):
        if isinstance(node, turbohtml.Element):
            if _COMMENTS.search(" ".join((*_classes(node), str(node.attrs.get("id") or "")))):
                return True
            node = node.parent
    return False


def _text_behind(element: turbohtml.Element) -> str:
    """The text that follows an icon, in its own holder or beside that."""
    for node in (element, element.parent):
        for sibling in islice(node.next_siblings, MAX_BEHIND) if isinstance(node, turbohtml.Element) else ():
            if text := clean(sibling.text[: 4 * MAX_TEXT]):
                return text
    return ""


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
