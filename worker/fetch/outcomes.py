"""What statuses and curl's errors mean: two tables, and a remedy for a person beside each outcome."""

from __future__ import annotations

from dataclasses import dataclass

import pycurl

from dateline.nouns.frontier import FetchOutcome

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_STATUSES = {
    206: FetchOutcome.BAD_RESPONSE,  # a part that nobody asked for
    226: FetchOutcome.BAD_RESPONSE,  # a delta that nobody asked for (RFC 3229)
    304: FetchOutcome.NOT_MODIFIED,
    401: FetchOutcome.UNAUTHORIZED,
    402: FetchOutcome.PAYMENT_REQUIRED,
    403: FetchOutcome.FORBIDDEN,
    404: FetchOutcome.NOT_FOUND,
    408: FetchOutcome.TIMEOUT,  # the server's own patience: looking again can help
    410: FetchOutcome.GONE,
    425: FetchOutcome.UNAVAILABLE,
    429: FetchOutcome.RATE_LIMITED,
    451: FetchOutcome.LEGAL,
    503: FetchOutcome.UNAVAILABLE,
}
_CLASSES = {
    2: FetchOutcome.OK,  # 204 and 205 too: an empty body, which the reader will judge
    4: FetchOutcome.CLIENT_ERROR,
    5: FetchOutcome.SERVER_ERROR,
}


def outcome_of(status: int) -> FetchOutcome:
    """What a final status means. A redirect without a usable target, or a status of no known class, is BAD_RESPONSE."""
    return _STATUSES.get(status) or _CLASSES.get(status // 100, FetchOutcome.BAD_RESPONSE)


@dataclass(frozen=True, slots=True)
class Failure:
    """How a fetch failed: the outcome, the stage it was in, and what happened, for a person.

    `remedy` is given where the outcome's own (REMEDIES) would not help.
    """

    outcome: FetchOutcome
    stage: str
    error: str
    remedy: str = ""


_TLS = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_CRL_BADFILE,
        pycurl.E_SSL_ISSUER_ERROR,
        pycurl.E_SSL_INVALIDCERTSTATUS,
        pycurl.E_SSL_SHUTDOWN_FAILED,
    }
)


def failure_of(code: int, message: str, *, heard: str) -> Failure:
    """What one of curl's errors means.

    `heard` is the stage by what had been received: "connecting", "reading headers" or "reading body".
    """
    if code == pycurl.E_COULDNT_RESOLVE_HOST:
        return Failure(FetchOutcome.DNS, "resolving", message)
    if code == pycurl.E_COULDNT_CONNECT:
        return Failure(FetchOutcome.CONNECT, "connecting", message)
    if code in _TLS:
        return Failure(FetchOutcome.TLS, "connecting", message)
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return _timeout(message, heard)
    if code == pycurl.E_FILESIZE_EXCEEDED:
        return Failure(FetchOutcome.TOO_LARGE, "reading body", message)
    if code == pycurl.E_BAD_CONTENT_ENCODING:  # a transfer coding besides chunked
        return Failure(FetchOutcome.BAD_ENCODING, "reading headers", message)
    if code == pycurl.E_URL_MALFORMAT:
        return Failure(FetchOutcome.BAD_URL, "connecting", message)
    return Failure(FetchOutcome.BAD_RESPONSE, heard, f"{message or 'no HTTP response'} (curl error {code})")


def _timeout(message: str, heard: str) -> Failure:
    """curl has one code for four clocks; its message tells them apart."""
    if "too slow" in message:
        return Failure(FetchOutcome.TOO_SLOW, heard, message)
    if message.startswith("Resolving"):
        return Failure(FetchOutcome.DNS, "resolving", message)
    if message.startswith("Connection timed out"):
        return Failure(FetchOutcome.CONNECT, "connecting", message)
    if message.startswith("SSL"):
        return Failure(FetchOutcome.TLS, "connecting", message)
    return Failure(FetchOutcome.TIMEOUT, heard, message)


LATER = "nothing to do here: it is tried again later"
NO_SUCH_PORT = "no setting opens this port: name the one where the site serves its pages"
NO_SUCH_TARGET = "nothing to do here: such an address is never followed"
REMEDIES: dict[FetchOutcome, str] = {
    FetchOutcome.PAYMENT_REQUIRED: "the publisher asks for money; the feed's own text is kept",
    FetchOutcome.ROBOTS: "the publisher's robots.txt forbids it; --ignore-robots overrides that for one URL",
    FetchOutcome.REFUSED: "if this address is meant, allow its network and restart the service: "
    "DATELINE_ALLOW_NETWORKS=127.0.0.0/8, for example",
    FetchOutcome.BAD_URL: "correct the URL: absolute, http or https, without user name and password",
    FetchOutcome.DNS: "check the host's name, and this machine's name server",
    FetchOutcome.CONNECT: "check that the server is up and reachable from this machine",
    FetchOutcome.TLS: "check the site's certificate in a browser, and this machine's clock and CA certificates",
    FetchOutcome.TIMEOUT: "raise DATELINE_FETCH_DEADLINE if the server is honestly this slow",
    FetchOutcome.TOO_SLOW: LATER,
    FetchOutcome.TOO_LARGE: "raise DATELINE_MAX_BODY if the page is honest",
    FetchOutcome.BAD_ENCODING: LATER,
    FetchOutcome.BAD_RESPONSE: "look at the URL with another client; if that works, report it to us",
    FetchOutcome.TOO_MANY_REDIRECTS: "open the URL in a browser and use the address it ends at",
    FetchOutcome.REDIRECT_ELSEWHERE: "the target becomes a visit of its own site",
    FetchOutcome.UNAUTHORIZED: "the page asks for a login",
    FetchOutcome.FORBIDDEN: "the publisher refuses this client; ask them, with the contact in the User-Agent",
    FetchOutcome.NOT_FOUND: "check the URL; the page may come back",
    FetchOutcome.GONE: "the publisher took it away for good; what was kept of it stays",
    FetchOutcome.LEGAL: "withheld for legal reasons",
    FetchOutcome.RATE_LIMITED: "look less often: a longer --every or --host-delay",
    FetchOutcome.UNAVAILABLE: LATER,
    FetchOutcome.CLIENT_ERROR: "open the URL in a browser; the server does not accept our request",
    FetchOutcome.SERVER_ERROR: LATER,
    FetchOutcome.WORKER_DIED: "report it to us: no page may end a worker",
    FetchOutcome.INTERRUPTED: "nothing to do here: it was not tried to the end, and is due at once",
}
