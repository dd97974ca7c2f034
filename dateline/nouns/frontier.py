"""What is due where, what a fetch gave, and what was kept of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


class VisitKind(StrEnum):
    """What a visit is for. One visit of an article serves its text, its counter and its disappearance."""

    FEED = "feed"
    ARTICLE = "article"


class Priority(IntEnum):
    """Order among the due visits of one host; the smaller goes first."""

    ON_DEMAND = 0
    FEED = 3
    NEW_ARTICLE = 5
    REVISIT = 7


class FetchOutcome(StrEnum):
    """How one fetch ended. The same word is the log's outcome, the metric's label and the record in the database."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"  # 304
    ROBOTS = "robots"  # robots.txt says no
    REFUSED = "refused"  # the guard: an address or a scheme we never connect to
    BAD_URL = "bad_url"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"  # the total deadline
    TOO_SLOW = "too_slow"  # under the minimum rate
    TOO_LARGE = "too_large"  # headers, wire bytes, decoded bytes or their ratio
    BAD_ENCODING = "bad_encoding"  # the content coding is unknown or broken
    BAD_RESPONSE = "bad_response"  # not HTTP, cut short, or a redirect without a usable target
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REDIRECT_ELSEWHERE = "redirect_elsewhere"  # to another site: the target becomes a visit of its own host
    UNAUTHORIZED = "unauthorized"  # 401
    PAYMENT_REQUIRED = "payment_required"  # 402
    FORBIDDEN = "forbidden"  # 403
    NOT_FOUND = "not_found"  # 404
    GONE = "gone"  # 410
    LEGAL = "legal"  # 451
    RATE_LIMITED = "rate_limited"  # 429
    UNAVAILABLE = "unavailable"  # 503
    CLIENT_ERROR = "client_error"  # another 4xx
    SERVER_ERROR = "server_error"  # another 5xx
    INTERRUPTED = "interrupted"  # we stopped; the visit was not tried
    WORKER_DIED = "worker_died"  # three workers in a row, in the middle of it


@dataclass(frozen=True, slots=True)
class Host:
    """The unit of politeness: one name (and port, where it is not the scheme's own)."""

    id: int
    name: str  # "example.org", "example.org:8080", "[::1]:8080"
    source_id: int | None
    delay: float | None = None  # seconds between two visits, by the operator's word
    crawl_delay: float | None = None  # seconds, by robots.txt
    next_allowed_at: datetime | None = None
    failures: int = 0  # in a row, of any of its visits
    robots_body: bytes | None = None  # None: never fetched
    robots_outcome: str = ""  # a FetchOutcome
    robots_fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One URL, due at a time, on a host."""

    id: int
    url: str
    host_id: int
    kind: VisitKind
    subject_id: int | None  # the feed; the article once there is one
    due_at: datetime
    priority: int
    attempts: int = 0  # failed fetches in a row
    lost_leases: int = 0  # in a row; from the third on each counts as a failed attempt
    etag: str | None = None
    last_modified: str | None = None
    validators_url: str | None = None  # the final URL that gave the validators; they are sent to no other
    capture_id: int | None = None  # the newest capture
    body_id: int | None = None  # the body that capture rests on
    body_digest: bytes | None = None
    reason: str = ""  # why it is due when it is, in words
    ignore_robots: bool = False
    on_demand: bool = False
    first_done: bool = False  # a capture was taken from it once
    fetch_url: str | None = None  # where a redirect to another site sent us; None: `url`
    hops: int = 0  # redirects to other sites followed in this look
    hops_permanent: bool = True  # each of them was a 301 or 308
    moved_to: str | None = None  # a permanent redirect's target, while it is being believed
    moved_seen: int = 0  # consecutive sightings of it


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit to be stored, or to be made due earlier where its URL is known."""

    url: str
    url_key: str
    host: str
    kind: VisitKind
    due_at: datetime
    priority: int
    reason: str
    subject_id: int | None = None
    ignore_robots: bool = False
    on_demand: bool = False


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What the client is asked: one URL, with the validators that belong to it."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    validators_url: str | None = None
    accept: str = "*/*"


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the status that sent us on, and where to."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one fetch gave. `body` is as it came over the wire; `decoded_size` is what it held."""

    url: str
    final_url: str
    outcome: FetchOutcome
    stage: str  # "guard", "robots", "resolving", "connecting", "reading headers", "reading body", "decoding", "done"
    fetched_at: datetime
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()  # as received, names in lower case, in order
    body: bytes = b""
    content_encoding: str = ""  # the wire body's coding: "", "gzip", "br", "zstd", "deflate"
    decoded_size: int = 0
    redirects: tuple[Redirect, ...] = ()
    elapsed: float = 0.0  # seconds
    error: str = ""  # for a person
    remedy: str = ""
    retry_after: datetime | None = None  # the server's own word, both forms resolved
    remote_address: str = ""

    def header(self, name: str) -> str | None:
        """The last value of a header, or None. The name is given in lower case."""
        for key, value in reversed(self.headers):
            if key == name:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Capture:
    """What was kept of a fetch, before it is judged. `id` orders the captures of one visit as they were fetched."""

    id: int
    visit_id: int
    kind: VisitKind
    url: str
    final_url: str
    outcome: FetchOutcome
    fetched_at: datetime
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    content_encoding: str = ""
    body_id: int | None = None  # None: it came without a body, or the body's time was over
    body_digest: bytes | None = None
    same_body: bool = False  # equal to the visit's body before it
    error: str = ""
    retry_after: datetime | None = None
    redirects: tuple[Redirect, ...] = ()
    lost_leases: int = 0


@dataclass(frozen=True, slots=True)
class NewCapture:
    """What is to be kept of a fetch. `body` None: it came without one; `digest` is of the bytes on the wire."""

    visit_id: int
    fetched: Fetched
    kind: VisitKind
    url: str
    body: bytes | None = None
    digest: bytes | None = None
    same_body: bool = False  # equal to the visit's current body, which is shared and not kept twice
    body_id: int | None = None  # the shared one


@dataclass(frozen=True, slots=True)
class NextVisit:
    """When to look again, and why, in words that `dateline explain` prints. `at` None: never."""

    at: datetime | None
    reason: str
    priority: int = Priority.REVISIT


@dataclass(frozen=True, slots=True)
class VisitDone:
    """One fetch's effects on its visit, written only while the host's lease is still `token`."""

    visit_id: int
    host_id: int
    token: str
    outcome: FetchOutcome
    at: datetime
    next: NextVisit
    attempts: int = 0
    capture: NewCapture | None = None
    on_demand: bool = False  # a person waits still: it goes on at another host
    to_host: str | None = None  # the host (name) where the visit waits next, where that is another
    fetch_url: str | None = None
    hops: int = 0
    hops_permanent: bool = True
    moved_to: str | None = None
    moved_key: str | None = None
    moved_seen: int = 0


@dataclass(frozen=True, slots=True)
class Reschedule:
    """What reading a capture says of its visit: when to look again, and the validators that the server gave with it.

    Leave the validators None where reading failed, so that the next fetch is unconditional.
    """

    visit_id: int
    capture_id: int  # nothing is written when the visit has a newer one
    next: NextVisit
    etag: str | None = None
    last_modified: str | None = None
    validators_url: str | None = None
    subject_id: int | None = None  # the article, once there is one
    read_well: bool = True  # a permanent redirect is believed only where what it leads to can be read


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong, recorded where a person will find it (`dateline status`, `dateline explain URL`)."""

    at: datetime
    stage: str
    outcome: str
    url: str
    message: str
    remedy: str = ""
    visit_id: int | None = None
    capture_id: int | None = None
    feed_id: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often an outcome came at a stage within one minute: throughput, and the metric's figure."""

    stage: str
    outcome: str
    count: int = field(default=1)
