"""The body of a page: one interface for whatever finds it, and the implementation that rests on trafilatura."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Protocol

from lxml import html
from trafilatura import bare_extraction

from worker.parse.page import Page
from worker.parse.text import paragraphs
from worker.parse.tidy import tidy

# Beyond these bounds trafilatura takes seconds: the lines of prose are then taken as they are.
MAX_TAGS = 24_000  # 6 s over 27,000 deeply nested elements
MAX_DEPTH = 250  # of nested elements; real pages stay under 130, and below the 256th level libxml2 drops what it finds
MAX_TAG = 5_000  # characters of one tag: what is longer loses its attributes; a hundred tags with 2,000 take seconds
_LONG_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9]{{0,20}})\s[^<>]{{{MAX_TAG},}}>")
ENOUGH = 250  # characters; a shorter body is compared with the page's lines of prose


@dataclass(frozen=True, slots=True)
class Body:
    """The paragraphs of a story as found, before junk lines are taken out, and who found them."""

    paragraphs: tuple[str, ...]
    reader: str
    confidence: float | None = None  # the F1 to be expected, where the reader tells it
    source: str = "page"  # or "site rule": the provenance of the text


class Extractor(Protocol):
    """Finds the bodies of pages, many at once: a model pays its overhead once a batch."""

    @property
    def name(self) -> str:
        """Name and version: stored with what it reads."""

    def extract(self, pages: Sequence[Page]) -> list[Body]:
        """One body a page, in order. A page without a story gives an empty body; none raises."""


class TrafilaturaExtractor:
    """trafilatura over the pruned, tidied markup; comments left out: readers' words are not the publisher's."""

    def __init__(self, *, fast: bool = False, favor_recall: bool = False) -> None:
        self.fast = fast
        self.favor_recall = favor_recall
        self.name = f"trafilatura {version('trafilatura')}{' fast' if fast else ''}"

    def extract(self, pages: Sequence[Page]) -> list[Body]:
        """One body a page, in order."""
        return [self._extract(page) for page in pages]

    def _extract(self, page: Page) -> Body:
        flat = page.blocks.flat
        if page.blocks.deepest > MAX_DEPTH or flat.count("<") > MAX_TAGS:
            return prose_lines(page)
        document: Any = None
        try:
            document = bare_extraction(
                tidy(_parse(_LONG_TAG.sub(r"<\1>", flat))),
                fast=self.fast,
                favor_recall=self.favor_recall,
                include_comments=False,
            )
        except Exception:  # whatever trips the library must not cost the page: its prose is still there
            return prose_lines(page)
        found = paragraphs(document.text or "") if document is not None else []
        if sum(map(len, found)) < ENOUGH:
            plain = prose_lines(page)
            if sum(map(len, plain.paragraphs)) > 2 * ENOUGH:
                return plain
        return Body(tuple(found), self.name)


def _parse(flat: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return html.document_fromstring(flat.encode("utf-8", "replace"), parser=parser)


def prose_lines(page: Page) -> Body:
    """Every line that reads as a paragraph: the last resort, linear in the page."""
    return Body(tuple(line.text for line in page.lines if line.prose), "prose lines 1")
