"""The body of a page: one interface for whatever finds it, and the implementation that rests on trafilatura."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Protocol

from trafilatura import bare_extraction

from worker.parse.page import Page
from worker.parse.text import paragraphs
from worker.parse.tidy import tidy

MAX_ELEMENTS = 12_000  # trafilatura takes 6 s over 27,000 deeply nested ones: beyond, prose lines are taken as they are
ENOUGH = 250  # characters; a shorter body is compared with the page's lines of prose


@dataclass(frozen=True, slots=True)
class Body:
    """The paragraphs of a story as found, before junk lines are taken out, and who found them."""

    paragraphs: tuple[str, ...]
    reader: str


class Extractor(Protocol):
    """Finds the bodies of pages, many at once: a model pays its overhead once a batch."""

    @property
    def name(self) -> str:
        """Name and version: stored with what it reads."""

    def extract(self, pages: Sequence[Page]) -> list[Body]:
        """One body a page, in order. A page without a story gives an empty body; none raises."""


class TrafilaturaExtractor:
    """trafilatura over the tidied tree; comments left out, since readers' words are not the publisher's."""

    def __init__(self, *, fast: bool = False, favor_recall: bool = False) -> None:
        self.fast = fast
        self.favor_recall = favor_recall
        self.name = f"trafilatura {version('trafilatura')}{' fast' if fast else ''}"

    def extract(self, pages: Sequence[Page]) -> list[Body]:
        """One body a page, in order."""
        return [self._extract(page) for page in pages]

    def _extract(self, page: Page) -> Body:
        if page.elements > MAX_ELEMENTS:
            return prose_lines(page)
        document: Any = None
        try:
            document = bare_extraction(
                tidy(copy.deepcopy(page.tree)),
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


def prose_lines(page: Page) -> Body:
    """Every line that reads as a paragraph: the last resort, linear in the page."""
    return Body(tuple(line.text for line in page.lines if line.prose), "prose lines 1")
