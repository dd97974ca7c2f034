"""Counters that only markup tells: an eye beside a number, `class="post-views"`, a label in an attribute."""

from __future__ import annotations

import re
from dataclasses import dataclass

import turbohtml

from worker.parse.blocks import UNWRAPPED
from worker.parse.numbers import NUMBER, plain_digits
from worker.parse.text import clean

MAX_LOOKED = 2_000  # elements with a class that may mean views
MAX_TEXT = 60  # characters of an element's text that may be a count

# Elements worth a look, for one query over the tree.
_WANTED = ",".join(
    (
        *(
            f'[class*="{word}" i]'
            for word in ("views", "eye", "view-count", "viewcount", "view_count", "hits", "pageview")
        ),
        *(
            f'[{name}*="{word}" i]'
            for name in ("title", "aria-label")
            for word in ("views", "vues", "просмотр", "aufruf")
        ),
        *(
            f"[{name}]"
            for name in ("data-views", "data-view-count", "data-pageviews", "data-page-views", "data-post-views")
        ),
    )
)
_DATA = ("data-views", "data-view-count", "data-pageviews", "data-page-views", "data-post-views")
_LABELLING = ("title", "aria-label")
# Classes that mean views of this page and nothing else. Drupal's "views-field" and the like are lists.
_COUNTING = re.compile(
    r"""(?:[a-z0-9]{1,12}[-_]{1,2}){0,3}(?:views|view[-_]?counts?|view[-_]?counter|view[-_]?num(?:ber)?|pageviews?|hits[-_]count|hits)
    (?:[-_]{1,2}(?:counts?|counter|num|numbers?|total|txt|text|value|val|badge|meta|wrap(?:per)?))?
    |(?:[a-z0-9]{1,12}[-_]?)?(?:post|page|article|entry)views?(?:count|num)?""",
    re.VERBOSE,
)
_EYE = re.compile(
    r"(?:fa|fas|far|icon|icons|ion|ion-md|ti|bi|la|uil|ri|el|glyphicon|glyphicons|lnr|mdi|zmdi|feather|tsi|icofont|ph|bx|bxs|td-icon|"
    r"jegicon|fi|ic|i|svg|iconfont|dashicons|flaticon|simple-icon|icon-simple-line|ft|fe|tabler|entypo|typcn|oi|pi|lni)?[-_]{0,2}"
    r"(?:eye|eye-?(?:open|fill|line|outline|solid|alt|o|view|icon|\d)|visibility|views?-?icon|views)"
)
_COUNT = re.compile(rf"[(\[:·|x ]*(?P<count>{NUMBER}(?: ?[^\W\d_]{{1,4}}\.?)?(?: ?\+)?) *(?:[|·•)\]].*)?")
_COMMENTS = re.compile(r"comment|disqus|repl(?:y|ies)|rating", re.IGNORECASE)
_INLINE = frozenset(f"{UNWRAPPED},a,b,i,em,strong".split(","))


@dataclass(frozen=True, slots=True)
class CounterMark:
    """A count whose markup says that it counts views."""

    text: str  # the count as printed, or the label that holds it
    labelled: bool  # the text is a phrase in an attribute: "1,234 views"
    printed: str  # what readers see of it, to be found among the page's lines
    holder: tuple[str, str]  # tag and class of the block that holds it
    whole: bool  # it is said of the page as a whole, by an attribute of its <article>, <main> or <body>


def gather(document: turbohtml.Document) -> list[CounterMark]:
    """The counters that a page's markup tells, in document order."""
    marks = (_read(element) for element in document.select(_WANTED)[:MAX_LOOKED])
    return [mark for mark in marks if mark is not None]


def _read(element: turbohtml.Element) -> CounterMark | None:
    attributes = {name: value for name, value in element.attrs.items() if isinstance(value, str)}
    names = _classes(element)
    for name in _DATA:
        if name in attributes:
            whole = element.tag in ("body", "main") or (
                element.tag == "article" and element.select_one("h1") is not None
            )
            return CounterMark(attributes[name], False, "", ("", ""), True) if whole else None
    counting = any(_COUNTING.fullmatch(name.lower()) for name in names)
    eye = any(_EYE.fullmatch(name.lower()) for name in names)
    label = next((attributes[name] for name in _LABELLING if re.search(r"\d", attributes.get(name, ""))), "")
    if not (counting or eye or label) or _is_of_comments(element):
        return None
    text = clean(element.text[: 4 * MAX_TEXT])
    printed = text or (_text_behind(element) if counting or eye else "")
    match = _COUNT.fullmatch(plain_digits(printed)) if len(printed) <= MAX_TEXT else None
    if match is None:
        return None
    count = printed[match.start("count") : match.end("count")].strip()
    if label:
        return CounterMark(clean(label), True, count, _holder(element), False)
    return CounterMark(count, False, count, _holder(element), False)


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
        for sibling in node.next_siblings if isinstance(node, turbohtml.Element) else ():
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
