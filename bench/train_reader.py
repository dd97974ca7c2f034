"""Train the block model that reads pages' bodies, and write the file that the reader loads.

    python -m bench.train_reader CORPUS_DIR... --out worker/parse/reader_model.npz [--day 2026-11-24] [--seed 1]

CORPUS_DIR/truth.json maps an id to {file, url, body, ...}; give no corpus that you mean to judge the reader by. Needs
the extra `bench` (CatBoost). The same corpora, day and seed give the same bytes.

1. Every page is cut into blocks, each labelled with the share of its words that the true body has.
2. Sites are dealt into folds. The first stage's chances of a page always come from trees that did not see its site.
3. Pages whose truth two readers agree to be cut short teach the wrong thing, and are left out of the training (never
   of the scores); then both stages are trained again, by fold for the scores and on all pages for the file.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import statistics
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import catboost
import numpy as np
from publicsuffixlist import PublicSuffixList

from worker.parse.block_extractor import MAX_BLOCKS, paragraphs
from worker.parse.block_model import FORMAT, BlockModel, Trees, choices
from worker.parse.blocks import Blocks
from worker.parse.extractor import TrafilaturaExtractor
from worker.parse.features import FEATURES, Batch, context, describe
from worker.parse.page import Page, open_page

FOLDS = 4
SHINGLE = 4  # words
CUT_SHORT = 0.7  # precision below which a truth that two readers exceed is taken to be incomplete
SETTINGS: dict[str, Any] = {
    "iterations": 200,
    "depth": 6,
    "learning_rate": 0.08,
    "rsm": 0.3,  # features tried a level: fewer make steadier trees, and training faster
    "l2_leaf_reg": 5,
    "border_count": 64,
    "thread_count": 1,  # more threads add in another order: another file
    "allow_writing_files": False,
    "verbose": False,
}
_WORD = re.compile(r"\w+")


@dataclass(eq=False, slots=True)
class Sample:
    """A page with its truth."""

    corpus: str
    site: str
    body: str
    page: Page
    blocks: Blocks
    batch: Batch
    labels: Any  # share of each block's words that are the story's
    weights: Any  # long blocks more than short ones, and every page the same
    chances: Any = field(default=None)  # the first stage's, then the second's, always out of fold
    second: Any = field(default=None)


def shingles(words: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[at:] for at in range(SHINGLE)), strict=False))


def label(texts: Sequence[str], body: str) -> Any:
    """How much of each block stands in the story; of a text that repeats, only the copy among the story's blocks;
    of a few words, only where they continue or introduce a block of the story."""
    story = _WORD.findall(body)
    known, flat = Counter(shingles(story)), f" {' '.join(story)} "
    words = [_WORD.findall(text) for text in texts]
    labels = np.zeros(len(texts))
    copies = defaultdict(list)
    for at, found in enumerate(words):
        if len(found) >= SHINGLE:
            pieces = shingles(found)
            labels[at] = sum(piece in known for piece in pieces) / len(pieces)
            if labels[at] > 0.5:
                copies[tuple(found)].append(at)
    mass = labels * [len(found) for found in words]
    for found, places in copies.items():
        surplus = len(places) - max(1, flat.count(f" {' '.join(found)} "))
        if surplus > 0:
            around = [mass[max(0, at - 6) : at + 7].sum() - mass[at] for at in places]
            for worst in np.argsort(around, kind="stable")[:surplus]:
                labels[places[worst]] = 0
    long = labels.copy()
    for at, found in enumerate(words):
        if 0 < len(found) < SHINGLE and f" {' '.join(found)} " in flat:
            labels[at] = _label_short(at, words, long, flat)
    return labels


def _label_short(at: int, words: Sequence[Sequence[str]], long: Any, flat: str) -> float:
    before = [i for i in range(max(0, at - 3), at) if len(words[i]) >= SHINGLE]
    after = [i for i in range(at + 1, min(len(words), at + 4)) if len(words[i]) >= SHINGLE]
    said = " ".join(words[at])
    if before and long[before[-1]] > 0.5 and f"{' '.join(words[before[-1]][-3:])} {said} " in flat:
        return 1.0
    if after and long[after[0]] > 0.5 and f" {said} {' '.join(words[after[0]][:3])}" in flat:
        return 1.0
    nearest = [max((long[i] for i in side), default=0.0) for side in (before, after)]
    near = min(nearest) if before and after else max(nearest)
    return float(near) * (0.5 if len(words[at]) > 1 else 0.25)


def read_corpus(folder: Path, site: Any) -> Iterator[Sample]:
    for truth in json.loads((folder / "truth.json").read_text()).values():
        if not truth.get("body"):
            continue
        raw = (folder / truth["file"]).read_bytes()
        page = open_page(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw, truth.get("url") or "")
        blocks = page.blocks
        if blocks.cut or not 0 < len(blocks.texts) <= MAX_BLOCKS:
            continue
        batch = describe([blocks])
        words = np.sqrt(np.maximum(batch.length / 6, 1))
        host = urlsplit(truth.get("url") or "").hostname or truth["file"]
        known = (folder.name, site(host) or host, truth["body"], page, blocks, batch)
        yield Sample(*known, labels=label(blocks.texts, truth["body"]), weights=10 * words / words.sum())


def fit(samples: Sequence[Sample], stage: str, seed: int) -> Trees:
    """Train one stage. A label between 0 and 1 counts as a block of each kind, weighted."""
    matrix = np.concatenate([inputs(sample, stage) for sample in samples], axis=1).T
    labels = np.concatenate([sample.labels for sample in samples])
    weights = np.concatenate([sample.weights for sample in samples])
    both = np.concatenate([weights * labels, weights * (1 - labels)])
    used = both > 1e-9
    model = catboost.CatBoostClassifier(**SETTINGS, random_seed=seed)
    answers = np.repeat([1, 0], len(labels))[used]
    model.fit(catboost.Pool(np.concatenate([matrix, matrix])[used], answers, weight=both[used]))
    return trees(model)


def inputs(sample: Sample, stage: str) -> Any:
    if stage == "first":
        return sample.batch.matrix
    return np.concatenate([sample.batch.matrix, context(sample.batch, sample.chances)])


def trees(model: Any) -> Trees:
    """CatBoost's trees as the reader keeps them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        model.save_model(str(path), format="json")
        told = json.loads(path.read_text())
    columns = [feature["flat_feature_index"] for feature in told["features_info"]["float_features"]]
    depth = max(len(tree["splits"]) for tree in told["oblivious_trees"])
    scale, (bias,) = told["scale_and_bias"]
    count = len(told["oblivious_trees"])
    feature = np.zeros((count, depth), np.uint16)
    border = np.full((count, depth), np.inf, np.float32)  # a question that is always answered no: for shallow trees
    leaf = np.zeros((count, 2**depth), np.float32)
    for at, tree in enumerate(told["oblivious_trees"]):
        for level, split in enumerate(tree["splits"]):
            feature[at, level], border[at, level] = columns[split["float_feature_index"]], split["border"]
        leaf[at, : len(tree["leaf_values"])] = np.multiply(tree["leaf_values"], scale)
    return Trees(feature, border, leaf.astype(np.float16).astype(np.float32), float(bias))


def score(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Precision and recall in shingles of four words, as means over pages, and their F1."""
    precisions, recalls = [], []
    for body, text in pairs:
        wanted, found = Counter(shingles(_WORD.findall(body))), Counter(shingles(_WORD.findall(text)))
        shared = (wanted & found).total()
        if found:
            precisions.append(shared / found.total())
        recalls.append(shared / max(1, wanted.total()))
    precision, recall = statistics.mean(precisions or [0.0]), statistics.mean(recalls)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"pages": len(pairs), "f1": round(f1, 4), "precision": round(precision, 4), "recall": round(recall, 4)}


def text_of(sample: Sample) -> str:
    (choice,) = choices(sample.batch, sample.second)
    return "\n".join(paragraphs(sample.blocks, choice))


def cross_validate(samples: Sequence[Sample], learnt: Sequence[Sample], fold: dict[str, int], seed: int) -> None:
    """Give each sample the chances of both stages, from trees that did not see its site."""
    for stage in ("first", "second"):
        for number in range(FOLDS):
            grown = fit([sample for sample in learnt if fold[sample.site] != number], stage, seed)
            for sample in samples:
                if fold[sample.site] == number:
                    found = grown.chances(inputs(sample, stage))
                    if stage == "first":
                        sample.chances = found
                    else:
                        sample.second = found


def is_cut_short(sample: Sample, reader: TrafilaturaExtractor) -> bool:
    """Whether the block model and trafilatura both find far more than the truth has."""
    return all(
        score([(sample.body, text)])["precision"] < CUT_SHORT
        for text in (text_of(sample), "\n".join(reader.extract([sample.page])[0].paragraphs))
        if text
    )


def train(folders: Sequence[Path], day: str, seed: int) -> BlockModel:
    site = PublicSuffixList().privatesuffix
    samples = [sample for folder in folders for sample in read_corpus(folder, site)]
    sites = sorted({sample.site for sample in samples})
    np.random.RandomState(seed).shuffle(sites)
    fold = {name: number % FOLDS for number, name in enumerate(sites)}

    cross_validate(samples, samples, fold, seed)
    reader = TrafilaturaExtractor(fast=True)
    learnt = [sample for sample in samples if not is_cut_short(sample, reader)]
    cross_validate(samples, learnt, fold, seed)
    scores = {
        folder.name: score([(sample.body, text_of(sample)) for sample in samples if sample.corpus == folder.name])
        for folder in folders
    }
    first, second = (fit(learnt, stage, seed) for stage in ("first", "second"))
    digest = hashlib.sha256(b"".join(part.tobytes() for t in (first, second) for part in (t.feature, t.border, t.leaf)))
    facts = {
        "version": f"{day}.{digest.hexdigest()[:8]}",
        "format": FORMAT,
        "features": FEATURES,
        "bias": {"first": first.bias, "second": second.bias},
        "day": day,
        "seed": seed,
        "settings": SETTINGS,
        "catboost": catboost.__version__,
        "corpora": {name: {**score, "sites_held_out_by_fold": FOLDS} for name, score in scores.items()},
        "left_out": len(samples) - len(learnt),
    }
    return BlockModel(first, second, facts)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("corpora", type=Path, nargs="+", metavar="CORPUS_DIR")
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--day", default=datetime.now(UTC).date().isoformat(), help="written into the file")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    model = train(given.corpora, given.day, given.seed)
    model.save(given.out)
    print(json.dumps({"bytes": given.out.stat().st_size, **model.facts}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
