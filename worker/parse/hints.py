"""What the attributes of elements say of them, by stems that publishers use in many languages: a bit a group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

MAX_HINT = 400  # characters of a tag's attributes that are looked at
WORDS_KEPT = 32_768  # words in them that are remembered, since publishers repeat themselves

# A stem is found anywhere in a word; "^" and "$" stand for the word's borders.
HINTS = (
    "article story body content entry post text main paragraph prose detail artikel cuerpo corpo noticia nota",
    "comment disqus reply replies respond",
    "related recommend ^more more$ also similar popular trending latest most outbrain taboola ^next ^prev further"
    " verwandt mehr",
    "teaser card promo feed widget carousel sidebar aside rail list slider grid tile",
    "share social follow tweet twitter facebook insta tool icon embed",
    "foot nav menu breadcrumb masthead banner skip search login account",
    "cookie consent gdpr modal popup overlay paywall subscri newsletter signup donat piano offer regist",
    "caption credit figure image photo gallery media video player copyright legende bild",
    "byline author ^bio$ profile contributor autor",
    "meta date time ^tag$ ^tags$ topic categor kicker label info source",
    "headline title ^dek subhead standfirst lead lede intro summary excerpt description chapo sapo header",
    "advert ^ad$ ^ads$ sponsor dfp commercial affiliate product price shop",
    "quote pull highlight table ^box box$ ^note infobox poll quiz ^faq ^toc$",
    "^hidden$ ^none$ ^visually ^sr$ screenreader",
)
_STEMS: dict[str, list[tuple[str, int]]] = {}  # by their first three characters
for _bit, _group in enumerate(HINTS):
    for _stem in _group.split():
        _STEMS.setdefault(_stem[:3], []).append((_stem, 1 << _bit))

_ATTRIBUTES = "hidden class id itemprop role style data-testid data-component data-component-name data-type"
_HINTING = frozenset(f"{space}{name}=" for name in _ATTRIBUTES.split() for space in ("", " "))
_WORD = re.compile("[a-z]{2,40}|\0")


def hints(attributes: str) -> int:
    """The bits of HINTS that a tag's attributes, as serialised, speak of: `class="a b" id="c"`."""
    return hints_of([attributes])[0]


def hints_of(tags: Sequence[str]) -> list[int]:
    """The hints in the attributes of some tags, all at once: most stand in many tags."""
    distinct = dict.fromkeys(tags, 0)
    found: list[int] = []
    bits = 0
    for word in _WORD.findall("".join([f"{_telling(attributes)}\0" for attributes in distinct]).lower()):
        if word == "\0":
            found.append(bits)
            bits = 0
        else:
            bits |= _hint(word)
    known = dict(zip(distinct, found, strict=True))
    return [known[tag] for tag in tags]


def _telling(attributes: str) -> str:
    """The values of the attributes that tell something; of a bare one, `hidden`, its name."""
    parts = attributes[:MAX_HINT].split('"')
    values = [value or name for name, value in zip(parts[::2], parts[1::2], strict=False) if name in _HINTING]
    return " ".join(values)


@lru_cache(WORDS_KEPT)
def _hint(word: str) -> int:
    marked, found = f"^{word}$", 0
    for at in range(len(marked) - 2):
        for stem, bit in _STEMS.get(marked[at : at + 3], ()):
            if marked.startswith(stem, at):
                found |= bit
    return found
