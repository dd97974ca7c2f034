"""The default reader of bodies: the block model where it is sure, trafilatura where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from worker.parse.block_model import BlockModel, Choice
from worker.parse.blocks import Blocks
from worker.parse.extractor import Body, Extractor, TrafilaturaExtractor
from worker.parse.features import ENDS
from worker.parse.page import Page
from worker.parse.text import clean

SURE = 0.85  # expected F1 below which the fall-back reads the page too: chosen in cross-validation by site
ENOUGH = 250  # characters; a shorter body is read again ...
STUB = 100  # ... but from here on, when the model is sure, believed over a fall-back that finds little more
MAX_BLOCKS = 12_000  # of one page: their features take some 1 kB each
MANY_BLOCKS = 8_000  # of the pages that are judged together: some 2 kB each while it lasts
WRAPPED = 60  # characters from which on a line that ends within a sentence was wrapped by hand
LONG = 60  # characters from which on a text that comes again is a repetition; shorter ones may be labels in a list


class BlockExtractor:
    """Keeps the blocks that the model takes for the story's; asks the fall-back when it is unsure or finds little."""

    def __init__(self, model: BlockModel | None = None, fall_back: Extractor | None = None) -> None:
        self.model = model or BlockModel.load()
        self.fall_back = fall_back or TrafilaturaExtractor()
        self.name = f"blocks {self.model.version}"

    def extract(self, pages: Sequence[Page]) -> list[Body]:
        """One body a page, in order."""
        bodies: list[Body] = []
        for portion in _portions(pages):
            blocks = [blocks for _, blocks in portion if blocks is not None]
            judged = iter(zip(blocks, self.model.choose(blocks), strict=True))
            bodies += [self._body(page, *next(judged)) if found else self._fall_back(page) for page, found in portion]
        return bodies

    def _body(self, page: Page, blocks: Blocks, choice: Choice) -> Body:
        body = Body(tuple(paragraphs(blocks, choice)), self.name, choice.confidence)
        size = _size(body)
        if choice.confidence >= SURE and size >= ENOUGH:
            return body
        other = self._fall_back(page)
        sure_stub = choice.confidence >= SURE and size >= STUB
        return other if _size(other) >= (2 * ENOUGH if sure_stub else min(size, ENOUGH)) else body

    def _fall_back(self, page: Page) -> Body:
        return self.fall_back.extract([page])[0]


def _portions(pages: Sequence[Page]) -> Iterator[list[tuple[Page, Blocks | None]]]:
    """Pages with their blocks, so many as may be judged together."""
    portion: list[tuple[Page, Blocks | None]] = []
    size = 0
    for page in pages:
        blocks = _blocks(page)
        size += len(blocks.texts) if blocks else 0
        if size > MANY_BLOCKS and portion:
            yield portion
            portion, size = [], len(blocks.texts) if blocks else 0
        portion.append((page, blocks))
    yield portion


def _blocks(page: Page) -> Blocks | None:
    """The page's blocks; None when it has none, or too many, or is plain text."""
    unfit = page.plain or page.blocks.cut or not 0 < len(page.blocks.texts) <= MAX_BLOCKS
    return None if unfit else page.blocks


def paragraphs(blocks: Blocks, choice: Choice) -> Iterator[str]:
    """The texts kept, in order; a paragraph that the page prints again (a pull quote, a teaser of its own) once."""
    told: set[str] = set()
    for text in _joined(blocks, choice):
        if text not in told:
            if len(text) > LONG:
                told.add(text)
            yield text


def _joined(blocks: Blocks, choice: Choice) -> Iterator[str]:
    """The texts kept. A line that a single break cuts off goes on in the next, where double breaks part paragraphs."""
    breaks, elements = blocks.column("breaks"), blocks.column("element0")
    doubly = {element for before, element in zip(breaks, elements, strict=True) if before > 1}
    parts: list[str] = []
    joined = -1  # the element of the block before, if it may go on in this one
    for text, keep, before, element in zip(blocks.texts, choice.keep, breaks, elements, strict=True):
        goes_on = before == 1 and element == joined
        joined = -1
        if keep and (text := text if text.isprintable() else clean(text)):
            if parts and not goes_on:
                yield " ".join(parts)
                parts = []
            parts.append(text)
            if element in doubly and len(text) >= WRAPPED and text[-1] not in ENDS:
                joined = element
    if parts:
        yield " ".join(parts)


def _size(body: Body) -> int:
    return sum(map(len, body.paragraphs))
