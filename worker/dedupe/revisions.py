"""Whether what a page says now is an edit, how much of one, and when an article changes so often that it is damped.

Pure. Silence is no edit: a page that names no author or day any more has mostly lost a template, not its author. A
publisher's `modified` says nothing of what changed and makes none by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol

from dateline.nouns.articles import Article, PageKind, ParsedArticle
from dateline.nouns.plans import KnownArticle
from dateline.nouns.revisions import Edit, Weight
from worker.dedupe.words import Words, read_words
from worker.parse.text import fold, without_clocks
from worker.parse.ticking import without_ticking

SHARE = 0.05  # of the words: with more of them changed an edit is substantial
MANY = 20  # words, a sentence's worth: so many changed are substantial in the longest text
MANY_CHARACTERS = 40  # the same where a character stands for a word
NAMES_AT_MOST = 0.22  # of the words: where more have capitals, as every noun in German has, capitals tell no names
TURNING = frozenset(
    """not no never nor none million millions billion billions trillion thousand thousands hundred hundreds
    nicht kein keine keinen nie million millionen milliarde milliarden tausend
    ne pas non jamais millions milliard milliards mille nunca millón millones mil não milhão milhões bilhão bilhões
    milioni miliardi niet geen nooit miljoen miljard inte ikke ingen miljoner miljarder
    не нет никогда миллион миллиона миллионов миллиард миллиарда миллиардов тысяч nie milion miliard""".split()  # noqa: SIM905  a table of words
)  # one of these more or less and the sentence says something else

DAMP_AFTER = 24  # looks in a row, or nearly, that each find another text
CALM = 2  # looks taken off that count by one that finds none: an article is damped that changes on two looks of three
LIVE = 10  # times as many for a live blog, which is meant to change on each look
KEPT_ONCE_IN = timedelta(days=1)  # while damped
DAMPED = "each look finds another text: one a day is kept, and one that lasts"

_GUESSED = frozenset({"feed", "url", "modified", ""})  # sources of a day that are not the page's own word


class Telling(Protocol):
    """What is compared of an article: its newest text, a stored revision, a page as read."""

    @property
    def title(self) -> str | None:
        """Its headline."""

    @property
    def text(self) -> str:
        """Its paragraphs, parted by blank lines."""

    @property
    def byline(self) -> tuple[str, ...]:
        """Its authors."""

    @property
    def published_on(self) -> date | None:
        """The day that the publisher gives."""


def edit_between(before: Telling, after: Telling) -> Edit:
    """What changed from one text to the next, and how much that is. Bounded: words far behind are not weighed."""
    old_title, new_title = before.title or "", after.title or ""
    title = fold(old_title) != fold(new_title)
    was, now = (read_words(without_clocks(without_ticking(text))) for text in (before.text, after.text))
    added, removed = _missing(now.words, was.words), _missing(was.words, now.words)
    changed = ["title"] if title else []
    if before.text != after.text:
        changed.append("text")
    if _named_anew(before.byline, after.byline):
        changed.append("byline")
    if after.published_on and before.published_on != after.published_on:
        changed.append("published")
    weight, why = _weigh(title, was, now, added, removed)
    if not added and not removed and not title and changed and "text" not in changed:
        why = f"its {' and '.join(changed)} alone"
    return Edit(weight, tuple(changed), sum(added.values()), sum(removed.values()), why)


def _weigh(title: bool, was: Words, now: Words, added: Counter[str], removed: Counter[str]) -> tuple[Weight, str]:
    """The rule: a title, a number, a name or a turning word changed, or much of the rest."""
    count = sum(added.values()) + sum(removed.values())
    share = count / max(1, len(was.words) + len(now.words))
    many = MANY_CHARACTERS if was.unspaced or now.unspaced else MANY
    reasons = [
        ("its title changed", title),
        (_exchange("its numbers", _values(was, was.numbers), _values(now, now.numbers)), True),
        (_exchange("its names", _names(was, now), _names(now, was)), True),
        (_exchange("a word that turns the sense", removed.keys() & TURNING, added.keys() & TURNING), True),
        (f"{share:.0%} of its words changed", share >= SHARE or count >= many),
    ]
    why = next((words for words, holds in reasons if holds and words), "")
    if why:
        return Weight.SUBSTANTIAL, why
    return Weight.MINOR, f"{count} of its words changed" if count else "marks, case or order alone"


def _missing(words: Iterable[str], among: Iterable[str]) -> Counter[str]:
    return Counter(words) - Counter(among)


def _values(words: Words, places: list[int]) -> set[str]:
    return {words.words[place] for place in places}


def _names(words: Words, other: Words) -> set[str]:
    """The names that the other text does not hold in any form; none where capitals do not tell names."""
    if any(len(one.names) > NAMES_AT_MOST * len(one.words) for one in (words, other)):
        return set()
    return _values(words, words.names) - set(other.words)


def _exchange(what: str, old: Iterable[str], new: Iterable[str]) -> str:
    """What went and what came, the first of each; empty for nothing."""
    gone, come = sorted(set(old) - set(new)), sorted(set(new) - set(old))
    if not gone and not come:
        return ""
    return f"{what} changed: {' '.join(gone[:3]) or 'none'} -> {' '.join(come[:3]) or 'none'}"


def _named_anew(before: Iterable[str], after: Iterable[str]) -> bool:
    names = {fold(name) for name in after}
    return bool(names) and names != {fold(name) for name in before}


# --- what stands, beside what a look shows ---


def edit_of(article: KnownArticle, page: ParsedArticle, at: datetime) -> Edit | None:
    """What a look at `at` shows that the article's newest text does not; None when that is nothing that counts."""
    if page.content_hash == article.content_hash:
        changed = _metadata(article, page, at)
        return Edit(Weight.MINOR, changed, why=f"its {' and '.join(changed)} alone") if changed else None
    edit = edit_between(article, page)
    said = tuple(name for name in edit.changed if name in ("title", "text")) or ("text",)
    return replace(
        edit, changed=(*said, *_metadata(article, page, at)), flip_flop=page.content_hash in article.shown_before
    )


def _metadata(article: KnownArticle, page: ParsedArticle, at: datetime) -> tuple[str, ...]:
    byline = page.provenance.get("byline") != "feed" and _named_anew(article.byline, page.byline)
    return (*(["byline"] if byline else []), *(["published"] if _dated_anew(article, page, at) else []))


def _dated_anew(article: KnownArticle, page: ParsedArticle, at: datetime) -> bool:
    """Whether the publisher gives another day for the story, in the place where it gave the first.

    A day that goes with the calendar is a clock ("published 5 minutes ago"), and no correction.
    """
    old, new = article.published_on, page.published_on
    source = page.provenance.get("published_on", "")
    if old is None or new is None or old == new or source in _GUESSED:
        return False
    if source != article.provenance.get("published_on", ""):
        return False
    passed = at.date() - (article.text_changed_at or at).date()
    return abs((new - old) - passed) > timedelta(days=1)


def told_of(edit: Edit | None) -> dict[str, object]:
    """An edit as a change record's summary has it."""
    if edit is None:
        return {}
    words = {"words_added": edit.words_added, "words_removed": edit.words_removed}
    return {"edit": str(edit.weight), "changed": list(edit.changed), **words, "flip_flop": edit.flip_flop}


def saying(article: KnownArticle, text: ParsedArticle) -> KnownArticle:
    """The article with this as its newest text."""
    return replace(
        article,
        content_hash=text.content_hash if text.text else b"",
        title=text.title,
        text=text.text,
        byline=text.byline,
        published_on=text.published_on,
        provenance=text.provenance,
        shown_before=article.shown_before | ({article.content_hash} if article.content_hash else set()),
        unkept=b"",
    )


# --- articles that change on each look ---


def stirred(article: KnownArticle, limit: int) -> KnownArticle:
    """The article after a look that found another text."""
    return replace(article, restless=min(article.restless + 1, _limit(article, limit) + 2 * CALM))


def calmed(article: KnownArticle) -> KnownArticle:
    """The article after a look that found none."""
    return replace(article, restless=max(0, article.restless - CALM), unkept=b"")


def damped(article: KnownArticle | Article, limit: int) -> bool:
    """Whether so many looks found another text that one a day is enough."""
    return article.restless >= _limit(article, limit)


def held_back(article: KnownArticle, page: ParsedArticle, at: datetime, limit: int) -> bool:
    """Whether a text is told and not kept: its article is damped, and one was kept within a day.

    A text that stood there at the last look too is kept: it lasts.
    """
    lasts = page.content_hash in (article.unkept, article.content_hash)
    since = article.text_changed_at
    return damped(article, limit) and not lasts and since is not None and at - since < KEPT_ONCE_IN


def _limit(article: KnownArticle | Article, limit: int) -> int:
    return limit * (LIVE if article.kind is PageKind.LIVE_BLOG else 1)
