"""Why a page was read as it was: every source's claim, the winner marked."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FieldClaim:
    """What one source says of a field. The one whose value stands in the article `won`."""

    value: str
    source: str
    won: bool = False


@dataclass(frozen=True, slots=True)
class CounterClaim:
    """A counter seen on the page, and what became of it: empty where it is the article's, else why it is not."""

    count: int
    matched: str
    extractor: str
    dropped: str = ""


@dataclass(frozen=True, slots=True)
class PageExplanation:
    """How a page was read. `fields` maps each field to its claims, the most trusted first."""

    fields: dict[str, tuple[FieldClaim, ...]] = field(default_factory=dict)
    counters: tuple[CounterClaim, ...] = ()
    reader: str = ""  # who found the body
    confidence: float | None = None  # the expected F1 of the body, where its reader tells one
    rule: str = ""  # the site rule that was applied
    rule_path: str = ""
    rule_gave: tuple[str, ...] = ()  # what came from it, in words
    views_url: str = ""  # the publisher's JSON counter, as the rule names it
