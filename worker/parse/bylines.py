"""Bylines: from whatever a page writes to a list of names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from worker.parse.text import clean, fold

MAX_NAMES = 30

_BY = re.compile(
    r"^(?:(?:written|reported|posted|published|words|story|text|opinion|analysis|report|exclusive)\s+)?"
    r"(?:by|von|por|par|di|da|door|av|af|przez|od|автор(?:ы)?|текст|penulis|oleh|tekst|texte|texto|testo|autore?n?"
    r"|autora?"
    r"|auteurs?|author|authors|reporter|작성자|文|作者|记者|記者|بقلم)\s*[:：]?\s+",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|\||\n|•|·|/(?!\w*\.)|、|，|،)\s*"
    r"|\s+(?:and|und|et|y|och|og|e|en|with|mit|avec|con|en|i|и|та|ve|&)\s+(?=[^\W\d_a-zß-öø-ÿ])"
    r"|\s*,\s*(?:and|und|et|y|och|og)?\s*"
)
_PARENTHESES = re.compile(r"\s*[(\[（][^()\[\]（）]{0,60}[)\]）]")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|(?<!\w)@\w+")
_TRAILER = re.compile(
    r"\s+(?:(?:for|in|at|from|of|für|à|pour|reports?|reporting)\s+.{2,60}|\s-\s.{2,60}|기자|特派員|記者|记者)$",
    re.IGNORECASE,
)
# A part that names an office, a place of work or a time rather than a person.
_ROLE = re.compile(
    r"\b(?:correspondents?|editors?|reporters?|writers?|columnists?|producers?|contributors?|analysts?|journalists?|"
    r"bureau|chief|"
    r"head of|director|professor|redakteur(?:in)?|korrespondent(?:in)?|redaktör|redacteur|rédact\w+|journaliste|"
    r"periodista|"
    r"giornalista|updated|published|min(?:utes)? read|photo(?:graph\w*)?|images?|getty|freelance|science|politics|"
    r"sports?|"
    r"business|newsletter|subscribe|follow|twitter|facebook)\b",
    re.IGNORECASE,
)
_AGENCIES = frozenset(
    [
        "ap",
        "afp",
        "apa",
        "dpa",
        "dts",
        "efe",
        "epa",
        "reuters",
        "ansa",
        "pti",
        "ani",
        "ians",
        "xinhua",
        "tass",
        "ritzau",
        "ntb",
        "tt",
        "stt",
        "sda",
        "kyodo",
        "jiji",
        "yonhap",
        "belga",
        "anp",
        "pap",
        "cp",
        "bloomberg",
        "upi",
        "sid",
        "lusa",
        "agencies",
        "agency",
        "wire",
        "staff",
        "newsroom",
        "editorial",
        "admin",
        "administrator",
        "redaktion",
        "editor",
        "redaccion",
        "redazione",
        "redacao",
        "redactie",
        "redakcja",
        "redakce",
        "rédaction",
        "redaction",
    ]
)
_AGENCY_WORDS = re.compile(
    r"\b(?:associated press|agence france[- ]presse|press[- ]agentur|canadian press|press association|news agency|"
    r"news service|staff (?:reporter|writer)s?|news ?desk|news ?room|web ?desk|editorial (?:board|team|staff)|agencies|"
    r"redaktion|redacción|rédaction|"
    r"redazione|online|staff|team)\b|\.(?:com|de|net|org|is|tr|uk|fr|it|es)\b",
    re.IGNORECASE,
)


def read_names(values: Iterable[str]) -> list[str]:
    """The names in bylines as printed ("By Jane Doe and John Roe, Political Editor"), persons and agencies alike."""
    found: dict[str, str] = {}
    for value in values:
        for name in _names_of(value):
            found.setdefault(fold(name), name)
    return list(found.values())[:MAX_NAMES]


def persons(names: Iterable[str], house: Iterable[str] = ()) -> list[str]:
    """The persons among names: no agency, no newsroom, not the publication (`house`: its names)."""
    own = {fold(name) for name in house if name}
    return [name for name in names if not is_house(name, own)]


def is_house(name: str, own: set[str]) -> bool:
    """Whether a name is an agency's, a newsroom's or the publication's own (`own`: folded names)."""
    folded = fold(name)
    return folded in own or folded in _AGENCIES or _AGENCY_WORDS.search(name) is not None


def looks_like_person(name: str) -> bool:
    """Whether a name is built like a person's: two to five capitalised words, or a short word of Chinese characters."""
    words = name.split()
    if len(words) == 1:
        return 2 <= len(name) <= 5 and not name.isascii() and not (name[0].isupper() or name[0].islower())
    return 2 <= len(words) <= 5 and all(not word[0].islower() or len(word) <= 3 for word in words)


def _names_of(value: str) -> list[str]:
    text = clean(_ADDRESS.sub(" ", _PARENTHESES.sub("", html.unescape(value)[:600])))
    text = _BY.sub("", text)
    names = []
    for part in _SPLIT.split(text):
        name = _BY.sub("", clean(part or "")).strip(" ,.:;-–—*|/\"'")
        name = _TRAILER.sub("", name).strip(" ,.:;-–—")
        if _is_name(name):
            names.append(name)
    return names or ([text] if 2 <= len(text) <= 60 and _is_name(text, strict=False) else [])


def _is_name(name: str, strict: bool = True) -> bool:
    if not 2 <= len(name) <= 60 or not any(char.isalpha() for char in name) or len(name.split()) > 7:
        return False
    if strict and _ROLE.search(name):
        return False
    return sum(char.isdigit() for char in name) <= 2
