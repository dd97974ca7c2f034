"""What reading an old capture again does: another reading of it beside the first, or nothing. Pure.

The publisher did nothing, so it is never an edit; and a page that can be read no more says nothing of its text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from itertools import count

from dateline.nouns.articles import ParsedArticle, Revision, TextFrom
from dateline.nouns.changes import ChangeKind
from dateline.nouns.plans import KnownArticle, Look, SaveArticle, SaveChange, SavePlan, SaveRevision, SaveSample
from dateline.nouns.revisions import Edit
from worker.dedupe.revisions import edit_between, saying, told_of

DATES = ("published_on", "published_at")


@dataclass(frozen=True, slots=True)
class Reread:
    """A capture read again: the look that it is, and what was held of it."""

    look: Look
    article: KnownArticle
    held: Revision
    newest: bool  # `held` is the article's text now
    readers: Collection[str] = field(default=())  # that have read this capture


def read_otherwise(held: Revision, page: ParsedArticle) -> Edit | None:
    """What a reading gives that the one before it did not; None when both say the same.

    What a feed said beside the page may have changed since, and is not compared.
    """
    own = {name: getattr(page, name) for name in ("byline", *DATES) if page.provenance.get(name) != "feed"}
    others = tuple(name for name, value in own.items() if value and value != getattr(held, name))
    if page.content_hash == held.content_hash and not others:
        return None
    edit = edit_between(held, page)
    dated = ("published",) if any(name in DATES for name in others) and "published" not in edit.changed else ()
    return replace(edit, changed=(*edit.changed, *dated))


def decide_rereads(rereads: Collection[Reread]) -> SavePlan:
    """The plan for captures read again, at most one of each article. The verdicts say "reread" or "the same"."""
    plans = [_decided(one) for one in rereads]
    return SavePlan(
        articles=tuple(sorted((one for plan in plans for one in plan.articles), key=lambda one: one.look.url_key)),
        revisions=tuple(one for plan in plans for one in plan.revisions),
        samples=tuple(one for plan in plans for one in plan.samples),
        changes=tuple(one for plan in plans for one in plan.changes),
        verdicts={capture_id: words for plan in plans for capture_id, words in plan.verdicts.items()},
    )


def _decided(one: Reread) -> SavePlan:
    look, page = one.look, one.look.page
    assert page is not None
    seen = SaveSample(look.url_key, look.observed_at, look.capture_id, page.views) if page.views else None
    samples = (seen,) if seen else ()
    edit = read_otherwise(one.held, page)
    if edit is None:
        return SavePlan(samples=samples, verdicts={look.capture_id: "the same"})
    text = replace(page, reader=_name(page.reader, one.readers))
    kept = SaveRevision(
        look.url_key, "reread", look.observed_at, look.capture_id, text, TextFrom.PAGE, head=one.newest, edit=edit
    )
    told = {"title": text.title, "capture_id": look.capture_id, "newest": one.newest, **told_of(edit)}
    del told["flip_flop"]
    row = SaveArticle(look, _standing(one, text), text=text, head=True)
    return SavePlan(
        articles=(row,) if one.newest else (),
        revisions=(kept,),
        samples=samples,
        changes=(SaveChange(ChangeKind.ARTICLE_REREAD, look.url_key, told),),
        verdicts={look.capture_id: "reread"},
    )


def _standing(one: Reread, text: ParsedArticle) -> KnownArticle:
    """The article with this reading as its text. How many texts its publisher showed does not change."""
    return replace(saying(one.article, text), kind=text.kind, text_from=TextFrom.PAGE)


def _name(reader: str, readers: Collection[str]) -> str:
    """The reader's name, numbered where it read this capture before, under other rules."""
    names = (reader if number == 1 else f"{reader} ({number})" for number in count(1))
    return next(name for name in names if name not in readers)
