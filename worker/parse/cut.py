"""Pages cut into blocks in numpy, many pages and all their tags at once; only the texts are made one by one."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from worker.parse.blocks import FLAGS, TAG, TAGS, Blocks, Index
from worker.parse.hints import MAX_HINT, hints_of
from worker.parse.tags import BREAK, LINK, LOUD, Elements, Tags, read_tags
from worker.parse.text import plain_paragraphs

TOGETHER = 4 * 1024 * 1024  # characters of markup that are cut at once: some ten bytes each while it lasts

_INLINE = re.compile("<[^>]*>")
_STORY = FLAGS["article"] | FLAGS["main"]
_FLAGS_OF_TAG = np.array([FLAGS.get(name, 0) for name in (*TAGS, "")], np.int64)


def cut_blocks(flats: Sequence[str]) -> list[Blocks]:
    """Cut pages, as `blocks.flatten` gives them, into blocks: up to MAX_TAGS of each."""
    return [blocks for portion in _portions(flats) for blocks in _cut(portion)]


def _portions(flats: Sequence[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    for flat in flats:
        if portion and sum(map(len, portion)) + len(flat) > TOGETHER:
            yield portion
            portion = []
        portion.append(flat)
    if portion:
        yield portion


def _cut(flats: Sequence[str]) -> Iterator[Blocks]:
    """Find the elements, and the text between one border and the next; all tags but links and loud type are borders."""
    tags = read_tags(flats)
    kind, closing = tags.kind, tags.closing
    is_link, is_loud = kind == LINK, kind == LOUD
    is_border = ~(is_link | is_loud) | (np.diff(tags.page, prepend=-1) > 0)
    closes = is_border & closing
    opens = is_border & ~closing & (kind < LINK)
    depth = tags.running(opens.astype(np.int8) - closes)
    elements = Elements(tags, opens, depth)

    # What is said behind each border, inside links, inside loud type; what is said at all begins a block.
    border = np.flatnonzero(is_border)
    turn = 1 - 2 * closing.astype(np.int8)
    in_link, in_loud = tags.running(turn * is_link) > 0, tags.running(turn * is_loud) > 0
    said = tags.said
    size, linked, loud = (np.add.reduceat(part, border) for part in (said, said * in_link, said * in_loud))
    last = np.append(border[1:], len(kind)) - 1  # the tag before the next border
    spoken = np.flatnonzero(size)
    tag = border[spoken]
    holder = elements.innermost(depth[tag], tag)
    found = _texts(flats, tags, tag, last[spoken], elements.kind[holder] == TAG["pre"])
    counts = np.fromiter(map(len, found), np.int64, len(found))

    # One text, or several in <pre>, or none but spaces.
    of = np.repeat(np.arange(len(spoken)), counts)
    texts = [text for several in found for text in several]
    tag_of, page_of, at = tag[of], tags.page[tag[of]], holder[of]
    links = tags.running(is_link & ~closing)[last[spoken]]
    before = np.append(0, links[:-1])
    before[np.diff(tags.page[tag], prepend=-1) > 0] = 0
    breaks = _breaks(kind[border] == BREAK, spoken[counts > 0])[spoken]

    starts, ends = np.searchsorted(tag_of, elements.tag), np.full(len(elements.tag), len(of))
    close = np.flatnonzero(closes)
    ends[elements.innermost(depth[close] + 1, close)] = np.searchsorted(tag_of, close)
    flags = _FLAGS_OF_TAG[elements.kind]
    story = np.where(flags & _STORY, np.arange(len(flags)), 0)
    hinted = _hints(flats, tags, elements.tag, np.flatnonzero(starts[1:] < ends[1:]) + 1)
    above = elements.parent[at]
    beyond = elements.parent[above]
    holders = (at, above, beyond, elements.parent[beyond], elements.inherited(story, np.maximum)[at])
    rows = np.stack(
        (
            *(np.minimum(part[spoken] * 1000 // size[spoken], 1000)[of] for part in (linked, loud)),
            (links - before)[of],
            *(elements.kind[at], elements.kind[above], elements.depth[at]),
            np.where(np.diff(of, prepend=-1), breaks[of], 0),  # they stand before the first of several texts
            elements.inherited(flags, np.bitwise_or)[at],
            *(hinted[at], hinted[above], hinted[beyond], elements.inherited(hinted, np.bitwise_or)[at]),
            *(np.maximum(holder - elements.first[page_of] + 1, 0) for holder in holders),
        ),
        axis=1,
    )

    block = np.searchsorted(page_of, np.arange(len(flats) + 1))  # the first of each page
    places = tags.begin[elements.tag]
    for number, flat in enumerate(flats):
        begin, end = block[number : number + 2].tolist()
        first = elements.first[number]
        own = slice(first, elements.first[number + 1])
        yield Blocks(
            flat,
            texts[begin:end],
            rows[begin:end],
            starts=np.append(0, starts[own] - begin),
            ends=np.append(end, np.minimum(ends[own], end)) - begin,  # a page cut short closes none of them
            parents=np.append(0, np.maximum(elements.parent[own] - first + 1, 0)),
            places=np.append(0, places[own] - tags.base[number]),
            deepest=int(elements.depth[own].max(initial=0)),
            cut=bool(tags.cut[number]),
        )


def _breaks(is_break: NDArray[np.bool_], told: Index) -> Index:
    """How many <br> stand in a row before what is said behind each border; `told`: those that say something."""
    afresh = ~is_break
    afresh[told[told < len(afresh) - 1] + 1] = True
    seen = np.cumsum(is_break)
    return seen - np.maximum.accumulate(np.where(afresh, seen - is_break, 0))


def _texts(
    flats: Sequence[str], tags: Tags, first: Index, last: Index, preformatted: NDArray[np.bool_]
) -> list[list[str]]:
    """What is said from the first of some tags to the text behind the last; few texts have tags in their midst."""
    speaking = np.flatnonzero(tags.said)
    begin = tags.end[speaking[np.searchsorted(speaking, first)]] + 1
    end = tags.behind[speaking[np.searchsorted(speaking, last, "right") - 1]]
    page = tags.page[first]
    base = tags.base[page]
    places = page.tolist(), (begin - base).tolist(), (end - base).tolist(), preformatted.tolist()
    return [_paragraphs(flats[at][start:stop], as_it_is) for at, start, stop, as_it_is in zip(*places, strict=True)]


def _paragraphs(whole: str, preformatted: bool) -> list[str]:
    """What a block says, with white space folded; several paragraphs where it is preformatted."""
    if "<" in whole:
        whole = _INLINE.sub("", whole)
    if "&" in whole:
        whole = html.unescape(whole)
    if preformatted and "\n" in whole:
        return plain_paragraphs(whole)
    text = " ".join(whole.split())
    return [text] if text else []


def _hints(flats: Sequence[str], tags: Tags, tag: Index, wanted: Index) -> Index:
    """What the attributes of the elements that are wanted speak of; 0 for the others. `tag` begins each element."""
    found = np.zeros(len(tag), np.int64)
    page, begin, end = (part[tag[wanted]] for part in (tags.page, tags.begin, tags.end))
    base = tags.base[page]
    places = page.tolist(), (begin - base).tolist(), (np.minimum(end, begin + MAX_HINT) - base).tolist()
    found[wanted] = hints_of([flats[at][start:end].partition(" ")[2] for at, start, end in zip(*places, strict=True)])
    return found
