"""What enriching costs: milliseconds of CPU an article for each enricher, on the texts of real pages.

    python bench/enrich.py CORPUS_DIR [--limit 500] [--with sentiment --with places]

A CORPUS_DIR holds `truth.json`, which maps an id to {"file", "url", "title", "body"}; a page without a body is read
from its file by our own reader. The built-in enrichers are measured as they run, one after another on each article.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from dateline.nouns.enrichments import Enrichable
from worker.enrich.enricher import run
from worker.enrich.installed import AT_ONCE, load
from worker.parse.article import PageInput, read_articles


def texts(folder: Path) -> Iterator[Enrichable]:
    """The titles and texts of a corpus."""
    for page in json.loads((folder / "truth.json").read_text(encoding="utf-8")).values():
        title, body = page.get("title") or "", page.get("body")
        if isinstance(body, list):
            body = "\n\n".join(map(str, body))
        if not body:
            raw = (folder / page["file"]).read_bytes()
            html = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
            [article] = read_articles([PageInput(html, page["url"] or "http://example.org/", "text/html", None)])
            title, body = article.title or title, article.text
        if body:
            yield Enrichable(title=title, text=body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--limit", type=int, default=500, help="articles")
    parser.add_argument("--with", dest="others", action="append", default=[], help="an enricher besides the built-in")
    given = parser.parse_args()
    articles = list(islice(texts(given.corpus), given.limit))
    if not articles:
        raise SystemExit(f"{given.corpus} holds no texts")
    enrichers = [*AT_ONCE, *map(load, given.others)]
    for article in articles[:20]:  # tables are read, expressions compiled
        for enricher in enrichers:
            run(enricher, article)
    took: defaultdict[str, list[float]] = defaultdict(list)
    failed: defaultdict[str, int] = defaultdict(int)
    for article in articles:
        for enricher in enrichers:
            began = time.process_time_ns()
            made = run(enricher, article)
            took[enricher.name].append((time.process_time_ns() - began) / 1e6)
            failed[enricher.name] += bool(made.error)
    words = sorted(len(article.text.split()) for article in articles)
    print(f"{len(articles)} articles of {words[len(words) // 2]} words (median), {sum(words) // len(words)} (mean)")
    print(f"{'ms of CPU an article':<22}{'mean':>8}{'p50':>8}{'p99':>8}  failed")
    for name, times in took.items():
        print(line(name, times), f"{failed[name]:>7}")
    together = [sum(took[one.name][place] for one in AT_ONCE) for place in range(len(articles))]
    print(line("built in, together", together))


def line(name: str, times: list[float]) -> str:
    """One row of the table."""
    ordered = sorted(times)
    parts = (sum(ordered) / len(ordered), ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100])
    return f"{name:<22}" + "".join(f"{part:>8.3f}" for part in parts)


if __name__ == "__main__":
    main()
