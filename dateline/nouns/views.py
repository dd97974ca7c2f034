"""View counts that others post: one line each, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec


class ViewKind(StrEnum):
    """What a posted number says: a meter's reading, what came on top, or what a period had in all."""

    COUNT = "count"
    INCREMENT = "increment"
    PERIOD = "period"


class PostedLine(msgspec.Struct, frozen=True, gc=False):
    """One line of a post, checked by itself. One of `article_id`, `key` and `url_key` names the article.

    A struct, since fifty thousand of them are made in one post.
    """

    line: int  # from 1
    kind: ViewKind
    count: int  # the reading, the increment, or the period's views
    meter: str  # as stored: "api:NAME"
    article_id: int | None = None
    key: str | None = None
    url_key: str | None = None
    url: str | None = None  # as it was posted, where it was
    observed_at: datetime | None = None  # None: when its batch came first
    from_at: datetime | None = None  # of a period
    to_at: datetime | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class LineError:
    """Why a line was not kept, in words."""

    line: int  # from 1
    error: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a post. What is neither stored, nor repeated, nor an error waits for its article."""

    stored: int
    repeated: int
    errors: tuple[LineError, ...] = ()
    waiting: int = 0
