"""JSON-LD as publishers really write it: graphs, lists, comments around it, trailing commas, cut short."""

from __future__ import annotations

import contextlib
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

MAX_BYTES = 256 * 1024  # characters of JSON-LD read on one page; a live blog carries 841 KB of it
SALVAGED = 64 * 1024  # characters of a block beyond the cap in which its fields are looked for
MAX_NODES = 2_000
MAX_DEPTH = 12

Node = Mapping[str, Any]

# What a page's own story may be called, best first. The last ones only stand in where nothing better is there.
ARTICLE_TYPES = """
    NewsArticle ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle BackgroundNewsArticle ReviewNewsArticle
    AskPublicNewsArticle LiveBlogPosting Report AdvertiserContentArticle Article BlogPosting TechArticle
    ScholarlyArticle SatiricalArticle SocialMediaPosting DiscussionForumPosting Review Recipe PodcastEpisode Interview
""".split()  # noqa: SIM905  a table of names reads better than twenty quotes
PAGE_TYPES = ("VideoObject", "ImageGallery", "MediaGallery", "ItemPage", "WebPage")

_WRAPPING = re.compile(
    r"^\s*+(?://\s*+)?(?:<!--|<!\[CDATA\[|/\*.{0,40}?\*/)+|(?://\s*+)?(?:-->|\]\]>)\s*+;?\s*+$|;\s*+$", re.S
)
_MARKUP = re.compile(r"<[^<>]{0,1000}>")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_COMMENT = re.compile(r"(^|[,\[{}\]\s\"])//[^\n\"]*+$", re.M)
_CONTROL = re.compile(r"[\x00-\x1f]")
_SALVAGE = re.compile(
    r'"(headline|datePublished|dateModified|dateCreated|articleSection|inLanguage|@type)"\s*:\s*"((?:[^"\\]|\\.){1,500})"'
)
_SALVAGE_AUTHOR = re.compile(r'"author"\s*+:\s*+[\[{\s]{0,20}+[^\]}]{0,300}?"name"\s*+:\s*+"((?:[^"\\]|\\.){1,200})"')


def read_nodes(blocks: Iterable[str]) -> list[Node]:
    """Every typed object of a page's JSON-LD blocks, in document order, nested ones after their holder.

    A block that no repair makes JSON gives one node of the fields that can be told by their looks. Never raises.
    """
    nodes: list[Node] = []
    budget = MAX_BYTES
    for block in blocks:
        whole = len(block) <= budget
        # One block beyond the cap, a live blog's, must not hide the small ones behind it.
        taken = block if whole else block[: min(budget, SALVAGED)]
        budget -= len(taken)
        documents = _load(taken) if whole else None
        if documents is None:
            nodes.extend(_salvage(taken))
        else:
            for document in documents:
                nodes.extend(_walk(document, 0))
        if budget <= 0 or len(nodes) > MAX_NODES:
            break
    return nodes[:MAX_NODES]


def types(node: Node) -> list[str]:
    """The types of a node, without their vocabulary's address."""
    value = node.get("@type") or node.get("type")
    listed = value if isinstance(value, list) else [value]
    return [str(name).rsplit("/", 1)[-1].rsplit(":", 1)[-1] for name in listed if isinstance(name, str)]


def of_types(nodes: Iterable[Node], wanted: Iterable[str]) -> list[Node]:
    """The nodes of one of these types."""
    known = set(wanted)
    return [node for node in nodes if not known.isdisjoint(types(node))]


def story_text(nodes: Iterable[Node]) -> str:
    """The longest `articleBody`, without markup: a witness of the story, often cut short, so never the text itself."""
    bodies = (node["articleBody"] for node in nodes if isinstance(node.get("articleBody"), str))
    longest = max(bodies, key=len, default="")
    bare = _MARKUP.sub(" ", longest) if "<" in longest else longest
    return " ".join((html.unescape(bare) if "&" in bare else bare).split())


def text_of(value: object, *keys: str) -> str | None:
    """The first string in a value that may be a string, an object with one of `keys`, or a list of such."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, Mapping):
        return next((found for key in keys if (found := text_of(value.get(key)))), None)
    if isinstance(value, list):
        return next((found for item in value[:20] if (found := text_of(item, *keys))), None)
    return None


def texts_of(value: object, *keys: str) -> list[str]:
    """All strings in a value of such shapes."""
    if isinstance(value, list):
        return [found for item in value[:50] for found in texts_of(item, *keys)]
    found = text_of(value, *keys)
    if found is None and isinstance(value, Mapping):
        return next((listed for key in keys if (listed := texts_of(value.get(key)))), [])
    return [found] if found else []


def _load(block: str) -> list[Any] | None:
    with contextlib.suppress(ValueError, RecursionError):
        return [msgspec.json.decode(block)]  # most are sound, and read three times as fast
    stripped = _WRAPPING.sub("", block).strip().lstrip("\ufeff")
    for repair in (_as_is, _tidied, _uncommented):
        try:
            return _documents(repair(stripped))
        except (ValueError, RecursionError):
            continue
    return None


def _as_is(text: str) -> str:
    return text


def _tidied(text: str) -> str:
    """Without control characters and trailing commas; with quotes where a template escaped them all."""
    unquoted = html.unescape(text) if "&quot;" in text and '"' not in text else text
    return _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", unquoted))


def _uncommented(text: str) -> str:
    """Without the comments that a programmer left."""
    return _tidied(_COMMENT.sub(r"\1", text))


def _documents(text: str) -> list[Any]:
    """One document, or several written one after another."""
    decoder = json.JSONDecoder(strict=False)
    found: list[Any] = []
    at = 0
    while at < len(text) and len(found) < 50:
        document, at = decoder.raw_decode(text, at)
        found.append(document)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return found


def _walk(value: object, depth: int) -> Iterator[Node]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, Mapping):
        if "@type" in value or "headline" in value:
            yield value
        for item in value.values():
            if isinstance(item, list | Mapping):
                yield from _walk(item, depth + 1)


def _salvage(block: str) -> list[Node]:
    node: dict[str, Any] = {}
    for key, value in _SALVAGE.findall(block):
        node.setdefault(key, _unescape(value))
    authors = [_unescape(name) for name in _SALVAGE_AUTHOR.findall(block)[:1]]
    if authors:
        node["author"] = authors
    if "headline" not in node and "datePublished" not in node:
        return []
    return [{**node, "@type": node.get("@type") if node.get("@type") in ARTICLE_TYPES else "Article"}]


def _unescape(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value
