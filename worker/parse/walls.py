"""Whether a page is a wall: a consent form, a challenge, a log-in, a paywall's stub or a "not found" under a 200.

Precision first. A wall is told by how it speaks *and* by how little else there is: a story about cookie banners has a
body of its own, and quotes the phrases inside its sentences where a wall begins a line with them. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from worker.parse.jsonld import ARTICLE_TYPES
from worker.parse.signs import PageSigns, weight
from worker.parse.wall_phrases import KEY, Opening, phrases, plain

STORY = 1500  # letters of a body that no wall has, but a consent form that names all its purposes
STUB = 600  # letters: what is left of a story before a paywall
HINT = 300  # letters: with fewer, a page that claims to be a story need not be one
FEW = 2500  # letters in all that a challenge shows; the pages of a site have more in their menus alone
BARE = 500  # letters in all of a page that says one thing
ABOUT = 0.5  # of a text's letters, in the lines that speak of consent
MOST_LINES = 2_000
HEAD = 30  # lines
GATES = ("paywall", "login")
LAST = 4  # paragraphs of a stub in which its gate stands
SITE_WORDS = 4  # a site's name beside a title has no more
STORY_TYPES = frozenset([name for name in ARTICLE_TYPES if name.endswith(("Article", "Report", "Posting"))])
CONSENT_HOSTS = ("consent.", "guce.", "myprivacy.", "privacy-mgmt.", "cmp.", "cookiewall.")
CHALLENGE_HOSTS = ("geo.captcha-delivery.com", "validate.perfdrive.com", "challenges.cloudflare.com")
LOGIN_PATHS = frozenset(("login", "log-in", "signin", "sign-in", "anmelden", "connexion", "inloggen", "logowanie"))

_SITE = re.compile(r"\s+[|\u00b7\u00bb:\u2022-]+\s+|\s+[\u2013\u2014]\s+|\s*[|\uff5c]\s*")

Wall = tuple[str, str]  # which, and what told it


def find_wall(signs: PageSigns) -> Wall | None:
    """Which wall a page is, with the phrase or rule that tells it; None for one that is none."""
    if signs.final_url and (moved := wall_by_address(signs.url, signs.final_url, len(signs.text))) is not None:
        return moved
    letters = weight(signs.text) if len(signs.text) < STORY else STORY
    titled = _by_title(signs)
    if letters >= STORY:
        if titled != "consent":
            return None
        # A consent form may name hundreds of purposes; then its title says so too.
        purposes = signs.text[: 2 * STORY].splitlines()
        opening = next((one for one in _openings([*signs.lines[:HEAD], *purposes]) if one.wall == "consent"), None)
        return ("consent", _quoted(opening.phrase)) if opening is not None and _about_consent(purposes) else None
    story = letters >= HINT and not STORY_TYPES.isdisjoint(signs.ld_types)
    if titled == "not found" and not story:
        return "not found", f"its title: {signs.document_title or signs.title}"
    lines = signs.lines[:MOST_LINES] or signs.text.splitlines()
    said = list(_openings(lines))
    visible = sum(map(len, lines))
    return (
        (None if story else _challenge(signs, said, lines, visible, titled, letters))
        or _consent(signs, said, lines, visible, titled)
        or _gate(signs, said, letters)
        or (("login", f"its title: {signs.document_title}") if titled == "login" and letters < HINT else None)
    )


def gated(signs: PageSigns) -> str:
    """What in a text's last paragraphs offers the rest of it for money or an account; empty where nothing does."""
    last = signs.text.rstrip().rsplit("\n\n", LAST)[-LAST:]
    return next((one.phrase for one in _openings(last) if one.wall in GATES), "")


def wall_by_address(url: str, final_url: str, letters: int) -> Wall | None:
    """The wall that stands in for a page with so many letters of text, as the address tells that it led to."""
    if final_url == url:
        return None
    try:
        asked, found = urlsplit(url), urlsplit(final_url)
    except ValueError:
        return None
    host = found.hostname or ""
    if host != asked.hostname and host.startswith(CONSENT_HOSTS):
        return "consent", f"it leads to {host}"
    if host in CHALLENGE_HOSTS or found.path.startswith("/cdn-cgi/challenge"):
        return "challenge", f"it leads to {host}"
    if letters < STORY and not LOGIN_PATHS.isdisjoint(found.path.casefold().split("/")):
        return "login", f"it leads to {host}{found.path}"
    return None


def _by_title(signs: PageSigns) -> str | None:
    """The wall that the window's title names, with nothing beside it but the site's name."""
    known = phrases().titles
    for title in (signs.document_title, signs.title):
        if not title or len(title) > 120:
            continue
        whole = plain(title)
        if wall := known.get(whole) or known.get(whole.rstrip(".!?\u2026")):
            return wall
        parts = _SITE.split(whole)
        for place, part in enumerate(parts):
            others = parts[:place] + parts[place + 1 :]
            wall = known.get(part) or known.get(part.rstrip(".!?\u2026"))
            if wall and others and all(len(other.split()) <= SITE_WORDS for other in others):
                return wall
    return None


def _openings(lines: Iterable[str]) -> Iterator[Opening]:
    """What the lines begin with that walls begin theirs with; who is to log in for a comment may read."""
    table = phrases()
    for line in lines:
        if len(line) >= KEY:
            folded = plain(line)
            for opening in table.openings_of(folded):
                if opening.wall not in GATES or not any(word in folded for word in table.other):
                    yield opening


def _challenge(
    signs: PageSigns, said: Sequence[Opening], lines: Sequence[str], visible: int, titled: str | None, letters: int
) -> Wall | None:
    heard = list(dict.fromkeys(one.phrase for one in said if one.wall == "challenge"))
    if visible >= FEW or letters >= FEW // 2 or not (heard or titled == "challenge"):
        return None
    everything = " ".join(lines).casefold()
    marks = sum(mark in everything for mark in phrases().challenge)
    if titled == "challenge" and (heard or marks or visible < BARE):
        return "challenge", f"its title: {signs.document_title or signs.title}"
    if len(heard) > 1 or (heard and (marks or visible < BARE)):
        return "challenge", _quoted(heard[0])
    return None


def _consent(
    signs: PageSigns, said: Sequence[Opening], lines: Sequence[str], visible: int, titled: str | None
) -> Wall | None:
    """Most of what there is to read speaks of consent, to the reader, with a button to give it."""
    heard = next((one.phrase for one in said if one.wall == "consent"), None)
    if heard is None and titled != "consent":
        return None
    subject = signs.text.splitlines() if signs.text else lines
    # A heading that is no part of the body says it too; but a page with menus may have a banner beside its story.
    spoken = visible < FEW // 2 or any(one.wall == "consent" for one in _openings(subject))
    if not spoken and titled != "consent":
        return None
    buttons = phrases().buttons
    if not _about_consent(subject) or not any(plain(line) in buttons for line in lines if len(line) < 60):
        return None
    return "consent", _quoted(heard) if heard else f"its title: {signs.document_title}"


def _about_consent(lines: Sequence[str]) -> bool:
    """Whether most of these lines' letters stand in lines that speak of consent."""
    words, about, letters = phrases(), 0, 0
    for line in lines:
        folded = line.casefold()
        letters += len(line)
        if folded.strip() in words.buttons or any(word in folded for word in words.consent):
            about += len(line)
    return about >= ABOUT * letters


def _gate(signs: PageSigns, said: Sequence[Opening], letters: int) -> Wall | None:
    """Little of a story, and an offer to read the rest of it."""
    if letters >= STUB or signs.accessible_for_free is True:
        return None
    if signs.accessible_for_free is False:
        return "paywall", f"not free by its own word (isAccessibleForFree), and {letters} letters are all there is"
    offer = next((one for one in said if one.wall in GATES), None)
    return (offer.wall, _quoted(offer.phrase)) if offer is not None else None


def _quoted(phrase: str) -> str:
    return f'"{phrase.replace(" * ", " ... ")}"'
