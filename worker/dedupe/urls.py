"""When two URLs are the same page: `normalise` (what is stored and fetched) and `url_key` (its identity).

A layer of our own over w3lib's encoding rules: libraries merge pages that differ, or miss most that are the same.
A key is no URL: it has no scheme, so that http and https are one page. The tables are in `url_rules`.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from dateline.urls import DEFAULT_PORTS, site_of
from worker.dedupe import url_rules as rules

MAX_URL = 4096  # characters; longer ones are refused by most servers
MAX_KEY = 1000  # characters; a longer one is cut and ends in its digest, since an index holds no more than 2,700 bytes
MAX_HOST = 253  # characters (RFC 1035)
MAX_UNWRAP = 3  # wrappers around wrappers

_AMPERSAND = re.compile(r"&(?:amp;)+", re.IGNORECASE)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_PATH_SAFE = "!$&'()*+,:;=@~-._"  # RFC 3986 pchar: encoded or not, they say the same
_KEPT_ENCODED = re.compile(rb"(%(?:2[35Ff]|3[FfBb]|5[Cc]|0[0-9A-Fa-f]|1[0-9A-Fa-f]))")  # / ? # % ; \ and controls


def normalise(url: str) -> str:
    """The URL in the one form that is stored and fetched; any server would answer it as it does the given one.

    White space and the fragment go (but `#!`, which names a page), the host is ASCII in lower case, illegal characters
    are encoded, `&amp;` is read as `&`. Raises ValueError when it is no http(s) URL with a usable host.
    """
    parts = _split(url)
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit((parts.scheme, _netloc(parts), _resolve_dots(parts.path) or "/", parts.query, fragment))


@lru_cache(maxsize=16384)
def url_key(url: str) -> str:
    """The identity of the page that a URL names: `example.org/2026/03/story?id=7`.

    Equal for http and https, `www.`, mobile, AMP and print forms, trailing and doubled slashes, dot segments, index
    files, fragments, trackers, session ids, the order of parameters, encodings and known link wrappers. Languages,
    other subdomains and letter case differ. Raises ValueError as `normalise` does.
    """
    parts = _split(url)
    for _ in range(MAX_UNWRAP):
        inner = _unwrapped(parts)
        if inner is None:
            break
        parts = inner
    query = "&".join(sorted(_kept_parameters(parts.query)))
    fragment = f"#{quote(unquote_to_bytes(parts.fragment), safe=_PATH_SAFE + '/?')}" if _names_page(parts) else ""
    key = f"{_host_key(parts)}{_path_key(parts.path)}{'?' + query if query else ''}{fragment}"
    return key if len(key) <= MAX_KEY else f"{key[:MAX_KEY]}...{hashlib.sha256(key.encode()).hexdigest()}"


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
    return "/" not in url_key(url) and "?" not in url_key(url)


def _split(url: str) -> SplitResult:
    """Take a URL apart, its characters made safe. Raises ValueError when it cannot be a page's address."""
    text = _AMPERSAND.sub("&", url.strip())
    if len(text) > MAX_URL:
        raise ValueError(f"a URL of {len(text)} characters is too long (at most {MAX_URL})")
    if text.startswith("//"):
        text = f"http:{text}"
    parts = urlsplit(safe_url_string(text.encode("utf-8", "replace").decode()))
    host = (parts.hostname or "").rstrip(".")
    if (
        len(host) > MAX_HOST
        or parts.scheme not in DEFAULT_PORTS
        or not _HOST.fullmatch(f"[{host}]" if ":" in host else host)
        or ".." in host
    ):
        raise ValueError(f"not an http or https URL with a host: {url[:200]!r}")
    _ = parts.port  # raises ValueError where it is no port
    return parts


def _netloc(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _host_key(parts: SplitResult) -> str:
    host = _netloc(parts)
    # A default port of either scheme: keys know no scheme.
    host = host.removesuffix(":80").removesuffix(":443") if not host.endswith("]") else host
    site = site_of(host)
    while host != site and (label := host.partition(".")[0]) in rules.HOST_FORMS:
        host = host[len(label) + 1 :]
    return host


def _path_key(path: str) -> str:
    path = _SLASHES.sub("/", _resolve_dots(_encoded(_SESSION_PATH.sub("", path))))
    while True:  # an index file may follow an AMP segment, and the other way round
        shorter = rules.INDEX.sub("", path.rstrip("/"))
        head, _, last = shorter.rpartition("/")
        if last in rules.PATH_FORMS and head:
            shorter = head
        elif shorter.endswith((".amp.html", ".amp.htm")):
            stem, _, extension = shorter.rpartition(".amp.")
            shorter = f"{stem}.{extension}"
        elif shorter.endswith(".amp"):
            shorter = shorter.removesuffix(".amp")
        elif shorter.startswith("/amp/") and shorter.count("/") > 1:
            shorter = shorter.removeprefix("/amp")
        if shorter == path:
            return path
        path = shorter


def _kept_parameters(query: str) -> list[str]:
    kept = []
    for name, value in parse_qsl(query, keep_blank_values=True, encoding="latin-1"):
        lower = name.casefold()
        if value and not _says_nothing(lower, value):
            kept.append(f"{quote(name, safe='', encoding='latin-1')}={quote(value, safe='', encoding='latin-1')}")
    return kept


def _says_nothing(name: str, value: str) -> bool:
    if name in rules.TRACKING or name in rules.SESSION or name.startswith(rules.TRACKING_PREFIXES):
        return True
    if name in rules.AMBIGUOUS:
        return not rules.LOOKS_LIKE_ID.fullmatch(value)
    return value.casefold() in rules.OTHER_FORMS.get(name, ())


def _unwrapped(parts: SplitResult) -> SplitResult | None:
    """The page that a link wrapper or an AMP cache leads to, or None when this is neither."""
    host = _host_key(parts)
    for parameter in rules.WRAPPERS.get((host, parts.path.rstrip("/")), ()):
        for name, value in parse_qsl(parts.query):
            if name == parameter and value.startswith(("http://", "https://")):
                return _try_split(value)
    for suffix, start in rules.AMP_CACHES:
        if f".{host}".endswith(suffix) and (found := start.match(parts.path)):
            query = f"?{parts.query}" if parts.query else ""
            return _try_split(f"https://{parts.path[found.end() :]}{query}")
    return None


def _try_split(url: str) -> SplitResult | None:
    try:
        return _split(url)
    except ValueError:
        return None


def _names_page(parts: SplitResult) -> bool:
    return parts.fragment.startswith("!") and len(parts.fragment) > 1


def _resolve_dots(path: str) -> str:
    """Remove dot segments (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept) + ("/" if segments[-1] in (".", "..") else "")


def _encoded(path: str) -> str:
    """Percent-encoding in its one form: only what must be encoded is, with capital digits."""
    pieces = _KEPT_ENCODED.split(path.encode())
    return "".join(
        piece.decode().upper() if index % 2 else quote(unquote_to_bytes(piece), safe="/" + _PATH_SAFE)
        for index, piece in enumerate(pieces)
    )
