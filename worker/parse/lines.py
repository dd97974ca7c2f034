"""The lines of text that a reader of a page sees, each with the element that holds it: a view of the page's blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from worker.parse.blocks import COLUMNS, FLAGS, OTHER_TAG, TAG, Blocks
from worker.parse.hints import hints
from worker.parse.text import clean

_ASIDE = FLAGS["aside"]
_LOUDNESS = np.zeros(OTHER_TAG + 1, np.int64)
for _level in range(1, 7):
    _LOUDNESS[TAG[f"h{_level}"]] = 7 - _level
_TITLE_HINT = hints('class="headline"')


@dataclass(slots=True)
class Line:
    """A line of text as a reader of the page sees it."""

    text: str
    box: int  # the number of the innermost block element that holds it, in `Blocks`
    linked: int = 0  # characters of it inside links
    loud: int = 0  # how the type shouts: 6 for <h1>, ... 1 for <h6> or bold, 0 for plain text
    breaks: bool = False  # it ends at a <br>
    aside: bool = False  # within an <aside>

    @property
    def prose(self) -> bool:
        """Whether it reads as a paragraph rather than a link or label."""
        return len(self.text) >= 80 and self.linked * 3 < len(self.text)


def lines_of(blocks: Blocks) -> Iterator[Line]:
    """One line a block that says something printable."""
    at = dict(zip(COLUMNS, blocks.rows.T, strict=True))
    loud = np.maximum(np.maximum(_LOUDNESS[at["tag"]], _LOUDNESS[at["parent_tag"]]), at["loud"] > 500)
    loud = np.maximum(loud, np.where(at["hints0"] & _TITLE_HINT, 3, 0))
    aside = at["flags"] & _ASIDE > 0
    columns = (column.tolist() for column in (at["element0"], at["linked"], loud, at["breaks"] > 0, aside))
    previous: Line | None = None
    for text, box, linked, shouts, breaks, beside in zip(blocks.texts, *columns, strict=True):
        if breaks and previous is not None:
            previous.breaks = True
        shown = text if text.isprintable() else clean(text)
        if shown:
            previous = Line(shown, box, linked * len(shown) // 1000, shouts, False, beside)
            yield previous
