"""Fingerprints of texts, and the keys by which likely copies find each other: claimed, looked up, expired.

Two workers with copies of one story at one moment both claim the keys that the texts share. The second waits for the
first's transaction, and reads the first as an owner then. Keys are claimed in their order, so that none deadlock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, LargeBinary, bindparam, delete, select, text
from sqlalchemy.dialects import postgresql, sqlite

from dateline.nouns.copies import Fingerprint, KnownText
from storage.bulk import chunks
from storage.tables import fingerprints, lsh_bands
from storage.types import Instant

MARK = 8  # bytes of one owner
OWNERS = 8  # of one key: the newest

Owners = dict[int, tuple[int, ...]]


def claim(tx: Connection, keys: Mapping[int, Iterable[int]], now: datetime) -> Owners:
    """Become an owner of these keys (by the mark that claims them); all the owners of each, the newest first.

    Held to the end of the transaction: who claims one of them meanwhile waits.
    """
    claims: dict[int, bytes] = {}
    for mark, claimed in keys.items():
        for key in claimed:
            claims[key] = _packed(mark) + claims.get(key, b"")
    rows = [{"key": key, "owners": owners[: OWNERS * MARK], "at": now} for key, owners in sorted(claims.items())]
    if not rows:
        return {}
    found = _claim_on_postgres(tx, rows, now) if tx.dialect.name == "postgresql" else _claim_on_sqlite(tx, rows)
    return {key: tuple(_marks(owners)) for key, owners in found}


def owners(tx: Connection, keys: Collection[int]) -> Owners:
    """The owners of these keys, the newest first; nothing is claimed or held."""
    query = select(lsh_bands.c.key, lsh_bands.c.owners)
    rows = (row for part in chunks(sorted(keys)) for row in tx.execute(query.where(lsh_bands.c.key.in_(part))))
    return {row.key: tuple(_marks(row.owners)) for row in rows}


# The row of a key that stands already is locked by the update too, whether or not anything in it changes. 64 bytes: the
# newest eight owners.
_CLAIM = text(
    "INSERT INTO lsh_bands AS known (key, owners, at) "
    "SELECT new.key, new.owners, :at FROM unnest(CAST(:keys AS bigint[]), :owners) AS new(key, owners) ORDER BY 1 "
    "ON CONFLICT (key) DO UPDATE SET at = EXCLUDED.at, owners = CASE "
    "WHEN position(EXCLUDED.owners IN known.owners) > 0 THEN known.owners "
    "ELSE substring(EXCLUDED.owners || known.owners FROM 1 FOR 64) END RETURNING known.key, known.owners"
).bindparams(bindparam("at", type_=Instant()), bindparam("owners", type_=postgresql.ARRAY(LargeBinary)))


def _claim_on_postgres(tx: Connection, rows: list[dict[str, Any]], now: datetime) -> list[tuple[int, bytes]]:
    columns = {"keys": [row["key"] for row in rows], "owners": [row["owners"] for row in rows], "at": now}
    return [(row.key, row.owners) for row in tx.execute(_CLAIM, columns)]


def _claim_on_sqlite(tx: Connection, rows: list[dict[str, Any]]) -> list[tuple[int, bytes]]:
    """A write transaction is alone there: what is read stays true until it is written."""
    standing = {key: b"".join(map(_packed, marks)) for key, marks in owners(tx, [row["key"] for row in rows]).items()}
    for row in rows:
        before = standing.get(row["key"], b"")
        row["owners"] = before if row["owners"] in before else (row["owners"] + before)[: OWNERS * MARK]
    upsert = sqlite.insert(lsh_bands)
    tx.execute(
        upsert.on_conflict_do_update(
            index_elements=["key"], set_={"owners": upsert.excluded.owners, "at": upsert.excluded.at}
        ),
        rows,
    )
    return [(row["key"], row["owners"]) for row in rows]


def keep(tx: Connection, texts: Mapping[int, KnownText], now: datetime) -> None:
    """Store these texts' fingerprints by their marks, in place of what was known of them."""
    rows = [
        {
            "mark": mark,
            "url_key": known.url_key,
            **{name: getattr(known.fingerprint, name) for name in _FIELDS},
            "at": now,
        }
        for mark, known in sorted(texts.items())
    ]
    if not rows:
        return
    upsert: Any = (postgresql if tx.dialect.name == "postgresql" else sqlite).insert(fingerprints)
    fresh = {column.name: column for column in upsert.excluded if column.name != "mark"}
    tx.execute(upsert.on_conflict_do_update(index_elements=["mark"], set_=fresh), rows)


def load(tx: Connection, marks: Collection[int]) -> dict[int, KnownText]:
    """The texts with these marks, without their keys; those that have expired are left out."""
    columns = [fingerprints.c[name] for name in ("mark", "url_key", *_COMPARED)]
    found: dict[int, KnownText] = {}
    for part in chunks(sorted(marks)):
        for row in tx.execute(select(*columns).where(fingerprints.c.mark.in_(part))):
            one = Fingerprint(**{name: getattr(row, name) for name in _COMPARED})
            found[row.mark] = KnownText(row.url_key, one)
    return found


def forget(tx: Connection, marks: Collection[int]) -> None:
    """Forget these texts: nothing is a copy of them any more."""
    for part in chunks(sorted(marks)):
        tx.execute(delete(fingerprints).where(fingerprints.c.mark.in_(part)))


def expire(tx: Connection, before: datetime, *, limit: int) -> int:
    """Forget texts claimed before this moment, the oldest first, and the keys that nobody claimed since; how many."""
    query = select(fingerprints.c.mark, fingerprints.c["keys"].label("packed")).where(fingerprints.c.at < before)
    old = tx.execute(query.order_by(fingerprints.c.at).limit(limit)).all()
    keys = {key for row in old for key in _marks(row.packed, "little")}
    for part in chunks(sorted(keys)):
        tx.execute(delete(lsh_bands).where(lsh_bands.c.key.in_(part), lsh_bands.c.at < before))
    for part in chunks(sorted(row.mark for row in old)):
        tx.execute(delete(fingerprints).where(fingerprints.c.mark.in_(part), fingerprints.c.at < before))
    return len(old)


_COMPARED = ("version", "text_hash", "size", "sketch", "lead", "facts")
_FIELDS = (*_COMPARED, "keys")


def _packed(mark: int) -> bytes:
    return mark.to_bytes(MARK, "big", signed=True)


def _marks(packed: bytes, order: Any = "big") -> Iterator[int]:
    return (int.from_bytes(packed[at : at + MARK], order, signed=True) for at in range(0, len(packed), MARK))
