"""Runs of an enricher over the archive: where each stands, so that one which was broken off goes on from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from storage.tables import enrichment_runs


@dataclass(frozen=True, slots=True)
class EnrichmentRun:
    """How far a run has come. `position` is the last article that is done; `wanted` says which it goes over."""

    enricher: str
    wanted: Mapping[str, Any]
    began_at: datetime
    position: int = 0
    done: int = 0
    changed: int = 0
    failed: int = 0


def begin(tx: Connection, enricher: str, wanted: Mapping[str, Any], now: datetime) -> EnrichmentRun:
    """The run that goes over these articles: one broken off of which the same was `asked`, else a new one."""
    row = tx.execute(select(enrichment_runs).where(enrichment_runs.c.enricher == enricher)).mappings().first()
    if row is not None and row["wanted"]["asked"] == wanted["asked"]:
        return EnrichmentRun(**row)
    end(tx, enricher)
    run = EnrichmentRun(enricher, dict(wanted), now)
    tx.execute(insert(enrichment_runs).values(asdict(run)))
    return run


def advance(tx: Connection, run: EnrichmentRun) -> None:
    """Note how far it has come."""
    mine = update(enrichment_runs).where(enrichment_runs.c.enricher == run.enricher)
    tx.execute(mine.values(position=run.position, done=run.done, changed=run.changed, failed=run.failed))


def end(tx: Connection, enricher: str) -> None:
    """It has come to its end."""
    tx.execute(delete(enrichment_runs).where(enrichment_runs.c.enricher == enricher))
