"""A URL taken apart: what is refused, how a host is written, the one form of dots and percent-encoding. Pure.

As browsers do it (the WHATWG's URL standard) over w3lib's encoding, so that what is stored is what would be fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, unquote, unquote_to_bytes, urlsplit

from w3lib.url import safe_url_string

from dateline.urls import DEFAULT_PORTS

MAX_URL = 4096  # characters, encoded; longer ones are refused by most servers
MAX_HOST, MAX_LABEL = 253, 63  # characters (RFC 1035)
PATH_SAFE = "!$&'()*+,:;=@~-._"  # RFC 3986 pchar: encoded or not, they say the same

_AMPERSAND = re.compile(r"&(?:amp;|#38;|#x26;)+", re.IGNORECASE)
_AROUND = "\u200b\u200e\u200f\u2060\ufeff"  # what is copied along with a URL and cannot be seen
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_WEB = re.compile(r"(https?):[/\\]{2}([^/\\?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_FORBIDDEN = re.compile(r"([\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f])|([\u202a-\u202e\u2066-\u2069])|([\ud800-\udfff])")
_FAULTS = ("a control character", "a bidirectional control", "half a character")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?")
_KEPT_ENCODED = re.compile(rb"(%(?:2[35Ff]|3[FfBb]|5[Cc]|0[0-9A-Fa-f]|1[0-9A-Fa-f]))")  # / ? # % ; \ and controls
_ENCODED_DOT = re.compile("%2e", re.IGNORECASE)
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class BadUrl(ValueError):
    """What was given cannot be the address of a page; the message names what is wrong with it."""


def split(url: str, note: Callable[[str], None] = lambda step: None) -> SplitResult:
    """Take a URL apart: ASCII, its host in lower case and without a port that is the scheme's own, no user name.

    `note` is told what was read otherwise than it was written. Raises BadUrl.
    """
    text = url.strip().strip(_AROUND).strip()
    if not text:
        raise BadUrl("a URL is wanted, and this is empty")
    if len(text) > MAX_URL:
        raise BadUrl(f"the URL has {len(text)} characters, at most {MAX_URL} are taken")
    if fault := _FORBIDDEN.search(text):
        raise BadUrl(f"the URL holds {_FAULTS[(fault.lastindex or 1) - 1]} (U+{ord(fault[0]):04X})")
    text = text.replace("\t", "").replace("\r", "").replace("\n", "")
    if "&" in text and (read := _AMPERSAND.sub("&", text)) != text:
        note("read &amp; as &")
        text = read
    scheme, authority, rest = _web(f"http:{text}" if text.startswith("//") else text)
    host, port = _host_and_port(authority, note)
    if port == DEFAULT_PORTS[scheme]:
        note(f"dropped the port {port}, which is {scheme}'s own")
        port = None
    if "%" in rest and (read := _LONE_PERCENT.sub("%25", rest)) != rest:
        note("took a % that encodes nothing for itself")
        rest = read
    safe = safe_url_string(f"{scheme}://{host}{'' if port is None else f':{port}'}{rest}")
    if len(safe) > MAX_URL:
        raise BadUrl(f"the URL has {len(safe)} characters when encoded, at most {MAX_URL} are taken")
    return urlsplit(safe)


def _web(text: str) -> tuple[str, str, str]:
    """The scheme, the authority and the rest."""
    if found := _WEB.match(text):
        return found[1].lower(), found[2], found[3]
    named = _SCHEME.match(text)
    if named is None:
        raise BadUrl("the URL has no scheme (http:// or https://)")
    if named[1].lower() in DEFAULT_PORTS:
        raise BadUrl("the URL names no host")
    raise BadUrl(f"{named[1].lower()[:40]}: is neither http nor https")


def _host_and_port(authority: str, note: Callable[[str], None]) -> tuple[str, int | None]:
    _, at, address = authority.rpartition("@")
    if at:
        note("dropped the user name")
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]*\]|[^:\[]*)(?::(.*))?", address, re.DOTALL)
    if found is None:
        raise BadUrl(f"the host {address[:80]!r} is none")
    host, port = found[1], found[2]
    if port and not (port.isascii() and port.isdigit() and len(port) < 10 and 0 < int(port) < 65536):
        raise BadUrl(f"the port {port[:20]!r} is none (1 to 65535)")
    return _host(host, note), int(port) if port else None


def _host(given: str, note: Callable[[str], None]) -> str:
    """The host's name as DNS is asked for it (IDNA 2008 with the mapping of UTS 46, as browsers do it)."""
    if not given:
        raise BadUrl("the URL names no host")
    if given.startswith("["):
        try:
            return f"[{IPv6Address(given[1:-1])}]"
        except ValueError:
            raise BadUrl(f"the address {given[:80]!r} is no IPv6 address") from None
    name = unquote(given) if "%" in given else given
    if not name.isascii():
        import idna  # here: its tables are large, and few hosts need them

        try:
            name = idna.encode(name, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            raise BadUrl(f"the host {given[:80]!r} is no name that could be looked up") from None
        note(f"wrote the host as {name.lower()}")
    name = name.lower().rstrip(".")
    long = len(name) > MAX_HOST or any(not 0 < len(label) <= MAX_LABEL for label in name.split("."))
    if long or not _HOST.fullmatch(name):
        raise BadUrl(f"the host {given[:80]!r} is no name that could be looked up")
    return name


def resolve_dots(path: str) -> str:
    """Remove dot segments (RFC 3986, 5.2.4), encoded ones too, as browsers do."""
    if "/." not in path and "/%2" not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    plain = [_ENCODED_DOT.sub(".", segment) for segment in segments]
    for segment, dots in zip(segments, plain, strict=True):
        if dots == "..":
            del kept[max(1, len(kept) - 1) :]
        elif dots != ".":
            kept.append(segment)
    return "/".join(kept) + ("/" if plain[-1] in (".", "..") else "")


def encoded(path: str) -> str:
    """Percent-encoding in its one form: only what must be encoded is, with capital digits."""
    if "%" not in path and path.isascii() and path.isprintable() and not re.search(r'[ "<>\\^`{|}\[\]]', path):
        return path
    pieces = _KEPT_ENCODED.split(path.encode())
    return "".join(
        piece.decode().upper() if index % 2 else quote(unquote_to_bytes(piece), safe="/" + PATH_SAFE)
        for index, piece in enumerate(pieces)
    )
