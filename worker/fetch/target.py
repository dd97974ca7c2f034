"""Where a request goes: URLs taken apart by the parser that also connects, and which URLs belong to one site.

libcurl's own URL parser is used, so that no second opinion about where the host begins can be exploited.
"""

from __future__ import annotations

from dataclasses import dataclass

import idna
import pycurl

from dateline.urls import site_of

MAX_URL = 8192  # bytes
_UNSUPPORTED_SCHEME = 5  # CURLUE_UNSUPPORTED_SCHEME
_USER_NOT_ALLOWED = 8  # CURLUE_USER_NOT_ALLOWED


class BadTarget(ValueError):
    """A URL that we do not request; `refused` when it is well-formed, but of a kind we never follow."""

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Target:
    """One URL to be requested: as it was named, as it is sent (ASCII, no fragment), and its parts."""

    url: str
    wire: str
    scheme: str
    host: str  # lower case, punycode, brackets kept, no trailing dot
    port: int


def target(url: str) -> Target:
    """Take a URL apart; raises BadTarget for what is no absolute http or https URL, or carries a user name."""
    return _parse(None, url.encode("utf-8", "replace"), url)


def redirect_target(base: Target, location: str) -> Target:
    """Where a Location leads (RFC 9110, 10.2.2); the value as received, its bytes as Latin-1 characters.

    Raises BadTarget as `target` does, and for an empty value.
    """
    if not location:
        raise BadTarget("the redirect names no target")
    return _parse(base.wire, location.encode("latin-1", "replace"), None)


def _parse(base: str | None, reference: bytes, named: str | None) -> Target:
    if len(reference) > MAX_URL:
        raise BadTarget(f"the URL has more than {MAX_URL} bytes")
    try:
        parsed = pycurl.CurlUrl(base) if base else pycurl.CurlUrl()
        parsed.setpart(pycurl.UPART_URL, reference, pycurl.U_URLENCODE | pycurl.U_DISALLOW_USER)
        parsed.setpart(pycurl.UPART_FRAGMENT, None)
        scheme = parsed.getpart(pycurl.UPART_SCHEME)
        if scheme not in ("http", "https"):
            raise BadTarget(f"{scheme}: is not http or https", refused=True)
        # The wheel's libcurl does not know international names: DNS is asked for their ASCII form.
        host = _ascii(parsed.getpart(pycurl.UPART_HOST))
        parsed.setpart(pycurl.UPART_HOST, host)
        port = int(parsed.getpart(pycurl.UPART_PORT, pycurl.U_DEFAULT_PORT))
        wire = parsed.getpart(pycurl.UPART_URL, pycurl.U_NO_DEFAULT_PORT)
    except pycurl.error as error:
        code, message = error.args
        raise BadTarget(message, refused=code in (_UNSUPPORTED_SCHEME, _USER_NOT_ALLOWED)) from None
    except ValueError as error:  # a NUL, or a host that no name can be made of
        raise BadTarget(str(error), refused=isinstance(error, BadTarget) and error.refused) from None
    return Target(url=named or wire, wire=wire, scheme=scheme, host=host.rstrip("."), port=port)


def _ascii(host: str) -> str:
    """A host's name as DNS is asked for it (IDNA 2008 with the mapping of UTS 46, as browsers do it)."""
    name = (host if host.isascii() else idna.encode(host, uts46=True).decode()).lower()
    if not host.startswith("[") and not all(0 < len(part) < 64 for part in name.removesuffix(".").split(".")):
        raise BadTarget("a part of the host's name is empty or longer than 63 characters (RFC 1035)")
    return name


def same_site(one: Target, other: Target) -> bool:
    """Whether two URLs are one publisher's: the same registrable domain; without one, the same host and port."""
    return site_of(f"{one.host}:{one.port}") == site_of(f"{other.host}:{other.port}")
