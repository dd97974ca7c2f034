"""What the block model is told of each block: one row of numbers, made in numpy for a whole batch of pages at once."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.parse.blocks import COLUMNS, FLAGS, TAG, Blocks
from worker.parse.hints import HINTS

FEATURES = 1  # raise it when a feature changes: a model reads only the features that it was trained on
SHORT = 300  # characters; longer blocks are compared with no title

Column = NDArray[np.float32]
Matrix = NDArray[np.float32]
Index = NDArray[np.int64]

# Kinds of characters that are counted in a block.
UPPER, LOWER, DIGIT, SPACE, COMMA, STOP, QUOTE, BAR, DENSE, OTHER = range(10)
KINDS = 10
_MARKS = {
    **dict.fromkeys(",;،؛、，；", COMMA),
    **dict.fromkeys(".!?…。！？।؟۔", STOP),
    **dict.fromkeys('"“”„«»‹›「」『』《》', QUOTE),
    **dict.fromkeys("|©•›»→▶/#@+·:：", BAR),
}
_CASELESS = KINDS  # letters of scripts without capitals, until it is known which
_KIND_OF_CATEGORY = {
    **dict.fromkeys(("Lu", "Lt"), UPPER),
    **dict.fromkeys(("Ll", "Lm", "Mn", "Mc", "Me"), LOWER),
    **dict.fromkeys(("Nd", "Nl", "No"), DIGIT),
    **dict.fromkeys(("Zs", "Zl", "Zp"), SPACE),
    "Lo": _CASELESS,
}
# Scripts that write many words without a space, or few characters a word: Thai and Lao, Khmer, CJK, Hangul.
_DENSE = ((0x0E00, 0x0F00), (0x1780, 0x1800), (0x3040, 0xA000), (0xAC00, 0xD7A4))
ENDS = '.!?…。！？।؟۔"”’»」』）)'
_ENDING = np.array([ord(mark) for mark in ENDS], dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Batch:
    """The blocks of some pages, one after another: what both stages of the model look at."""

    matrix: Matrix  # a row a feature, a column a block
    page: Index  # the page of each block, from 0
    first: Index  # where each page's blocks begin, and at last where all end
    size: Column  # characters of each block outside links
    length: Column  # all its characters
    groups: tuple[Index, ...]  # for its element, parent, grandparent, likeness: a number shared by all blocks there
    ranges: tuple[tuple[Index, Index], ...]  # the blocks below its element, three ancestors, and nearest <article>


@cache
def _kinds() -> NDArray[np.uint8]:
    """The kind of each character of the basic plane."""
    categories = map(unicodedata.category, map(chr, range(65536)))
    table = np.fromiter(map(_KIND_OF_CATEGORY.get, categories, repeat(OTHER)), np.uint8, 65536)
    for low, high in _DENSE:
        table[low:high][table[low:high] == _CASELESS] = DENSE
    table[table == _CASELESS] = LOWER
    table[[9, 10, 13]] = SPACE
    for mark, kind in _MARKS.items():
        table[ord(mark)] = kind
    return table


def describe(pages: Sequence[Blocks]) -> Batch:
    """The features of all blocks of some pages. Linear in the blocks; some 1 kB a block while it works."""
    counts = np.array([len(page.texts) for page in pages], dtype=np.int64)
    first = np.concatenate(([0], np.cumsum(counts)))
    page = np.repeat(np.arange(len(pages)), counts)
    texts = [text for blocks in pages for text in blocks.texts]
    total = len(texts)
    at = dict(zip(COLUMNS, np.concatenate([blocks.rows for blocks in pages]).T.copy(), strict=True))
    index = np.arange(total)
    place = index - first[page]  # of a block within its page
    count = counts[page]

    length = np.fromiter(map(len, texts), np.float32, total)
    linked = at["linked"].astype(np.float32) / 1000
    size = (length * (1 - linked)).astype(np.float32)
    kinds, firsts, lasts = _characters(texts, length.astype(np.int64))
    words = kinds[:, SPACE] + 1 + kinds[:, DENSE] / 2
    cumulated = np.concatenate(([0.0], np.cumsum(size, dtype=np.float64)))
    cumulated_length = np.concatenate(([0.0], np.cumsum(length, dtype=np.float64)))
    whole = (cumulated[first[1:]] - cumulated[first[:-1]])[page] + 1
    before = cumulated[:-1] - cumulated[first[page]]
    letters = kinds[:, UPPER] + kinds[:, LOWER] + kinds[:, DENSE] + 1
    columns: list[NDArray[Any]] = [np.log1p(length), linked]
    columns += [at[name] for name in ("loud", "links", "tag", "parent_tag", "depth", "breaks")]

    for name in ("hints0", "hints1", "hints2", "hints_all"):
        columns += [(at[name] >> bit) & 1 for bit in range(len(HINTS))]
    columns += [(at["flags"] >> bit) & 1 for bit in range(len(FLAGS))]

    columns += [words, firsts, lasts, kinds[:, COMMA], kinds[:, STOP], kinds[:, QUOTE], kinds[:, BAR]]
    columns += [kinds[:, UPPER] / letters, kinds[:, DIGIT] / length, kinds[:, BAR] / length, kinds[:, DENSE] / length]
    columns += [words / length, kinds[:, COMMA] / words, kinds[:, STOP] / words, at["links"] / words]
    overlap = _overlaps(pages)
    columns += list(overlap.T)

    columns += [place / count, count - place, place, count, np.log1p(whole)]
    columns += [before / whole, (whole - before - size) / whole, size / whole]

    # Where the headline stands, by element and by words.
    is_headline = at["tag"] == TAG["h1"]
    headline = _first_of(is_headline, page, len(pages), first)
    named = _last_of((overlap[:, 0] > 0.6) & (overlap[:, 1] > 0.6), page, len(pages), first)
    columns += [np.where(found[page] < 0, -999, index - found[page]) for found in (headline, named)]

    # How many headlines and headings came before, and how long ago the last one.
    heading = is_headline | (at["tag"] == TAG["h2"]) | (at["tag"] == TAG["h3"])
    headlines = np.concatenate(([0], np.cumsum(is_headline)))
    latest = np.maximum.accumulate(np.where(heading, index, first[page])) if total else index
    columns += [headlines[1:] - headlines[first[page]], (headlines[first[1:]] - headlines[first[:-1]])[page]]
    columns += [index - latest, np.log1p(cumulated[:-1] - cumulated[latest]), length[latest] if total else length]

    groups, ranges = _families(pages, at, first, page)
    likeness = ((at["tag"] * 64 + at["parent_tag"]) << 40) | (at["hints0"] << 24) | (at["hints1"] << 8)
    groups.append(np.unique((page << 50) ^ likeness * 2654435761 % (1 << 50), return_inverse=True)[1].astype(np.int64))
    for group in groups:
        own = np.bincount(group, size)[group]
        links = np.bincount(group, length - size)[group]
        columns += [np.log1p(own), np.bincount(group)[group], links / (own + links + 1), own / whole]
    for start, end in ranges[1:]:
        own = cumulated[end] - cumulated[start]
        every = cumulated_length[end] - cumulated_length[start] + 1
        columns += [own / whole, 1 - own / every, end - start, index - start, end - index]
        columns += [(start <= headline[page]) & (headline[page] < end)]

    near = [columns[0], linked, at["tag"], lasts, (at["hints_all"] >> 1) & 0b1111111 > 0]
    for step in (-3, -2, -1, 1, 2, 3):
        other = np.clip(index + step, 0, max(total - 1, 0))
        outside = page[other] != page if total else page
        outside = outside | (index + step < 0) | (index + step >= total)
        for column in near if abs(step) < 3 else near[:3]:
            columns.append(np.where(outside, -1, column[other]))
        if abs(step) == 1:
            columns += [~outside & (at[name][other] == at[name]) for name in ("element1", "element0")]
    for reach in (3, 8):
        start, end = np.maximum(index - reach, first[page]), np.minimum(index + reach + 1, first[page + 1])
        columns.append(np.log1p(cumulated[end] - cumulated[start]))
    return Batch(_stack(columns, total), page, first, size, length, tuple(groups), tuple(ranges))


def _characters(texts: Sequence[str], length: Index) -> tuple[Matrix, Index, Index]:
    """How many characters of each kind a block has; the kind of its first; whether it ends as a sentence does."""
    total = len(texts)
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _kinds()[np.minimum(codes, 65535)]
    owner = np.repeat(np.arange(total) * KINDS, length)
    counted = np.bincount(owner + kinds, minlength=total * KINDS).reshape(total, KINDS).astype(np.float32)
    ends = np.cumsum(length)
    last = (codes[ends - 1, None] == _ENDING).any(axis=1)
    return counted, kinds[ends - length].astype(np.int64), last.astype(np.int64)


def _overlaps(pages: Sequence[Blocks]) -> Matrix:
    """How far each block's words are the title's, the title's its, and the description's; how often its text
    stands on the page; whether the JSON-LD's story has it (1), lacks it (-1), or there is none (0)."""
    found = np.zeros((sum(len(page.texts) for page in pages), 5), dtype=np.float32)
    first = 0
    for page in pages:
        title, description, story = set(_words(page.title)), set(_words(page.description)), page.story
        either, opening = title | description, page.description[:60]
        seen = Counter(page.texts)
        for at, text in enumerate(page.texts, first):
            if len(text) < SHORT:
                listed = text.casefold().split() if text.isascii() else _words(text)
                if not either.isdisjoint(listed):
                    words = set(listed)
                    common, described = len(words & title), len(words & description)
                    found[at, :3] = common / len(words), common / (len(title) or 1), described / len(words)
            elif opening and opening in text:
                found[at, 2] = 1
            if story:
                found[at, 4] = 1 if text[:80] in story else -1
        if len(seen) < len(page.texts):
            found[first : first + len(page.texts), 3] = [seen[text] for text in page.texts]
        first += len(page.texts)
    found[:, 3] = np.maximum(found[:, 3], 1)
    return found


def _words(text: str) -> list[str]:
    """The words of a short text; pairs of characters where words are not parted."""
    words = text.casefold().split()
    if len(words) <= 3 and len(text) > 8 and not text.isascii() and max(text) >= "\u0e00":
        return [text[at : at + 2] for at in range(len(text) - 1)]
    return words


def _families(
    pages: Sequence[Blocks], at: dict[str, Index], first: Index, page: Index
) -> tuple[list[Index], list[tuple[Index, Index]]]:
    """The blocks that share an element with each block, and those below its element and the elements around it."""
    counts = [len(blocks.starts) for blocks in pages]
    elements, base = np.cumsum([0, *counts]), np.repeat(first[:-1], counts)
    starts = np.concatenate([blocks.starts for blocks in pages]) + base
    ends = np.concatenate([blocks.ends for blocks in pages]) + base
    names = ("element0", "element1", "element2", "element3", "story_element")
    numbers = [at[name] + elements[page] for name in names]
    return numbers[:3], [(starts[number], ends[number]) for number in numbers]


def _first_of(chosen: NDArray[np.bool_], page: Index, pages: int, first: Index) -> Index:
    """The first chosen block of each page, or -1."""
    found = np.full(pages, -1, dtype=np.int64)
    at = np.flatnonzero(chosen)[::-1]
    found[page[at]] = at
    return found


def _last_of(chosen: NDArray[np.bool_], page: Index, pages: int, first: Index) -> Index:
    """The last chosen block of each page, or -1."""
    found = np.full(pages, -1, dtype=np.int64)
    at = np.flatnonzero(chosen)
    found[page[at]] = at
    return found


def context(batch: Batch, chance: Column) -> Matrix:
    """What the second stage is told beside: the first stage's chances of a block's neighbours and relatives."""
    page, first = batch.page, batch.first
    index = np.arange(len(page))
    pages = len(first) - 1
    kept = chance > 0.5
    start = _first_of(kept, page, pages, first)[page]
    end = _last_of(kept, page, pages, first)[page]
    weight = chance * batch.size
    cumulated = np.concatenate(([0.0], np.cumsum(weight, dtype=np.float64)))
    sizes = np.concatenate(([0.0], np.cumsum(batch.size, dtype=np.float64)))
    every = np.concatenate(([0], np.cumsum(kept)))
    whole = (cumulated[first[1:]] - cumulated[first[:-1]])[page] + 1
    sized = (sizes[first[1:]] - sizes[first[:-1]])[page] + 1
    columns: list[NDArray[Any]] = [chance]
    for step in (-4, -3, -2, -1, 1, 2, 3, 4):
        other = np.clip(index + step, 0, max(len(index) - 1, 0))
        outside = (page[other] != page) | (index + step < 0) | (index + step >= len(index))
        columns.append(np.where(outside, 0, chance[other]))
    for group in batch.groups:
        own = np.bincount(group, weight)[group]
        columns += [own / (np.bincount(group, batch.size)[group] + 1), own / whole]
    for low, high in batch.ranges[1:]:
        own = cumulated[high] - cumulated[low]
        columns += [own / (sizes[high] - sizes[low] + 1), own / whole]
    columns += [np.where(start < 0, 999, index - start), np.where(end < 0, -999, end - index)]
    columns += [(cumulated[:-1] - cumulated[first[page]]) / whole, whole, whole / sized]
    columns.append((every[first[1:]] - every[first[:-1]])[page])
    # What lies between a block and the nearest kept ones, and between the first kept one and it, that is not kept.
    dropped = np.concatenate(([0.0], np.cumsum(batch.length * ~kept, dtype=np.float64)))
    before = np.maximum.accumulate(np.where(kept, index, -1)) if len(index) else index
    before = np.maximum(np.concatenate(([-1], before[:-1])), first[page] - 1)
    after = np.minimum.accumulate(np.where(kept, index, len(index))[::-1])[::-1] if len(index) else index
    after = np.minimum(np.concatenate((after[1:], [len(index)])), first[page + 1])
    columns += [index - before, np.log1p(dropped[index] - dropped[before + 1])]
    columns += [after - index, np.log1p(dropped[after] - dropped[index + 1])]
    opening = np.where(start < 0, index, start)
    columns += [np.sign(index - opening) * np.log1p(np.abs(dropped[index] - dropped[opening]))]
    for reach in (3, 8):
        low, high = np.maximum(index - reach, first[page]), np.minimum(index + reach + 1, first[page + 1])
        columns.append((cumulated[high] - cumulated[low]) / (sizes[high] - sizes[low] + 1))
    return _stack(columns, len(page))


def _stack(columns: Sequence[NDArray[Any]], blocks: int) -> Matrix:
    matrix = np.empty((len(columns), blocks), dtype=np.float32)
    for number, column in enumerate(columns):
        matrix[number] = column
    return matrix
