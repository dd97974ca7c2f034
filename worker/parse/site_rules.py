"""What a site rule reads on a page of its publisher, where the general reader would fail; docs/site-rules.md."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import idna
from turbohtml import Document, Element

from dateline.nouns.articles import ViewCount
from worker.dedupe.url_rules import UrlRule
from worker.parse.site_state import JsonPath, StateSource
from worker.parse.site_values import CounterRule, DateRule, Pick, RulePage, first_found, flat, lines, only_count
from worker.parse.text import paragraphs

SOURCE = "site rule"  # the provenance of what a rule found
FIELDS = (
    *("title", "byline", "published", "modified", "section", "page", "language"),
    *("canonical_url", "site_name", "image", "keywords"),
)
DATES = frozenset(("published", "modified"))


@dataclass(frozen=True, slots=True)
class BodyRule:
    """Where the story's text stands. With `whole` all of it is taken; else the general reader judges what is there."""

    picks: tuple[Pick, ...]
    whole: bool = False
    without: tuple[str, ...] = ()  # what paragraphs taken whole begin with that are none of the story's


@dataclass(frozen=True, slots=True)
class ViewsRule:
    """The publisher's own JSON counter: a URL with {url} and {id} in it, and the path to the number in its answer."""

    url: str
    count: JsonPath
    id: tuple[Pick, ...] = ()

    def address(self, page: RulePage, url: str) -> str | None:
        """The URL to be asked for a page's count; None where the page does not tell its id."""
        found = first_found(self.id, page)
        if self.id and not found:
            return None
        name = quote(found[0], safe="") if found else ""
        return self.url.replace("{url}", quote(url, safe="")).replace("{id}", name)

    def read(self, body: bytes) -> ViewCount | None:
        """The count that the counter's answer holds; None where it holds none."""
        try:
            told = self.count.strings([json.loads(body)])
        except (ValueError, RecursionError):
            return None
        return only_count(told[0], told[0], "json counter") if told else None


@dataclass(frozen=True, slots=True)
class RuleReading:
    """What a rule read on one page. `claims`: raw values by field, dates in ISO 8601 where the rule could tell them."""

    rule: str
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paragraphs: tuple[str, ...] = ()  # the body, taken whole
    containers: tuple[Element, ...] = ()  # what the general reader is to look for the body in, when it is not empty
    views: ViewCount | None = None
    views_url: str | None = None  # of the publisher's JSON counter


@dataclass(frozen=True, slots=True)
class SiteRule:
    """One publisher's rule, as its file has it."""

    name: str
    hosts: tuple[str, ...]
    path: str = ""  # the file it came from
    fields: Mapping[str, tuple[Pick, ...]] = field(default_factory=dict)
    body: BodyRule | None = None
    drop: str = ""  # selectors, comma-separated
    state: StateSource | None = None
    counter: CounterRule | None = None
    views: ViewsRule | None = None
    identity: UrlRule | None = None
    dates: DateRule = field(default_factory=DateRule)

    def read(self, document: Document, url: str) -> RuleReading:
        """Read what the rule says, and take what it drops, and the counter, out of the document, in this order:

        fields, the JSON counter's URL, the page's counter, drop, body. Call it before scripts are pruned.
        """
        page = RulePage(document, self.state)
        claims = {name: found for name, picks in self.fields.items() if (found := self._claim(name, picks, page))}
        address = self.views.address(page, url) if self.views else None
        views = self.counter.read(page) if self.counter else None
        if self.drop:
            document.remove(self.drop)
        whole, containers = self._body(page)
        return RuleReading(self.name, claims, whole, containers, views, address)

    def _claim(self, name: str, picks: tuple[Pick, ...], page: RulePage) -> tuple[str, ...]:
        found = first_found(picks, page)
        return tuple(map(self.dates.moment, found)) if name in DATES else found

    def _body(self, page: RulePage) -> tuple[tuple[str, ...], tuple[Element, ...]]:
        """The first of the body's picks that finds text: as paragraphs, or as elements to be judged."""
        for pick in self.body.picks if self.body else ():
            if pick.state is not None:
                texts = (flat(text, self.drop) for text in pick.state.strings(page.states))
                told = self._kept(line for text in texts for line in paragraphs(text))
            else:
                outer = _outermost(page.document.select(pick.select))
                told = self._kept(line for element in outer for line in lines(element))
                if told and self.body and not self.body.whole:
                    return (), tuple(outer)
            if told:
                return told, ()
        return (), ()

    def _kept(self, found: Iterable[str]) -> tuple[str, ...]:
        return tuple(line for line in found if not (self.body and line.startswith(self.body.without)))


class SiteRules:
    """The rules of one process, found by host: its own rule, else `*.` one of the nearest domain above it."""

    def __init__(self, rules: Mapping[str, SiteRule] | None = None) -> None:
        self.by_host = dict(rules or {})

    @property
    def rules(self) -> list[SiteRule]:
        """Each rule once."""
        return list({id(rule): rule for rule in self.by_host.values()}.values())

    @property
    def identities(self) -> dict[str, UrlRule]:
        """What rules say of URLs' parameters, by host, as `worker.dedupe.urls.use_site_rules` takes it."""
        named = ((host.removeprefix("*."), rule.identity) for host, rule in self.by_host.items())
        return {host: identity for host, identity in named if identity is not None}

    def for_host(self, host: str) -> SiteRule | None:
        """The rule of a host; a port and a leading "www." say nothing about the publisher."""
        if rule := self.by_host.get(name := plain_host(host)):
            return rule
        while "." in name:
            name = name.partition(".")[2]
            if rule := self.by_host.get(f"*.{name}"):
                return rule
        return None

    def for_url(self, url: str) -> SiteRule | None:
        """The rule of a page's host; None for what is no URL with one."""
        try:
            return self.for_host(urlsplit(url).netloc.rpartition("@")[2]) if self.by_host else None
        except ValueError:
            return None


def plain_host(host: str) -> str:
    """A host as rules are found by it: in lower case and ASCII, without port, brackets, final dot and "www."."""
    name = host.lower().partition("]")[0][1:] if host.startswith("[") else host.lower().partition(":")[0]
    if not name.isascii():
        with contextlib.suppress(idna.IDNAError):
            name = idna.encode(name, uts46=True).decode()
    return name.rstrip(".").removeprefix("www.")


def narrow(document: Document, containers: tuple[Element, ...]) -> None:
    """Leave nothing in a document's body but these elements, so that the body's text is looked for in them alone."""
    body = document.find("body")
    if containers and body is not None and body not in containers:
        for element in containers:
            element.extract()
        body.clear()
        body.extend(containers)


def _outermost(elements: list[Element]) -> list[Element]:
    """The elements that lie in none of the others."""
    chosen = set(elements)
    return [element for element in elements if chosen.isdisjoint(element.ancestors)]
