"""One page, parsed once and within bounds: what its markup says, and its blocks of text, for all readers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import turbohtml

from dateline.errors import ReadError
from worker.parse import jsonld
from worker.parse.blocks import Blocks, flatten
from worker.parse.cut import cut_blocks
from worker.parse.encoding import decode_html
from worker.parse.lines import Line, lines_of
from worker.parse.marks import Marks, gather
from worker.parse.site_rules import RuleReading, SiteRule, narrow
from worker.parse.text import fold_lines, plain_paragraphs

MAX_BYTES = 8 * 1024 * 1024  # of a body; the largest real page among 1,550 has 4 MB
LINKED = 9  # tenths of a line's letters inside links that make it a link

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_MAGIC = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF87a", b"GIF89a", b"PK\x03\x04", b"\x1f\x8b\x08", b"RIFF")
_TEXT_BYTES = bytes({7, 8, 9, 10, 12, 13, 27, *range(0x20, 0x100)})  # what is left of a text without them: controls


class Page:
    """What is known of a page once it is parsed; the tree itself is not kept. Make one with `open_page`."""

    def __init__(
        self, url: str, document: turbohtml.Document, plain: bool = False, rule: SiteRule | None = None
    ) -> None:
        self.url = url
        self.plain = plain
        self.ruled: RuleReading | None = rule.read(document, url) if rule else None
        self.marks: Marks = gather(document)
        self.nodes: list[jsonld.Node] = jsonld.read_nodes(self.marks.scripts)
        if self.ruled is not None:
            narrow(document, self.ruled.containers)
        self.flat = flatten(document)
        self._blocks: Blocks | None = None

    @property
    def blocks(self) -> Blocks:
        """The page's blocks of text; `cut_together` makes those of many pages for less."""
        if self._blocks is None:
            cut_together([self])
        assert self._blocks is not None
        return self._blocks

    @cached_property
    def lines(self) -> list[Line]:
        """All lines of visible text outside navigation and footers, in document order."""
        return lines_of(self.blocks)

    @cached_property
    def links(self) -> frozenset[str]:
        """The lines, folded, that hardly hold anything but links: navigation, and the way to other stories."""
        mostly = [line for line in self.lines if line.linked * 2 >= len(line.text)]
        folded = zip(mostly, fold_lines([line.text for line in mostly]), strict=True)
        return frozenset(words for line, words in folded if line.linked * 10 >= len(words.replace(" ", "")) * LINKED)


def cut_together(pages: Sequence[Page]) -> None:
    """Cut pages into blocks, and tell the blocks what their page's markup says of the story."""
    for page, blocks in zip(pages, cut_blocks([page.flat for page in pages]), strict=True):
        meta = page.marks.meta
        blocks.title = (meta.get("og:title") or [page.marks.title])[0][:1000]
        blocks.description = (meta.get("og:description") or meta.get("description") or [""])[0]
        blocks.story = jsonld.story_text(page.nodes)
        page._blocks = blocks


def open_page(body: bytes, url: str, content_type: str | None = None, rule: SiteRule | None = None) -> Page:
    """Decode and parse a body, HTML or plain text, by its site's rule where it has one.

    Raises ReadError when it is empty, no text, or beyond the bounds.
    """
    if len(body) > MAX_BYTES:
        raise ReadError(f"the page has {len(body)} bytes, more than {MAX_BYTES}", stage="opening page")
    if is_binary(body):
        raise ReadError("this is no text: a picture, a PDF or another binary file", stage="opening page")
    source = decode_html(body, content_type)
    if not source or source.isspace():
        raise ReadError("the page is empty", stage="opening page")
    plain = is_plain(source, content_type)
    document = turbohtml.parse(_html_of_plain(source) if plain else source, positions=False)
    page = Page(url, document, plain, rule)
    if document.find("body") is None and not page.blocks.texts:
        raise ReadError("the page has no elements", stage="parsing page")
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


def is_plain(source: str, content_type: str | None) -> bool:
    """Whether a body is plain text: by its label, unless it plainly is HTML, or for want of any tag."""
    head = source[:4096].lower()
    if "<html" in head or "<!doctype" in head or "<body" in head:
        return False
    labelled = (content_type or "").strip().lower().startswith("text/plain")
    return labelled or _TAG.search(source) is None


def _html_of_plain(text: str) -> str:
    escaped = (p.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for p in plain_paragraphs(text))
    return "<html><body>" + "".join(f"<p>{paragraph}</p>" for paragraph in escaped) + "</body></html>"
