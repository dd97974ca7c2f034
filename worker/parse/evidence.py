"""What a page says about itself, gathered once: its JSON-LD story, its meta tags, its links, its marked-up elements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from worker.parse import jsonld
from worker.parse.lines import Line
from worker.parse.marks import Mark
from worker.parse.page import Page
from worker.parse.text import fold

MAX_LINK = 2_000  # characters
SCANNED = 400  # lines in which a title, a date, a byline are looked for


class Evidence:
    """The sources of metadata on one page, each looked up when it is asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.marks = page.marks
        self.meta = page.marks.meta
        self.nodes = page.nodes
        self._titles: dict[str, int] = {}  # where each was found

    def tag(self, *names: str) -> str | None:
        """The first meta tag of these names that has a value."""
        return next((self.meta[name][0] for name in names if name in self.meta), None)

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
        return first(map(self.absolute, self.marks.canonical)) or self.absolute(self.tag("og:url"))

    @property
    def document_title(self) -> str:
        """The text of <title>."""
        return self.marks.title

    @cached_property
    def headings(self) -> list[str]:
        """The texts of <h1> elements that may be a title."""
        return [text for text in self.marks.headings if len(text) >= 8][:4]

    @cached_property
    def story_at(self) -> int:
        """The index of the first line that reads as a story's paragraph; -1 where there is none."""
        return self._prose_from(0)

    def title_at(self, title: str | None) -> int:
        """The index of the line that says the title; -1 where none does."""
        words = fold(title or "")
        if words not in self._titles:
            lines = self.page.lines[:SCANNED] if words else []
            fitting = range(len(words), 2 * len(words) + 41)  # perhaps with a kicker before or a site's name after
            found = [at for at, line in enumerate(lines) if len(line.text) in fitting and _tells(line, words)]
            self._titles[words] = max(found, key=lambda at: (lines[at].loud == 6, -at), default=-1)
        return self._titles[words]

    def below(self, title: str | None, into: int = 3) -> list[Line]:
        """The lines under the title and some way `into` the story's text; none where no line says the title."""
        start = self.title_at(title)
        if start < 0:
            return []
        story_at = self._prose_from(start + 1)
        return self.page.lines[start + 1 : min(start + 14, story_at + into if story_at >= 0 else start + 14)]

    def head(self, title: str | None) -> list[Line]:
        """The lines about the title and above the story's text, where bylines and dates are printed."""
        lines, start = self.page.lines, self.title_at(title)
        if start < 0:
            return lines[max(0, self.story_at - 12) : self.story_at + 3] if self.story_at >= 0 else lines[:20]
        return [*lines[max(0, start - 3) : start + 1], *self.below(title, into=8)]

    def _prose_from(self, start: int) -> int:
        lines = self.page.lines
        prose = (at for at in range(start, len(lines)) if lines[at].prose)
        return next((at for at in prose if not lines[at].loud and not lines[at].aside), -1)

    @cached_property
    def american(self) -> bool:
        """Whether the page counts months before days: 03/30/2007."""
        return any(name.lower() in ("en-us", "en_us") for name in (self.marks.language, self.tag("og:locale") or ""))

    def marked(self, *names: str) -> Iterator[Mark]:
        """Elements whose `itemprop` is one of these, outside lists of related stories."""
        wanted = set(names)
        for mark in self.marks.items:
            if not mark.aside and not wanted.isdisjoint(mark.attributes["itemprop"].split()):
                yield mark

    def absolute(self, link: str | None) -> str | None:
        """A link made absolute, or None where it is no http(s) address."""
        if not link or len(link) > MAX_LINK:
            return None
        try:
            link = link.strip()
            url = link if link.startswith(("https://", "http://")) else urljoin(self.page.url, link)
            parts = urlsplit(url)
        except ValueError:
            return None
        return url if parts.scheme in ("http", "https") and parts.netloc else None


def _tells(line: Line, words: str) -> bool:
    """Whether a line says a title: its words, among others."""
    return (
        not line.aside and max(words.split(), key=len) in line.text.casefold() and words in fold(line.text)
    )  # folding is dear


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
