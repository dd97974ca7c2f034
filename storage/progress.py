"""Signs of life: each process counts what it finishes, and a supervisor sees whether the count still moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import progress


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """What one part of the service did last: its process, how many steps so far, and when."""

    name: str
    pid: int
    count: int
    at: datetime


def step(tx: Connection, name: str, pid: int, now: datetime) -> None:
    """Count one step of `name`. Write it last in its transaction: others count there too."""
    insert = (postgresql if tx.dialect.name == "postgresql" else sqlite).insert(progress)
    tx.execute(
        insert.values(name=name, pid=pid, count=1, at=now).on_conflict_do_update(
            index_elements=[progress.c.name], set_={"pid": pid, "count": progress.c.count + 1, "at": now}
        )
    )


def read_all(tx: Connection) -> dict[str, ProgressRow]:
    """Every row, by name."""
    return {row["name"]: ProgressRow(**row) for row in tx.execute(select(progress)).mappings()}
