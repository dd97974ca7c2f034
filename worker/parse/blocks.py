"""A page as blocks of text: parsed once in C, pruned, serialised flat, and cut in numpy, all its tags at once."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

import numpy as np
import turbohtml
from numpy.typing import NDArray

from worker.parse.hints import MAX_HINT, hints
from worker.parse.text import plain_paragraphs

MAX_TAGS = 60_000  # of what is left after pruning that are looked at; the longest live blogs have 20,000

PRUNED = (
    "head,script,style,svg,noscript,template,iframe,nav,footer,button,select,textarea,object,canvas,video,audio,dialog,"
    "noembed,noframes,math,datalist,[aria-hidden=true]:empty"
)
UNWRAPPED = (
    "abbr,acronym,bdi,bdo,big,cite,code,data,dfn,font,img,ins,del,kbd,label,mark,nobr,q,s,samp,small,span,strike,sub,"
    "sup,time,tt,u,var,wbr,xmp,plaintext"
)
_TAGS = (
    "p li h1 h2 h3 h4 div td blockquote figcaption pre dd dt section article aside header th address body main "
    "h5 h6 figure form ul tr table ol dl"
)
TAGS = tuple(_TAGS.split())
TAG = {name: index for index, name in enumerate(TAGS)}
OTHER_TAG = len(TAGS)
FLAGS = {
    name: 1 << bit
    for bit, name in enumerate(
        ("article", "main", "aside", "header", "li", "table", "figure", "blockquote", "form", "section", "dl")
    )
}
COLUMNS = (
    *("linked", "loud", "links", "tag", "parent_tag", "depth", "breaks", "flags"),
    *("hints0", "hints1", "hints2", "hints_all", "element0", "element1", "element2", "element3", "story_element"),
)
Index = NDArray[np.int64]

# Comments go, and white space is folded outside <pre>. < and > are escaped wherever they stand for themselves.
_FLAT = turbohtml.Html(
    layout=turbohtml.Minify(collapse_whitespace=True, omit_optional_tags=False, unquote_attributes=False)
)
_TOKEN = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)([^<>]*+)>([^<]*+)")  # a tag and the text behind it
_INLINE = re.compile("<[^>]*>")
_HREF = re.compile(r' href="([^"]*)')
_VOID_NAMES = "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
# What a tag is beside one of TAGS: within a text, or without one of its own.
_LINK, _LOUD, _BREAK, _EMPTY = range(OTHER_TAG + 1, OTHER_TAG + 5)
_KINDS = {
    **TAG,
    **dict.fromkeys(_VOID, _EMPTY),
    **dict.fromkeys(("b", "strong", "em", "i"), _LOUD),
    "a": _LINK,
    "br": _BREAK,
}
_KIND_OF_NAME = {int.from_bytes(name.encode()[:8], "little"): kind for name, kind in _KINDS.items()}
_NAMES = np.array(sorted(_KIND_OF_NAME), np.uint64)
_KIND = np.array([_KIND_OF_NAME[name] for name in sorted(_KIND_OF_NAME)], np.uint8)
_STORY = FLAGS["article"] | FLAGS["main"]
_FLAGS_OF_TAG = np.array([FLAGS.get(name, 0) for name in (*TAGS, "")], np.int64)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: where it leads, as written, and its words."""

    href: str
    text: str


def _root() -> Index:
    return np.zeros(1, np.int64)


@dataclass(slots=True)
class Blocks:
    """A page's blocks in document order: their texts, a row of COLUMNS for each, and the elements that hold them.

    An element goes by its number, in document order; 0 is the root. `starts` and `ends` give the blocks below each.
    """

    flat: str = ""  # the pruned markup that was cut
    texts: list[str] = field(default_factory=list)
    rows: Index = field(default_factory=lambda: np.zeros((0, len(COLUMNS)), np.int64))
    starts: Index = field(default_factory=_root)  # first block of each element, by the element's number
    ends: Index = field(default_factory=_root)  # one behind its last
    parents: Index = field(default_factory=_root)  # the number of the element around each
    places: Index = field(default_factory=_root)  # where each begins in `flat`
    deepest: int = 0  # elements within elements
    cut: bool = False  # the page has more tags than are looked at
    title: str = ""
    description: str = ""
    story: str = ""  # the text that the page's JSON-LD claims, whole or not

    def column(self, name: str) -> list[int]:
        """One of COLUMNS, for each block."""
        found: list[int] = self.rows[:, COLUMNS.index(name)].tolist()
        return found

    def name(self, number: int) -> str:
        """An element's tag."""
        return self._tag(number)[0]

    def attributes(self, number: int) -> str:
        """An element's attributes as serialised: ` class="a b" id="c"`, with `&` and quotes escaped."""
        return self._tag(number)[1]

    def parent(self, number: int) -> int:
        """The number of the element that holds an element; the root's is its own."""
        return int(self.parents[number])

    def _tag(self, number: int) -> tuple[str, str]:
        found = _TOKEN.match(self.flat, self.places[number]) if number else None
        return (found[2], found[3]) if found else ("", "")

    def links(self, number: int) -> list[Link]:
        """The links below an element, with their words."""
        found: list[Link] = []
        words: list[str] = []
        href: str | None = None
        depth = 0
        for token in _TOKEN.finditer(self.flat, self.places[number]):
            closing, name, attributes, text = token.groups()
            if name == "a":
                if href is not None:
                    found.append(Link(href, " ".join(html.unescape("".join(words)).split())))
                    words.clear()
                href = None
                if not closing and (match := _HREF.search(attributes)):
                    href = html.unescape(match[1])
            elif closing:
                depth -= 1
            elif name not in _VOID:
                depth += 1
            if depth <= 0 and number:
                break
            if href is not None:
                words.append(text)
        return found


def cut_blocks(document: turbohtml.Document) -> Blocks:
    """Cut a page into blocks, up to MAX_TAGS. The document is spent: what is no text of the page's is taken out."""
    document.remove(PRUNED)
    document.strip_tags(UNWRAPPED)
    body = document.find("body")
    blocks = Blocks((body if body is not None else document).serialize(_FLAT))
    if "<" in blocks.flat:
        _cut(blocks)
    return blocks


@dataclass(frozen=True, slots=True)
class _Tags:
    """The tags of a page, in arrays."""

    begin: Index  # where in the markup
    end: Index  # of each its ">"
    behind: Index  # where the text behind each ends
    kind: NDArray[np.uint8]
    closing: NDArray[np.bool_]
    said: Index  # characters of the text behind each; 0 for a space


def _tags(blocks: Blocks) -> _Tags:
    letters = np.frombuffer(blocks.flat.encode("ascii", "replace") + bytes(8), np.uint8)  # a byte a character
    begin, end = np.flatnonzero(letters == ord("<")), np.flatnonzero(letters == ord(">"))
    if len(begin) != len(end):  # names may hold a "<"
        begin = begin[np.searchsorted(begin, np.append(-1, end[:-1]))]
    behind = np.append(begin[1:], len(blocks.flat))
    if len(begin) > MAX_TAGS:
        blocks.cut = True
        begin, end, behind = begin[:MAX_TAGS], end[:MAX_TAGS], behind[:MAX_TAGS]
    first = letters[begin + 1]
    closing = first == ord("/")
    # The first eight letters of each name as one number, to be looked up: what follows the first space or ">" is cut.
    word = np.ndarray(len(letters) - 7, "<u8", letters, strides=(1,))[begin + 1 + closing]
    stop = _first_byte(word, ord(" ")) | _first_byte(word, ord(">"))
    name = word & (((stop & -stop) >> np.uint64(7)) - np.uint64(1))
    known = np.minimum(np.searchsorted(_NAMES, name), len(_NAMES) - 1)
    kind = np.where(_NAMES[known] == name, _KIND[known], np.uint8(OTHER_TAG))
    kind[(first < ord("A")) & ~closing] = _EMPTY  # <?php ... > and the like
    said = behind - end - 1
    said[(said == 1) & (letters[end + 1] == ord(" "))] = 0
    return _Tags(begin, end, behind, kind, closing, said)


def _first_byte(words: NDArray[np.uint64], byte: int) -> NDArray[np.uint64]:
    """Eight letters each: the lowest bit that is set is the highest of the first letter that is `byte`."""
    ones = np.uint64(0x0101010101010101)
    unlike = words ^ (ones * np.uint64(byte))
    return (unlike - ones) & ~unlike & (ones << np.uint64(7))


class _Elements:
    """The elements of a page, by number: who holds whom."""

    def __init__(self, opens: NDArray[np.bool_], depth: Index) -> None:
        self.tag = np.append(-1, np.flatnonzero(opens))  # the place of each one's tag among all tags
        self.depth = np.append(0, depth[opens])
        self._stride = len(opens) + 2
        places = self.depth * self._stride + self.tag + 1
        self._order = np.argsort(places)
        self._places = places[self._order]
        self.parent = self.innermost(self.depth - 1, self.tag)
        self.parent[0] = 0

    def innermost(self, depth: Index, tag: Index) -> Index:
        """The last element of a depth that opens at a tag or before it."""
        wanted = depth * self._stride + tag + 1
        return self._order[np.searchsorted(self._places, wanted, "right") - 1]

    def inherited(self, own: Index, merge: np.ufunc) -> Index:
        """What each element has of its own, merged with what all around it have."""
        found, above = own, self.parent
        for _ in range(int(self.depth.max()).bit_length()):
            found, above = merge(found, found[above]), above[above]
        return found


def _cut(blocks: Blocks) -> None:
    """Find the elements, and the text between one border and the next; all tags but links and loud type are borders."""
    flat, tags = blocks.flat, _tags(blocks)
    kind, closing, said = tags.kind, tags.closing, tags.said
    is_link, is_loud = kind == _LINK, kind == _LOUD
    is_border = ~(is_link | is_loud)
    opens = is_border & ~closing & (kind <= OTHER_TAG)
    depth = np.cumsum(opens.astype(np.int8) - (is_border & closing), dtype=np.int64)
    elements = _Elements(opens, depth)
    tag_of = np.append(OTHER_TAG, kind[opens])

    border = np.flatnonzero(is_border)
    turn = 1 - 2 * closing.astype(np.int8)
    in_link, in_loud = np.cumsum(turn * is_link) > 0, np.cumsum(turn * is_loud) > 0
    size, linked, loud = (np.add.reduceat(part, border) for part in (said, said * in_link, said * in_loud))
    last = np.append(border[1:], len(kind)) - 1  # the tag before the next border
    links, stop = np.cumsum(is_link & ~closing)[last], tags.behind[last]

    # What is said behind each border that something is said behind: one text, several in <pre>, none but spaces.
    speaking = np.flatnonzero(size)
    tag = border[speaking]
    holder = elements.innermost(depth[tag], tag)
    spans = (tags.end[tag] + 1).tolist(), stop[speaking].tolist(), (tag_of[holder] == TAG["pre"]).tolist()
    found = [_texts(flat[start:end], preformatted) for start, end, preformatted in zip(*spans, strict=True)]
    blocks.texts = [text for texts in found for text in texts]
    counts = np.fromiter(map(len, found), np.int64, len(found))

    is_break = kind[border] == _BREAK
    told = np.zeros(len(border), np.bool_)
    told[speaking] = counts > 0
    seen = np.cumsum(is_break)
    afresh = ~is_break | np.append(False, told[:-1])
    breaks = (seen - np.maximum.accumulate(np.where(afresh, seen - is_break, 0)))[speaking]

    of = np.repeat(np.arange(len(speaking)), counts)
    blocks.starts = np.searchsorted(tag[of], elements.tag)
    blocks.ends = np.full(len(elements.tag), len(of))
    closes = np.flatnonzero(is_border & closing)
    blocks.ends[elements.innermost(depth[closes] + 1, closes)] = np.searchsorted(tag[of], closes)
    blocks.parents, blocks.deepest = elements.parent, int(elements.depth.max())
    blocks.places = np.append(0, tags.begin[opens])

    flags = _FLAGS_OF_TAG[tag_of]
    story = np.where(flags & _STORY, np.arange(len(flags)), 0)
    hinted = _hints(flat, blocks.places, np.append(0, tags.end[opens]), np.flatnonzero(blocks.starts < blocks.ends))
    at = holder[of]
    above = elements.parent[at]
    beyond = elements.parent[above]
    blocks.rows = np.stack(
        (
            *(np.minimum(part[speaking] * 1000 // size[speaking], 1000)[of] for part in (linked, loud)),
            np.diff(links[speaking], prepend=0)[of],
            *(tag_of[at], tag_of[above], elements.depth[at]),
            np.where(np.diff(of, prepend=-1), breaks[of], 0),  # they stand before the first of several texts
            elements.inherited(flags, np.bitwise_or)[at],
            *(hinted[at], hinted[above], hinted[beyond], elements.inherited(hinted, np.bitwise_or)[at]),
            *(at, above, beyond, elements.parent[beyond], elements.inherited(story, np.maximum)[at]),
        ),
        axis=1,
    )


def _hints(flat: str, begin: Index, end: Index, wanted: Index) -> Index:
    """What the attributes of the elements that are wanted speak of; their tags begin and end there."""
    found = np.zeros(len(begin), np.int64)
    tags = (flat[first:last] for first, last in zip(begin[wanted].tolist(), end[wanted].tolist(), strict=True))
    found[wanted] = [hints(tag[tag.find(" ") :][:MAX_HINT]) if "=" in tag else 0 for tag in tags]
    return found


def _texts(whole: str, preformatted: bool) -> list[str]:
    """What a block says, with white space folded; several paragraphs where it is preformatted."""
    if "<" in whole:
        whole = _INLINE.sub("", whole)
    if "&" in whole:
        whole = html.unescape(whole)
    if preformatted and "\n" in whole:
        return plain_paragraphs(whole)
    text = " ".join(whole.split())
    return [text] if text else []
