"""The lines of text that a reader of a page sees, each with the block that holds it, from one walk over the tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree, html

from worker.parse.text import clean

_SKIPPED = frozenset(
    ["script", "style", "noscript", "template", "svg", "iframe", "object", "select", "textarea", "head"]
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "del",
        "kbd",
        "label",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
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


def lines_of(tree: html.HtmlElement) -> Iterator[Line]:
    """Walk the tree once and flush a line at each border of a block and each <br>."""
    root = tree.find("body") if tree.find("body") is not None else tree
    parts: list[str] = []
    state = _State(root)

    def flush(breaks: bool = False) -> Iterator[Line]:
        text = clean("".join(parts))
        parts.clear()
        if text:
            yield Line(
                text, state.block, state.linked, state.loudest if state.loud_chars * 2 > len(text) else 0, breaks
            )
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
