"""One page, parsed once and within bounds: the tree and its lines of text, which every later reader looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree, html

from dateline.errors import ReadError
from worker.parse.encoding import decode_html
from worker.parse.text import clean, fold, plain_paragraphs
from worker.parse.tidy import open_preformatted

MAX_BYTES = 8 * 1024 * 1024  # of a body; the largest real page among 1,550 has 4 MB
MAX_DEPTH = 1_000  # of nested elements, as counted before parsing; real pages stay under 130
MAX_TAG = 20_000  # characters of one tag; a tag with 50,000 attributes takes seconds
MAX_ELEMENTS = 150_000

LINKED = 9  # tenths of a line's letters inside links that make it a link
MIN_UTF8 = 8  # continuation bytes that prove UTF-8

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LONG_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9]{{0,20}})\s[^<>]{{{MAX_TAG},}}>")
_RAW_TEXT = re.compile(r"<(script|style|svg)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_UNPARSABLE = re.compile("[\x00\ud800-\udfff]")
# They close by themselves or hold nothing: a page that never closes its <p> is not deep.
_SHALLOW = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p", "li", "td", "tr", "th", "dd", "dt", "option"]
)
_SKIPPED = frozenset(["script", "style", "noscript", "template", "svg", "iframe", "object", "select", "textarea", "head"])
_INLINE = frozenset(
    ["a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em", "font", "i", "img", "ins", "del", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"]
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


@dataclass(slots=True)
class Line:
    """A line of text as a reader of the page sees it, and the innermost block element that holds it."""

    text: str
    element: html.HtmlElement
    linked: int = 0  # characters of it inside links
    loud: int = 0  # how the type shouts: 6 for <h1>, ... 1 for <h6> or bold, 0 for plain text
    breaks: bool = False  # it ends at a <br>

    @property
    def prose(self) -> bool:
        """Whether it reads as a paragraph rather than a link or label."""
        return len(self.text) >= 80 and self.linked * 3 < len(self.text)


class Page:
    """A page's tree, and what is derived from it on demand. Make one with `open_page`."""

    def __init__(self, url: str, source: str, tree: html.HtmlElement, plain: bool = False) -> None:
        self.url = url
        self.source = source
        self.tree = tree
        self.plain = plain

    @cached_property
    def lines(self) -> list[Line]:
        """All lines of visible text, in document order."""
        return list(_lines(self.tree))

    @cached_property
    def folded(self) -> list[str]:
        """The lines' words alone, beside `lines`."""
        return [fold(line.text) for line in self.lines]

    @cached_property
    def links(self) -> frozenset[str]:
        """The lines, folded, that hardly hold anything but links: navigation, and the way to other stories."""
        pairs = zip(self.lines, self.folded, strict=True)
        return frozenset(words for line, words in pairs if line.linked * 10 >= len(words.replace(" ", "")) * LINKED)

    @cached_property
    def elements(self) -> int:
        """How many elements the tree has."""
        return sum(1 for _ in self.tree.iter())


def open_page(body: bytes, url: str, content_type: str | None = None) -> Page:
    """Decode and parse a body, HTML or plain text. Raises ReadError when it is empty, no text, or beyond the bounds."""
    if len(body) > MAX_BYTES:
        raise ReadError(f"the page has {len(body)} bytes, more than {MAX_BYTES}", stage="opening page")
    source = _UNPARSABLE.sub(" ", decode_html(body, "text/html; charset=utf-8" if is_utf8(body) else content_type))
    if not source.strip():
        raise ReadError("the page is empty", stage="opening page")
    if is_plain(source, content_type):
        return Page(url, source, _parse(_html_of_plain(source)), plain=True)
    source = _LONG_TAG.sub(r"<\1>", _XML_DECLARATION.sub("", source))
    if (depth := nesting_depth(source)) > MAX_DEPTH:
        raise ReadError(f"the page nests its elements {depth} deep, more than {MAX_DEPTH}", stage="opening page")
    page = Page(url, source, _parse(source))
    if page.elements > MAX_ELEMENTS:
        raise ReadError(f"the page has {page.elements} elements, more than {MAX_ELEMENTS}", stage="opening page")
    return page


def is_utf8(body: bytes) -> bool:
    """Whether bytes beyond ASCII read as UTF-8 to the end, several times over: no other encoding does so by chance,
    and archived pages often keep the label of an encoding that they were converted from."""
    if body.isascii():
        return False
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return len(body) - len(text) >= MIN_UTF8


def is_plain(source: str, content_type: str | None) -> bool:
    """Whether a body is plain text: by its label, unless it plainly is HTML, or for want of any tag."""
    head = source[:4096].lower()
    if "<html" in head or "<!doctype" in head or "<body" in head:
        return False
    labelled = (content_type or "").strip().lower().startswith("text/plain")
    return labelled or _TAG.search(source) is None


def nesting_depth(source: str) -> int:
    """How deep the elements of a page nest at most, counted without parsing it (an upper bound for sane pages)."""
    depth = deepest = 0
    for closing, name in _TAG.findall(_RAW_TEXT.sub("", source) if source.count("<") > MAX_DEPTH else ""):
        if name.lower() in _SHALLOW:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _parse(source: str) -> html.HtmlElement:
    # huge_tree: without it libxml2 silently drops everything below the 256th level.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise ReadError(f"the page has no elements: {error}", stage="parsing page") from error
    open_preformatted(tree)
    return tree


def _html_of_plain(text: str) -> str:
    escaped = (p.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for p in plain_paragraphs(text))
    return "<html><body>" + "".join(f"<p>{paragraph}</p>" for paragraph in escaped) + "</body></html>"


def _lines(tree: html.HtmlElement) -> Iterator[Line]:
    """Walk the tree once and flush a line at each border of a block and each <br>."""
    root = tree.find("body") if tree.find("body") is not None else tree
    parts: list[str] = []
    state = _State(root)

    def flush(breaks: bool = False) -> Iterator[Line]:
        text = clean("".join(parts))
        parts.clear()
        if text:
            yield Line(text, state.block, state.linked, state.loudest if state.loud_chars * 2 > len(text) else 0, breaks)
        state.linked = state.loud_chars = state.loudest = 0

    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if tag in _SKIPPED:
                walker.skip_subtree()
                continue
            if tag == "br":
                yield from flush(breaks=True)
            elif tag not in _INLINE:
                yield from flush()
                state.block = element
            state.enter(element, tag)
            if element.text:
                state.take(element.text, parts)
        else:
            if tag not in _SKIPPED:
                if tag not in _INLINE and tag != "br":
                    yield from flush()
                    state.block = element.getparent() if element is not root else root
                state.leave(tag)
            if element.tail and element is not root:
                state.take(element.tail, parts)
    yield from flush()


class _State:
    """What surrounds the text being walked over."""

    def __init__(self, root: html.HtmlElement) -> None:
        self.block = root
        self.links = self.linked = self.loud_chars = self.loudest = 0
        self.loudness: list[int] = [0]

    def enter(self, element: html.HtmlElement, tag: str) -> None:
        self.links += tag == "a"
        self.loudness.append(max(self.loudness[-1], _loudness(element, tag)))

    def leave(self, tag: str) -> None:
        self.links -= tag == "a"
        self.loudness.pop()

    def take(self, text: str, parts: list[str]) -> None:
        parts.append(text)
        size = len(text.strip())
        if self.links:
            self.linked += size
        if size and self.loudness[-1]:
            self.loud_chars += size
            self.loudest = max(self.loudest, self.loudness[-1])


def _loudness(element: html.HtmlElement, tag: str) -> int:
    if tag in _HEADINGS:
        return 7 - _HEADINGS[tag]
    if tag in ("b", "strong", "big"):
        return 1
    if tag == "font":
        size = (element.get("size") or "").strip()
        return {"+1": 2, "+2": 3, "+3": 4, "4": 2, "5": 3, "6": 4, "7": 5}.get(size, 0)
    named = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    return 3 if ("title" in named or "headline" in named) and len(named) < 120 else 0
