"""What a page is: a wall, a live blog, a video, a gallery, an index of other pages, or else an article. Pure."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from dateline.nouns.articles import PageKind
from worker.parse.signs import Kind, PageSigns, weight
from worker.parse.walls import STORY, STORY_TYPES, find_wall, gated

LITTLE = 600  # letters of text beside a video or pictures
LINKED = 0.6  # of all letters inside links: an index
HEADLINES = 12  # lines as long as headlines that an index has at least
HEADLINE = range(25, 161)  # letters
POSTS = 4  # moments that a live blog shows at least

_LIVE = re.compile(r"/live/|/live-|-live/|live-?blog|live-?ticker|live-?updates?|/en-direct|-en-direct|en-vivo|ao-vivo")
_VIDEO = re.compile(r"/(?:videos?|watch|clips?|mediathek|tv)/")
_GALLERY = re.compile(
    r"/(?:galler(?:y|ies)|photos?|pictures|photo-gallery|slideshows?|bildergaleri|galeri[ae]?s?|galerias?|diaporamas?|"
    r"fotostrecken?|fotogaleri[ae]s?|fotogalerij|fotos?|zdjecia|bilder)/|fotostrecke|fotogaleri|diaporama|photo-gallery"
)
_HOME = re.compile(r"/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|default|home)(?:\.\w{2,5})?/?)?", re.IGNORECASE)
_MOMENT = re.compile(
    r"(?:\d{1,2}[:.h]\d{2}|\d{1,2} ?[ap]\.?m\b|\d{1,3} ?(?:m|min|mins|minutes|h|hours?) ago\b)", re.IGNORECASE
)


def kind_of(signs: PageSigns) -> Kind:
    """The kind of a page, with what told it, and whether the publisher keeps it from those who do not pay."""
    paywalled = _paywalled(signs)
    if (wall := find_wall(signs)) is not None:
        name, reason = wall
        return Kind(PageKind.WALL, name, reason, True if name == "paywall" else paywalled)
    kind, reason = _shape(signs)
    return Kind(kind, "", reason, paywalled)


def _shape(signs: PageSigns) -> tuple[PageKind, str]:
    address = _address(signs.final_url or signs.url)
    path = address.path.casefold()
    if "LiveBlogPosting" in signs.ld_types:
        return PageKind.LIVE_BLOG, "JSON-LD: LiveBlogPosting"
    if _LIVE.search(path) and sum(_MOMENT.match(line) is not None for line in signs.lines) >= POSTS:
        return PageKind.LIVE_BLOG, "its address, and posts with their times"
    if len(signs.text) >= STORY:
        return PageKind.ARTICLE, ""
    letters = weight(signs.text)
    if letters < LITTLE and (reason := _video(signs, path)):
        return PageKind.VIDEO, reason
    if letters < STORY and (reason := _gallery(signs, path)):
        return PageKind.GALLERY, reason
    if reason := _index(signs, address, letters):
        return PageKind.INDEX, reason
    return PageKind.ARTICLE, ""


def _video(signs: PageSigns, path: str) -> str:
    declared = _first(signs, "og:type")
    if declared.startswith("video"):
        return f"og:type: {declared}"
    told = "VideoObject" in signs.ld_types
    if told and STORY_TYPES.isdisjoint(signs.ld_types):
        return "JSON-LD: VideoObject"
    return "its address, and a video" if _VIDEO.search(path) and (told or "og:video" in signs.meta) else ""


def _gallery(signs: PageSigns, path: str) -> str:
    named = next((name for name in ("ImageGallery", "MediaGallery") if name in signs.ld_types), "")
    if named and STORY_TYPES.isdisjoint(signs.ld_types):
        return f"JSON-LD: {named}"
    return "its address" if _GALLERY.search(path) and (named or len(signs.text) < LITTLE) else ""


def _index(signs: PageSigns, address: SplitResult, letters: int) -> str:
    """A home or section page: whose address says so, or that hardly holds anything but headlines to other pages."""
    if not STORY_TYPES.isdisjoint(signs.ld_types):
        return ""
    if address.netloc and not address.query and _HOME.fullmatch(address.path):
        return "its address is a front page's"
    declared = _first(signs, "og:type")
    if signs.link_share < LINKED or declared.startswith("article") or letters >= LITTLE:
        return ""
    headlines = sum(len(line) in HEADLINE for line in signs.lines)
    if headlines >= HEADLINES and (declared == "website" or "CollectionPage" in signs.ld_types):
        return f"{headlines} headlines, and {signs.link_share:.0%} of its letters are links"
    return ""


def _paywalled(signs: PageSigns) -> bool | None:
    if signs.accessible_for_free is not None:
        return not signs.accessible_for_free
    tier = _first(signs, "article:content_tier")
    if tier in ("free", "locked"):
        return tier == "locked"
    return True if len(signs.text) < STORY and signs.text and gated(signs) else None


def _first(signs: PageSigns, name: str) -> str:
    values = signs.meta.get(name)
    return values[0].strip().casefold() if values else ""


def _address(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
