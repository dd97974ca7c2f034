"""The demo newspaper's feeds in the four formats in use: RSS 2.0, Atom (RFC 4287), RSS 1.0 and JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import formatdate
from xml.sax.saxutils import escape

from cli.demo_site.newspaper import SECTIONS, Story

Writer = Callable[[str, str, Sequence[Story], float], str]
TITLE = "The Loopback Gazette"


def rss(base: str, section: str, stories: Sequence[Story], _now: float) -> str:
    """RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(s.headline)}</title><link>{base}{s.path}</link>"
        f'<guid isPermaLink="false">gazette-{s.number}</guid>'
        f"<pubDate>{formatdate(s.published_at, usegmt=True)}</pubDate>"
        f"<dc:creator>{escape(s.author)}</dc:creator><description>{escape(s.paragraphs[0])}</description></item>\n"
        for s in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{TITLE}: {SECTIONS[section]}</title><link>{base}/{section}/</link>"
        f"<description>{SECTIONS[section]} news from {TITLE}</description>"
        f"<language>en</language>\n{items}</channel></rss>\n"
    )


def atom(base: str, section: str, stories: Sequence[Story], now: float) -> str:
    """Atom."""
    entries = "".join(
        f'<entry><title>{escape(s.headline)}</title><link href="{base}{s.path}"/>'
        f"<id>tag:gazette.invalid,2026:{s.number}</id>"
        f"<published>{_iso(s.published_at)}</published><updated>{_iso(s.edited_at(now))}</updated>"
        f"<author><name>{escape(s.author)}</name></author><summary>{escape(s.paragraphs[0])}</summary></entry>\n"
        for s in stories
    )
    updated = max((s.edited_at(now) for s in stories), default=0.0)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
        f"<title>{TITLE}: {SECTIONS[section]}</title><id>tag:gazette.invalid,2026:{section}</id>"
        f'<link href="{base}/{section}/"/><link rel="self" href="{base}/{section}/feed.atom"/>'
        f"<updated>{_iso(updated)}</updated>\n{entries}</feed>\n"
    )


def rdf(base: str, section: str, stories: Sequence[Story], _now: float) -> str:
    """RSS 1.0."""
    places = "".join(f'<rdf:li rdf:resource="{base}{s.path}"/>' for s in stories)
    items = "".join(
        f'<item rdf:about="{base}{s.path}"><title>{escape(s.headline)}</title><link>{base}{s.path}</link>'
        f"<dc:date>{_iso(s.published_at)}</dc:date><dc:creator>{escape(s.author)}</dc:creator>"
        f"<description>{escape(s.paragraphs[0])}</description></item>\n"
        for s in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF xmlns="http://purl.org/rss/1.0/" '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{base}/{section}/feed.rdf"><title>{TITLE}: {SECTIONS[section]}</title>'
        f"<link>{base}/{section}/</link><description>{SECTIONS[section]} news</description>"
        f"<items><rdf:Seq>{places}</rdf:Seq></items></channel>\n{items}</rdf:RDF>\n"
    )


def json_feed(base: str, section: str, stories: Sequence[Story], now: float) -> str:
    """JSON Feed."""
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"{TITLE}: {SECTIONS[section]}",
            "home_page_url": f"{base}/{section}/",
            "feed_url": f"{base}/{section}/feed.json",
            "language": "en",
            "items": [
                {
                    "id": f"gazette-{s.number}",
                    "url": base + s.path,
                    "title": s.headline,
                    "summary": s.paragraphs[0],
                    "date_published": _iso(s.published_at),
                    "date_modified": _iso(s.edited_at(now)),
                    "authors": [{"name": s.author}],
                }
                for s in stories
            ],
        },
        ensure_ascii=False,
    )


def _iso(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


# suffix -> (content type, writer)
FORMATS: dict[str, tuple[str, Writer]] = {
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "atom": ("application/atom+xml; charset=utf-8", atom),
    "rdf": ("application/rdf+xml; charset=utf-8", rdf),
    "json": ("application/feed+json; charset=utf-8", json_feed),
}
# The feed that each section's pages announce: one of each kind.
ANNOUNCED = {section: f"/{section}/feed.{suffix}" for section, suffix in zip(SECTIONS, FORMATS, strict=True)}
