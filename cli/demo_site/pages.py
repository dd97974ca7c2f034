"""The demo newspaper's pages: story pages in four markups from twenty years of the web, section pages, robots.txt."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape

from cli.demo_site.feeds import ANNOUNCED, FORMATS, TITLE
from cli.demo_site.newspaper import SECTIONS, Story

MODERATED = (
    "Comments will be moderated. Remarks containing abusive and obscene language, personal attacks of any kind or "
    "promotion will be removed and the user banned."
)
ROBOTS = "User-agent: *\nDisallow: /truth.json\nAllow: /\n"


def story_page(base: str, story: Story, now: float) -> str:
    """A story in the markup that its desk uses."""
    return MARKUPS[story.markup](base, story, now)


def listing(section: str | None, stories: Sequence[Story]) -> str:
    """The home page (no section) or a section's page: the newest headlines, and the feeds in the head."""
    announced = [section] if section else list(SECTIONS)
    links = "".join(
        f'<link rel="alternate" type="{FORMATS[ANNOUNCED[name].rsplit(".")[-1]][0].split(";")[0]}" '
        f'title="{SECTIONS[name]}" href="{ANNOUNCED[name]}">'
        for name in announced
    )
    items = "".join(
        f'<li><a href="{s.path}">{escape(s.headline)}</a> <small>{SECTIONS[s.section]}</small></li>\n' for s in stories
    )
    title = f"{TITLE}: {SECTIONS[section]}" if section else TITLE
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{links}</head>\n'
        f"<body>{_navigation()}<h1>{title}</h1>\n<ul>\n{items}</ul></body></html>\n"
    )


def _classic(_base: str, story: Story, now: float) -> str:
    """Tables and fonts of 2007, without metadata."""
    text = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.text(now))
    return f"""<HTML><HEAD><META http-equiv="Content-Type" content="text/html; charset=utf-8">
<TITLE>{TITLE} - {escape(story.headline)}</TITLE></HEAD><BODY bgcolor="#ffffff">
<table width="760" border="0"><tr><td colspan="2">{_navigation()}</td></tr>
<tr><td width="160" valign="top"><font size="1">{_menu()}</font></td><td valign="top">
<font size="1">{_dateline(story)} <a href="/{story.section}/">News List</a></font>
<h1>{escape(story.headline)}</h1>
<font size="2">{text}</font>
<p><i>This story has been viewed {story.views(now)} times.</i></p>
<hr><font size="1">{MODERATED}</font><br><a href="#top">TOP</a>
</td></tr></table></BODY></HTML>
"""


def _modern(base: str, story: Story, now: float) -> str:
    """Landmarks, Open Graph and JSON-LD, and teasers beside the story."""
    published, edited = _iso(story.published_at), _iso(story.edited_at(now))
    metadata = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": story.headline,
            "datePublished": published,
            "dateModified": edited,
            "author": [{"@type": "Person", "name": story.author}],
            "articleSection": SECTIONS[story.section],
            "publisher": {"@type": "Organization", "name": TITLE},
        }
    ).replace("</", "<\\/")
    text = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.text(now))
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{escape(story.headline)} | {TITLE}</title><link rel="canonical" href="{base}{story.path}">
<meta property="og:type" content="article"><meta property="og:title" content="{escape(story.headline)}">
<meta property="article:published_time" content="{published}"><meta property="og:site_name" content="{TITLE}">
<script type="application/ld+json">{metadata}</script></head><body>
<header>{_navigation()}</header><main><article><header><h1>{escape(story.headline)}</h1>
<p class="byline">By {escape(story.author)}</p><time datetime="{published}">{_dateline(story)}</time></header>
<div class="article-body">{text}</div>
<footer class="stats">This story has been viewed {story.views(now)} times.</footer></article></main>
<aside><h2>More sections</h2>{_menu()}</aside><section class="comments"><p>{MODERATED}</p></section>
<footer><a href="#top">TOP</a></footer></body></html>
"""


def _breaks(_base: str, story: Story, now: float) -> str:
    """Line breaks instead of paragraphs."""
    text = "<br><br>\n".join(escape(paragraph) for paragraph in story.text(now))
    return f"""<html><head><meta charset="utf-8"><title>{escape(story.headline)} - {TITLE}</title>
<meta name="author" content="{escape(story.author)}"></head><body>
<div id="nav">{_navigation()}</div><div id="date">{_dateline(story)} News List</div>
<h2>{escape(story.headline)}</h2>
<div id="story">{text}<br><br>
This story has been viewed {story.views(now)} times.<br></div>
<div id="comments">{MODERATED}</div><div id="footer">TOP</div></body></html>
"""


def _plain(_base: str, story: Story, now: float) -> str:
    """Plain text between two tags, as printing pages had it."""
    text = "\n\n".join(escape(paragraph) for paragraph in story.text(now))
    return f"""<html><head><meta charset="utf-8"><title>{escape(story.headline)}</title></head><body><pre>
{_dateline(story)} News List

{escape(story.headline)}


{text}

This story has been viewed {story.views(now)} times.

{MODERATED}

TOP top.
</pre></body></html>
"""


MARKUPS: dict[str, Callable[[str, Story, float], str]] = {
    "classic": _classic,
    "modern": _modern,
    "breaks": _breaks,
    "plain": _plain,
}


def _navigation() -> str:
    links = " | ".join(f'<a href="/{section}/">{title}</a>' for section, title in SECTIONS.items())
    return f'<nav><a href="/">{TITLE}</a> | {links}</nav>'


def _menu() -> str:
    return "".join(f'<a href="/{section}/">{title} news</a><br>' for section, title in SECTIONS.items())


def _dateline(story: Story) -> str:
    return f"{datetime.fromtimestamp(story.published_at, UTC):%a, %b %d, %Y} - Page {story.page}"


def _iso(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"
