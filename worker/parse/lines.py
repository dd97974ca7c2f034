"""The lines of text that a reader of a page sees, each with the element that holds it: a view of the page's blocks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from worker.parse.blocks import COLUMNS, FLAGS, OTHER_TAG, TAG, Blocks
from worker.parse.hints import hints
from worker.parse.text import clean

_ASIDE = FLAGS["aside"]
_LOUDNESS = np.zeros(OTHER_TAG + 1, np.int64)
for _level in range(1, 7):
    _LOUDNESS[TAG[f"h{_level}"]] = 7 - _level
_TITLE_HINT = hints('class="headline"')


class Line(NamedTuple):
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


def lines_of(blocks: Blocks) -> list[Line]:
    """One line a block that says something printable."""
    texts = [text if text.isprintable() else clean(text) for text in blocks.texts]
    at = dict(zip(COLUMNS, blocks.rows.T, strict=True))
    loud = np.maximum(np.maximum(_LOUDNESS[at["tag"]], _LOUDNESS[at["parent_tag"]]), at["loud"] > 500)
    loud = np.maximum(loud, np.where(at["hints0"] & _TITLE_HINT, 3, 0))
    linked = at["linked"] * np.fromiter(map(len, texts), np.int64, len(texts)) // 1000
    breaks = np.append(at["breaks"][1:], 0) > 0
    columns = (at["element0"], linked, loud, breaks, at["flags"] & _ASIDE > 0)
    lines = map(Line, texts, *(column.tolist() for column in columns))
    return list(lines) if all(texts) else [line for line in lines if line.text]
