"""Bylines: from whatever a page writes to a list of names, persons told from agencies and newsrooms."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from worker.parse.dates import month_of
from worker.parse.text import clean, fold

MAX_NAMES = 30
MAX_VALUE = 600  # characters of one value that are read

_BY = re.compile(
    r"^(?:(?:written|reported|posted|published|edited|words|story|text|opinion|analysis|report|exclusive|article|blog|"
    r"guest post|contributed|updated|authored|recipe|medically reviewed)\s+)?"
    r"(?:by|von|por|par|di|da|door|av|af|przez|od|автор(?:ы)?|текст|penulis|oleh|tekst|texte|texto|testo|autore?n?"
    r"|autora?|reporters?|kirjoittaja|yazar|írta|szerző|autorius|"
    r"auteurs?|author|authors|écrit par|publié par|작성자|文|作者|记者|記者|責任編集|编辑|بقلم|كتب)"
    r"(?:\s*[:：]\s*|\s+)|^(?-i:By(?=[A-Z]\w+ [A-Z]))",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|\||\n|•|·|⋅|●|/(?!\w*\.)|、|，|،|»|›|–|—)\s*"
    r"|\s+(?:and|und|et|y|och|og|e|en|with|mit|avec|con|i|и|та|ve|&)\s+(?=[^\W\d_a-zß-öø-ÿ])"
    r"|\s*,\s*(?:and|und|et|y|och|og)?\s*|\s-\s|\s+(?:on behalf of|edited by|illustrated by|photos? by|fotos?:)\s+"
)
_PARENTHESES = re.compile(r"\s*[(\[（][^()\[\]（）]{0,60}[)\]）]")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|(?<!\w)@\w+")
# A day, a time, a reading time: what is printed beside a name, with or without a space between.
_DIGIT = re.compile(r"\d")
_GLUED_MONTH = re.compile(r"(?<=[a-zß-ÿ])(?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?\s+\d)")
_WEEKDAY = r"(?:\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b,?\s*)?"
_MONTH = r"(?P<month>[^\W\d_]{3,12})"
_DAYS = (
    re.compile(
        rf"{_WEEKDAY}\b\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:de\s+|of\s+)?{_MONTH}\.?,?(?:\s+(?:de\s+)?\d{{4}})?",
        re.IGNORECASE,
    ),
    re.compile(rf"{_WEEKDAY}\b{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b,?(?:\s+\d{{4}})?", re.IGNORECASE),
)
_TIME = re.compile(
    r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\b\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?\b|\b\d{1,3}\s*min(?:ute)?s?\s*read\b",
    re.IGNORECASE,
)
_TRAILER = re.compile(
    r"\s+(?:(?:for|in|at|from|of|on|für|à|pour|reports?|reporting)\s+.{2,60}|\s-\s.{2,60}|기자|특파원|特派員|記者|记者"
    r"|(?:published|posted|updated|last updated)\b.{0,60}|on|in|at)$",
    re.IGNORECASE,
)
# A part that names an office, a place of work, a source or a time rather than a person.
_ROLE = re.compile(
    r"\b(?:correspondents?|editors?|reporters?|writers?|columnists?|producers?|contributors?|analysts?|journalists?|"
    r"bureau|chief|ceo|cto|founder|consultant|specialists?|managers?|fellow|experts?|reviewers?|coordinator|strategist|"
    r"head of|director|professor|redakteur(?:in)?|korrespondent(?:in)?|redaktör|redacteur|rédact\w+|journaliste|"
    r"periodista|giornalista|freelance|science|politics|sports?|business)\b",
    re.IGNORECASE,
)
# What stands beside names and is none: never a name, not even for want of a better one.
_NOISE = re.compile(
    r"\b(?:updated|published|min(?:utes)? read|photo(?:graph\w*)?|images?|getty|newsletter|subscribe|follow|twitter|"
    r"facebook|instagram|linkedin|whatsapp|comments?|more about|bio|the author|about the|quelle|source|fuente|fonte|"
    r"front page|share|privacy|cookies?|written by|last modified|categor(?:y|ies)|tags|posts|view)\b|©"
    r"|^(?:by|and|und|et|y|von|par|por|with|in|on|at)$|\w\.\w+\.\w",
    re.IGNORECASE,
)
# News agencies by the names and letters that bylines call them by.
_AGENCIES = frozenset(
    """
    ap afp apa dpa dts efe epa reuters ansa pti ani ians xinhua tass ritzau ntb tt stt sda ats kna epd kyodo jiji
    yonhap belga anp pap cp bloomberg upi sid lusa adnkronos agi ria interfax unian ukrinform aa anka iha dha cna
    aap 新华社 新華社 共同 時事 연합뉴스 agencies agencias agenturen agences agenzie 新华网 antara bernama apn
    """.split()  # noqa: SIM905  a table of names reads better than sixty quotes
)
_AGENCY_WORDS = re.compile(
    r"\b(?:associated press|agence france[- ]?presse|presse?[- ]?agentur|canadian press|press association|"
    r"(?:news|press) agency|news service|agencia \w+|agência \w+|agenzia \w+|anadolu ajans[ıi]|europa press|"
    r"australian associated press|the conversation|bloomberg|reuters|afp|dpa|keystone[- ]sda)\b",
    re.IGNORECASE,
)
_NEWSROOM = frozenset(
    """
    agency wire staff newsroom editorial admin administrator redaktion editor redaccion redazione redacao redactie
    redakcja redakce rédaction redaction redacción nachrichten news redaksi redaktionen toimitus redakcia redakcija
    """.split()  # noqa: SIM905  the same
)
_NEWSROOM_WORDS = re.compile(
    r"\b(?:staff (?:reporter|writer)s?|news ?desk|news ?room|web ?desk|editorial (?:board|team|staff)|redaktion\w*|"
    r"redacción|rédaction|redazione|online|staff|team|editors|magazine)\b|\.(?:com|de|net|org|is|tr|uk|fr|it|es)\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"(?:head|editor|director|chief|vice|president|member|professor|dean) (?:of|for|in)\b", re.IGNORECASE
)
_PARTICLES = frozenset(
    """
    de da di do du dos das del della den der des van von vom zu zum ten ter te la le el al bin bint ibn y e und af av
    """.split()  # noqa: SIM905  the same
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one byline by what they are. `house`: the publication itself, its newsroom, its staff."""

    persons: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    house: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """All of them, in the order: persons, agencies, the house."""
        return self.persons + self.agencies + self.house


def read_names(values: Iterable[str]) -> list[str]:
    """The names in bylines as printed ("By Jane Doe and John Roe, Political Editor"), persons and agencies alike."""
    found: dict[str, str] = {}
    for value in values:
        for name in _names_of(value):
            found.setdefault(fold(name), name)
    return list(found.values())[:MAX_NAMES]


def sort_names(names: Iterable[str], house: Iterable[str] = ()) -> Names:
    """Names told apart: persons, agencies, and the publication's own (`house`: what it is known to be called)."""
    own = {fold(name) for name in house if name}
    sorted_names: tuple[list[str], list[str], list[str]] = ([], [], [])
    for name in names:
        sorted_names[1 if is_agency(name) else 2 if is_house(name, own) else 0].append(name)
    return Names(*map(tuple, sorted_names))


def is_agency(name: str) -> bool:
    """Whether a name is a news agency's, alone or before a place ("AFP Berlin")."""
    first = name.split(" ", 1)[0]
    letters = len(first) >= 3 and first.isupper() and fold(first) in _AGENCIES
    return letters or fold(name) in _AGENCIES or _AGENCY_WORDS.search(name) is not None


def is_house(name: str, own: set[str]) -> bool:
    """Whether a name is a newsroom's or the publication's own, alone or before a place (`own`: folded names)."""
    folded = fold(name)
    if folded in own or folded in _NEWSROOM or _NEWSROOM_WORDS.search(name) is not None:
        return True
    first = folded.split(" ", 1)[0]
    return (name.isupper() or name.split(" ", 1)[0].isupper()) and len(first) >= 2 and first in own


def looks_like_person(name: str) -> bool:
    """Whether a name is built like a person's: two to five capitalised words, or a short word of Chinese characters."""
    words = name.split()
    if not all(word[0].isalpha() or word[0] in "'’\"“‘" for word in words):
        return False
    if len(words) == 1:
        return 2 <= len(name) <= 5 and not name.isascii() and not (name[0].isupper() or name[0].islower())
    return 2 <= len(words) <= 5 and all(not word[0].islower() or word in _PARTICLES for word in words)


def _names_of(value: str) -> list[str]:
    text = clean(_ADDRESS.sub(" ", _PARENTHESES.sub("", html.unescape(value)[:MAX_VALUE])).replace("\n", " | "))
    text = _BY.sub("", _without_days(text).strip(" |"))
    names = []
    for part in _SPLIT.split(text):
        whole = _BY.sub("", clean(part or "")).strip(" ,.:;-–—*|/\"'")
        name = _TRAILER.sub("", whole).strip(" ,.:;-–—")
        if _is_name(name) and (name == whole or not _OFFICE.match(whole)):
            names.append(name)
    return names or ([text] if 2 <= len(text) <= 60 and _is_name(text, strict=False) else [])


def _without_days(text: str) -> str:
    """A separator in each date's and time's place; what only looks like one, "Studio 54", stays."""
    if _DIGIT.search(text):
        text = _GLUED_MONTH.sub(" | ", text)
        for pattern in _DAYS:
            text = pattern.sub(lambda match: match[0] if month_of(match["month"]) is None else " | ", text)
        text = _TIME.sub(" | ", text)
    return clean(text)


def _is_name(name: str, strict: bool = True) -> bool:
    if not 2 <= len(name) <= 60 or not any(char.isalpha() for char in name) or len(name.split()) > 7:
        return False
    if _NOISE.search(name):
        return False
    if strict and _ROLE.search(name):
        return False
    return sum(char.isdigit() for char in name) <= 2
