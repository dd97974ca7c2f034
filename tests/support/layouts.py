"""One story printed in the layouts of twenty years of news sites."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

STORY = (Path(__file__).parents[1] / "fixtures" / "pages" / "harbour.txt").read_text()
LINES = [line for line in STORY.splitlines() if line]
DATELINE, TITLE, COUNTER, RULES = LINES[0], LINES[1], LINES[-3], LINES[-2]
PARAGRAPHS = LINES[2:-3]
DAY = DATELINE.removesuffix(" News List")

NAVIGATION = (
    '<a href="/">Front Page</a> | <a href="/town">Town</a> | <a href="/sea">Sea</a> | <a href="/sport">Sport</a>'
)
HEADLINES = {
    "h1": f"<h1>{TITLE}</h1>",
    "font": f'<font size="5"><b>{TITLE}</b></font><br><br>',
    "bold": f"<b>{TITLE}</b><br>",
    "div": f"<div>{TITLE}</div>",
}
BODIES = {
    "p": "".join(f"<p>{escape(p)}</p>\n" for p in PARAGRAPHS),
    "unclosed p": "".join(f"<p>{escape(p)}\n" for p in PARAGRAPHS),
    "double br": "<br><br>\n".join(map(escape, PARAGRAPHS)),
    "br with blanks": "<br>\n&nbsp;<br />\n".join(map(escape, PARAGRAPHS)),
    "single br": "<br>\n".join(map(escape, PARAGRAPHS)),
    "div soup": "".join(f"<div><div><span>{escape(p)}</span></div></div>" for p in PARAGRAPHS),
    "font": "".join(f'<p><font face="Arial" size="2">{escape(p)}</font></p>' for p in PARAGRAPHS),
    "rows": "<table>" + "".join(f"<tr><td>{escape(p)}</td></tr>" for p in PARAGRAPHS) + "</table>",
}
TITLES = {"title": TITLE, "title and site": f"{TITLE} - Ellery Courier", "site": "Ellery Courier"}


def table(headline: str, body: str, title: str, count: str) -> str:
    """The tables of 2007, without any metadata."""
    return (
        f"<html><head><title>{title}</title></head><body bgcolor=white><table width='100%' border=0>"
        f"<tr><td colspan=3>{NAVIGATION}</td></tr><tr><td width=150><a href=/a>Editorials</a><br>"
        "<a href=/b>Features</a></td>"
        f"<td valign=top><font size=1>{DAY} <a href=/list>News List</a></font><br>{headline}{body}<p><i>{count}</i></p>"
        f"<p>{RULES}</p><a href=#top>TOP</a> <a href=#top>top</a></td>"
        f"<td width=120><a href=/x>A storm took the roof of the old fish market</a></td></tr></table></body></html>"
    )


def flat(headline: str, body: str, title: str, count: str) -> str:
    """Everything in one body, parted by breaks and rules."""
    return (
        f"<html><head><title>{title}</title></head><body>{NAVIGATION}<hr>{DATELINE}<br><br>{headline}{body}<br><br>"
        f"{count}<br><br>{RULES}<br><br>TOP <a href=#top>top</a></body></html>"
    )


def modern(headline: str, body: str, title: str, count: str) -> str:
    """JSON-LD, Open Graph, and teasers that carry counters of their own."""
    teasers = "".join(
        f'<li class="card"><a href="/s/{n}"><h3>Another story of the coast, number {n}</h3></a>'
        f"<span>{n} views</span></li>"
        for n in (9100, 77, 12000)
    )
    ld = (
        '{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"Ellery Courier"},{"@type":"NewsArticle",'
        f'"headline":"{TITLE}","datePublished":"2008-10-14T06:00:00+02:00","pagination":"3"'
        "}]}"
    )
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><title>{title}</title><meta property="og:title" content="{TITLE}">'
        f'<meta property="og:site_name" content="Ellery Courier">'
        f'<script type="application/ld+json">{ld}</script></head>'
        f"<body><header><nav>{NAVIGATION}</nav></header><main><article>"
        f"<div class=meta>{DAY} <a href=/list>News List</a></div>"
        f"{headline}<div class=body>{body}</div><p>{count}</p></article>"
        f"<section class=comments><p>{RULES}</p></section></main>"
        f"<aside><h2>Most viewed</h2><ul>{teasers}</ul></aside><div class=more><ul>{teasers}</ul></div>"
        "<footer><a href=#top>TOP</a> top</footer></body></html>"
    )


def pages(count: str = COUNTER) -> Iterator[tuple[str, str, str]]:
    """(name, body, content type) of the story in every layout."""
    for shape in (table, flat, modern):
        for head, headline in HEADLINES.items():
            for text, body in BODIES.items():
                yield (
                    f"{shape.__name__}, {head}, {text}",
                    shape(headline, body, TITLES["title and site"], count),
                    "text/html",
                )
    for name, title in TITLES.items():
        yield f"table, {name}", table(HEADLINES["div"], BODIES["p"], title, count), "text/html"
        yield f"flat, {name}", flat(HEADLINES["bold"], BODIES["double br"], title, count), "text/html"
    story = STORY.replace(COUNTER, count)
    yield "plain text", story, "text/plain; charset=utf-8"
    yield (
        "preformatted",
        f"<html><head><title>x</title></head><body><pre>{escape(story)}</pre></body></html>",
        "text/html",
    )
