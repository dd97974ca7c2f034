"""What a page says about itself, gathered once: its JSON-LD story, its meta tags, its links, its marked-up elements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from lxml import html

from worker.parse import jsonld
from worker.parse.page import Page
from worker.parse.text import clean, fold

MAX_CONTENT = 2_000  # characters of a meta tag that are read
_ASIDE = frozenset(("aside", "nav", "footer"))


class Evidence:
    """The sources of metadata on one page, each looked up when it is asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def meta(self) -> dict[str, list[str]]:
        """Meta tags by their lower-cased name, in document order."""
        found: dict[str, list[str]] = {}
        for element in self.page.tree.iter("meta"):
            content = element.get("content")
            name = (
                element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
            )
            if content and name and (value := clean(content[:MAX_CONTENT])):
                found.setdefault(name.strip().lower(), []).append(value)
        return found

    def tag(self, *names: str) -> str | None:
        """The first meta tag of these names that has a value."""
        return next((self.meta[name][0] for name in names if name in self.meta), None)

    @cached_property
    def nodes(self) -> list[jsonld.Node]:
        """All objects of the page's JSON-LD."""
        blocks = (
            element.text
            for element in self.page.tree.iter("script")
            if "ld+json" in (element.get("type") or "").lower() and element.text
        )
        return jsonld.read_nodes(blocks)

    @cached_property
    def by_id(self) -> dict[str, jsonld.Node]:
        """The objects that others refer to by `@id`; the fullest of each."""
        found: dict[str, jsonld.Node] = {}
        for node in self.nodes:
            name = node.get("@id")
            if isinstance(name, str) and len(node) > len(found.get(name, ())):
                found[name] = node
        return found

    @cached_property
    def stories(self) -> list[jsonld.Node]:
        """The JSON-LD objects that describe this very page, articles before videos and web pages."""
        articles = self._own(jsonld.of_types(self.nodes, jsonld.ARTICLE_TYPES))
        return articles or self._own(jsonld.of_types(self.nodes, jsonld.PAGE_TYPES))

    def _own(self, candidates: list[jsonld.Node]) -> list[jsonld.Node]:
        told = [node for node in candidates if "headline" in node or "datePublished" in node or "author" in node]
        if len(told) < 2:
            return told
        addresses = {_address(url) for url in (self.page.url, self.canonical or "") if url}
        words = {fold(title) for title in (self.tag("og:title"), self.document_title, *self.headings) if title}
        matching = [node for node in told if _says(node, addresses, words)]
        return matching or told[:1]

    def story_value(self, key: str, *inner: str) -> str | None:
        """The first string that the stories have under a key, or in an object there under one of the `inner` keys."""
        return first(jsonld.text_of(story.get(key), *inner) for story in self.stories)

    @cached_property
    def canonical(self) -> str | None:
        """The page's own word on its address, absolute, http(s) alone."""
        for element in self.page.tree.iter("link"):
            if "canonical" in (element.get("rel") or "").lower().split() and (
                url := self.absolute(element.get("href"))
            ):
                return url
        return self.absolute(self.tag("og:url"))

    @cached_property
    def document_title(self) -> str:
        """The text of <title>."""
        element = next(self.page.tree.iter("title"), None)
        return clean(element.text_content()) if element is not None else ""

    @cached_property
    def headings(self) -> list[str]:
        """The texts of <h1> elements that may be a title."""
        texts = (clean(element.text_content()) for element in self.page.tree.iter("h1"))
        return [text for text in texts if len(text) >= 8][:4]

    def marked(self, *names: str) -> Iterator[html.HtmlElement]:
        """Elements whose `itemprop` is one of these, outside lists of related stories."""
        wanted = set(names)
        for element in self.page.tree.iterfind(".//*[@itemprop]"):
            if not wanted.isdisjoint((element.get("itemprop") or "").split()) and not is_aside(element):
                yield element

    def absolute(self, link: str | None) -> str | None:
        """A link made absolute, or None where it is no http(s) address."""
        if not link or len(link) > MAX_CONTENT:
            return None
        try:
            url = urljoin(self.page.url, link.strip())
            parts = urlsplit(url)
        except ValueError:
            return None
        return url if parts.scheme in ("http", "https") and parts.netloc else None


def is_aside(element: html.HtmlElement) -> bool:
    """Whether an element sits in a part of the page that speaks of other things: aside, nav, footer."""
    return any(parent.tag in _ASIDE for parent in element.iterancestors())


def _says(node: jsonld.Node, addresses: set[str], words: set[str]) -> bool:
    urls = jsonld.texts_of([node.get("url"), node.get("@id"), node.get("mainEntityOfPage")], "@id", "url")
    headline = fold(jsonld.text_of(node.get("headline")) or jsonld.text_of(node.get("name")) or "")
    return any(_address(url) in addresses for url in urls) or (len(headline) > 8 and any(headline in w for w in words))


def _address(url: str) -> str:
    """A URL as far as it tells pages apart here: without scheme, "www.", query, fragment and final slash."""
    bare = url.split("#", 1)[0].split("?", 1)[0].split("://", 1)[-1]
    return bare.removeprefix("www.").rstrip("/").lower()


def first(values: Iterable[str | None]) -> str | None:
    """The first value that says something."""
    return next((value for value in values if value), None)
