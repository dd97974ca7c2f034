"""What counts as an edit, how much of one, and when an article changes too often: rules as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dateline.nouns.articles import PageKind, ParsedArticle, TextFrom
from dateline.nouns.plans import Known, KnownArticle, Look, SavePlan
from dateline.nouns.revisions import Weight
from worker.dedupe.decide import decide
from worker.dedupe.revisions import calmed, damped, edit_between, edit_of, saying, stirred
from worker.parse.text import content_hash

NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
BODY = (
    "The harbour of Kirrin was opened again on Monday after a winter of repairs that cost 12 million crowns. "
    "The council had planned to spend less. Mayor Ada Lind said that the work was finished, and ships may come in. "
    "Fishermen who had left for other ports were asked to come home, and most of them are expected to do so before "
    "the summer begins, when the town has guests from all over the country and every berth is taken by the weekend."
)
JAPANESE = "東京都は新しい図書館を来年の春に開くと発表した。建物は五階建てで、子どものための部屋がある。" * 4


def said(text: str = BODY, title: str = "Harbour reopens", **more: Any) -> ParsedArticle:
    digest = content_hash(title, text) if text else b""
    return ParsedArticle(title=title, text=text, content_hash=digest, reader="5; model", **more)


@pytest.mark.parametrize(
    ("old", "new", "weight", "why"),
    [
        ("was finished", "was completed", Weight.MINOR, "2 of its words changed"),
        ("planned to spend", "planed to spend", Weight.MINOR, "2 of its words"),
        ("ships may come in.", "ships may, come in!", Weight.MINOR, "marks, case or order alone"),
        ("12 million", "13 million", Weight.SUBSTANTIAL, "its numbers changed: 12 -> 13"),
        ("12 million", "12 billion", Weight.SUBSTANTIAL, "a word that turns the sense changed: million -> billion"),
        ("ships may come", "ships may not come", Weight.SUBSTANTIAL, "turns the sense changed: none -> not"),
        ("Ada Lind", "Eva Lind", Weight.SUBSTANTIAL, "its names changed: ada -> eva"),
        (BODY[BODY.index(", and most of them") : -1], "", Weight.SUBSTANTIAL, "of its words changed"),
        ("The council had", "On reflection the council of the town had", Weight.MINOR, "of its words"),
    ],
)
def test_an_edit_is_minor_or_substantial_for_a_reason(old: str, new: str, weight: Weight, why: str) -> None:
    assert old in BODY
    before = said(BODY + "\n\n" + "Nothing else happened in the town that day, it is told. " * 8)
    edit = edit_between(before, replace(before, text=before.text.replace(old, new)))
    assert (edit.weight, why in edit.why) == (weight, True), edit


@pytest.mark.parametrize(
    ("before", "after", "weight"),
    [
        ("Updated 5 minutes ago. " + BODY, "Updated 2 hours ago. " + BODY.replace("finished", "ended"), Weight.MINOR),
        (JAPANESE, JAPANESE.replace("来年", "今年", 1), Weight.MINOR),
        (JAPANESE, JAPANESE + "知事は月曜に会見を開き、計画は変えないと述べた。" * 3, Weight.SUBSTANTIAL),
        ("Am Montag hat der Rat im Haus am Markt den Plan für das Bad und den Hafen der Stadt gezeigt. " * 6,
         "Am Montag hat der Rat im Haus am Markt den Plan für das Bad und die Werft der Stadt gezeigt. "
         + "Am Montag hat der Rat im Haus am Markt den Plan für das Bad und den Hafen der Stadt gezeigt. " * 5,
         Weight.MINOR),
        (f"{BODY}\n\nSecond.", f"Second.\n\n{BODY}", Weight.MINOR),
        ("", BODY, Weight.SUBSTANTIAL),
    ],
    ids=["a ticking clock", "a character", "a sentence of characters", "German nouns are no names", "moved", "all"],
)  # fmt: skip
def test_words_are_weighed_in_any_script(before: str, after: str, weight: Weight) -> None:
    assert edit_between(said(before), said(after)).weight is weight


def test_a_title_is_substantial_and_its_case_is_not() -> None:
    assert edit_between(said(), said(title="Harbour closes")).weight is Weight.SUBSTANTIAL
    assert edit_between(said(), said(title="HARBOUR REOPENS!")).changed == ()


def test_words_are_counted_wherever_they_stand() -> None:
    edit = edit_between(said("one two three"), said("three two four five"))
    assert (edit.words_added, edit.words_removed, edit.changed) == (2, 1, ("text",))


def standing(**more: Any) -> KnownArticle:
    article = KnownArticle(1, "a", TextFrom.PAGE, b"", 1, NOW, NOW, NOW)
    return saying(article, said(**more))


LATER = NOW + timedelta(days=10)
OWN = {"byline": "json-ld", "published_on": "json-ld"}
MARCH = {"published_on": date(2026, 3, 28), "provenance": OWN}


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"byline": ("Ada Lind",)}, {"byline": ("Bo Ek",)}, ("byline",)),
        ({}, {"byline": ("Bo Ek",)}, ("byline",)),
        ({"byline": ("Ada Lind", "Bo Ek")}, {"byline": ("bo ek", "Ada  Lind")}, ()),
        ({"byline": ("Ada Lind",)}, {}, ()),
        ({"byline": ("Ada Lind",)}, {"byline": ("Bo Ek",), "provenance": {"byline": "feed"}}, ()),
        (MARCH, {**MARCH, "published_on": date(2026, 3, 14)}, ("published",)),
        (MARCH, {**MARCH, "published_on": date(2026, 4, 7)}, ()),
        (MARCH, {**MARCH, "published_on": None}, ()),
        ({}, MARCH, ()),
        (MARCH, {"published_on": date(2026, 3, 14), "provenance": {"published_on": "text"}}, ()),
        ({"published_on": date(2026, 3, 28)}, {"published_on": date(2026, 3, 14)}, ()),
        (MARCH, {**MARCH, "modified_at": LATER}, ()),
        (MARCH, {**MARCH, "section": "City", "image": "http://paper.example/1.png", "keywords": ("harbour",)}, ()),
    ],
    ids=[
        *("another author", "an author named", "the same in another order", "no author any more", "the feed's word"),
        *("another day", "a day that goes with the calendar", "no day any more", "a day named", "another place"),
        *("a guess", "modified alone", "the rest"),
    ],
)
def test_a_change_of_metadata_alone_is_a_minor_edit_where_the_publisher_made_one(
    before: dict[str, Any], after: dict[str, Any], changed: tuple[str, ...]
) -> None:
    edit = edit_of(standing(**before), said(**after), LATER)
    assert (edit.changed if edit else ()) == changed
    assert edit is None or (edit.weight, edit.words_added, edit.words_removed) == (Weight.MINOR, 0, 0)


# --- in the plan ---


def look(minute: float, page: ParsedArticle | None, **more: object) -> Look:
    at = NOW + timedelta(minutes=minute)
    return Look("k", "a", "http://a", 1, at, int(100 + minute), 7, page=page, **more)  # type: ignore[arg-type]


def looked(pages: list[ParsedArticle | None], *, every: float = 60, **options: int) -> SavePlan:
    """The plan for these looks, an hour apart; None is a page that is gone."""
    looks = [look(n * every, page, gone=page is None, reason="404") for n, page in enumerate(pages)]
    return decide(looks, Known(), **options)


def test_a_text_seen_before_is_a_flip_flop_and_kept() -> None:
    plan = looked([said("A " + BODY), said("B " + BODY), said("A " + BODY), said("C " + BODY)])
    assert [one.edit.flip_flop for one in plan.revisions if one.edit] == [False, True, False]
    told = [change.summary.get("flip_flop") for change in plan.changes if change.kind == "article.revised"]
    assert told == [None, True, None]


def test_a_change_record_tells_how_much_was_changed() -> None:
    plan = looked([said(), said(BODY.replace("12", "13"))])
    [told] = [change.summary for change in plan.changes if change.kind == "article.revised"]
    expected = {"edit": "substantial", "changed": ["text"], "words_added": 1, "words_removed": 1, "revisions": 2}
    assert {name: told[name] for name in expected} == expected


def test_gone_and_back_are_told_each_time() -> None:
    plan = looked([said(), None, None, said(), None, said("New. " + BODY)])
    kinds = [str(change.kind) for change in plan.changes]
    assert kinds == [
        *("article.created", "article.gone", "article.back", "article.gone"),
        *("article.back", "article.revised"),
    ]
    assert plan.articles[0].known.gone_at is None
    gone, back = plan.changes[1].summary, plan.changes[2].summary
    assert (gone["observed_at"], gone["capture_id"], back["gone_at"]) == (
        "2026-03-30T13:00:00Z",
        160,
        "2026-03-30T13:00:00Z",
    )


def changing(count: int, *, kind: PageKind = PageKind.ARTICLE) -> list[ParsedArticle | None]:
    return [said(f"Version number{n} of it. {BODY}", kind=kind) for n in range(count)]


def test_an_article_that_changes_on_each_look_is_damped_to_one_text_a_day() -> None:
    plan = looked(changing(60), damp_after=5)
    kept = [(one.observed_at - NOW) / timedelta(hours=1) for one in plan.revisions]
    assert kept == [0, 1, 2, 3, 4, 28, 52]
    marks = [change.summary.get("damped") for change in plan.changes if change.kind == "article.revised"]
    assert marks == [None, None, None, None, True, True]
    assert "damped, this one is not kept" in plan.verdicts[100 + 10 * 60]
    assert damped(plan.articles[0].known, 5)


def test_a_text_that_lasts_is_kept_at_once_by_a_damped_article_and_ends_it() -> None:
    pages = changing(10)
    plan = looked([*pages, pages[-1], pages[-1], pages[-1], pages[-1]], damp_after=5)
    assert plan.revisions[-1].text == pages[-1]
    assert plan.articles[0].known.content_hash == pages[-1].content_hash
    assert not damped(plan.articles[0].known, 5)


def test_a_live_blog_may_change_on_each_look() -> None:
    assert len(looked(changing(40, kind=PageKind.LIVE_BLOG), damp_after=5).revisions) == 40


def test_the_count_of_changing_looks_has_a_ceiling_and_sinks() -> None:
    article = standing()
    for _ in range(100):
        article = stirred(article, 5)
    assert article.restless == 9
    for _ in range(3):
        article = calmed(article)
    assert (article.restless, damped(article, 5)) == (3, False)
