"""Captures on both databases: kept once, claimed once, applied in order, given up for good reasons, pruned safely."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from dateline.nouns.frontier import Fetched, FetchOutcome, NewCapture, NewVisit, Priority, Redirect, VisitKind
from storage import bodies, captures, frontier, problems, sources
from storage.database import Database
from storage.tables import articles, revisions
from storage.tables import bodies as body_rows
from storage.tables import captures as capture_rows
from storage.tables import visits as visit_rows

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=120)
DAY = timedelta(days=1)


def capture(
    visit_id: int, body: bytes | None, *, at: datetime = NOW, same_as: int | None = None, **more: object
) -> NewCapture:
    fetched = Fetched(
        url="http://a.example/1",
        final_url="http://a.example/one",
        outcome=FetchOutcome.OK,
        stage="done",
        fetched_at=at,
        status=200,
        headers=(("content-type", "text/html"), ("etag", 'W/"1"')),
        redirects=(Redirect(301, "http://a.example/one"),),
    )
    digest = hashlib.sha256(body).digest() if body is not None else None
    return NewCapture(
        visit_id,
        fetched,
        VisitKind.ARTICLE,
        fetched.url,
        body,
        digest,
        same_as is not None,
        same_as,
        **more,  # type: ignore[arg-type]
    )


def keep(database: Database, *new: NewCapture, now: datetime = NOW) -> list[tuple[int, int | None]]:
    with database.write() as tx:
        kept = captures.keep(tx, new, now=now, keep_unchanged_days=7)
        for one, (capture_id, body_id) in zip(new, kept, strict=True):
            changed = update(visit_rows).where(visit_rows.c.id == one.visit_id)
            tx.execute(changed.values(capture_id=capture_id, body_id=body_id))
    return kept


def claim(database: Database, ids: list[int], token: str = "one", *, now: datetime = NOW) -> list[int]:
    with database.write() as tx:
        return [one.id for one in captures.claim(tx, ids, token=token, until=now + LEASE, now=now)]


def apply(database: Database, token: str, *ids: int, state: str = "applied", now: datetime = NOW) -> None:
    with database.write() as tx:
        captures.applied(tx, token, [(i, state, "read") for i in ids], now)


def prune(database: Database, now: datetime, limit: int = 100) -> tuple[int, int]:
    with database.write() as tx:
        return captures.prune(tx, now=now, keep_captures_days=90, keep_unchanged_days=7, limit=limit)


def kept_bodies(database: Database) -> set[int]:
    with database.read() as tx:
        return set(tx.execute(select(body_rows.c.id)).scalars())


@pytest.fixture
def visit_ids(database: Database) -> list[int]:
    new = [
        NewVisit(f"http://a.example/{n}", f"a/{n}", "a.example", VisitKind.ARTICLE, NOW, Priority.NEW_ARTICLE, "new")
        for n in range(4)
    ]
    with database.write() as tx:
        ids = frontier.add_visits(tx, new, NOW)
    return [ids[one.kind, one.url_key] for one in new]


def test_a_capture_comes_back_as_it_was_kept(database: Database, visit_ids: list[int]) -> None:
    new = [capture(visit_id, f"body {visit_id}".encode()) for visit_id in visit_ids]
    kept = keep(database, *new)
    with database.read() as tx:
        loaded = captures.load(tx, [capture_id for capture_id, _ in kept])
        assert [captures.body(tx, one) for one in loaded] == [one.body for one in new]
        assert bodies.load(tx, [kept[0][1] or 0]) == {kept[0][1]: new[0].body}
    assert [one.visit_id for one in loaded] == visit_ids
    assert loaded[0].headers == new[0].fetched.headers
    assert loaded[0].redirects == new[0].fetched.redirects
    assert (loaded[0].fetched_at, loaded[0].status, loaded[0].body_digest) == (NOW, 200, new[0].digest)


def test_an_equal_body_is_shared_and_not_kept_twice(database: Database, visit_ids: list[int]) -> None:
    ((_, body_id),) = keep(database, capture(visit_ids[0], b"same"))
    again = capture(visit_ids[0], None, same_as=body_id)
    ((second, shared),) = keep(database, again)
    assert shared == body_id and len(kept_bodies(database)) == 1
    with database.read() as tx:
        (loaded,) = captures.load(tx, [second])
        assert loaded.same_body and captures.body(tx, loaded) == b"same"


def test_captures_of_one_visit_are_claimed_one_after_another_in_the_order_of_fetching(
    database: Database, visit_ids: list[int]
) -> None:
    ids = [keep(database, capture(visit_ids[0], body))[0][0] for body in (b"1", b"2", b"3")]
    other = keep(database, capture(visit_ids[1], b"x"))[0][0]
    assert claim(database, [*ids[::-1], other]) == [ids[0], other]
    assert claim(database, ids, "two") == []
    apply(database, "one", ids[0])
    assert claim(database, ids, "two") == [ids[1]]
    apply(database, "two", ids[1], state="failed")
    assert claim(database, ids, "three") == [ids[2]]


def test_a_capture_is_applied_by_the_holder_of_its_lease_alone(database: Database, visit_ids: list[int]) -> None:
    ((capture_id, _),) = keep(database, capture(visit_ids[0], b"1"))
    assert claim(database, [capture_id], "late") == [capture_id]
    assert claim(database, [capture_id], "new", now=NOW + LEASE) == [capture_id]
    with database.write() as tx:
        assert captures.fenced(tx, [capture_id], "late") == set()
        assert captures.fenced(tx, [capture_id], "new") == {capture_id}
    apply(database, "late", capture_id)
    assert claim(database, [capture_id], "third", now=NOW + 2 * LEASE) == [capture_id]
    apply(database, "third", capture_id)
    assert claim(database, [capture_id], "fourth", now=NOW + 9 * LEASE) == []


def test_what_kills_its_process_is_tried_alone_the_third_time_and_then_given_up_while_the_rest_is_read(
    database: Database, visit_ids: list[int]
) -> None:
    ids = [keep(database, capture(visit_id, b"x"))[0][0] for visit_id in visit_ids[:3]]
    assert claim(database, ids, now=NOW) == ids  # killed
    assert claim(database, ids, now=NOW + LEASE) == ids  # killed again
    later = NOW + 2 * LEASE
    assert claim(database, ids, "alone", now=later) == [ids[0]]
    assert claim(database, ids, "next", now=later) == [ids[1]]
    apply(database, "next", ids[1])
    assert claim(database, ids, "next", now=later) == [ids[2]]
    apply(database, "next", ids[2])
    assert claim(database, ids, now=NOW + 3 * LEASE) == []  # the first one did kill its process
    with database.read() as tx:
        states = tx.execute(select(capture_rows.c.id, capture_rows.c.state)).all()
        assert dict(states) == {ids[0]: "failed", ids[1]: "applied", ids[2]: "applied"}  # type: ignore[arg-type]
        (problem,) = problems.recent(tx, 10)
    assert (problem.outcome, problem.capture_id) == ("worker_died", ids[0])


def test_a_lease_handed_back_counts_for_nothing(database: Database, visit_ids: list[int]) -> None:
    ((capture_id, _),) = keep(database, capture(visit_ids[0], b"x"))
    for turn in range(5):
        assert claim(database, [capture_id], now=NOW + turn * LEASE) == [capture_id]
        with database.write() as tx:
            captures.hand_back(tx, "one", [capture_id])
    with database.read() as tx:
        assert captures.load(tx, [capture_id])[0].lost_leases == 0


def test_captures_left_lying_are_found(database: Database, visit_ids: list[int]) -> None:
    ids = [keep(database, capture(visit_id, b"x"))[0][0] for visit_id in visit_ids]
    claim(database, ids[:1])
    apply(database, "one", *claim(database, ids[1:2]))
    with database.read() as tx:
        soon = NOW + timedelta(seconds=5)
        assert captures.waiting(tx, now=soon, older_than=soon, limit=9) == ids[2:]
        assert captures.waiting(tx, now=soon, older_than=NOW, limit=9) == []
        assert captures.waiting(tx, now=NOW + LEASE, older_than=NOW + LEASE, limit=2) == [ids[0], ids[2]]
        assert captures.waiting_count(tx) == 3


def rest_revision_on(database: Database, capture_id: int) -> None:
    with database.write() as tx:
        source = sources.ensure(tx, ["a.example"], NOW)["a.example"]
        lists = {"byline": [], "provenance": {}, "content_hash": b""}
        seen = {"first_seen_at": NOW, "updated_at": NOW, "text_from": "page"}
        article = {"key": str(capture_id), "url_key": str(capture_id), "url": "u", "source_id": source}
        tx.execute(insert(articles).values(**article, **lists, **seen))
        article_id = tx.execute(select(func.max(articles.c.id))).scalar_one()
        shown = {"reader": "r", "kind": "first", "observed_at": NOW, "text": "t", "text_from": "page"}
        empty = {"byline": [], "content_hash": b""}
        tx.execute(insert(revisions).values(article_id=article_id, capture_id=capture_id, **shown, **empty))


def test_bodies_go_when_their_time_is_over_but_never_one_that_something_rests_on(
    database: Database, visit_ids: list[int]
) -> None:
    visit_id = visit_ids[0]
    (first, first_body), (revised, revised_body), (unread, unread_body), (idle, idle_body), (last, last_body) = (
        keep(database, capture(visit_id, body))[0] for body in (b"first", b"revised", b"unread", b"idle", b"last")
    )
    for capture_id in (first, revised):
        apply(database, "one", *claim(database, [capture_id]))
    rest_revision_on(database, revised)
    assert prune(database, NOW + 6 * DAY) == (0, 0)
    assert prune(database, NOW + 8 * DAY) == (0, 0)  # the last three were not applied, the first is kept for 90 days
    for capture_id in (unread, idle, last):
        apply(database, "one", *claim(database, [capture_id]))
    assert prune(database, NOW + 16 * DAY) == (0, len(b"unread") + len(b"idle"))
    assert kept_bodies(database) == {first_body, revised_body, last_body}
    assert prune(database, NOW + 89 * DAY) == (0, 0)
    rows, size = prune(database, NOW + 91 * DAY)
    assert (rows, size) == (3, len(b"first"))  # with the captures whose bodies went
    assert kept_bodies(database) == {revised_body, last_body}  # a revision's, and the one to compare with
    with database.read() as tx:
        assert set(tx.execute(select(capture_rows.c.id)).scalars()) == {revised, last}
    assert unread_body and idle_body


def test_a_body_shared_with_a_waiting_capture_stays(database: Database, visit_ids: list[int]) -> None:
    visit_id = visit_ids[0]
    keep(database, capture(visit_id, b"zero"))
    ((first, body_id),) = keep(database, capture(visit_id, b"shared"))
    keep(database, capture(visit_id, None, same_as=body_id))
    keep(database, capture(visit_id, b"other"))
    for _ in range(2):
        apply(database, "one", *claim(database, [first - 1, first]))
    assert prune(database, NOW + 91 * DAY)[1] == len(b"zero")
    assert body_id in kept_bodies(database)
