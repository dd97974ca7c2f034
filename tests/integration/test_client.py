"""The fetch client against a real server on loopback that does everything a server should not do."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import zlib
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from dateline.nouns.frontier import Fetched, FetchOutcome, FetchRequest, Redirect
from tests.support.http_server import HttpServer, Request, Route, Stream, reply
from worker.fetch.budget import Budget
from worker.fetch.client import Client, anywhere
from worker.fetch.decode import decode_body
from worker.fetch.exchange import Limits
from worker.fetch.guard import Guard

LOOPBACK = Guard(allow=(ip_network("127.0.0.0/8"), ip_network("::1/128")))
AGENT = "Dateline/test (+https://example.org/bot)"
TLS = Path(__file__).parents[1] / "fixtures" / "tls"
NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
TEXT = b"".join(b"<p>Paragraph %d of the page.</p>\n" % number for number in range(2000))


def a_client(**options: Any) -> Client:
    return Client(**{"user_agent": AGENT, "guard": LOOPBACK, "deadline": 20.0, "now": lambda: NOW, **options})


def using(work: Callable[[Client], Coroutine[Any, Any, Any]], **options: Any) -> Any:
    """Run a coroutine with a client, and close the client."""

    async def main() -> Any:
        client = a_client(**options)
        try:
            return await work(client)
        finally:
            await client.aclose()

    return asyncio.run(main())


def fetch(request: str | FetchRequest, *, how: dict[str, Any] | None = None, **options: Any) -> Fetched:
    asked = FetchRequest(request) if isinstance(request, str) else request
    fetched: Fetched = using(lambda client: client.fetch(asked, **(how or {})), **options)
    return fetched


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer({"/": reply(200, b"hello", "Content-Type: text/html")}) as running:
        yield running


# ---- what is asked, and what is told ----


def test_a_page_is_fetched_with_all_that_is_known_of_it(server: HttpServer) -> None:
    fetched = fetch(server.url("/"))
    assert fetched.outcome is FetchOutcome.OK
    assert (fetched.status, fetched.stage, fetched.body, fetched.decoded_size) == (200, "done", b"hello", 5)
    assert fetched.headers == (("content-type", "text/html"), ("content-length", "5"))
    assert (fetched.url, fetched.final_url, fetched.remote_address) == (server.url("/"), server.url("/"), "127.0.0.1")
    assert (fetched.fetched_at, fetched.error, fetched.remedy, fetched.redirects) == (NOW, "", "", ())


def test_the_request_says_who_asks_and_nothing_that_could_follow_a_reader(server: HttpServer) -> None:
    fetch(FetchRequest(server.url("/"), accept="application/rss+xml"))
    assert server.requests[0].headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": AGENT,
        "accept": "application/rss+xml",
        "accept-encoding": "gzip, br, zstd, deflate",
    }


def test_cookies_are_not_kept(server: HttpServer) -> None:
    server.routes["/"] = reply(200, b"x", "Set-Cookie: id=1; Path=/")

    async def twice(client: Client) -> None:
        await client.fetch(FetchRequest(server.url("/")))
        await client.fetch(FetchRequest(server.url("/")))

    using(twice)
    assert ["cookie" in request.headers for request in server.requests] == [False, False]


def test_a_proxy_from_the_environment_is_not_used(server: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with HttpServer({}) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert fetch(server.url("/")).outcome is FetchOutcome.OK
        assert proxy.connections == 0


def test_a_netrc_is_not_used(server: HttpServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("default login reader password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    fetch(server.url("/"))
    assert "authorization" not in server.requests[0].headers


def test_a_publisher_on_ipv6_is_read() -> None:
    with HttpServer({"/": reply(200, b"six")}, address="::1") as server:
        fetched = fetch(server.url("/"))
    assert (fetched.body, fetched.remote_address) == (b"six", "::1")


# ---- validators ----


def test_a_feed_that_did_not_change_costs_a_304(server: HttpServer) -> None:
    def conditional(request: Request) -> bytes:
        same = request.headers.get("if-none-match") == 'W/"a,b"'
        return reply(304) if same else reply(200, b"feed", 'ETag: W/"a,b"', "Last-Modified: yesterday, or so")

    server.routes["/feed"] = conditional
    url = server.url("/feed")
    first = fetch(url)
    second = fetch(FetchRequest(url, first.header("etag"), first.header("last-modified"), first.final_url))
    assert (first.outcome, second.outcome, second.status) == (FetchOutcome.OK, FetchOutcome.NOT_MODIFIED, 304)
    assert "if-none-match" not in server.requests[0].headers
    assert server.requests[1].headers["if-modified-since"] == "yesterday, or so"


def test_validators_go_only_to_the_url_that_gave_them(server: HttpServer) -> None:
    server.routes |= {"/old": reply(301, b"", "Location: /new"), "/new": reply(200, b"x")}
    fetch(FetchRequest(server.url("/old"), '"e"', None, server.url("/new")))
    assert [request.headers.get("if-none-match") for request in server.requests] == [None, '"e"']
    fetch(FetchRequest(server.url("/old"), '"e"', None, None))
    assert [request.headers.get("if-none-match") for request in server.requests[2:]] == [None, None]


def test_a_304_that_nobody_asked_for_is_a_bad_response(server: HttpServer) -> None:
    server.routes["/"] = reply(304)
    fetched = fetch(server.url("/"))
    assert (fetched.outcome, fetched.status) == (FetchOutcome.BAD_RESPONSE, 304)


# ---- connections ----


def test_several_fetches_of_a_host_share_one_connection_from_the_first_to_the_last(server: HttpServer) -> None:
    async def drain(client: Client) -> None:
        for turn in range(4):
            await client.fetch(FetchRequest(server.url("/")), fresh=turn == 0, last=turn == 3)

    async def twice(client: Client) -> None:
        await drain(client)
        await drain(client)

    using(twice)
    assert [request.connection for request in server.requests] == [1, 1, 1, 1, 2, 2, 2, 2]


def test_a_failure_answer_keeps_the_connection(server: HttpServer) -> None:
    server.routes["/gone"] = reply(410, b"It is gone. " * 100)

    async def both(client: Client) -> Fetched:
        gone = await client.fetch(FetchRequest(server.url("/gone")))
        await client.fetch(FetchRequest(server.url("/")))
        return gone

    gone = using(both)
    assert (gone.outcome, gone.body) == (FetchOutcome.GONE, b"")
    assert [request.connection for request in server.requests] == [1, 1]


def test_two_hundred_fetches_go_on_at_once(server: HttpServer) -> None:
    waiting = 0
    all_here = asyncio.Event()

    async def together(request: Request, stream: Stream) -> None:
        nonlocal waiting
        waiting += 1
        if waiting == 200:
            all_here.set()
        await all_here.wait()  # no answer before all have asked
        stream.write(reply(200, gzip.compress(TEXT), "Content-Encoding: gzip"))
        await stream.drain()

    server.routes["/together"] = together

    async def crowd(client: Client) -> list[Fetched]:
        return await asyncio.gather(*(client.fetch(FetchRequest(server.url("/together"))) for _ in range(200)))

    fetched = using(crowd)
    assert [each.decoded_size for each in fetched] == [len(TEXT)] * 200


def test_a_cancelled_fetch_leaves_the_client_working(server: HttpServer) -> None:
    asked = asyncio.Event()
    server.routes["/never"] = lambda request: reply(200)

    async def never(request: Request, stream: Stream) -> None:
        loop.call_soon_threadsafe(asked.set)
        await asyncio.Event().wait()

    server.routes["/never"] = never
    loop: asyncio.AbstractEventLoop

    async def work(client: Client) -> Fetched:
        nonlocal loop
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(client.fetch(FetchRequest(server.url("/never"))))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await client.fetch(FetchRequest(server.url("/")))

    assert using(work).body == b"hello"


def test_closing_the_client_ends_what_is_under_way_as_interrupted(server: HttpServer) -> None:
    asked = asyncio.Event()
    loop: asyncio.AbstractEventLoop

    async def never(request: Request, stream: Stream) -> None:
        loop.call_soon_threadsafe(asked.set)
        await asyncio.Event().wait()

    server.routes["/never"] = never

    async def work(client: Client) -> tuple[Fetched, Fetched]:
        nonlocal loop
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(client.fetch(FetchRequest(server.url("/never"))))
        await asked.wait()
        await client.aclose()
        return await task, await client.fetch(FetchRequest(server.url("/")))

    during, after = using(work)
    assert (during.outcome, after.outcome) == (FetchOutcome.INTERRUPTED, FetchOutcome.INTERRUPTED)


# ---- the guard ----

# Each is a way to 127.0.0.1 (or its IPv6 twin) at the server's own port; {} is that port.
WAYS_INSIDE = [
    "http://127.0.0.1:{}/",
    "http://127.1:{}/",
    "http://2130706433:{}/",
    "http://0x7f000001:{}/",
    "http://0177.0.0.1:{}/",
    "http://0.0.0.0:{}/",
    "http://[::ffff:127.0.0.1]:{}/",
    "http://[::ffff:7f00:1]:{}/",
    "http://[::]:{}/",
    "http://[64:ff9b::7f00:1]:{}/",
    "http://localhost:{}/",
    "http://news.localhost:{}/",
    "http://①②⑦.⓪.⓪.①:{}/",
]


@pytest.mark.parametrize("way", WAYS_INSIDE)
def test_no_way_inside_opens_a_connection(server: HttpServer, way: str) -> None:
    fetched = fetch(way.format(server.port), guard=Guard())
    assert (fetched.outcome, fetched.stage) == (FetchOutcome.REFUSED, "guard")
    assert "not a public address" in fetched.error
    assert "DATELINE_ALLOW_NETWORKS" in fetched.remedy
    assert server.connections == 0


@pytest.mark.parametrize("way", WAYS_INSIDE)
def test_no_redirect_leads_inside(server: HttpServer, way: str) -> None:
    with HttpServer(
        {"/": reply(302, b"", f"Location: {way.format(server.port)}".encode().decode("latin-1"))}
    ) as public:
        opened = Guard(allow_endpoints=frozenset({("127.0.0.1", public.port)}))
        fetched = fetch(public.url("/"), guard=opened, how={"allow_redirect": anywhere})
        assert public.paths == ["/"]
    assert (fetched.outcome, fetched.stage) == (FetchOutcome.REFUSED, "guard")
    assert server.connections == 0


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "ftp://example.org/", "javascript:alert(1)", "//u:p@{}/"],
)
def test_a_redirect_to_another_scheme_or_with_a_user_name_is_refused(server: HttpServer, location: str) -> None:
    server.routes["/"] = reply(302, b"", f"Location: {location.format(f'127.0.0.1:{server.port}')}")
    fetched = fetch(server.url("/"))
    assert (fetched.outcome, fetched.stage) == (FetchOutcome.REFUSED, "redirect")
    assert server.paths == ["/"]


def test_an_endpoint_that_was_opened_opens_no_other_port(server: HttpServer) -> None:
    guard = Guard(allow_endpoints=frozenset({("127.0.0.1", server.port)}))
    with HttpServer({}) as other:
        assert fetch(server.url("/"), guard=guard).outcome is FetchOutcome.OK
        assert fetch(other.url("/"), guard=guard).outcome is FetchOutcome.REFUSED
        assert other.connections == 0


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("", FetchOutcome.BAD_URL),
        ("example.org/feed", FetchOutcome.BAD_URL),
        ("http://", FetchOutcome.BAD_URL),
        ("http://a b/", FetchOutcome.BAD_URL),
        ("http://a\0b/", FetchOutcome.BAD_URL),
        ("http://example.org:99999/", FetchOutcome.BAD_URL),
        ("http://example.org/" + "a" * 9000, FetchOutcome.BAD_URL),
        ("file:///etc/passwd", FetchOutcome.REFUSED),
        ("feed:http://example.org/", FetchOutcome.REFUSED),
        ("http://user:password@example.org/", FetchOutcome.REFUSED),
    ],
)
def test_a_url_that_is_none_is_named_so(url: str, outcome: FetchOutcome) -> None:
    fetched = fetch(url)
    assert (fetched.outcome, fetched.url, fetched.final_url, fetched.status) == (outcome, url, url, None)
    assert fetched.error
    assert fetched.remedy


# ---- redirects ----


def test_redirects_within_a_site_are_followed_and_remembered(server: HttpServer) -> None:
    server.routes |= {
        "/a": reply(301, b"moved", "Location: b?x=1"),
        "/b": reply(302, b"", f"Location: http://www.news.localhost:{server.port}/c"),
        "/c": reply(200, b"here"),
    }
    start = server.url("/a", "news.localhost")
    fetched = fetch(start)
    end = server.url("/c", "www.news.localhost")
    assert (fetched.url, fetched.final_url, fetched.body) == (start, end, b"here")
    assert fetched.redirects == (Redirect(301, server.url("/b?x=1", "news.localhost")), Redirect(302, end))


def test_a_redirect_to_another_site_ends_the_visit_there(server: HttpServer) -> None:
    target = server.url("/story", "other.localhost")
    server.routes["/"] = reply(301, b"", f"Location: {target}")
    fetched = fetch(server.url("/", "news.localhost"))
    assert (fetched.outcome, fetched.status, fetched.final_url) == (FetchOutcome.REDIRECT_ELSEWHERE, 301, target)
    assert fetched.redirects == (Redirect(301, target),)
    assert server.paths == ["/"]
    assert fetch(server.url("/", "news.localhost"), how={"allow_redirect": anywhere}).outcome is FetchOutcome.NOT_FOUND


def test_another_port_of_a_bare_address_is_another_site(server: HttpServer) -> None:
    with HttpServer({"/": reply(200, b"x")}) as other:
        server.routes["/"] = reply(302, b"", f"Location: {other.url('/')}")
        assert fetch(server.url("/")).outcome is FetchOutcome.REDIRECT_ELSEWHERE
        assert other.connections == 0


def test_each_hop_can_be_declined_before_it_is_asked_for(server: HttpServer) -> None:
    server.routes |= {"/a": reply(302, b"", "Location: /b"), "/b": reply(302, b"", "Location: /c"), "/c": reply(200)}
    asked: list[str] = []

    async def robots(url: str) -> FetchOutcome | None:
        asked.append(url)
        return FetchOutcome.ROBOTS if url.endswith("/c") else None

    fetched = fetch(server.url("/a"), how={"check_hop": robots})
    assert (fetched.outcome, fetched.stage, fetched.final_url) == (FetchOutcome.ROBOTS, "robots", server.url("/c"))
    assert asked == [server.url("/b"), server.url("/c")]
    assert server.paths == ["/a", "/b"]


def test_redirects_in_a_circle_end(server: HttpServer) -> None:
    server.routes |= {"/a": reply(302, b"", "Location: /b"), "/b": reply(302, b"", "Location: /a")}
    fetched = fetch(server.url("/a"))
    assert fetched.outcome is FetchOutcome.TOO_MANY_REDIRECTS
    assert "circle" in fetched.error
    assert server.paths == ["/a", "/b"]


@pytest.mark.parametrize(("hops", "outcome"), [(5, FetchOutcome.OK), (6, FetchOutcome.TOO_MANY_REDIRECTS)])
def test_five_redirects_are_followed_and_no_more(server: HttpServer, hops: int, outcome: FetchOutcome) -> None:
    for hop in range(hops):
        server.routes[f"/{hop}"] = reply(307, b"", f"Location: /{hop + 1}")
    server.routes[f"/{hops}"] = reply(200, b"x")
    assert fetch(server.url("/0")).outcome is outcome
    assert len(server.requests) == 6


@pytest.mark.parametrize("headers", [[], ["Location:"], ["Location: http://"], ["Location: http://:80:80/"]])
def test_a_redirect_without_a_usable_target_is_a_bad_response(server: HttpServer, headers: list[str]) -> None:
    server.routes["/"] = reply(301, b"", *headers)
    assert fetch(server.url("/")).outcome is FetchOutcome.BAD_RESPONSE


def test_a_location_cannot_add_headers_to_the_next_request(server: HttpServer) -> None:
    server.routes["/"] = reply(302, b"", "Location: /x\rEvil: 1\tq \xc3\xa9")
    fetch(server.url("/"))
    assert all("evil" not in request.headers for request in server.requests)
    assert len(server.requests) <= 2


# ---- statuses ----


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, FetchOutcome.OK),
        (203, FetchOutcome.OK),
        (204, FetchOutcome.OK),
        (206, FetchOutcome.BAD_RESPONSE),
        (226, FetchOutcome.BAD_RESPONSE),
        (300, FetchOutcome.BAD_RESPONSE),
        (401, FetchOutcome.UNAUTHORIZED),
        (403, FetchOutcome.FORBIDDEN),
        (404, FetchOutcome.NOT_FOUND),
        (410, FetchOutcome.GONE),
        (418, FetchOutcome.CLIENT_ERROR),
        (429, FetchOutcome.RATE_LIMITED),
        (451, FetchOutcome.LEGAL),
        (500, FetchOutcome.SERVER_ERROR),
        (503, FetchOutcome.UNAVAILABLE),
        (599, FetchOutcome.SERVER_ERROR),
        (999, FetchOutcome.BAD_RESPONSE),
    ],
)
def test_each_status_has_its_outcome(server: HttpServer, status: int, outcome: FetchOutcome) -> None:
    server.routes["/"] = reply(status, b"")
    fetched = fetch(server.url("/"))
    assert (fetched.outcome, fetched.status, fetched.body) == (outcome, status, b"")
    assert (fetched.remedy == "") is (outcome is FetchOutcome.OK)


def test_retry_after_is_resolved_whatever_the_status(server: HttpServer) -> None:
    server.routes["/"] = reply(429, b"slow down", "Retry-After: 120")
    assert fetch(server.url("/")).retry_after == NOW + timedelta(seconds=120)


def test_the_rest_of_an_error_page_cannot_hide_its_status(server: HttpServer) -> None:
    server.routes["/"] = b"HTTP/1.1 404 No\r\nContent-Length: 999999999\r\n\r\n" + b"x" * 200_000
    assert fetch(server.url("/")).outcome is FetchOutcome.NOT_FOUND


# ---- bodies and their codings ----


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
        ("identity", TEXT),
    ],
)
def test_a_coded_body_is_kept_as_it_came_and_can_be_read(server: HttpServer, coding: str, body: bytes) -> None:
    server.routes["/"] = reply(200, body, f"Content-Encoding: {coding}")
    fetched = fetch(server.url("/"))
    assert (fetched.outcome, fetched.body, fetched.decoded_size) == (FetchOutcome.OK, body, len(TEXT))
    assert decode_body(fetched.body, fetched.content_encoding, max_size=1 << 20) == TEXT


def chunked(*chunks: bytes, trailer: bytes = b"") -> bytes:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))[:-2] + trailer + b"\r\n"


def test_a_chunked_body_is_joined_and_its_trailers_are_left_out(server: HttpServer) -> None:
    server.routes["/"] = chunked(b"one, ", b"two", trailer=b'ETag: "late"\r\n')
    fetched = fetch(server.url("/"))
    assert (fetched.body, fetched.header("etag")) == (b"one, two", None)


ZEROS = bytes(64 * 1024 * 1024)


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", gzip.compress(ZEROS)),
        ("zstd", zstandard.compress(ZEROS)),
        ("br", brotli.compress(ZEROS, quality=3)),
        ("gzip, gzip", gzip.compress(gzip.compress(ZEROS))),
    ],
)
def test_a_decompression_bomb_is_not_unpacked(server: HttpServer, coding: str, bomb: bytes) -> None:
    server.routes["/"] = reply(200, bomb, f"Content-Encoding: {coding}")
    fetched = fetch(server.url("/"))
    assert (fetched.outcome, fetched.stage, fetched.body) == (FetchOutcome.TOO_LARGE, "decoding", b"")
    assert fetched.decoded_size < 32 * 1024 * 1024


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"this is plain text"),
        ("gzip", gzip.compress(TEXT)[:-400]),
        ("zstd", zstandard.compress(TEXT)[:-9]),
        ("br", brotli.compress(TEXT)[:-9]),
        ("compress", TEXT),
        ("gzip, br, zstd", TEXT),
    ],
)
def test_a_body_that_is_not_in_its_coding_is_named_so(server: HttpServer, coding: str, body: bytes) -> None:
    server.routes["/"] = reply(200, body, f"Content-Encoding: {coding}")
    fetched = fetch(server.url("/"))
    assert (fetched.outcome, fetched.stage) == (FetchOutcome.BAD_ENCODING, "decoding")


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_over_the_limit_is_cut_off(server: HttpServer, declared: bool) -> None:
    body = os.urandom(300_000)
    server.routes["/"] = reply(200, body) if declared else b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body
    fetched = fetch(server.url("/"), limits=Limits(max_body=100_000))
    assert (fetched.outcome, fetched.body) == (FetchOutcome.TOO_LARGE, b"")


# ---- servers that misbehave ----


def raw(*pieces: bytes) -> Route:
    """A route that writes these bytes and hangs up."""

    async def write(request: Request, stream: Stream) -> None:
        for piece in pieces:
            stream.write(piece)
            await stream.drain()

    return write


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (raw(), FetchOutcome.BAD_RESPONSE),
        (raw(b"hello, this is HTTP/0.9\n"), FetchOutcome.BAD_RESPONSE),
        (raw(b"220 mail.example.org ESMTP\r\n"), FetchOutcome.BAD_RESPONSE),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Le"), FetchOutcome.BAD_RESPONSE),
        (raw(b"HTTP/1.1 2xx OK\r\n\r\nx"), FetchOutcome.BAD_RESPONSE),
        (raw(b"HTTP/1.1 200OK\r\n\r\nx"), FetchOutcome.BAD_RESPONSE),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"), FetchOutcome.BAD_RESPONSE),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx"), FetchOutcome.BAD_RESPONSE),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"), FetchOutcome.BAD_RESPONSE),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello"), FetchOutcome.BAD_RESPONSE),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), FetchOutcome.BAD_ENCODING),
        (raw(b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\nx"), FetchOutcome.BAD_RESPONSE),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 80_000 + b"\r\n\r\nx"), FetchOutcome.TOO_LARGE),
        (raw(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n" * 400, b"\r\nx"), FetchOutcome.TOO_LARGE),
        (raw(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 400, reply(200)), FetchOutcome.TOO_LARGE),
        (raw(b"HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\n" * 3, reply(200)), FetchOutcome.OK),
        (raw(b"HTTP/1.0 200 OK\r\n\r\nuntil the end"), FetchOutcome.OK),
    ],
)
def test_a_broken_response_is_an_outcome(server: HttpServer, answer: Route, outcome: FetchOutcome) -> None:
    server.routes["/"] = answer
    fetched = fetch(server.url("/"))
    assert fetched.outcome is outcome, fetched
    assert (fetched.error == "") is (outcome is FetchOutcome.OK)


def test_a_folded_header_is_one_value(server: HttpServer) -> None:
    server.routes["/"] = b"HTTP/1.1 200 OK\r\nX-Long: one\r\n  two\r\nContent-Length: 0\r\n\r\n"
    assert fetch(server.url("/")).header("x-long") == "one two"


async def drip(request: Request, stream: Stream) -> None:
    stream.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        stream.write(b"x")
        await stream.drain()
        await asyncio.sleep(0.1)


async def silence(request: Request, stream: Stream) -> None:
    await asyncio.Event().wait()


def test_a_slow_drip_is_beaten_by_the_minimum_rate(server: HttpServer) -> None:
    server.routes["/"] = drip
    fetched = fetch(server.url("/"), limits=Limits(min_rate=1000, min_rate_window=1))
    assert (fetched.outcome, fetched.stage) == (FetchOutcome.TOO_SLOW, "reading body")
    assert fetched.elapsed < 10


@pytest.mark.parametrize(("route", "stage"), [(drip, "reading body"), (silence, "reading headers")])
def test_the_deadline_ends_a_fetch_in_whatever_stage_it_is(server: HttpServer, route: Route, stage: str) -> None:
    server.routes["/"] = route
    fetched = fetch(server.url("/"), deadline=0.4)
    assert (fetched.outcome, fetched.stage) == (FetchOutcome.TIMEOUT, stage)
    assert fetched.elapsed < 5


def test_the_deadline_counts_all_hops_together(server: HttpServer) -> None:
    async def late(request: Request, stream: Stream) -> None:
        await asyncio.sleep(0.25)
        stream.write(reply(302, b"", f"Location: /{int(request.path[1:]) + 1}"))

    server.routes |= {f"/{hop}": late for hop in range(6)}
    fetched = fetch(server.url("/0"), deadline=0.6)
    assert fetched.outcome is FetchOutcome.TIMEOUT
    assert 2 <= len(server.requests) <= 3


def test_nobody_listening_is_a_connection_failure() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        fetched = fetch(f"http://127.0.0.1:{unused.getsockname()[1]}/")
    assert (fetched.outcome, fetched.stage, fetched.status) == (FetchOutcome.CONNECT, "connecting", None)


def test_a_name_that_does_not_exist_is_a_dns_failure() -> None:
    fetched = fetch("http://nobody.invalid/", limits=Limits(connect_timeout=1))
    assert (fetched.outcome, fetched.stage) == (FetchOutcome.DNS, "resolving")


# ---- TLS ----


def test_a_certificate_by_an_authority_we_trust_is_accepted() -> None:
    with HttpServer({"/": reply(200, b"safe")}, certificate=str(TLS / "server.pem")) as server:
        assert fetch(server.url("/", "localhost"), trusted=str(TLS / "ca.pem")).body == b"safe"


@pytest.mark.parametrize(("host", "trusted"), [("localhost", None), ("127.0.0.1", str(TLS / "ca.pem"))])
def test_a_certificate_that_proves_nothing_is_refused(host: str, trusted: str | None) -> None:
    with HttpServer({"/": reply(200, b"?")}, certificate=str(TLS / "server.pem")) as server:
        fetched = fetch(server.url("/", host), trusted=trusted)
        assert (fetched.outcome, fetched.body, server.requests) == (FetchOutcome.TLS, b"", [])


# ---- the budget of all bodies in flight ----


def test_bodies_over_the_budget_wait_for_room_and_all_arrive(server: HttpServer) -> None:
    body = os.urandom(400_000)
    server.routes["/big"] = reply(200, body)
    budget = Budget(500_000)
    most = 0

    async def crowd(client: Client) -> list[Fetched]:
        nonlocal most

        async def watch() -> None:
            nonlocal most
            while True:
                most = max(most, budget.held)
                await asyncio.sleep(0)

        watcher = asyncio.create_task(watch())
        fetched = await asyncio.gather(*(client.fetch(FetchRequest(server.url("/big"))) for _ in range(30)))
        watcher.cancel()
        return fetched

    fetched = using(crowd, budget=budget)
    assert {each.outcome for each in fetched} == {FetchOutcome.OK}
    assert all(each.body == body for each in fetched)
    assert 400_000 <= most <= 900_000
    assert budget.held == 0


def test_a_body_larger_than_the_whole_budget_still_arrives(server: HttpServer) -> None:
    server.routes["/big"] = reply(200, TEXT)
    assert fetch(server.url("/big"), budget=Budget(10)).body == TEXT


def test_a_fetch_that_found_no_room_in_time_was_not_the_servers_fault(server: HttpServer) -> None:
    budget = Budget(10)
    holder = object()
    budget.take(holder, 100)
    fetched = fetch(server.url("/"), budget=budget, deadline=0.3)
    assert fetched.outcome is FetchOutcome.INTERRUPTED
    assert budget.held == 100


def test_a_bomb_that_waited_for_room_is_still_not_unpacked(server: HttpServer) -> None:
    budget = Budget(10)
    holder = object()
    budget.take(holder, 100)
    server.routes["/"] = reply(200, gzip.compress(ZEROS), "Content-Encoding: gzip")

    async def work(client: Client) -> Fetched:
        task = asyncio.create_task(client.fetch(FetchRequest(server.url("/"))))
        while not budget.waiting:  # noqa: ASYNC110 - a budget has no event for it
            await asyncio.sleep(0)
        budget.give(holder, 100)
        return await task

    assert using(work, budget=budget).outcome is FetchOutcome.TOO_LARGE
    assert budget.held == 0
