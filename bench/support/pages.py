"""Pages of the size that publishers really serve: from folders of saved pages, else made up here."""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path

_WORDS = """council harbour minister budget river station report market village engine season teacher winter border
festival hospital committee railway museum voter storm factory island verdict reform captain orchestra statement bridge
election water evening people morning company president agreement question community history"""
_JOINTS = "the of in after before with and for about under near without against because while when over"
WORDS, JOINTS = _WORDS.split(), _JOINTS.split()

# What names the saved page's own address would make all copies of it one article.
_OWN_ADDRESS = re.compile(rb"""(?i)(rel\s*=\s*["']?)(canonical|amphtml)\b|(property\s*=\s*["']?)(og:url)\b""")
_PARAGRAPH = re.compile(rb"(?i)<p(?:\s[^>]*)?>")
_TITLE = re.compile(rb"(?i)<title(?:\s[^>]*)?>")


def saved(folders: list[Path]) -> list[bytes]:
    """Every `.html` or `.html.gz` below these folders, in a stable order."""
    pages = []
    for folder in folders:
        for path in sorted(folder.rglob("*.html*")):
            content = path.read_bytes()
            pages.append(gzip.decompress(content) if path.suffix == ".gz" else content)
    return pages


def numbered(shape: bytes, number: int) -> bytes:
    """This page as the one of item `number`: a text and a title of its own, and no other page's address."""
    page = _OWN_ADDRESS.sub(lambda m: (m[1] or m[3]) + b"bench-" + (m[2] or m[4]), shape)
    note = f"Item {number} of the bench: {_sentence(random.Random(number))}".encode()  # plain ASCII: fits any charset
    page = _TITLE.sub(lambda m: m[0] + f"{number}: ".encode(), page, count=1)
    return _PARAGRAPH.sub(lambda m: m[0] + note + b" ", page, count=1)


def made_up(count: int, seed: int = 1) -> list[bytes]:
    """`count` page shapes as a modern news site builds them, 60 to 160 kB each."""
    return [_page(random.Random(seed * 100_003 + i)) for i in range(count)]


def _sentence(rng: random.Random) -> str:
    length = rng.randint(8, 24)
    words = [rng.choice(JOINTS if i % 3 == 1 else WORDS) for i in range(length)]
    return " ".join(words).capitalize() + "."


def _paragraph(rng: random.Random) -> str:
    return " ".join(_sentence(rng) for _ in range(rng.randint(2, 5)))


def _page(rng: random.Random) -> bytes:
    title = " ".join(rng.sample(WORDS, 7)).capitalize()
    day = f"2026-{rng.randint(1, 9):02d}-{rng.randint(10, 28)}T0{rng.randint(0, 9)}:15:00Z"
    author = f"{rng.choice(WORDS).title()} {rng.choice(WORDS).title()}"
    linked = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": day}
    linked["author"] = {"@type": "Person", "name": author}  # type: ignore[assignment]  # JSON nests
    body = "\n".join(f"<p class='story-body__p'>{_paragraph(rng)}</p>" for _ in range(rng.randint(8, 30)))
    state = json.dumps({rng.choice(WORDS) + str(i): rng.random() for i in range(rng.randint(400, 1600))})
    style = "\n".join(f".c{i}-{rng.choice(WORDS)}{{margin:{i}px;color:#{i:06x}}}" for i in range(rng.randint(200, 700)))
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | The Bench</title>
<meta name="description" content="{_sentence(rng)}"><meta property="og:title" content="{title}">
<meta property="article:published_time" content="{day}"><script type="application/ld+json">{json.dumps(linked)}</script>
<style>{style}</style></head><body class="theme-light">{_navigation(rng)}
<main><article><header><h1>{title}</h1><span class="byline">By <a rel="author" href="/by">{author}</a></span>
<time datetime="{day}">{day[:10]}</time></header><figure><img src="/i.jpg" alt="">
<figcaption>{_sentence(rng)}</figcaption></figure>{body}</article><aside>{_teasers(rng)}</aside></main>{_navigation(rng)}
<script>window.__STATE__={state}</script></body></html>""".encode()


def _navigation(rng: random.Random) -> str:
    links = (f"<li class='nav__item'><a href='/s/{i}'>{rng.choice(WORDS)}</a></li>" for i in range(rng.randint(30, 90)))
    return f"<nav aria-label='main'><ul class='nav'>{''.join(links)}</ul></nav>"


def _teasers(rng: random.Random) -> str:
    icon = "<svg viewBox='0 0 24 24'><path d='" + "M1 2l3 4 5-6z" * 12 + "'/></svg>"
    card = "<div class='card card--s'><a href='/t/{}'>{}<h3>{}</h3><p>{}</p></a><span>{} min</span></div>"
    return "".join(
        card.format(i, icon, _sentence(rng), _sentence(rng), rng.randint(1, 9)) for i in range(rng.randint(20, 60))
    )
