"""The model that tells a story's blocks from the rest: boosted oblivious trees in two stages, in plain numpy.

The first stage judges each block by its features; the second judges it again, knowing what the first thought of its
neighbours. `bench/train_reader.py` makes the file that holds the trees.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from worker.parse.blocks import Blocks
from worker.parse.features import FEATURES, Batch, Column, Matrix, context, describe

FORMAT = 1
MODEL_FILE = Path(__file__).with_name("reader_model.npz")
KEEP = 0.5  # chance from which on a block is the story's


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees that ask one question a level: is this feature above this border? The answers are the leaf's number."""

    feature: NDArray[np.uint16]  # of each question: (trees, depth)
    border: NDArray[np.float32]  # (trees, depth)
    leaf: NDArray[np.float32]  # (trees, 2 ** depth)
    bias: float

    def chances(self, matrix: Matrix) -> Column:
        """The chance of each block, given a row for each feature."""
        rows = list(matrix)
        total = np.full(matrix.shape[1], self.bias, dtype=np.float32)
        answer = np.empty(matrix.shape[1], np.bool_)
        bit = answer.view(np.uint8)
        for features, borders, leaves in zip(self.feature.tolist(), self.border.tolist(), self.leaf, strict=True):
            number = np.zeros(matrix.shape[1], np.uint8)
            for feature, border in zip(reversed(features), reversed(borders), strict=True):
                np.add(number, number, number)
                np.greater(rows[feature], border, answer)
                np.bitwise_or(number, bit, number)
            total += leaves.take(number)
        return np.asarray(1 / (1 + np.exp(-total)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the model makes of one page."""

    chances: Column  # of each block
    keep: NDArray[np.bool_]
    confidence: float  # the F1 that the chances lead one to expect of the blocks kept


@dataclass(frozen=True, slots=True)
class BlockModel:
    """Both stages, and what is known of how they were made."""

    first: Trees
    second: Trees
    facts: dict[str, Any]

    @property
    def version(self) -> str:
        """Names the file: the day of training and a digest of the trees."""
        return str(self.facts["version"])

    def choose(self, pages: Sequence[Blocks]) -> list[Choice]:
        """Judge the blocks of some pages, all at once: most of the cost is numpy's, a call a tree."""
        if not any(page.texts for page in pages):
            return [Choice(np.empty(0, np.float32), np.empty(0, np.bool_), 0.0) for _ in pages]
        batch = describe(pages)
        chances = self.second.chances(np.concatenate([batch.matrix, context(batch, self.first.chances(batch.matrix))]))
        return choices(batch, chances)

    @classmethod
    def load(cls, path: Path = MODEL_FILE) -> Self:
        """Read a model file. Raises ValueError when it was made for other features than this reader's."""
        with np.load(path, allow_pickle=False) as kept:
            facts = json.loads(str(kept["facts"]))
            if (facts["format"], facts["features"]) != (FORMAT, FEATURES):
                made = f"format {facts['format']} and features {facts['features']}"
                raise ValueError(f"{path.name} has {made}; this reader needs {FORMAT} and {FEATURES}: train it again")
            first, second = (
                Trees(
                    kept[f"{stage}_feature"],
                    kept[f"{stage}_border"],
                    kept[f"{stage}_leaf"].astype(np.float32),
                    float(facts["bias"][stage]),
                )
                for stage in ("first", "second")
            )
        return cls(first, second, facts)

    def save(self, path: Path) -> None:
        """Write the model file; equal models give equal bytes."""
        arrays: dict[str, Any] = {}
        for stage, trees in (("first", self.first), ("second", self.second)):
            arrays |= {f"{stage}_feature": trees.feature, f"{stage}_border": trees.border}
            arrays[f"{stage}_leaf"] = trees.leaf.astype(np.float16)
        np.savez_compressed(path, facts=np.array(json.dumps(self.facts, sort_keys=True)), **arrays)


def choices(batch: Batch, chances: Column) -> list[Choice]:
    """What is kept of each page, and how sure that is."""
    keep = chances > KEEP
    pages = len(batch.first) - 1
    kept = np.bincount(batch.page, batch.length * keep, minlength=pages)
    hit = np.bincount(batch.page, batch.length * chances * keep, minlength=pages)
    wanted = np.bincount(batch.page, batch.length * chances, minlength=pages)
    confidence = 2 * hit / np.maximum(kept + wanted, 1e-9)
    return [
        Choice(chances[start:end], keep[start:end], float(sure))
        for start, end, sure in zip(batch.first, batch.first[1:], confidence, strict=False)
    ]
