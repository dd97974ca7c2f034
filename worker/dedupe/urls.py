"""When two URLs are the same page: `normalise` (what is stored and fetched) and `url_key` (its identity). Pure.

A layer of our own over w3lib's encoding rules: libraries merge pages that differ, or miss most that are the same.
A key is no URL: it has no scheme, so that http and https are one page. The tables are in `url_rules`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit, urlunsplit

from worker.dedupe.url_parts import MAX_URL, BadUrl, resolve_dots, split
from worker.dedupe.url_rules import UrlRule
from worker.dedupe.url_steps import Made, inner, make, path_key

__all__ = [
    "MAX_URL",
    "BadUrl",
    "Identity",
    "article_key",
    "entry_url",
    "identify",
    "is_home",
    "normalise",
    "url_key",
    "use_site_rules",
]

MAX_KEY = 1000  # characters; a longer one ends in its digest, since an index holds no more than 2,700 bytes
MAX_UNWRAP = 5  # wrappers around wrappers


@dataclass(frozen=True, slots=True)
class Identity:
    """Which page a URL names, and by what steps that was found."""

    url_key: str
    why: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The public key of the article with this URL key."""
        return article_key(self.url_key)


def normalise(url: str) -> str:
    """The URL in the one form that is stored and fetched; any server would answer it as it does the given one.

    White space and the fragment go (but `#!`, which names a page), the host is ASCII in lower case, illegal characters
    are encoded, `&amp;` is read as `&`. Raises BadUrl (a ValueError) when it is no http(s) URL with a usable host.
    """
    parts = split(url)
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit((parts.scheme, parts.netloc, resolve_dots(parts.path) or "/", parts.query, fragment))


@lru_cache(maxsize=16384)
def url_key(url: str, overrides: UrlRule | None = None) -> str:
    """The identity of the page that a URL names: `example.org/2026/03/story?id=7`.

    Equal for http and https, `www.`, mobile, AMP and print forms, trailing and doubled slashes, dot segments, index
    files, fragments, trackers, session ids, the order of parameters, encodings and known link wrappers. Languages,
    other subdomains and letter case differ. `overrides` is the site's own rule; without it, the one that
    `use_site_rules` gave for the host. Raises BadUrl (a ValueError) as `normalise` does.
    """
    return identify(url, overrides).url_key


def identify(url: str, overrides: UrlRule | None = None) -> Identity:
    """The same, with the steps that led there in words. A key given as a URL has itself for its key."""
    read: list[str] = []
    parts = split(url, read.append)
    outermost, steps = _made(parts, overrides)
    made, unwrapped = outermost, list[str]()
    for _ in range(MAX_UNWRAP):
        if (page := inner(made)) is None:
            break
        unwrapped.append(page[1])
        made, steps = _made(page[0], overrides)
    if inner(made) is not None:
        made, steps = _made(parts, overrides)
        unwrapped = [f"wrapped more than {MAX_UNWRAP} times: taken for a page of its own"]
    key = made.key
    if len(key) > MAX_KEY:
        key = _cut(made, key)
        steps.append(f"cut to {len(key)} characters, with a digest of the whole")
    return Identity(key, (*read, *unwrapped, *steps))


def _made(parts: SplitResult, overrides: UrlRule | None) -> tuple[Made, list[str]]:
    steps: list[str] = []
    return make(parts, overrides or _site_rule(parts.hostname or ""), steps), steps


def _cut(made: Made, key: str) -> str:
    """A key that an index can hold: as much of the path as fits, and the digest, in a form that is final."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    path = made.path[: MAX_KEY - len(made.host) - len(digest) - 1]
    percent = path.rfind("%", -2)
    whole = path if percent < 0 else path[:percent]
    return made.host + path_key(f"{whole or '/'}~{digest}", [])


# --- the rules of single sites, handed in once for a process ---

_site_rules: dict[str, UrlRule] = {}


def use_site_rules(by_host: Mapping[str, UrlRule]) -> None:
    """Hand in the site rules, by host; one holds for the hosts under it, too. Before the first key is made."""
    _site_rules.clear()
    _site_rules.update(by_host)
    url_key.cache_clear()


def _site_rule(host: str) -> UrlRule | None:
    while _site_rules and host:
        if host in _site_rules:
            return _site_rules[host]
        host = host.partition(".")[2]
    return None


# --- keys and URLs of articles ---


def article_key(key: str) -> str:
    """The public key of the article with this URL key: 16 characters, the same in every installation.

    It begins with a letter, so that it is never mistaken for an id.
    """
    digest = base64.b32encode(hashlib.sha256(key.encode()).digest()).decode().lower()
    return "a" + digest[:15]  # 75 bits: among 10^9 articles a collision has a chance of 1 in 75,000


def entry_url(feed_url: str, entry_key: str) -> str:
    """The URL that stands for a feed's entry that has none of its own. Nobody fetches it."""
    parts = urlsplit(normalise(feed_url))
    digest = hashlib.sha256(entry_key.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return urlunsplit(parts._replace(fragment=f"!entry={digest}"))


def is_home(url: str) -> bool:
    """Whether a URL names a site's front page, which is no article's address."""
    return {"/", "?", "#"}.isdisjoint(url_key(url))
