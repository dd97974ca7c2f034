"""How well stories are told, and what telling them costs.

    python -m bench.stories [LABELLED.jsonl] [--sizes 1000,10000,100000] [--join 0.2]

A labelled file has a report a line: {"id", "title", "text", "published_at", "language", "event"}. Without one the
reports are made up (`bench/support/reports.py`): that says whether the rules work as they are meant to, not how well
they do on real news. Printed are BCubed precision, recall and F1 (Bagga and Baldwin 1998), and the CPU milliseconds of
one more report with so many of its language in the window.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bench.support.reports import Labelled, Press
from dateline.nouns.stories import Founded, Merged
from worker.cluster.decide import Desk, Report, Rules
from worker.cluster.terms import terms_of
from worker.enrich.language import tell


def labelled(path: Path) -> Iterator[Labelled]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        at = datetime.fromisoformat(row["published_at"])
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        language = row.get("language")
        yield Labelled(str(row.get("id", number)), row["title"] or "", row["text"] or "", at, language, row["event"])


def bcubed(found: Mapping[str, object], truth: Mapping[str, object]) -> tuple[float, float, float]:
    """Precision, recall and F1: of the reports in one's cluster how many are of its event, and the other way round."""
    clusters, events = Counter(found.values()), Counter(truth.values())
    both = Counter((found[one], truth[one]) for one in truth)
    precision = sum(n * n / clusters[cluster] for (cluster, _), n in both.items()) / len(truth)
    recall = sum(n * n / events[event] for (_, event), n in both.items()) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)


def place(desk: Desk, number: int, report: Labelled) -> None:
    language = report.language or (tell(f"{report.title}\n{report.text}"[:700]) or ("", 0.0))[0]
    counts = terms_of(report.title, report.text, language)
    desk.place(Report(number, language, counts, report.published_at, number, report.published_at))


def score(reports: Iterable[Labelled], join: float) -> None:
    ordered = sorted(reports, key=lambda one: one.published_at)
    desk = Desk(Rules(join=join))
    began = time.process_time()
    for number, report in enumerate(ordered, 1):
        place(desk, number, report)
    spent = (time.process_time() - began) / len(ordered) * 1000
    steps = desk.steps()
    found = {r.id: desk.standing[number].story or f"alone {number}" for number, r in enumerate(ordered, 1)}
    truth = {report.id: report.event for report in ordered}
    precision, recall, f1 = bcubed(found, truth)
    sizes = defaultdict(int, Counter(type(one).__name__ for one in steps))
    parted = sum(isinstance(one, Founded) and one.parted_from is not None for one in steps)
    merged = sum(isinstance(one, Merged) for one in steps)
    print(
        f"| {len(ordered):,} | {len(set(truth.values())):,} | {len(set(found.values())):,} | {precision:.3f} "
        f"| {recall:.3f} | {f1:.3f} | {sizes['Founded']} | {merged} | {parted} | {spent:.2f} |",
        flush=True,
    )


def cost(sizes: list[int]) -> None:
    print("\n| reports in the window | CPU ms a report | of it terms | memory, MB |\n|---|---|---|---|")
    for size in sizes:
        desk, extra = Desk(Rules()), min(2000, size)
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        reports = list(enumerate(Press(2).reports(size + extra, 70), 1))
        for number, report in reports[:size]:
            place(desk, number, report)
        began = time.process_time()
        for _, report in reports[size:]:
            terms_of(report.title, report.text, "en")
        terms = time.process_time() - began
        began = time.process_time()
        for number, report in reports[size:]:
            place(desk, number, report)
        spent = time.process_time() - began
        used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1024
        print(f"| {size:,} | {spent / extra * 1000:.2f} | {terms / extra * 1000:.2f} | {used:.0f} |", flush=True)
        del desk, reports
        gc.collect()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("labelled", nargs="?", type=Path, metavar="LABELLED.jsonl")
    arguments.add_argument("--sizes", default="1000,10000,100000", help="reports in the window; empty: leave it out")
    arguments.add_argument("--join", default="0.20", help="thresholds to be tried, comma-separated")
    options = arguments.parse_args()
    reports = list(labelled(options.labelled) if options.labelled else Press(1).reports(4000, 96))
    print(f"{options.labelled or 'made-up reports: a sanity check alone'}\n")
    print("| reports | events | clusters | precision | recall | F1 | stories begun | merged | parted | CPU ms |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for join in options.join.split(","):
        score(reports, float(join))
    if options.sizes:
        cost([int(size) for size in options.sizes.split(",")])


if __name__ == "__main__":
    main()
