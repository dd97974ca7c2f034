"""A page as blocks of text: pruned and serialised flat in C here, and cut in `cut`."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

import numpy as np
import turbohtml
from numpy.typing import NDArray

PRUNED = (
    "head,script,style,svg,noscript,template,iframe,nav,footer,button,select,textarea,object,canvas,video,audio,dialog,"
    "noembed,noframes,math,datalist,[aria-hidden=true]:empty"
)
UNWRAPPED = (
    "abbr,acronym,bdi,bdo,big,cite,code,data,dfn,font,img,ins,del,kbd,label,mark,nobr,q,s,samp,small,span,strike,sub,"
    "sup,time,tt,u,var,wbr,xmp,plaintext"
)
_TAGS = (
    "p li h1 h2 h3 h4 div td blockquote figcaption pre dd dt section article aside header th address body main "
    "h5 h6 figure form ul tr table ol dl"
)
TAGS = tuple(_TAGS.split())
TAG = {name: index for index, name in enumerate(TAGS)}
OTHER_TAG = len(TAGS)
FLAGS = {
    name: 1 << bit
    for bit, name in enumerate(
        ("article", "main", "aside", "header", "li", "table", "figure", "blockquote", "form", "section", "dl")
    )
}
COLUMNS = (
    *("linked", "loud", "links", "tag", "parent_tag", "depth", "breaks", "flags"),
    *("hints0", "hints1", "hints2", "hints_all", "element0", "element1", "element2", "element3", "story_element"),
)
Index = NDArray[np.int64]

# Comments go, and white space is folded outside <pre>. < and > are escaped wherever they stand for themselves.
_FLAT = turbohtml.Html(
    layout=turbohtml.Minify(collapse_whitespace=True, omit_optional_tags=False, unquote_attributes=False)
)
_TOKEN = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)([^<>]*+)>([^<]*+)")  # a tag and the text behind it
_HREF = re.compile(r' href="([^"]*)')
VOID_NAMES = "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"
VOID = frozenset(VOID_NAMES.split())


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: where it leads, as written, and its words."""

    href: str
    text: str


def _root() -> Index:
    return np.zeros(1, np.int64)


@dataclass(slots=True)
class Blocks:
    """A page's blocks in document order: their texts, a row of COLUMNS for each, and the elements that hold them.

    An element goes by its number, in document order; 0 is the root. `starts` and `ends` give the blocks below each.
    """

    flat: str = ""  # the pruned markup that was cut
    texts: list[str] = field(default_factory=list)
    rows: Index = field(default_factory=lambda: np.zeros((0, len(COLUMNS)), np.int64))
    starts: Index = field(default_factory=_root)  # first block of each element, by the element's number
    ends: Index = field(default_factory=_root)  # one behind its last
    parents: Index = field(default_factory=_root)  # the number of the element around each
    places: Index = field(default_factory=_root)  # where each begins in `flat`
    deepest: int = 0  # elements within elements
    cut: bool = False  # the page has more tags than are looked at
    title: str = ""
    description: str = ""
    story: str = ""  # the text that the page's JSON-LD claims, whole or not

    def column(self, name: str) -> list[int]:
        """One of COLUMNS, for each block."""
        found: list[int] = self.rows[:, COLUMNS.index(name)].tolist()
        return found

    def name(self, number: int) -> str:
        """An element's tag."""
        return self._tag(number)[0]

    def attributes(self, number: int) -> str:
        """An element's attributes as serialised: ` class="a b" id="c"`, with `&` and quotes escaped."""
        return self._tag(number)[1]

    def parent(self, number: int) -> int:
        """The number of the element that holds an element; the root's is its own."""
        return int(self.parents[number])

    def _tag(self, number: int) -> tuple[str, str]:
        found = _TOKEN.match(self.flat, self.places[number]) if number else None
        return (found[2], found[3]) if found else ("", "")

    def links(self, number: int) -> list[Link]:
        """The links below an element, with their words."""
        found: list[Link] = []
        words: list[str] = []
        href: str | None = None
        depth = 0
        for token in _TOKEN.finditer(self.flat, self.places[number]):
            closing, name, attributes, text = token.groups()
            if name == "a":
                if href is not None:
                    found.append(Link(href, " ".join(html.unescape("".join(words)).split())))
                    words.clear()
                href = None
                if not closing and (match := _HREF.search(attributes)):
                    href = html.unescape(match[1])
            elif closing:
                depth -= 1
            elif name not in VOID:
                depth += 1
            if depth <= 0 and number:
                break
            if href is not None:
                words.append(text)
        return found


def flatten(document: turbohtml.Document) -> str:
    """A page's body as the markup that is cut into blocks. The document is spent: it loses what is no text."""
    document.remove(PRUNED)
    document.strip_tags(UNWRAPPED)
    body = document.find("body")
    return (body if body is not None else document).serialize(_FLAT)
