"""What one revision changed, and how much that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NOT_KEPT = "damped, this one is not kept"  # the verdict on a look whose text was told and not kept


class Weight(StrEnum):
    """How much an edit is. The words are part of the public interface."""

    MINOR = "minor"
    SUBSTANTIAL = "substantial"


@dataclass(frozen=True, slots=True)
class Edit:
    """What tells a text from the one before it. Words are counted wherever they stand: moving them is no change."""

    weight: Weight
    changed: tuple[str, ...]  # "title", "text", "byline", "published"
    words_added: int = 0
    words_removed: int = 0
    why: str = ""  # what makes it minor or substantial, in words
    flip_flop: bool = False  # the publisher showed this text before
