"""What a page's markup says of its story, gathered once from the tree: tags, links, scripts, marked-up elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

import turbohtml

from worker.parse import view_marks
from worker.parse.bylines import looks_like_person, read_names, sort_names
from worker.parse.text import clean

MAX_CONTENT = 2_000  # characters of a meta tag, an attribute or an element's text that are read
MAX_MARKS = 200  # elements of each kind that are looked at
MAX_CONTROLS = 50  # buttons and dialogs
MAX_SCRIPT = 64 * 1024  # characters of one script in which a declared author is looked for
BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:by-?line|author-?s?|autor|auteur|writer|reporter)(?:$|[\s_-])|author-?name", re.I
)
_WANTED = 'meta,link[rel~="canonical" i],title,h1,time,a[rel~="author" i],[itemprop],script[type*="ld+json" i]'
_BYLINES = '[class*="uthor"],[class*="yline"],[class*="utor"]'  # in either case, for a third of what "i" costs
_DECLARED = re.compile(r'"author"\s*+:\s*+[\[{\s]{0,20}(?:[^\]}]{0,300}?"name"\s*+:\s*+)?"([^"]{3,80})"')
_HOUSE_TAGS = ("og:site_name", "application-name", "dc.publisher")
_ASIDE = "aside,nav,footer"
_LISTED = "li,a"


@dataclass(frozen=True, slots=True)
class Mark:
    """An element that speaks of the story: its tag, attributes and text, and whether it sits among other things."""

    tag: str
    attributes: dict[str, str]
    text: str
    aside: bool  # within <aside>, <nav> or <footer>
    listed: bool  # within a list's item or a link

    @property
    def value(self) -> str:
        """What it says to programs, or else to people: `content`, `datetime`, its text."""
        return clean(self.attributes.get("content") or self.attributes.get("datetime") or "") or self.text


@dataclass(slots=True)
class Marks:
    """All that is gathered from one page, in document order."""

    language: str = ""
    title: str = ""
    meta: dict[str, list[str]] = field(default_factory=dict)  # by lower-cased name
    canonical: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)  # JSON-LD as it stands
    headings: list[str] = field(default_factory=list)  # <h1>
    times: list[Mark] = field(default_factory=list)
    items: list[Mark] = field(default_factory=list)  # with `itemprop`
    author_links: list[Mark] = field(default_factory=list)
    bylines: list[Mark] = field(default_factory=list)  # by their class
    controls: list[str] = field(default_factory=list)  # what buttons and dialogs say, which are no blocks of text
    counters: list[view_marks.CounterMark] = field(default_factory=list)  # of views


def gather(document: turbohtml.Document) -> Marks:
    """Look once through a page's elements. Before the tree is cut into blocks, which takes inline elements out."""
    found = Marks()
    root = document.find("html")
    if root is not None:
        attributes = _attributes(root)
        found.language = attributes.get("lang") or attributes.get("xml:lang") or ""
    for element in document.select(_WANTED):
        tag = element.tag
        if tag == "meta":
            _take_meta(element, found)
        elif tag == "link":
            found.canonical.append(str(element.attr("href") or ""))
        elif tag == "script":
            found.scripts.append(element.text)
        elif tag == "title":
            found.title = found.title or clean(element.text[:MAX_CONTENT])
        else:
            _take_element(element, tag, found)
    if not _names_a_person(found):
        _take_bylines(document, found)
    found.counters = view_marks.gather(document)
    found.controls = _controls(document)
    return found


def _controls(document: turbohtml.Document) -> list[str]:
    """What buttons and dialogs say, line by line."""
    said: list[str] = []
    for element in document.select("button,dialog")[:MAX_CONTROLS]:
        lines = (
            element.to_text()[:MAX_CONTENT].splitlines() if element.tag == "dialog" else [element.text[:MAX_CONTENT]]
        )
        said += filter(None, map(clean, lines))
    return said


def _names_a_person(found: Marks) -> bool:
    """Whether a tag or a script names a person as the author, so that what the page shows needs no look."""
    told = [value for name, values in found.meta.items() if "author" in name for value in values if "://" not in value]
    for script in found.scripts:
        told += [match[1] for match in islice(_DECLARED.finditer(script, 0, MAX_SCRIPT), 8)]
    names = sort_names(read_names(told), [name for tag in _HOUSE_TAGS for name in found.meta.get(tag, ())])
    return any(map(looks_like_person, names.persons))


def _take_bylines(document: turbohtml.Document, found: Marks) -> None:
    """Elements whose class calls them a byline; "Jane Doe" and "Reporter" stand on lines of their own."""
    for element in document.select(_BYLINES)[:MAX_MARKS]:
        attributes = _attributes(element)
        if BYLINE_CLASS.search(attributes["class"]):
            pieces = "\n".join(clean(piece) for piece in islice(element.stripped_strings, 40))
            found.bylines.append(_mark(element, element.tag, attributes, pieces[:MAX_CONTENT]))


def _take_meta(element: turbohtml.Element, found: Marks) -> None:
    attr = element.attr
    name = attr("property") or attr("name") or attr("itemprop") or attr("http-equiv")
    content = attr("content")
    if name and content and (value := clean(str(content)[:MAX_CONTENT])):
        found.meta.setdefault(str(name).strip().lower(), []).append(value)
    if attr("itemprop"):
        _take_element(element, "meta", found)


def _take_element(element: turbohtml.Element, tag: str, found: Marks) -> None:
    attributes = _attributes(element)
    lists = []
    if tag == "time" and len(found.times) < MAX_MARKS:
        lists.append(found.times)
    if "itemprop" in attributes and len(found.items) < MAX_MARKS:
        lists.append(found.items)
    if tag == "a" and "author" in attributes.get("rel", "").lower() and len(found.author_links) < MAX_MARKS:
        lists.append(found.author_links)
    if not lists and (tag != "h1" or len(found.headings) >= MAX_MARKS):
        return
    text = element.text
    if "author" in attributes.get("itemprop", "") and (inner := element.select_one("[itemprop~=name]")) is not None:
        text = str(inner.attr("content") or inner.text)  # a person in microdata: the name is a property of it
    text = clean(text[:MAX_CONTENT])
    if tag == "h1" and len(found.headings) < MAX_MARKS:
        found.headings.append(clean(_parted(element)[:MAX_CONTENT]))
    if lists:
        mark = _mark(element, tag, attributes, text)
        for marks in lists:
            marks.append(mark)


def _mark(element: turbohtml.Element, tag: str, attributes: dict[str, str], text: str) -> Mark:
    return Mark(tag, attributes, text, element.closest(_ASIDE) is not None, element.closest(_LISTED) is not None)


def _parted(element: turbohtml.Element) -> str:
    """A heading's text, with a space where one element's last word would run into the next one's first."""
    text = ""
    for piece in islice(element.strings, 100):
        # A single letter before is a drop cap.
        text += f" {piece}" if text[-1:].isalnum() and text[-2:-1].isalnum() and piece[:1].isalnum() else piece
    return text


def _attributes(element: turbohtml.Element) -> dict[str, str]:
    """An element's attributes as strings; one without a value is empty."""
    return {name: value if isinstance(value, str) else " ".join(value or ()) for name, value in element.attrs.items()}
