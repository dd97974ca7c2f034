"""The change log's vocabulary."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ChangeKind(StrEnum):
    """What can happen. The words are part of the public interface: only added to."""

    ARTICLE_CREATED = "article.created"  # exactly one for each article, copies too
    ARTICLE_COMPLETED = "article.completed"  # the page came after the feed's own text
    ARTICLE_REVISED = "article.revised"
    ARTICLE_DUPLICATE = "article.duplicate"  # with `duplicate_of`, beside `.created`
    ARTICLE_REROOTED = "article.rerooted"  # `duplicate_of` is another now, or none
    ARTICLE_WALLED = "article.walled"  # what was told as its text is a wall's: the text before it stands, or none
    ARTICLE_REREAD = "article.reread"  # today's reader reads an old capture otherwise: no edit by the publisher
    ARTICLE_GONE = "article.gone"
    ARTICLE_BACK = "article.back"  # the page is there again
    ARTICLE_REMOVED = "article.removed"  # by `feeds remove --with-articles`
    ARTICLE_ENRICHED = "article.enriched"  # after it was saved; what came with its text is in `.created`, `.revised`
    VIEWS_UPDATED = "views.updated"
    STORY_CREATED = "story.created"  # two reports of one event, or a part of another story
    STORY_UPDATED = "story.updated"  # once for all that joined and left in one go
    STORY_MERGED = "story.merged"  # `into` answers for it from now on
    STORY_SPLIT = "story.split"  # some of its reports are a story of their own now: `into`
    FEED_FAILING = "feed.failing"
    FEED_RECOVERED = "feed.recovered"
    FEED_GONE = "feed.gone"


@dataclass(frozen=True, slots=True)
class NewChange:
    """A change to be appended: what happened to which subject. `summary` is small and JSON."""

    kind: ChangeKind
    subject: int
    summary: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A change as consumers read it; `seq` is in commit order."""

    seq: int
    kind: str
    subject: int
    at: datetime
    summary: dict[str, object] = field(default_factory=dict)
