"""Who may speak to the API at all: names it may be called by, and pages of other sites that may not write through it.

A page of any site can point a name of its own at 127.0.0.1 and let a browser here call us (DNS rebinding); the Host
header tells, since it carries that name. And it can send a form across: Origin and Sec-Fetch-Site tell.
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Problem

READING = frozenset(("GET", "HEAD", "OPTIONS"))
OWN_SITES = frozenset(("same-origin", "none"))  # of Sec-Fetch-Site; `none`: a person typed the address
_FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-real-ip")


class Guards:
    """Refuses requests that name another host, and writes that come from another site's page."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer with what is wrong."""
        if scope["type"] == "http" and (problem := self._problem(scope)):
            await problem.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _problem(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        given = headers.getlist("host")
        host = host_name(given[0]) if len(given) == 1 else None
        here = (scope.get("server") or ("",))[0]
        if host is None or not (is_loopback(host) or host == here or host in self._hosts):
            shown = given[0][:100] if given else "none"
            return Problem(
                421,
                "wrong-host",
                f"the Host header names {shown!r}, which is no name of this server",
                remedy="call it by its address, or add the name to DATELINE_HOSTS",
            )
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            return Problem(400, "nul", "an address with a NUL in it names nothing")  # and no database takes it
        if scope["method"] not in READING and not _of_own_site(headers, given[0]):
            return Problem(
                403,
                "wrong-origin",
                "this comes from a page of another site, which may not write here",
                remedy="send it from a program, with no Origin header, or from a page of this server",
            )
        return None


def _of_own_site(headers: Headers, host: str) -> bool:
    if headers.get("sec-fetch-site", "none") not in OWN_SITES:
        return False
    origin = headers.get("origin")
    return origin is None or origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def host_name(header: str) -> str | None:
    """The name or address in a Host header, in small letters, without its port; None where it is malformed."""
    name, colon, port = header.strip().lower().rpartition(":")
    if not colon or "]" in port:
        name, port = header.strip().lower(), ""
    if port and not (port.isascii() and port.isdigit()):
        return None
    bare = name.removeprefix("[").removesuffix("]")
    if not bare or (":" in bare) != (name != bare):
        return None
    return bare.removesuffix(".")


def is_loopback(host: str) -> bool:
    """Whether this name or address means the machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if address.version == 6 else None
    return (mapped or address).is_loopback


def from_this_machine(scope: Scope) -> bool:
    """Whether the caller runs on this machine. A proxy here that hands on others' requests says so in a header."""
    client = scope.get("client")
    forwarded = any(name in _FORWARDED for name, _ in scope["headers"])
    return client is not None and is_loopback(client[0]) and not forwarded
