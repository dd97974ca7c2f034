"""The steps from a URL to its identity: host, path, parameters, and the page that a wrapper leads to. Pure.

Each tells `why` what it left out, in words. Every step is taken until it changes nothing, so that a key is final.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote_to_bytes

from dateline.urls import site_of
from worker.dedupe import url_rules as rules
from worker.dedupe.url_parts import PATH_SAFE, BadUrl, encoded, resolve_dots, split

Pair = tuple[bytes, bytes | None]  # a parameter's name and value, decoded; None: a name alone
TRACKER = "tracker"
_FRAGMENT_SAFE = PATH_SAFE.replace("&", "") + "/?"  # an "&amp;" in it must stay apart from an "&"
_NO_RULE = rules.UrlRule()
_RESERVED = "".join(map(chr, range(33, 127)))


@dataclass(frozen=True, slots=True)
class Made:
    """A URL as its key is made of it."""

    host: str
    full_path: str  # with its encoding, dots and slashes in order, nothing left out
    path: str
    parameters: tuple[Pair, ...]
    fragment: str

    @property
    def key(self) -> str:
        """The identity: `example.org/2026/03/story?id=7`."""
        query = "&".join(_written(pair) for pair in self.parameters)
        return f"{self.host}{self.path}{'?' + query if query else ''}{'#' + self.fragment if self.fragment else ''}"


def make(parts: SplitResult, rule: rules.UrlRule | None, why: list[str]) -> Made:
    """What is left of a URL when everything that does not say which page it is has gone."""
    if parts.scheme == "http":
        why.append("took http for https")
    host = _host(parts, why)
    full = _in_order(parts.path, why)
    path = path_key(full, why)
    parameters = _parameters(parts.query, path, rule or _NO_RULE, why)
    fragment = ""
    if parts.fragment.startswith("!") and len(parts.fragment) > 1:
        fragment = quote(unquote_to_bytes(parts.fragment), safe=_FRAGMENT_SAFE)
    elif parts.fragment:
        why.append(f"dropped #{parts.fragment[:40]} (a place within the page)")
    return Made(host, full, path, parameters, fragment)


def _host(parts: SplitResult, why: list[str]) -> str:
    """The host without the labels of other forms. A default port of either scheme goes: keys know no scheme."""
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name
    labels = host.split(".")
    if not rules.HOST_FORMS.isdisjoint(labels):
        site = site_of(host).count(".") + 1
        kept = [label for label in labels[:-site] if label not in rules.HOST_FORMS] + labels[-site:]
        if kept[0] == "www" and len(kept) > 2:
            del kept[0]  # its site is a public suffix, as with www.gov.uk
        if kept != labels:
            why.append(f"took the host {host} for {'.'.join(kept)}")
            host = ".".join(kept)
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


# --- the path ---


def _in_order(path: str, why: list[str]) -> str:
    found = encoded(path)
    if found != path:
        why.append("wrote the path's percent-encoding in its one form")
    if (shorter := resolve_dots(found)) != found:
        why.append("resolved the dot segments")
        found = shorter
    while (shorter := resolve_dots(rules.SESSION_PATH.sub("", found))) != found:
        why.append("dropped the session id in the path")
        found = shorter
    if "//" in found:
        why.append("took doubled slashes for one")
        found = re.sub("//+", "/", found)
    return found


def path_key(path: str, why: list[str]) -> str:
    """The path without what leads to another form of its page."""
    if path.endswith("/") and path != "/":
        why.append("dropped the trailing slash")
    path = path.rstrip("/")
    while (step := _shorter(path)) is not None:
        path = _in_order(step[0], []).rstrip("/")
        why.append(step[1])
    return path


def _shorter(path: str) -> tuple[str, str] | None:
    """The path without one thing that leads to another form of its page, and that in words."""
    if found := rules.INDEX.search(path):
        return path[: found.start()], f"dropped {found[0]} (what a server gives for the folder)"
    head, _, last = path.rpartition("/")
    lower = last.lower()
    if head and lower in rules.PATH_FORMS:
        return head, f"dropped /{last} ({rules.PATH_FORMS[lower]})"
    if (found := rules.PRINT_FILE.search(path)) and rules.NAMES_ARTICLE.search(head):
        return head, f"dropped {found[0]} (print view)"
    if lower.endswith((".amp.html", ".amp.htm")):
        stem, _, extension = path.rpartition(".")
        return f"{stem[:-4]}.{extension}", "dropped .amp (AMP)"
    if lower.endswith(".amp") and len(last) > 4:
        return path[:-4], "dropped .amp (AMP)"
    return _without_segment(path)


def _without_segment(path: str) -> tuple[str, str] | None:
    segments = path.split("/")
    for place, segment in enumerate(segments[1:-1], 1):
        if (form := rules.PATH_FORMS.get(segment.lower())) is None:
            continue
        rest = "/".join(segments[place + 1 :])
        if place == 1 or rules.NAMES_ARTICLE.search(rest):
            return "/".join((*segments[:place], rest)), f"dropped /{segment}/ ({form})"
    return None


# --- the parameters ---


def _parameters(query: str, path: str, rule: rules.UrlRule, why: list[str]) -> tuple[Pair, ...]:
    if not query:
        return ()
    kept: list[Pair] = []
    for piece in query.split("&"):
        name, equals, value = piece.replace("+", " ").partition("=")
        pair = unquote_to_bytes(name), unquote_to_bytes(value) if equals else None
        reason = _says_nothing(pair, path, rule)
        if reason is None:
            kept.append(pair)
        elif piece:
            why.append(f"dropped {_shown(pair, reason)} ({reason})")
    ordered = sorted(set(kept), key=_written)
    if ordered != kept:
        why.append("put the parameters in order")
    return tuple(ordered)


def _says_nothing(pair: Pair, path: str, rule: rules.UrlRule) -> str | None:
    """Why a parameter does not say which page it is; None where it may."""
    name, value = pair[0].decode("latin-1").lower(), pair[1] or b""
    if name in rule.keep:
        return None if pair[1] else "no value"
    if name in rule.drop:
        return "by the site's rule"
    if name in rules.TRACKING or name.startswith(rules.TRACKING_PREFIXES):
        return TRACKER
    if name in rules.SESSION or name.startswith(rules.SESSION_PREFIXES):
        return "session id"
    values, form = rules.OTHER_FORMS.get(name, (frozenset(), ""))
    if value.lower() in values:
        return form
    if name in rules.AMBIGUOUS and not rules.LOOKS_LIKE_ID.fullmatch(value):
        return "where the reader came from: its value is no id"
    if pair[1] == b"":
        return "no value"
    if pair[1] is None and rules.FLAG.fullmatch(pair[0]) and (path or not pair[0]):
        return "a flag without a value"
    return None


def _written(pair: Pair) -> str:
    name, value = pair
    return quote(name, safe="") + ("" if value is None else "=" + quote(value, safe=""))


def _shown(pair: Pair, reason: str) -> str:
    """A parameter as a person is told of it: with its value, where that decided and is short."""
    name, value = (part.decode("utf-8", "replace")[:40] for part in (pair[0], pair[1] or b""))
    return name if not value or len(value) > 30 or reason == TRACKER else f"{name}={value}"


# --- link wrappers and AMP caches ---


def inner(made: Made) -> tuple[SplitResult, str] | None:
    """The page that a link wrapper or an AMP cache leads to, and what was unwrapped; None when this is neither."""
    host = "google.com" if (google := rules.GOOGLE.fullmatch(made.host)) else made.host
    host = "news.google.com" if google and google[1] else host
    host = rules.SAFELINKS[1:] if host.endswith(rules.SAFELINKS) else host
    path, names = rules.WRAPPERS.get(host, (None, ()))
    if path is not None and path.search(made.path):
        for wanted in names:
            for name, value in made.parameters:
                if name.decode("latin-1") == wanted and value and (page := _target(value)):
                    return page, f"unwrapped {made.host}{made.path}"
    for suffix, start in rules.AMP_CACHES:
        if not f".{'google.com' if google else made.host}".endswith(suffix):
            continue
        for form in (made.full_path, made.path):
            if found := start.match(form):
                query = "&".join(_written(pair) for pair in made.parameters)
                if page := _try(f"https://{form[found.end() :]}{'?' + query if query else ''}"):
                    return page, f"unwrapped the AMP cache {made.host}"
    return None


def _target(value: bytes) -> SplitResult | None:
    if value[:11].lower().startswith((b"http%3a%2f", b"https%3a%2f")):
        value = unquote_to_bytes(value)  # escaped twice
    url = quote(value.strip(), safe=_RESERVED)
    return _try(url) if url.lower().startswith(("http://", "https://", "//")) else None


def _try(url: str) -> SplitResult | None:
    try:
        return split(url)
    except BadUrl:
        return None
