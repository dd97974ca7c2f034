"""How well and how fast pages are read: bodies, metadata, pages per CPU-second, peak memory; trafilatura beside it.

    python -m bench.extraction CORPUS_DIR... [--only dateline]

CORPUS_DIR/truth.json maps an id to {file, url, body | with/without, title, authors, date}. Each reader runs over each
corpus in a process of its own. Body F1: overlap of shingles of four words, counted with multiplicity, precision and
recall as means over the pages (the measure of Zyte's article extraction benchmark); for a corpus of snippets, F1 over
wanted and unwanted ones. Title: equal words. Authors: equal sets of names. Date: an equal day, as written or in UTC.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from worker.parse.article import PageInput, read_articles
from worker.parse.text import fold

BATCH = 32  # pages read together, as the service does
Answer = dict[str, Any]
Page = tuple[bytes, str]


def read_dateline(pages: Iterable[Page]) -> list[Answer]:
    articles = read_articles([PageInput(body, url) for body, url in pages])
    return [
        {
            "text": article.text,
            "title": article.title,
            "authors": [*article.byline, *article.agencies],  # truths name everyone credited
            "date": str(article.published_at or article.published_on or ""),
        }
        for article in articles
    ]


def read_trafilatura(pages: Iterable[Page], fast: bool) -> list[Answer]:
    answers = []
    for body, url in pages:
        try:
            found = bare_extraction(body, url=url or None, with_metadata=True, include_comments=False, fast=fast)
        except Exception:
            found = None
        authors = (found.author or "").split("; ") if found else []
        answers.append(
            {"text": found.text, "title": found.title, "authors": authors, "date": found.date or ""} if found else {}
        )
    return answers


READERS: dict[str, Callable[[Iterable[Page]], list[Answer]]] = {
    "dateline": read_dateline,
    "trafilatura": lambda pages: read_trafilatura(pages, fast=False),
    "trafilatura fast": lambda pages: read_trafilatura(pages, fast=True),
}


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return (
        Counter(zip(*(words[i:] for i in range(4)), strict=False))
        if len(words) > 3
        else Counter([tuple(words)] * bool(words))
    )


def harmonic(precision: float, recall: float) -> dict[str, float]:
    total = precision + recall
    return {"F1": 2 * precision * recall / total if total else 0.0, "precision": precision, "recall": recall}


def score_bodies(pairs: list[tuple[Answer, Answer]]) -> dict[str, float]:
    precisions, recalls = [], []
    for truth, answer in pairs:
        wanted, found = shingles(truth["body"]), shingles(answer.get("text") or "")
        shared = sum((wanted & found).values())
        if found:
            precisions.append(shared / found.total())
        recalls.append(shared / max(1, wanted.total()))
    return harmonic(statistics.mean(precisions or [0.0]), statistics.mean(recalls or [0.0]))


def score_snippets(pairs: list[tuple[Answer, Answer]]) -> dict[str, float]:
    hits = misses = wrong = 0
    for truth, answer in pairs:
        text = " ".join((answer.get("text") or "").split())
        present = [" ".join(snippet.split()) in text for snippet in truth.get("with") or []]
        hits += sum(present)
        misses += len(present) - sum(present)
        wrong += sum(" ".join(snippet.split()) in text for snippet in truth.get("without") or [])
    return harmonic(hits / max(1, hits + wrong), hits / max(1, hits + misses))


def names(value: Any) -> set[str]:
    parts = [value] if isinstance(value, str) else value or []
    return {fold(name) for part in parts for name in re.split(r";|,|\band\b|&|\n", str(part))} - {""}


def days(value: Any) -> set[str]:
    found = set(re.findall(r"\d{4}-\d{2}-\d{2}", str(value or ""))[:1])
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return found
    return found | {moment.astimezone(UTC).date().isoformat()} if moment.tzinfo else found


RULES: dict[str, Callable[[Any, Any], bool]] = {
    "title": lambda true, found: fold(true) == fold(found or ""),
    "authors": lambda true, found: names(true) == names(found),
    "date": lambda true, found: bool(days(true) & days(found)),
}


def score(truth: dict[str, Answer], answers: dict[str, Answer]) -> dict[str, float]:
    pairs = [(expected, answers.get(key, {})) for key, expected in truth.items()]
    with_body = [pair for pair in pairs if pair[0].get("body")]
    row = score_bodies(with_body) if with_body else score_snippets(pairs)
    for field, same in RULES.items():
        asked = [same(expected[field], found.get(field)) for expected, found in pairs if expected.get(field)]
        row[field] = sum(asked) / len(asked) if asked else float("nan")
    return row


def measure(reader: str, corpus: Path) -> dict[str, float]:
    """One reader over one corpus, in this process."""
    truth: dict[str, Answer] = json.loads((corpus / "truth.json").read_text())
    read, answers, spent = READERS[reader], {}, 0.0
    keys = list(truth)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        pages = [
            (gzip.decompress((corpus / truth[key]["file"]).read_bytes()), truth[key].get("url") or "") for key in batch
        ]
        before = time.process_time()
        answers.update(zip(batch, read(pages), strict=True))
        spent += time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return score(truth, answers) | {"pages/CPU-s": len(keys) / spent, "peak MB": peak / 2**20}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("corpora", nargs="+", type=Path, metavar="CORPUS_DIR")
    arguments.add_argument("--only", choices=READERS, help="one reader, its figures as JSON")
    options = arguments.parse_args()
    for corpus in options.corpora:
        if options.only:
            print(json.dumps(measure(options.only, corpus)))
            continue
        print(f"\n**{corpus.name}**\n")
        for number, reader in enumerate(READERS):
            command = [sys.executable, "-m", "bench.extraction", str(corpus), "--only", reader]
            row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            if not number:
                print("| reader | " + " | ".join(row) + " |\n|---" + "|---" * len(row) + "|")
            print(f"| {reader} | " + " | ".join(f"{v:.0f}" if v > 1.5 else f"{v:.3f}" for v in row.values()) + " |")


if __name__ == "__main__":
    main()
