"""The lines of text that a reader of a page sees, each with the element that holds it: a view of the page's blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from worker.parse.blocks import COLUMNS, FLAGS, TAG, Blocks
from worker.parse.hints import hints
from worker.parse.text import clean

_LINKED, _LOUD, _TAG, _PARENT_TAG, _BREAKS, _FLAGS, _HINTS, _BOX = (
    COLUMNS.index(name) for name in ("linked", "loud", "tag", "parent_tag", "breaks", "flags", "hints0", "element0")
)
_ASIDE = FLAGS["aside"]
_LOUDNESS = {TAG[f"h{level}"]: 7 - level for level in range(1, 7)}
_TITLE_HINT = hints(' class="headline"')


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
    previous: Line | None = None
    for text, row in zip(blocks.texts, blocks.rows.tolist(), strict=True):
        if previous is not None and row[_BREAKS]:
            previous.breaks = True
        shown = text if text.isprintable() else clean(text)
        if not shown:
            continue
        loud = max(_LOUDNESS.get(row[_TAG], 0), _LOUDNESS.get(row[_PARENT_TAG], 0), row[_LOUD] > 500)
        if row[_HINTS] & _TITLE_HINT and loud < 3:
            loud = 3
        linked = row[_LINKED] * len(shown) // 1000
        previous = Line(shown, row[_BOX], linked, loud, False, bool(row[_FLAGS] & _ASIDE))
        yield previous
