"""An article made of a feed's own fields, for when its page cannot be had or is not wanted."""

from __future__ import annotations

import html

from dateline.errors import ReadError
from dateline.nouns.articles import FeedHints, ParsedArticle
from worker.parse import text
from worker.parse.page import open_page

READER = "feed 1"


def read_entry(hints: FeedHints, url: str) -> ParsedArticle:
    """What a feed says of an article: its content, or its summary where there is no more. Every field is from `feed`.

    `text` is empty where the feed gives none. Never fails: markup that cannot be read gives no text.
    """
    title = text.clean(html.unescape(hints.title or "")) or None  # feeds escape titles twice
    bodies = [_plain(markup, url) for markup in (hints.content, hints.summary) if markup]
    body = max(bodies, key=len, default="")
    if text.fold(body) == text.fold(title or ""):
        body = ""
    byline = tuple(name for name in [text.clean(hints.author or "")] if name)
    published = hints.published_at
    fields = {"title": title, "byline": byline, "published_at": published, "text": body, "language": hints.language}
    fields["keywords"] = hints.keywords
    return ParsedArticle(
        title=title,
        byline=byline,
        published_on=published.date() if published else None,
        published_at=published,
        modified_at=hints.updated_at,
        language=hints.language,
        keywords=hints.keywords,
        text=body,
        provenance={name: "feed" for name, value in fields.items() if value},
        content_hash=text.content_hash(title, body) if body else b"",
        reader=READER,
    )


def _plain(markup: str, url: str) -> str:
    """The paragraphs of a piece of markup, or of plain text."""
    try:
        page = open_page(markup.encode("utf-8", "replace"), url, "text/html; charset=utf-8")
    except ReadError:
        return ""
    return text.join(line.text for line in page.lines)
