"""Rows in bulk, alike on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Item = TypeVar("Item")
CHUNK = 500  # values in one IN list or rows in one statement: far below either database's limit of parameters


def chunks(items: Sequence[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """The items, in order, in lists of at most `size`."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def insert_missing(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that collide with none there; the others are left as they are.

    Sort the rows by their unique key first: two transactions that insert the same keys then never deadlock.
    """
    if not rows:
        return
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    tx.execute(dialect.insert(table).on_conflict_do_nothing(), [dict(row) for row in rows])
