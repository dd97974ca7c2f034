"""A page as blocks of text: parsed once in C, pruned, serialised flat, and walked with one regular expression."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

import turbohtml

from worker.parse.text import plain_paragraphs

MAX_TAGS = (
    60_000  # of what is left after pruning; the walk takes a microsecond each, the longest live blogs have 20,000
)
MAX_BLOCKS = 12_000  # their features take some 1 kB each
MAX_STORIES = 20  # texts in a page's JSON-LD that are looked at; each to 256 k characters
MAX_HINT = 400  # characters of a tag's attributes that are looked at for hints
HINTS_KEPT = 8_192  # attribute strings, and words in them, that are remembered: publishers' templates repeat themselves

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
# What the attributes of an element and its ancestors say of it, by words that publishers use in many languages.
HINTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"article|story|body|content|entry|post|text|main|paragraph|prose|detail|artikel|cuerpo|corpo|noticia|nota",
        r"comment|disqus|repl(?:y|ies)|respond",
        r"related|recommend|^more|more$|also|similar|popular|trending|latest|most|outbrain|taboola|^next|^prev|further|verwandt|mehr",
        r"teaser|card|promo|feed|widget|carousel|sidebar|aside|rail|list|slider|grid|tile",
        r"share|social|follow|tweet|twitter|facebook|insta|tool|icon|embed",
        r"foot|nav|menu|breadcrumb|masthead|banner|skip|search|login|account",
        r"cookie|consent|gdpr|modal|popup|overlay|paywall|subscri|newsletter|signup|donat|piano|offer|regist",
        r"caption|credit|figure|image|photo|gallery|media|video|player|copyright|legende|bild",
        r"byline|author|^bio$|profile|contributor|autor",
        r"meta|date|time|^tags?$|topic|categor|kicker|label|info|source",
        r"headline|title|^dek|subhead|standfirst|lead|lede|intro|summary|excerpt|description|chapo|sapo|header",
        r"advert|^ads?$|sponsor|dfp|commercial|affiliate|product|price|shop",
        r"quote|pull|highlight|table|^box|box$|^note|infobox|poll|quiz|^faq|^toc$",
        r"^hidden$|^none$|^visually|^sr$|screenreader",
    )
)
HIDDEN = 1 << len(HINTS) - 1
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
_TOKEN = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)([^>]*+)>([^<]*+)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HINTING = re.compile(r' (?:class|id|itemprop|role|style|data-(?:testid|component|component-name|type))="([^"]*)')
_WORD = re.compile(r"[^\W\d_]{2,40}")
_STORY = re.compile(r'"articleBody"\s*:\s*"((?:[^"\\]|\\.){0,262144}+)"')
_VOID_NAMES = "area base basefont bgsound col embed frame hr img input keygen link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
_LOUD = frozenset(("b", "strong", "em", "i"))
_END = ("", "br", "", "")  # flushes the last block


@dataclass(slots=True)
class Blocks:
    """A page's blocks in document order: their texts, a row of COLUMNS for each, and the blocks below each element."""

    texts: list[str] = field(default_factory=list)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # first block of each element, by the element's number
    ends: list[int] = field(default_factory=list)  # one behind its last
    title: str = ""
    description: str = ""
    story: str = ""  # the text that the page's JSON-LD claims, whole or not


class TooLongError(ValueError):
    """The page has more tags or blocks than the model may cost."""


def read_blocks(source: str) -> Blocks:
    """Cut a page's markup into blocks. Raises TooLongError beyond MAX_TAGS and MAX_BLOCKS."""
    document = turbohtml.parse(source)
    blocks = Blocks(title=_title(document), description=_description(document), story=_story(source))
    document.remove(PRUNED)
    document.strip_tags(UNWRAPPED)
    body = document.find("body")
    flat = _COMMENT.sub("", (body if body is not None else document).serialize())
    if flat.count("<") > MAX_TAGS:
        raise TooLongError(f"the page has {flat.count('<')} tags, more than {MAX_TAGS}")
    _walk(flat, blocks)
    return blocks


def _title(document: turbohtml.Document) -> str:
    element = document.select_one('meta[property="og:title"]')
    title = str(element.attr("content") or "") if element is not None else ""
    if not title and (element := document.find("title")) is not None:
        title = element.text
    return title[:1000]


def _description(document: turbohtml.Document) -> str:
    element = document.select_one('meta[property="og:description"]') or document.select_one('meta[name="description"]')
    return str(element.attr("content") or "")[:5000] if element is not None else ""


def _story(source: str) -> str:
    """The longest articleBody of the page's JSON-LD: a witness, often cut short, so never the text itself."""
    if '"articleBody"' not in source:
        return ""
    longest = max((match[1] for match in islice(_STORY.finditer(source), MAX_STORIES)), key=len, default="")
    if not longest:
        return ""
    try:
        story = json.loads(f'"{longest}"', strict=False)
    except ValueError:
        return ""
    return " ".join(html.unescape(re.sub(r"<[^>]{0,1000}>", " ", story)).split())


@lru_cache(HINTS_KEPT)
def hints(attributes: str) -> int:
    """The bits of HINTS that a tag's attributes, as serialised, speak of."""
    found = HIDDEN if ' hidden=""' in attributes else 0
    for word in _WORD.findall(" ".join(_HINTING.findall(attributes)).lower()):
        found |= _hint(word)
    return found


@lru_cache(HINTS_KEPT)
def _hint(word: str) -> int:
    return sum(1 << bit for bit, pattern in enumerate(HINTS) if pattern.search(word))


def _walk(flat: str, blocks: Blocks) -> None:
    """Collect text until the border of a block; `stack` holds the open elements:
    (number, tag's index, hints, hints of all ancestors, flags, number of the nearest <article> or <main>)."""
    texts, rows, starts, ends = blocks.texts, blocks.rows, blocks.starts, blocks.ends
    starts.append(0)
    ends.append(0)
    root = (0, OTHER_TAG, 0, 0, 0, 0)
    names = ["", "", "", ""]
    stack = [root, root, root, root]  # so that each has three ancestors
    parts: list[str] = []
    linked = loud = links = size = breaks = 0
    in_link = in_loud = False
    tokens = _TOKEN.findall(flat)
    tokens.append(_END)

    # One long loop, since a call a token or a variable shared with an inner function would double its time.
    for closing, name, attributes, text in tokens:
        if name == "a":
            in_link = not closing
            links += in_link
        elif name in _LOUD:
            in_loud = not closing
        else:
            if size:
                whole = "".join(parts)
                top, parent, grand, great = stack[-1], stack[-2], stack[-3], stack[-4]
                kind = (min(linked * 1000 // size, 1000), min(loud * 1000 // size, 1000), links, top[1], parent[1])
                place = (top[4], top[2], parent[2], grand[2], top[3], top[0], parent[0], grand[0], great[0], top[5])
                for found in _texts(whole, names[-1] == "pre"):
                    texts.append(found)
                    rows.append((*kind, len(stack) - 4, breaks, *place))
                    breaks = 0
                linked = loud = links = size = 0
            if parts:
                parts.clear()
            if name == "br":
                breaks += 1
            else:
                breaks = 0
                if closing:
                    if names[-1] == name:
                        names.pop()
                        ends[stack.pop()[0]] = len(texts)
                elif name not in _VOID:
                    above = stack[-1]
                    own = hints(attributes[:MAX_HINT]) if attributes else 0
                    number = len(starts)
                    starts.append(len(texts))
                    ends.append(0)
                    names.append(name)
                    story = number if name == "article" or name == "main" else above[5]
                    flags = above[4] | FLAGS.get(name, 0)
                    stack.append((number, TAG.get(name, OTHER_TAG), own, above[3] | own, flags, story))
        if text:
            parts.append(text)
            if not text.isspace():
                size += len(text)
                if in_link:
                    linked += len(text)
                if in_loud:
                    loud += len(text)
    if len(texts) > MAX_BLOCKS:
        raise TooLongError(f"the page has {len(texts)} blocks of text, more than {MAX_BLOCKS}")
    for number, *_ in stack:
        ends[number] = len(texts)


def _texts(whole: str, preformatted: bool) -> list[str]:
    """What a block says, with white space folded; several paragraphs where it is preformatted."""
    if "&" in whole:
        whole = html.unescape(whole)
    if preformatted and "\n" in whole:
        return plain_paragraphs(whole)
    text = " ".join(whole.split())
    return [text] if text else []
