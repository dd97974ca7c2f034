"""One outcome of a fetch: one log line, one tally, and one record where it is a problem that a person should see."""

from __future__ import annotations

from datetime import datetime

from dateline import log
from dateline.nouns.frontier import Fetched, FetchOutcome, Problem, Tally, Visit, VisitKind

# What happens every day and is no fault of anybody's.
ORDINARY = frozenset({FetchOutcome.OK, FetchOutcome.NOT_MODIFIED, FetchOutcome.REDIRECT_ELSEWHERE})

_log = log.get("fetch")


def tell(visit: Visit, fetched: Fetched) -> None:
    """The log line."""
    _log.info(
        "visit_done",
        visit=visit.id,
        kind=str(visit.kind),
        url=visit.url,
        outcome=str(fetched.outcome),
        status=fetched.status,
        seconds=round(fetched.elapsed, 3),
        **({"stage": fetched.stage, "error": fetched.error} if fetched.outcome not in ORDINARY else {}),
    )


def tally(fetched: Fetched) -> Tally:
    """The metric: how often this outcome came from fetching."""
    return Tally("fetch", str(fetched.outcome))


def problem(visit: Visit, fetched: Fetched, at: datetime) -> Problem | None:
    """The record, where this is one: None for what is ordinary."""
    if fetched.outcome in ORDINARY:
        return None
    return Problem(
        at=at,
        stage=fetched.stage,
        outcome=str(fetched.outcome),
        url=fetched.final_url or visit.url,
        message=fetched.error or str(fetched.outcome).replace("_", " "),
        remedy=fetched.remedy,
        visit_id=visit.id,
        feed_id=visit.subject_id if visit.kind is VisitKind.FEED else None,
    )
