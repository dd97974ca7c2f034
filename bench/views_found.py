"""Which pages' own view counters are found: all that people found by eye, and no other.

    python -m bench.views_found FOLDER...

FOLDER/counters.json maps a corpus to the pages that print a counter of their own, {id: [count, exact]}; each corpus is
a folder beside it, whose truth.json maps an id to {file, url}. On a page that is not named, and in a corpus that is
not, no counter is to be found.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dateline.errors import ReadError
from dateline.nouns.articles import ViewCount
from worker.parse.evidence import Evidence
from worker.parse.page import open_page
from worker.parse.views import find_views


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found on one page, what is there, and the CPU seconds that looking took."""

    name: str
    truth: tuple[int, bool] | None
    found: ViewCount | None
    seconds: float

    @property
    def verdict(self) -> str:
        """In a word; empty where none was found and none is there."""
        if self.found is None:
            return "missed" if self.truth else ""
        if self.truth is None:
            return "extra"
        return "found" if self.truth == (self.found.count, self.found.exact) else "misread"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    looked = [each for folder in parser.parse_args().folders for each in _look(folder)]
    for each in looked:
        if each.verdict:
            told = f"{each.found.count} {each.found.extractor} {each.found.matched!r}" if each.found else each.truth
            print(f"{each.verdict:8}{each.name}  {told}")
    counts = {verdict: sum(each.verdict == verdict for each in looked) for verdict in ("found", "missed", "misread")}
    extra = sum(each.verdict == "extra" for each in looked)
    mean = sum(each.seconds for each in looked) * 1000 / max(len(looked), 1)
    print(f"{len(looked)} pages, {mean:.3f} ms of CPU each: {counts}, extra: {extra}")


def _look(folder: Path) -> Iterator[Looked]:
    counters = json.loads((folder / "counters.json").read_text())
    for corpus in sorted(path.parent for path in folder.glob("*/truth.json")):
        for name, page in json.loads((corpus / "truth.json").read_text()).items():
            if "file" in page:  # else it is a corpus of feeds
                truth = counters.get(corpus.name, {}).get(name)
                found, seconds = _find(corpus / page["file"], page.get("url") or "")
                yield Looked(f"{corpus.name}/{name}", tuple(truth) if truth else None, found, seconds)


def _find(path: Path, url: str) -> tuple[ViewCount | None, float]:
    """The counter of a saved page and the CPU seconds of finding it, once the page is open and its JSON-LD read."""
    body = path.read_bytes()
    try:
        page = open_page(gzip.decompress(body) if path.suffix == ".gz" else body, url)
    except ReadError:
        return None, 0.0
    evidence = Evidence(page)
    _ = page.lines, evidence.stories  # which reading its metadata has already asked for
    start = time.process_time()
    found = find_views(page, evidence)
    return found, time.process_time() - start


if __name__ == "__main__":
    main()
