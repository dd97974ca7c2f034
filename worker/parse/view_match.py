"""Counter phrases in a line of text: the words of `view_phrases` around a count, told from prose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worker.parse.numbers import GLUED, NUMBER, Count, is_unit, plain_digits, read_count
from worker.parse.view_words import (
    LABELS,
    OF_OTHERS,
    PHRASE_TABLE,
    USUAL,
    Token,
    is_unspaced,
    tokens_of,
    words_of,
)

MAX_LINE = 400  # characters of a line that may hold a counter
MAX_BESIDE = 160  # characters of other words in a counter's line: dates, authors, "3 comments"; more is prose
MAX_WORDS = 12  # of a phrase on one side of its count; a script without spaces counts its letters
MAX_UNKNOWN = 2  # words in small letters in a counter's line that are none of its usual ones
MAX_CASELESS = 6  # the same in scripts that know no capitals, where names count too; unparted from it, a third of these
MAX_EASTERN = 4  # letters of a script without spaces that stand unparted beside a counter
ALONE = 30  # letters beside a counter in a line that is hardly anything else

_ALONE = re.compile(rf"\W{{0,3}}?(?P<count>{NUMBER}(?: ?[^\W\d_]{{1,6}}\.?\d{{0,4}}[^\W\d_]?)?(?: ?\+)?)\W{{0,2}}")
_SELF = re.compile(
    r"\b(?:this|the|diese[rs]?|der|die|cet(?:te)?|ce|est[ea]|quest[oa]|dit|deze|denna|denne|dette|det|här|tämä[nt]?|tätä|ten|ta"
    r"|эт[аоу]т?|эту|цю|ця|цей|bu|این|هذا|هذه|το|αυτό|tento|táto|tato|ovaj|ova|acest|această|ezt? a)\s+"
    r"(?:story|article|page|post|news|item|entry|artik\w+|beitrag|seite|meldung|artículo|noticia|nota|entrada|página|pagina"
    r"|articolo|notizia|artigo|matéria|notícia|bericht|nieuws\w*|sid\w+|artyku\w+|tekst|članak|článok|článek|clanak|vijest|вест"
    r"|стат\w+|страниц\w+|новост\w+|публикац\w+|материал\w*|запис\w*|haber\w*|yazı|مقاله|مطلب|خبر|المقال\w*|الخبر|الموضوع"
    r"|الصفحة|άρθρο|cikk\w*|oldal\w*|billet|actualité)\b"
    r"|\b(?:artikel|berita|bài|bài viết|tin|makala|habari) (?:ini|này|hii)\b|\bl['’](?:article|articolo|actualité)\b"
    r"|(?:本|この|此|该|該)\s?(?:文|記事|ページ|新闻|新聞|篇|页|頁|網頁)|이 ?(?:기사|글|게시물)",
    re.IGNORECASE,
)
_COLONS = frozenset(":：=")
_BEFORE = frozenset(":：=([-–—（【")  # between a word and its count
_AFTER = frozenset(")]）】-+×")  # between a count and its word
_EDGES = frozenset("|·•/—–‧∙⋅●■▪»«>｜／,;،、，()[]（）【】:：")  # between the items of a line
_NEGATIVE = frozenset("#@&/.-−~^*")  # directly before a number they make it none of ours
_LINKS = frozenset(("de", "di", "d'", "of", "din"))  # between a unit and its word: "3 mil de vistas"
# Letters beside a counter in scripts without spaces: "共1234次浏览", "已有1234人阅读".
_EAST_USUAL = frozenset("共总總已被有了次人回数數量率累计計合約约近超文章本篇网網友页頁新闻聞총누적건회명")
_EAST_NOUNS = frozenset("条條篇张張个個件本部項项款则則种種")  # "查看 3 条评论": things are counted, not views
_ENDS = frozenset("。।؟")  # of sentences
# "4 million views on YouTube", "of the world", "in one night": another thing is counted, or it is a sentence.
_PREPOSITIONS = frozenset(
    """on in of at for from about into over within during across per by as with than to auf von über für im beim sur
    dans pour en à aux du des de del di da al alla sobre su em no na på om w во о за про из""".split()  # noqa: SIM905  a list of words reads better than fifty quotes
)
# Before a count they make it one of a list, or of a sentence.
_NOT_BEFORE = frozenset(
    """top page part no nr best season day version over first last with than of about mit con avec the his her their
    more only just nur solo""".split()  # noqa: SIM905  the same
)
# Said of one alone.
_SINGULAR = frozenset(
    ("view", "vue", "aufruf", "ansicht", "lecture", "lettura", "lectura", "leitura", "visita", "vista", "acesso")
)
_COUNTED = re.compile(
    r"comment|koment|коммент|комент|kommen|like|shar|repl|antwort|reac|yorum|respuest|vote|photo|foto"
)
_WORDED_UNIT = re.compile(r"mill?i|mily|thousand|billion")  # spelled out in headlines, hardly in counters
# Buttons, when they stand alone.
_COMMANDS = frozenset(("查看", "观看", "觀看", "阅读", "閱讀", "点击", "點擊", "浏览", "瀏覽", "read", "view", "閲覧"))


@dataclass(frozen=True, slots=True)
class Match:
    """A counter phrase in a line: its count, its text, and whether the line says that the story itself is meant."""

    count: Count
    text: str
    sure: bool
    alone: bool  # the line is hardly anything else


@dataclass(frozen=True, slots=True)
class _Reading:
    """A count whose neighbours make a phrase: the tokens from `first` up to, not including, `end`."""

    count: Count
    at: int
    first: int
    end: int
    labelled: bool  # its words stand before it
    colon: bool
    worded: bool  # with a unit spelled out: "4 million"


def count_alone(line: str) -> str | None:
    """The count of a line that holds nothing else."""
    match = _ALONE.fullmatch(plain_digits(line)) if len(line) <= ALONE else None
    if match is None:
        return None
    text = line[match.start("count") : match.end("count")]
    return text if read_count(text) else None


def is_label(line: str) -> bool:
    """Whether a line is the word of a counter whose count stands elsewhere: "Views", "Aufrufe:"."""
    return len(line) <= ALONE and line.strip(" :：").casefold() not in _COMMANDS and "".join(words_of(line)) in LABELS


def read_line(line: str) -> Match | None:
    """The counter of a line: the first that is told by its words and stands in no sentence of prose."""
    if len(line) > MAX_LINE:
        return None
    tokens = tokens_of(line)
    readings = [
        found for at, token in enumerate(tokens) if token.kind == "number" and (found := _read(tokens, at, line))
    ]
    for reading in _paired(tokens, readings):
        start, end = tokens[reading.first].start, tokens[reading.end - 1].end
        beside = f"{line[:start]} {line[end:]}"
        if len(beside) > MAX_BESIDE or _is_of_others(tokens, reading):
            continue
        sure = _SELF.search(line) is not None and _may_go_on(tokens, reading)
        if sure or _stands_apart(tokens, reading):
            letters = sum(map(len, words_of(beside)))
            return Match(reading.count, line[start:end], sure, letters <= (MAX_BESIDE if sure else ALONE))
    return None


def _read(tokens: Sequence[Token], at: int, line: str) -> _Reading | None:
    """The longest phrase around a count, with the word behind the digits as a unit if it may be one."""
    if at and tokens[at - 1].end == tokens[at].start and tokens[at - 1].key in _NEGATIVE:
        return None
    before, colon = _words_before(tokens, at)
    best: _Reading | None = None
    for end in _count_ends(tokens, at):
        after = _words_after(tokens, end)
        sides = _phrase(tokens, before, after)
        if sides is None:
            continue
        language, wants_colon = PHRASE_TABLE[
            tuple(tokens[i].key for i in sides[0]), tuple(tokens[i].key for i in sides[1])
        ]
        unit = tokens[end - 1] if end > at + 1 else None
        spaced = unit is not None and unit.start > tokens[at].end
        if unit is not None and unit.key in GLUED and spaced and not sides[1]:
            continue
        count = read_count(line[tokens[at].start : tokens[end - 1].end], language)
        first = sides[0][0] if sides[0] else at
        last = sides[1][-1] + 1 if sides[1] else end
        if (
            count is None
            or (count.count > 1 and tokens[last - 1].key in _SINGULAR)
            or (wants_colon and not colon and (last - first < len(tokens) or _is_year(tokens[at].text)))
        ):
            continue
        worded = unit is not None and _WORDED_UNIT.match(unit.key) is not None
        if best is None or last - first > best.end - best.first:
            best = _Reading(count, at, first, last, not sides[1], colon, worded)
    return best


def _words_before(tokens: Sequence[Token], at: int) -> tuple[list[int], bool]:
    """The words that end at a count, in order, and whether a colon parts them from it."""
    at -= 1
    colon = False
    for _ in range(3):
        if at >= 0 and tokens[at].key in _BEFORE:
            colon = colon or tokens[at].key in _COLONS
            at -= 1
    found: list[int] = []
    while at >= 0 and len(found) < MAX_WORDS and (tokens[at].kind == "word" or _is_joint(tokens, at)):
        if tokens[at].kind == "word":
            found.append(at)
        at -= 1
    return found[::-1], colon


def _words_after(tokens: Sequence[Token], at: int) -> list[int]:
    """The words that begin behind a count, in order."""
    for _ in range(2):
        if at < len(tokens) and tokens[at].key in _AFTER:
            at += 1
    found: list[int] = []
    while at < len(tokens) and len(found) < MAX_WORDS and (tokens[at].kind == "word" or _is_joint(tokens, at)):
        if tokens[at].kind == "word":
            found.append(at)
        at += 1
    return found


def _is_joint(tokens: Sequence[Token], at: int) -> bool:
    """Whether a sign stands within words: "кол-во", "No. of views"."""
    return (
        tokens[at].key in "-.'’" and at > 0 and tokens[at - 1].end == tokens[at].start and tokens[at - 1].kind == "word"
    )


def _count_ends(tokens: Sequence[Token], at: int) -> Iterator[int]:
    """Where a count may end: behind its unit, or behind its digits."""
    end = at + 1
    if end < len(tokens) and tokens[end].kind == "word" and is_unit(tokens[end].text):
        end += 1
        yield end + (end < len(tokens) and tokens[end].key in (".", "+") and tokens[end].start == tokens[end - 1].end)
    yield at + 1


def _phrase(tokens: Sequence[Token], before: list[int], after: list[int]) -> tuple[list[int], list[int]] | None:
    """The most words of those before and after a count that make a phrase."""
    left, right = [tokens[i].key for i in before], [tokens[i].key for i in after]
    links = 1 if right and right[0] in _LINKS else 0
    best: tuple[list[int], list[int]] | None = None
    for size in range(len(left) + 1):
        for skipped in range(links + 1):
            for end in range(skipped, len(right) + 1):
                sides = tuple(left[len(left) - size :]), tuple(right[skipped:end])
                if sides in PHRASE_TABLE and (best is None or size + end - skipped > sum(map(len, best))):
                    best = before[len(before) - size :], after[skipped:end]
    return best


def _paired(tokens: Sequence[Token], readings: Sequence[_Reading]) -> list[_Reading]:
    """Readings that share no word: in "Comments 3 Views 20" the word belongs to the count after it."""
    kept: list[_Reading] = []
    for reading in readings:
        if kept and reading.first < kept[-1].end:
            if not _belongs_to_next(tokens, kept[-1], reading):
                continue
            kept.pop()
        kept.append(reading)
    return kept


def _belongs_to_next(tokens: Sequence[Token], one: _Reading, next_one: _Reading) -> bool:
    if next_one.colon or one.labelled:
        return next_one.colon and not one.labelled
    before = tokens[one.at - 1].key if one.at else ""
    after = tokens[next_one.at + 1].key if next_one.at + 1 < len(tokens) else ""
    if bool(_COUNTED.match(before)) != bool(_COUNTED.match(after)):
        return bool(_COUNTED.match(before))
    return next_one.at == len(tokens) - 1 or _is_year(tokens[one.at].text)


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdigit() and 1900 <= int(text) <= 2100


def _is_of_others(tokens: Sequence[Token], reading: _Reading) -> bool:
    """Whether a word beside the phrase says that a day, a site or another thing is counted."""
    near = [token for token in tokens[max(0, reading.first - 2) : reading.first] if token.key not in "|·•,;/"]
    for token in tokens[reading.end : reading.end + 3]:
        if token.kind != "word" and token.key not in "'’-:(":
            break
        near.append(token)
    if any(token.key in OF_OTHERS for token in near):
        return True
    eastern = "".join(token.text for token in near if is_unspaced(token))
    return any(
        word in eastern for word in ("今日", "昨日", "今天", "昨天", "本日", "本周", "本月", "오늘", "어제", "วันนี")
    )


def _stands_apart(tokens: Sequence[Token], reading: _Reading) -> bool:
    """Whether the words beside a counter are the labels, names and dates of such lines rather than prose."""
    before, after = tokens[: reading.first], tokens[reading.end :]
    if reading.worded and any(token.kind == "word" for token in (*before, *after)):
        return False
    if reading.labelled and not reading.colon and _is_year(tokens[reading.at].text) and (before or after):
        return False
    if any(token.key in _ENDS for token in (*before, *after)) or not _may_go_on(tokens, reading):
        return False
    if before and not _may_stand_before(before[-1], tokens[reading.first], reading):
        return False
    if not reading.labelled and _is_label_of_next(before, after):
        return False
    if any(_is_other_count((before, after)[side], at) for side in (0, 1) for at in range(len((before, after)[side]))):
        return False
    return _is_meta(before[::-1]) and _is_meta(after)


def _is_other_count(tokens: Sequence[Token], at: int) -> bool:
    """Whether an unusual word is counted too: "10 hits, 2 runs"; not so "12 mai 2020"."""
    word = tokens[at]
    if word.kind != "word" or word.key in USUAL or is_unspaced(word) or not word.text[0].islower():
        return False
    behind = [token.kind for token in tokens[at + 1 : at + 3]]
    if (
        at
        and tokens[at - 1].kind == "number"
        and not _is_year(tokens[at - 1].text)
        and "number" not in behind[:1]
        and "other" not in behind[:1]
    ):
        return True
    return behind == ["sign", "number"] and tokens[at + 1].key in _COLONS


def _may_go_on(tokens: Sequence[Token], reading: _Reading) -> bool:
    """Whether what follows a phrase leaves it a counter: no "by the police", no noun that is counted instead."""
    after = tokens[reading.end : reading.end + 3]
    if not after or after[0].kind != "word":
        return not (
            after and after[0].key in "-–" and after[0].start == tokens[reading.end - 1].end
        )  # "33 Leser-Briefe"
    word, last = after[0], tokens[reading.end - 1]
    if is_unspaced(word):
        if reading.labelled and word.text in _EAST_NOUNS:
            return False
        return word.start > last.end or word.text in _EAST_USUAL or not (is_unspaced(last) or last.kind == "number")
    if word.key in _PREPOSITIONS and not (reading.labelled and reading.colon):
        return len(after) > 1 and after[1].kind in ("number", "other")  # "viewed 1532 times by 1200 visitors"
    return word.key in USUAL or any(token.key in _COLONS for token in after)


def _is_label_of_next(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether labels come first: "Authors 1 Readers 27"."""
    if not (before and after) or before[-1].kind != "word" or after[0].kind != "number":
        return False
    return len(after) == 1 or after[1].kind != "word"


def _may_stand_before(word: Token, first: Token, reading: _Reading) -> bool:
    if word.kind != "word":
        return True
    if is_unspaced(word):
        return first.start > word.end or word.text in _EAST_USUAL or not (is_unspaced(first) or first.kind == "number")
    if word.end == first.start and word.key not in USUAL:
        return False  # "covid19 views"
    if word.key in _NOT_BEFORE and reading.first == reading.at:
        return False
    return word.key in USUAL or word.text[0].isupper() or _is_caseless(word)


def _is_caseless(word: Token) -> bool:
    return not word.text[0].isupper() and not word.text[0].islower()


def _is_meta(tokens: Sequence[Token]) -> bool:
    """Whether words, from the counter outwards, make no sentence: few are unusual there, and fewer unparted from it."""
    small = caseless = eastern = 0
    parted = False
    for token in tokens:
        if token.key in _EDGES:
            parted = True
        elif is_unspaced(token):
            eastern += not parted and token.text not in _EAST_USUAL
        elif token.kind == "word" and token.key not in USUAL:
            small += token.text[0].islower()
            caseless += _is_caseless(token) * (1 if parted else 3)
        if small > MAX_UNKNOWN or caseless > MAX_CASELESS or eastern > MAX_EASTERN:
            return False
    return True
