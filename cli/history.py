"""`dateline history ID|KEY|URL`: what was seen of an article over time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import click

from cli.articles import which
from cli.opening import opened
from cli.output import clean, json_option, note, print_json, say, table
from dateline.nouns.articles import Revision
from dateline.nouns.revisions import Edit
from storage import chain
from storage.chain import Chain, Step
from worker.dedupe.revisions import DAMPED, damped, edit_between
from worker.dedupe.words import read_words


@click.command()
@click.argument("word", metavar="ID|KEY|URL")
@json_option
def history(word: str, as_json: bool) -> None:
    """Show what was seen of an article over time: each text and what it changed, walls, gone and back again.

    The numbers of its texts are those that `dateline diff` takes.
    """
    with opened() as (settings, db):
        with db.read() as tx:
            article = which(tx, word)
            seen = chain.of_article(tx, article)
        if as_json:
            for step in seen.steps:
                print_json({"article_id": article.id, **_record(seen, step)})
            return
        say(clean(article.title or article.url))
        looked = f", the last {seen.looked_at:%Y-%m-%d %H:%M:%S} UTC" if seen.looked_at else ""
        say(f"article {article.id}, {seen.looks} look{'s' * (seen.looks != 1)} kept{looked}")
        if damped(article, settings.damp_after):
            say(DAMPED)
        say()
        columns = ["rev", "observed", "kind", "words", "change", "title", "note", "capture"]
        table(columns, _rows(seen), empty="No text of it was seen yet.")
        if len(seen.texts) > 1:
            note(f"What changed, word by word: dateline diff {article.id} [REV REV]")


def edit_to(seen: Chain, step: Step) -> Edit | None:
    """What a text changed: as it was weighed when it was kept, or now, where it was not; None for a first one."""
    before = seen.before(step)
    if step.revision is None or before is None or before.revision is None:
        return None
    return step.revision.edit or edit_between(before.revision, step.revision)


def _record(seen: Chain, step: Step) -> dict[str, Any]:
    """One step as a program reads it. These names are only added to."""
    told = {"observed_at": step.at, "kind": step.kind, "number": step.number, "reason": step.reason or None}
    one = step.revision
    if one is None:
        return {**told, "capture_id": step.capture_id}
    edit = edit_to(seen, step)
    return {
        **told,
        "revision_id": one.id,
        "title": one.title,
        "words": _words(one),
        "weight": edit.weight if edit else None,
        "changed": edit.changed if edit else (),
        "words_added": edit.words_added if edit else None,
        "words_removed": edit.words_removed if edit else None,
        "why": (edit.why if edit else "") or None,
        "flip_flop": edit.flip_flop if edit else False,
        "same_as": _same_as(seen, step),
        "text_from": one.text_from,
        "content_hash": one.content_hash,
        "reader": one.reader,
        "capture_id": step.capture_id,
    }


def _rows(seen: Chain) -> Iterator[tuple[object, ...]]:
    """A row for each text and event; looks in a row that showed the same wall are told in one."""
    for _, group in groupby(enumerate(seen.steps), key=lambda pair: _sort(pair[1]) or pair[0]):
        steps = [step for _, step in group]
        first, last = steps[0], steps[-1]
        if first.revision is None:
            times = f", {len(steps)} looks until {last.at:%Y-%m-%d %H:%M:%S} UTC" if len(steps) > 1 else ""
            yield None, first.at, first.kind, None, None, None, first.reason + times, first.capture_id
        else:
            yield _row(seen, first, first.revision)


def _sort(step: Step) -> tuple[str, str] | None:
    return (step.kind, step.reason) if step.revision is None else None


def _row(seen: Chain, step: Step, one: Revision) -> tuple[object, ...]:
    edit = edit_to(seen, step)
    change = f"+{edit.words_added} -{edit.words_removed}" if edit else None
    kind = f"{edit.weight} edit" if edit and one.kind == "edit" else one.kind
    same = _same_as(seen, step)
    notes = [edit.why] if edit else []
    notes += [f"flip-flop: the text of {same} again"] if edit and edit.flip_flop and same else []
    return step.number, step.at, kind, _words(one), change, one.title, "; ".join(notes), step.capture_id


def _words(one: Revision) -> int:
    return len(read_words(one.text).words)


def _same_as(seen: Chain, step: Step) -> int | None:
    """The first text that said the same."""
    assert step.revision is not None
    same = (
        one.number for one in seen.texts if one.revision and one.revision.content_hash == step.revision.content_hash
    )
    number = next(same, None)
    return number if number != step.number else None
