"""`dateline views`: the view counts that were seen of an article, over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli.articles import which
from cli.opening import opened
from cli.output import clean, json_option, print_json, table
from dateline.nouns.articles import ViewSample
from storage import catalog


@click.command()
@click.argument("word", metavar="ID|KEY|URL")
@json_option
def views(word: str, as_json: bool) -> None:
    """Show every view count that was seen of one article, oldest first.

    A count is never corrected: one that is rounded, falls or jumps is shown as seen, and marked.
    """
    with opened() as (_, db):
        with db.read() as tx:
            article = which(tx, word)
            samples = catalog.samples(tx, article.id)
        if as_json:
            for sample in samples:
                print_json(_sample_record(sample))
            return
        table(
            ["observed", "count", "change", "counted by", "note"],
            _sample_rows(samples),
            empty=f"No view count was seen yet of article {article.id}: {clean(article.title or article.url)}",
        )


def _sample_record(sample: ViewSample) -> dict[str, Any]:
    return {
        "article_id": sample.article_id,
        "observed_at": sample.observed_at,
        "count": sample.count,
        "meter": sample.meter,
        "exact": sample.exact,
        "marks": sample.marks,
        "matched": sample.matched,
        "extractor": sample.extractor,
        "capture_id": sample.capture_id,
    }


def _sample_rows(samples: list[ViewSample]) -> Iterator[tuple[object, ...]]:
    before: dict[str, int] = {}
    for one in samples:
        change = f"{one.count - before[one.meter]:+d}" if one.meter in before else None
        before[one.meter] = one.count
        yield one.observed_at, one.count, change, one.meter, ", ".join(one.marks)
