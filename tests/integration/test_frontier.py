"""The frontier on both databases: claims, fences, order, wakes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from dateline.nouns.frontier import FetchOutcome, NewVisit, NextVisit, Priority, Reschedule, VisitDone, VisitKind
from storage import frontier, hosts
from storage.database import Database
from storage.hosts import HostDone
from storage.tables import hosts as host_rows
from storage.tables import visits as visit_rows

NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=120)


def visit(url: str, host: str = "a.example", *, due: datetime = NOW, **more: object) -> NewVisit:
    values: dict[str, object] = {"kind": VisitKind.ARTICLE, "priority": Priority.NEW_ARTICLE, "reason": "new"} | more
    return NewVisit(url=url, url_key=url.removeprefix("http://"), host=host, due_at=due, **values)  # type: ignore[arg-type]


def add(database: Database, *new: NewVisit, now: datetime = NOW) -> list[int]:
    with database.write() as tx:
        ids = frontier.add_visits(tx, new, now)
    return [ids[one.kind, one.url_key] for one in new]


def claim(database: Database, token: str = "one", *, now: datetime = NOW, limit: int = 100) -> list[int]:
    with database.write() as tx:
        return hosts.claim(tx, now=now, limit=limit, token=token, until=now + LEASE)


def done(visit_id: int, host_id: int, token: str, *, next_at: datetime | None, **more: object) -> VisitDone:
    return VisitDone(
        visit_id,
        host_id,
        token,
        FetchOutcome.OK,
        NOW,
        NextVisit(next_at, "later"),
        **more,  # type: ignore[arg-type]
    )


def flush(database: Database, *finished: VisitDone, release: bool = True, now: datetime = NOW) -> set[int]:
    with database.write() as tx:
        ours = hosts.held(tx, {one.host_id: one.token for one in finished})
        frontier.finish(tx, [one for one in finished if one.host_id in ours], {}, now)
        if release:
            hosts.give_back(tx, [HostDone(one.host_id, one.token) for one in finished if one.host_id in ours])
    return ours


def row(database: Database, visit_id: int) -> dict[str, object]:
    with database.read() as tx:
        return dict(tx.execute(select(visit_rows).where(visit_rows.c.id == visit_id)).mappings().one())


def head(database: Database, host_id: int, now: datetime = NOW) -> int | None:
    with database.read() as tx:
        found = frontier.next_due(tx, [host_id], now).get(host_id)
    return found.id if found else None


def test_a_claimed_host_is_claimed_by_no_other_until_its_lease_ends(database: Database) -> None:
    add(database, visit("http://a.example/1"))
    (host_id,) = claim(database, "one")
    assert claim(database, "two", now=NOW + LEASE / 2) == []
    assert claim(database, "two", now=NOW + LEASE) == [host_id]


def test_the_late_holder_of_a_lost_lease_writes_nothing(database: Database) -> None:
    (visit_id,) = add(database, visit("http://a.example/1"))
    (host_id,) = claim(database, "one")
    claim(database, "two", now=NOW + LEASE)
    late = done(visit_id, host_id, "one", next_at=NOW + timedelta(days=9))
    assert flush(database, late) == set()
    assert row(database, visit_id)["due_at"] == NOW
    assert flush(database, done(visit_id, host_id, "two", next_at=NOW + timedelta(days=1))) == {host_id}
    assert row(database, visit_id)["due_at"] == NOW + timedelta(days=1)


def test_a_released_host_is_ready_when_its_next_visit_is_due(database: Database) -> None:
    first, _ = add(database, visit("http://a.example/1"), visit("http://a.example/2", due=NOW + timedelta(hours=1)))
    (host_id,) = claim(database)
    flush(database, done(first, host_id, "one", next_at=NOW + timedelta(hours=2)))
    assert claim(database, now=NOW + timedelta(minutes=59)) == []
    assert claim(database, now=NOW + timedelta(hours=1)) == [host_id]


def test_a_host_that_asked_to_be_left_alone_is_not_claimed_before_however_due_or_asked_for(database: Database) -> None:
    first, second = add(database, visit("http://a.example/1"), visit("http://a.example/2"))
    (host_id,) = claim(database)
    later = NOW + timedelta(minutes=30)
    with database.write() as tx:
        assert hosts.release(tx, [HostDone(host_id, "one", next_allowed_at=later, failures=1)]) == {host_id}
    with database.write() as tx:
        frontier.set_due(tx, [first], NOW, "asked for", NOW)
    add(database, visit("http://a.example/3", on_demand=True))
    assert claim(database, now=later - timedelta(seconds=1)) == []
    assert claim(database, now=later) == [host_id]
    with database.write() as tx:  # an earlier moment never cuts a later one short
        hosts.release(tx, [HostDone(host_id, "one", next_allowed_at=NOW)])
    assert claim(database, now=later - timedelta(seconds=1)) == []
    assert second


@pytest.mark.parametrize(
    ("new", "first"),
    [
        ([("x", Priority.REVISIT, 60), ("y", Priority.FEED, 0)], "y"),
        ([("x", Priority.FEED, 0), ("y", Priority.FEED, 60)], "y"),
        ([("x", Priority.NEW_ARTICLE, 600), ("y", Priority.ON_DEMAND, 0), ("z", Priority.FEED, 900)], "y"),
        ([("x", Priority.REVISIT, 0), ("y", Priority.FEED, -60)], "x"),
    ],
)
def test_a_host_is_drained_by_priority_then_by_how_long_a_visit_has_been_due(
    database: Database, new: list[tuple[str, Priority, int]], first: str
) -> None:
    ids = add(
        database,
        *(
            visit(f"http://a.example/{name}", due=NOW - timedelta(seconds=late), priority=level)
            for name, level, late in new
        ),
    )
    names = dict(zip(ids, (name for name, _, _ in new), strict=True))
    (host_id,) = claim(database)
    found = head(database, host_id)
    assert found is not None and names[found] == first


def test_work_that_a_person_waits_for_comes_before_all_that_is_overdue(database: Database) -> None:
    overdue = [visit(f"http://h{i}.example/", f"h{i}.example", due=NOW - timedelta(hours=1)) for i in range(20)]
    add(database, *overdue)
    add(database, visit("http://asked.example/", "asked.example", on_demand=True))
    (host_id,) = claim(database, limit=1)
    found = head(database, host_id)
    assert found is not None and row(database, found)["url"] == "http://asked.example/"


def test_a_visit_added_to_a_leased_host_is_seen_by_the_running_drain_and_after_its_release(database: Database) -> None:
    (first,) = add(database, visit("http://a.example/1"))
    (host_id,) = claim(database)
    (asked,) = add(database, visit("http://a.example/2", on_demand=True))
    assert claim(database, "two") == []  # the wake of a leased host makes it claimable by nobody
    assert head(database, host_id) == asked
    flush(database, done(first, host_id, "one", next_at=NOW + timedelta(days=1)))
    assert claim(database, "two") == [host_id]


def test_an_article_that_was_fetched_is_not_hurried_by_another_feed_but_by_a_person(database: Database) -> None:
    (visit_id,) = add(database, visit("http://a.example/1"))
    with database.write() as tx:
        far = {"due_at": NOW + timedelta(days=3), "first_done": True}
        tx.execute(update(visit_rows).where(visit_rows.c.id == visit_id).values(**far))
    assert add(database, visit("http://a.example/1")) == [visit_id]
    assert row(database, visit_id)["due_at"] == NOW + timedelta(days=3)
    assert add(database, visit("http://a.example/1", on_demand=True, ignore_robots=True)) == [visit_id]
    assert row(database, visit_id) | {"due_at": NOW, "priority": 0, "ignore_robots": True} == row(database, visit_id)


def test_a_stopped_visit_stays_stopped_through_a_flush_and_a_reading(database: Database) -> None:
    (visit_id,) = add(database, visit("http://a.example/feed", kind=VisitKind.FEED, subject_id=7))
    (host_id,) = claim(database)
    with database.write() as tx:
        frontier.stop(tx, VisitKind.FEED, [7], "paused")
    assert head(database, host_id) is None
    flush(database, done(visit_id, host_id, "one", next_at=NOW))
    with database.write() as tx:
        tx.execute(update(visit_rows).values(capture_id=3))
        frontier.reschedule(tx, [Reschedule(visit_id, 3, NextVisit(NOW, "soon"))], NOW)
    assert row(database, visit_id)["due_at"] is None
    assert row(database, visit_id)["reason"] == "paused"
    with database.write() as tx:
        frontier.set_due(tx, [visit_id], NOW, "resumed", NOW)
    assert claim(database, "two") == [host_id]


def test_only_the_newest_capture_sets_the_clock_and_the_validators(database: Database) -> None:
    (visit_id,) = add(database, visit("http://a.example/1"))
    with database.write() as tx:
        tx.execute(update(visit_rows).values(capture_id=5))
        frontier.reschedule(
            tx, [Reschedule(visit_id, 4, NextVisit(NOW + LEASE, "old"), etag='"old"', subject_id=9)], NOW
        )
    assert row(database, visit_id)["etag"] is None
    assert row(database, visit_id)["subject_id"] == 9
    with database.write() as tx:
        frontier.reschedule(tx, [Reschedule(visit_id, 5, NextVisit(NOW + LEASE, "new"), etag='W/"new"')], NOW)
    assert row(database, visit_id) | {"etag": 'W/"new"', "due_at": NOW + LEASE, "reason": "new"} == row(
        database, visit_id
    )
    assert row(database, visit_id)["subject_id"] == 9


def test_a_lost_message_costs_a_visit_nothing_but_a_drain_that_died_is_counted(database: Database) -> None:
    (visit_id,) = add(database, visit("http://a.example/1"))
    (host_id,) = claim(database, "one")
    claim(database, "two", now=NOW + LEASE)  # nobody had begun
    assert row(database, visit_id)["lost_leases"] == 0
    with database.write() as tx:
        assert [host.id for host in hosts.leased(tx, [host_id], "two", NOW + LEASE)] == [host_id]
    claim(database, "three", now=NOW + 2 * LEASE)
    assert row(database, visit_id)["lost_leases"] == 1
    flush(database, done(visit_id, host_id, "three", next_at=NOW + timedelta(days=1)))
    assert row(database, visit_id)["lost_leases"] == 0


def test_a_drain_begins_only_with_its_own_token_and_enough_of_its_lease(database: Database) -> None:
    add(database, visit("http://a.example/1"), visit("http://b.example/1", "b.example"))
    ids = claim(database)
    with database.write() as tx:
        assert hosts.leased(tx, ids, "another", NOW) == []
        assert hosts.leased(tx, ids, "one", NOW + LEASE) == []
        assert {host.name for host in hosts.leased(tx, ids, "one", NOW)} == {"a.example", "b.example"}


def test_an_extended_lease_keeps_the_host_from_others(database: Database) -> None:
    add(database, visit("http://a.example/1"))
    (host_id,) = claim(database)
    with database.write() as tx:
        hosts.extend(tx, hosts.held(tx, {host_id: "one"}), NOW + 3 * LEASE)
    assert claim(database, "two", now=NOW + 2 * LEASE) == []
    assert claim(database, "two", now=NOW + 3 * LEASE) == [host_id]


def test_a_host_handed_back_is_ready_at_once(database: Database) -> None:
    add(database, visit("http://a.example/1"))
    (host_id,) = claim(database)
    with database.write() as tx:
        hosts.hand_back(tx, "another", [host_id])
    assert claim(database, "two") == []
    with database.write() as tx:
        hosts.hand_back(tx, "one", [host_id])
    assert claim(database, "two") == [host_id]


def test_dispatchers_at_once_claim_disjoint_hosts_and_all_of_them(database: Database) -> None:
    add(database, *(visit(f"http://h{i}.example/", f"h{i}.example") for i in range(400)))
    claimed: list[list[int]] = [[] for _ in range(4)]

    def dispatch(place: int) -> None:
        while ids := claim(database, f"token-{place}", limit=7):
            claimed[place] += ids

    threads = [threading.Thread(target=dispatch, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [host_id for part in claimed for host_id in part]
    assert len(everything) == len(set(everything))
    # Rows that another held at that moment are skipped; whoever comes next finds them.
    everything += claim(database, "last", limit=400)
    assert len(everything) == len(set(everything)) == 400


def test_visits_added_while_hosts_are_released_are_never_forgotten(database: Database) -> None:
    (first,) = add(database, visit("http://a.example/0"))
    stop = threading.Event()
    added: list[int] = []

    def adds() -> None:
        for number in range(1, 120):
            added.extend(add(database, visit(f"http://a.example/{number}")))
        stop.set()

    thread = threading.Thread(target=adds)
    thread.start()
    fetched: set[int] = set()
    finished = False
    while not finished:
        finished = stop.is_set()  # one more full round after the last was added
        while host_ids := claim(database):
            while found := head(database, host_ids[0]):
                fetched.add(found)
                flush(database, done(found, host_ids[0], "one", next_at=None), release=False)
            with database.write() as tx:
                hosts.release(tx, [HostDone(host_ids[0], "one")])
    thread.join()
    assert fetched == {first, *added}


def test_a_visit_sent_on_waits_on_the_other_host_and_comes_home_when_done(database: Database) -> None:
    (visit_id,) = add(database, visit("http://a.example/1"))
    (home,) = claim(database)
    flush(
        database,
        done(visit_id, home, "one", next_at=NOW, to_host="b.example", fetch_url="http://b.example/x", hops=1),
    )
    (other,) = claim(database, "two")
    assert other != home
    with database.read() as tx:
        moved = frontier.next_due(tx, [other], NOW)[other]
    assert (moved.id, moved.url, moved.fetch_url, moved.hops) == (
        visit_id,
        "http://a.example/1",
        "http://b.example/x",
        1,
    )
    flush(database, done(visit_id, other, "two", next_at=NOW + LEASE, to_host="a.example"))
    assert row(database, visit_id) | {"host_id": home, "fetch_url": None, "hops": 0} == row(database, visit_id)
    assert claim(database, now=NOW + LEASE) == [home]


def test_a_host_row_has_no_due_visit_left_out_of_its_ready_time(database: Database) -> None:
    add(database, *(visit(f"http://a.example/{n}", due=NOW + n * LEASE, priority=n) for n in (3, 5, 7)))
    claim(database)
    with database.read() as tx:
        assert tx.execute(select(host_rows.c.ready_at)).scalar_one() == NOW + 3 * LEASE
