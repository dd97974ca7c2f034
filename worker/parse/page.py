"""One page, parsed once and within bounds: the tree and its lines of text, which every later reader looks at."""

from __future__ import annotations

import re
from functools import cached_property

from lxml import etree, html

from dateline.errors import ReadError
from worker.parse.encoding import decode_html
from worker.parse.lines import Line, lines_of
from worker.parse.text import fold, plain_paragraphs
from worker.parse.tidy import open_preformatted

MAX_BYTES = 8 * 1024 * 1024  # of a body; the largest real page among 1,550 has 4 MB
MAX_DEPTH = 1_000  # of nested elements, as counted before parsing; real pages stay under 130
MAX_TAG = 20_000  # characters of one tag; a tag with 50,000 attributes takes seconds
MAX_ELEMENTS = 150_000

LINKED = 9  # tenths of a line's letters inside links that make it a link
MIN_UTF8 = 4  # continuation bytes that prove UTF-8

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LONG_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9]{{0,20}})\s[^<>]{{{MAX_TAG},}}>")
_RAW_TEXT = re.compile(r"<(script|style|svg)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_MAGIC = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"PK\x03\x04", b"\x1f\x8b\x08", b"RIFF")
_TEXT_BYTES = bytes({7, 8, 9, 10, 12, 13, 27, *range(0x20, 0x100)})  # what is left of a text without them: controls
_UNPARSABLE = re.compile("[\x00\ud800-\udfff]")
# They close by themselves or hold nothing: a page that never closes its <p> is not deep.
_SHALLOW = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "td",
        "tr",
        "th",
        "dd",
        "dt",
        "option",
    ]
)


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
        return list(lines_of(self.tree))

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
    if is_binary(body):
        raise ReadError("this is no text: a picture, a PDF or another binary file", stage="opening page")
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


def is_binary(body: bytes) -> bool:
    """Whether a body is a file of another kind, whatever it is labelled: by its first bytes, or by their controls.

    A page of UTF-16 without a mark is full of NULs too, but every second byte of it is none.
    """
    head = body[:4096]
    if head.startswith(_MAGIC):
        return True
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0<" in head or b"<\0" in head:
        return False
    return len(head.translate(None, _TEXT_BYTES)) * 10 > len(head)


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
