"""Lines of a page that are no part of its story: datelines, navigation, comment rules, links to other stories."""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.parse import dates
from worker.parse.text import fold

MAX_JUNK = 400  # characters; what is longer is prose, whatever it says
MAX_LABEL = 60  # characters of a line that may be a label rather than a sentence

# Whole lines (their words alone, folded), in the languages that readers meet most.
_LABELS = frozenset(
    fold(label)
    for label in """
        TOP | TOP top | Top of page | Back to top | Go to top | Nach oben | Haut de page | Torna su |
        Arriba | Do góry | News List | Home | Print | Print this page | Print this article | Print mail |
        Mail | Email | E-mail | Email this | Share | Share this | Share this article | Share on Facebook |
        Share on Twitter | Share on WhatsApp | Tweet | Facebook | Twitter | WhatsApp | LinkedIn |
        Pinterest | Telegram | Copy link | Teilen | Drucken | Partager | Imprimer | Compartir | Imprimir |
        Condividi | Stampa | Delen | Del | Dela | Udostępnij | Поделиться | 分享 | 列印 | シェア | 공유 | Comments |
        Comment | Leave a comment | Post a comment | No comments | No comments yet | Kommentare |
        Commentaires | Comentarios | Commenti | Next | Previous | Previous story | Next story |
        Next article | Previous article | More | Read more | Read next | Read also | Also read | Related |
        Related stories | Related articles | Related news | See also | More stories | Most read |
        Most popular | Most viewed | Don't miss | Editor's picks | Recommended | Trending | Weiterlesen |
        Mehr zum Thema | Lesen Sie auch | Lire aussi | À lire aussi | Lee también | Leggi anche |
        Lees ook | Advertisement | Advertisement · Scroll to continue | Advertising |
        Story continues below advertisement | Anzeige | Werbung | Publicité | Publicidad | Pubblicità |
        Advertentie | Annonse | Reklama | Реклама | 広告 | 광고 | Article continues below |
        Article continues after ad | Sign up | Subscribe | Log in | Register | Follow us | Loading |
        Skip to main content | Sponsored | Sponsored content | Save | Bookmark | Listen |
        Listen to this article | Close | Menu | Search
    """.split("|")  # noqa: SIM905  a table of labels reads better than a hundred quotes
)
# Lines that open so are boilerplate wherever they stand.
_OPENINGS = re.compile(
    r"""^(?:comments\ (?:will\ be|are)\ (?:moderated|closed|reviewed)|remarks\ containing|comments?\ (?:may|must)\ be\b
    |keep\ comments\ relevant|please\ (?:note\ that\ )?(?:log\ in|sign\ in|register|subscribe)\ (?:to|or)
    |you\ (?:must|need\ to)\ be\ logged\ in|your\ email\ address\ will\ not\ be
    |sign\ up\ (?:for|to)\ (?:our|the|receive|get)
    |subscribe\ (?:to|for|now)\b|(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*\d{4}|all\ rights\ reserved|follow\ us\ on
    |get\ (?:our|the)\ .{0,40}newsletter|don.t\ miss[:!]|(?:read|see|watch)\ (?:more|also|next)\s*[:：]|related\s*[:：]
    |also\ (?:read|on)\b.{0,12}[:：]|more\ (?:on|from)\ .{0,40}[:：]|click\ here\ to
    |lesen\ sie\ (?:auch|hier|mehr)\b|mehr\ (?:zum\ thema|dazu)\b.{0,3}[:：]|lire\ aussi|à\ lire\ aussi
    |lee\ también|leggi\ anche|lees\ ook|les\ også|läs\ också|læs\ også
    |kommentare\ werden|die\ kommentare|les\ commentaires\ (?:sont|seront)|los\ comentarios\ (?:son|serán))""",
    re.IGNORECASE | re.VERBOSE,
)


def without_junk(
    paragraphs: Iterable[str], title: str | None, byline: Iterable[str] = (), links: frozenset[str] = frozenset()
) -> list[str]:
    """The paragraphs that tell the story: without its repeated headline, datelines, labels, links and boilerplate.

    `links` are the lines, folded, that the page prints as links alone.
    """
    headline = fold(title or "")
    names = {fold(name) for name in byline}
    kept: list[str] = []
    for paragraph in paragraphs:
        if len(paragraph) > MAX_JUNK:
            kept.append(paragraph)
            continue
        words = fold(paragraph)
        if not words or words in links or is_junk(paragraph, words):
            continue
        if not kept and words in (headline, *names):
            continue
        if len(paragraph) <= 80 and (words == headline or _is_byline(words, names)):
            continue
        kept.append(paragraph)
    return kept


def is_junk(paragraph: str, words: str) -> bool:
    """Whether a line is a label, a dateline or boilerplate; `words` is it folded."""
    if words in _LABELS:
        return True
    if len(paragraph) <= MAX_LABEL + 20:
        dateline = dates.parse_dateline(paragraph)
        if dateline is not None and dateline.alone:
            return True
        if len(paragraph) <= 40 and dates.parse_dated_line(paragraph) is not None:
            return True
    return _OPENINGS.match(paragraph) is not None


def _is_byline(words: str, names: set[str]) -> bool:
    return any(words == f"{by} {name}" for name in names for by in ("by", "von", "par", "por"))
