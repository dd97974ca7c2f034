"""What every floor needs to know of a URL: the host it is fetched from, and the site that host belongs to.

When two URLs are the same page is another question: `worker.dedupe.urls`.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

DEFAULT_PORTS = {"http": 80, "https": 443}
_suffixes = PublicSuffixList(accept_unknown=True)


def host_name(url: str) -> str:
    """The unit of politeness: the host in lower case, with its port where that is not the scheme's own.

    Raises ValueError when it is no http(s) URL with a host.
    """
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"not an http or https URL with a host: {url!r}")
    name = parts.hostname.rstrip(".")
    name = f"[{name}]" if ":" in name else name
    return name if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f"{name}:{parts.port}"


@lru_cache(maxsize=65536)
def site_of(host: str) -> str:
    """The site a host belongs to: its registrable domain, or the host itself (with its port) where there is none.

    `news.example.co.uk` belongs to `example.co.uk`; addresses and single names such as `localhost:8400` stand alone.
    """
    bare = host if host.endswith("]") else host.rpartition(":")[0] or host
    if _is_address(bare.strip("[]")) or "." not in bare:
        return host
    return _suffixes.privatesuffix(bare) or host


def same_site(one: str, other: str) -> bool:
    """Whether two URLs belong to one site, so that a redirect from one to the other may be followed."""
    return site_of(host_name(one)) == site_of(host_name(other))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
