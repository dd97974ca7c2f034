"""A page as blocks of text: parsed once in C, pruned, serialised flat, and walked with one regular expression."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final

import turbohtml

from worker.parse.text import plain_paragraphs

# Tags of what is left after pruning that are walked over, a microsecond each; the longest live blogs have 20,000.
MAX_TAGS = 60_000
MAX_HINT = 400  # characters of a tag's attributes that are looked at for hints
HINTS_KEPT = 8_192  # attributes that are remembered, since templates repeat themselves
WORDS_KEPT = 32_768  # words in them, likewise

PRUNED = (
    "head,script,style,svg,noscript,template,iframe,nav,footer,button,select,textarea,object,canvas,video,audio,dialog,"
    "noembed,noframes,math,datalist,[aria-hidden=true]:empty"
)
UNWRAPPED = (
    "abbr,acronym,bdi,bdo,big,cite,code,data,dfn,font,img,ins,del,kbd,label,mark,nobr,q,s,samp,small,span,strike,sub,"
    "sup,time,tt,u,var,wbr"
)
_TAGS = (
    "p li h1 h2 h3 h4 div td blockquote figcaption pre dd dt section article aside header th address body main "
    "h5 h6 figure form ul tr table ol dl"
)
TAGS = tuple(_TAGS.split())
TAG = {name: index for index, name in enumerate(TAGS)}
OTHER_TAG = len(TAGS)
# What the attributes of an element and its ancestors say of it, by stems that publishers use in many languages.
# A stem is found anywhere in a word; "^" and "$" stand for the word's borders.
HINTS = (
    "article story body content entry post text main paragraph prose detail artikel cuerpo corpo noticia nota",
    "comment disqus reply replies respond",
    "related recommend ^more more$ also similar popular trending latest most outbrain taboola ^next ^prev further"
    " verwandt mehr",
    "teaser card promo feed widget carousel sidebar aside rail list slider grid tile",
    "share social follow tweet twitter facebook insta tool icon embed",
    "foot nav menu breadcrumb masthead banner skip search login account",
    "cookie consent gdpr modal popup overlay paywall subscri newsletter signup donat piano offer regist",
    "caption credit figure image photo gallery media video player copyright legende bild",
    "byline author ^bio$ profile contributor autor",
    "meta date time ^tag$ ^tags$ topic categor kicker label info source",
    "headline title ^dek subhead standfirst lead lede intro summary excerpt description chapo sapo header",
    "advert ^ad$ ^ads$ sponsor dfp commercial affiliate product price shop",
    "quote pull highlight table ^box box$ ^note infobox poll quiz ^faq ^toc$",
    "^hidden$ ^none$ ^visually ^sr$ screenreader",
)
HIDDEN = 1 << len(HINTS) - 1
_STEMS: dict[str, list[tuple[str, int]]] = {}  # by their first three characters
for _bit, _group in enumerate(HINTS):
    for _stem in _group.split():
        _STEMS.setdefault(_stem[:3], []).append((_stem, 1 << _bit))
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
# A tag and the text behind it. The serialiser escapes < and > wherever they stand for themselves.
_TOKEN = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*+)([^<>]*+)>([^<]*+)")
_FLAT = turbohtml.Html(
    layout=turbohtml.Minify(collapse_whitespace=False, omit_optional_tags=False, unquote_attributes=False)
)  # as it stands, but for comments
_HINTING = re.compile(r' (?:class|id|itemprop|role|style|data-(?:testid|component|component-name|type))="([^"]*)')
_HREF = re.compile(r' href="([^"]*)')
_WORD = re.compile(r"[^\W\d_]{2,40}")
_VOID_NAMES = "area base basefont bgsound col embed frame hr img input keygen link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
_LOUD = frozenset(("b", "strong", "em", "i"))
_END = ("", "br", "", "")  # flushes the last block


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: where it leads, as written, and its words."""

    href: str
    text: str


@dataclass(slots=True)
class Blocks:
    """A page's blocks in document order: their texts, a row of COLUMNS for each, and the elements that hold them.

    An element goes by its number, in document order; 0 is the root. `starts` and `ends` give the blocks below each.
    """

    texts: list[str] = field(default_factory=list)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # first block of each element, by the element's number
    ends: list[int] = field(default_factory=list)  # one behind its last
    elements: list[_Element] = field(default_factory=list)
    flat: str = ""  # the pruned markup that was walked over
    deepest: int = 0  # elements within elements
    cut: bool = False  # the page has more tags than are walked over
    title: str = ""
    description: str = ""
    story: str = ""  # the text that the page's JSON-LD claims, whole or not

    def name(self, number: int) -> str:
        """An element's tag."""
        return self.elements[number][NAME]

    def attributes(self, number: int) -> str:
        """An element's attributes as serialised: ` class="a b" id="c"`, with `&` and quotes escaped."""
        return self.elements[number][ATTRIBUTES]

    def parent(self, number: int) -> int:
        """The number of the element that holds an element; the root's is its own."""
        return self.elements[number][PARENT]

    def links(self, number: int) -> list[Link]:
        """The links below an element, with their words."""
        found: list[Link] = []
        words: list[str] = []
        href: str | None = None
        depth = 0
        for closing, name, attributes, text in _TOKEN.findall(self.flat)[self.elements[number][TOKEN] :]:
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


# What is kept of an element: parent's number, name, attributes, tag's index, flags, number of the nearest <article> or
# <main>, depth, place of its token. A plain tuple, since pages have thousands.
_Element = tuple[int, str, str, int, int, int, int, int]
PARENT: Final = 0
NAME: Final = 1
ATTRIBUTES: Final = 2
TOKEN: Final = 7


def cut_blocks(document: turbohtml.Document) -> Blocks:
    """Cut a page into blocks, up to MAX_TAGS. The document is spent: what is no text of the page's is taken out."""
    document.remove(PRUNED)
    document.strip_tags(UNWRAPPED)
    body = document.find("body")
    blocks = Blocks(flat=(body if body is not None else document).serialize(_FLAT))
    _walk(blocks)
    return blocks


@lru_cache(HINTS_KEPT)
def hints(attributes: str) -> int:
    """The bits of HINTS that a tag's attributes, as serialised, speak of."""
    found = HIDDEN if ' hidden=""' in attributes else 0
    for word in _WORD.findall(" ".join(_HINTING.findall(attributes)).lower()):
        found |= _hint(word)
    return found


@lru_cache(WORDS_KEPT)
def _hint(word: str) -> int:
    marked, found = f"^{word}$", 0
    for at in range(len(marked) - 2):
        for stem, bit in _STEMS.get(marked[at : at + 3], ()):
            if marked.startswith(stem, at):
                found |= bit
    return found


def _walk(blocks: Blocks) -> None:
    """Collect text until the border of a block. One long loop: a call for each tag would double its time."""
    texts, rows, starts, ends, elements = blocks.texts, blocks.rows, blocks.starts, blocks.ends, blocks.elements
    if blocks.flat.count("<") > MAX_TAGS:  # millions of them would take half a gigabyte
        tokens = [found.groups() for found in islice(_TOKEN.finditer(blocks.flat), MAX_TAGS + 1)]
    else:
        tokens = _TOKEN.findall(blocks.flat)
    if len(tokens) > MAX_TAGS:
        blocks.cut = True
        del tokens[MAX_TAGS:]
    tokens.append(_END)
    starts.append(0)
    ends.append(0)
    elements.append((0, "", "", OTHER_TAG, 0, 0, 0, 0))
    hinted: dict[int, tuple[int, int]] = {0: (0, 0)}  # of elements that hold text, and those around them
    at = deepest = 0  # the innermost open element; the greatest depth so far
    parts: list[str] = []
    linked = loud = links = size = breaks = 0
    in_link = in_loud = False

    for token, (closing, name, attributes, text) in enumerate(tokens):
        if name == "a":
            in_link = not closing
            links += in_link
        elif name in _LOUD:
            in_loud = not closing
        else:
            if size:
                above, tag_name, _, tag, flags, story, depth, _ = elements[at]
                beyond, _, _, above_tag, *_ = elements[above]
                last = elements[beyond][PARENT]
                own, every = hinted.get(at) or _hints_of(at, elements, hinted)
                shares = min(linked * 1000 // size, 1000), min(loud * 1000 // size, 1000)
                place = (flags, own, hinted[above][0], hinted[beyond][0], every, at, above, beyond, last, story)
                for found in _texts("".join(parts), tag_name == "pre"):
                    texts.append(found)
                    rows.append((*shares, links, tag, above_tag, depth, breaks, *place))
                    breaks = 0
                linked = loud = links = size = 0
            if parts:
                parts.clear()
            if closing:
                breaks = 0
                ends[at] = len(texts)
                at = elements[at][PARENT]
            elif name == "br":
                breaks += 1
            elif name in _VOID:
                breaks = 0
            else:
                breaks = 0
                _, _, _, _, flags, story, depth, _ = elements[at]
                number = len(starts)
                starts.append(len(texts))
                ends.append(0)
                if name in FLAGS:
                    flags |= FLAGS[name]
                    if name == "article" or name == "main":
                        story = number
                elements.append((at, name, attributes, TAG.get(name, OTHER_TAG), flags, story, depth + 1, token))
                at = number
                if depth >= deepest:
                    deepest = depth + 1
        if text:
            parts.append(text)
            if not text.isspace():
                size += len(text)
                if in_link:
                    linked += len(text)
                if in_loud:
                    loud += len(text)
    blocks.deepest = deepest
    while at:
        ends[at] = len(texts)
        at = elements[at][PARENT]
    ends[0] = len(texts)


def _hints_of(number: int, elements: list[_Element], known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """The hints of an element, and those of it and all around it; noted in `known` for each on the way."""
    unknown = []
    while number not in known:
        unknown.append(number)
        number = elements[number][PARENT]
    found = known[number]
    for number in reversed(unknown):
        attributes = elements[number][ATTRIBUTES]
        own = hints(attributes[:MAX_HINT]) if attributes else 0
        found = known[number] = own, found[1] | own
    return found


def _texts(whole: str, preformatted: bool) -> list[str]:
    """What a block says, with white space folded; several paragraphs where it is preformatted."""
    if "&" in whole:
        whole = html.unescape(whole)
    if preformatted and "\n" in whole:
        return plain_paragraphs(whole)
    text = " ".join(whole.split())
    return [text] if text else []
