"""`dateline diff ID [REV REV]`: what changed between two texts of an article, word by word."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import click

from cli.articles import which
from cli.opening import opened
from cli.output import clean, harmless, json_option, print_json, say
from dateline.errors import NotFound, UsageError
from dateline.nouns.articles import Article, Revision
from storage import chain
from storage.chain import Chain, Step
from worker.dedupe.diff import BREAK, Op, Piece
from worker.dedupe.diff import diff as compared
from worker.dedupe.revisions import edit_between

AROUND = 1  # paragraphs shown before and after one that changed
LEFT = 120  # characters left at each end of a long run in which nothing changed
FIELDS = ("byline", "published_on", "published_at", "modified_at")
MARKS: dict[Op, tuple[str, str]] = {"same": ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}
RIGHT_TO_LEFT = ("\u2067", "\u2069")  # RIGHT-TO-LEFT ISOLATE, POP DIRECTIONAL ISOLATE


@click.command()
@click.argument("word", metavar="ID|KEY|URL")
@click.argument("revs", nargs=-1, metavar="[REV REV]")
@click.option("--whole", is_flag=True, help="With all that did not change.")
@json_option
def diff(word: str, revs: tuple[str, ...], whole: bool, as_json: bool) -> None:
    """Show word by word what changed between two texts of an article: its last two, unless two numbers are given.

    One number compares that text with the one before it. `dateline history` gives the numbers. On a terminal, what
    came is green and underlined, what went red and struck out; elsewhere, and where NO_COLOR is set, it stands in
    {+ +} and [- -].
    """
    with opened() as (_, db), db.read() as tx:
        article = which(tx, word)
        seen = chain.of_article(tx, article)
    old, new = _two(article, seen, revs)
    if as_json:
        print_json(_record(article, old, new))
        return
    for line in _told(article, old, new, whole=whole):
        say(line)


def _two(article: Article, seen: Chain, revs: Sequence[str]) -> tuple[Step, Step]:
    """The older and the newer text that are meant. Raises NotFound and UsageError."""
    if len(revs) > 2:
        raise UsageError("two texts can be compared, not more", remedy="right is: dateline diff ID 1 3")
    texts = [step for step in seen.texts if step.kind != "wall"]
    named = [_numbered(article, seen, rev) for rev in revs]
    if len(named) == 2:
        return named[0], named[1]
    newer = named[0] if named else texts[-1] if texts else None
    older = seen.before(newer) if newer is not None else None
    if newer is None or older is None:
        raise NotFound(
            f"article {article.id} has no text before {f'its text {newer.number}' if newer else 'this moment'}",
            remedy=f"its texts: dateline history {article.id}",
        )
    return older, newer


def _numbered(article: Article, seen: Chain, rev: str) -> Step:
    if not (rev.isascii() and rev.isdigit()):
        raise UsageError(f"{rev!r} is no number of a text", remedy=f"they are shown by: dateline history {article.id}")
    found = next((step for step in seen.texts if str(step.number) == rev.lstrip("0")), None)
    if found is None:
        raise NotFound(f"article {article.id} has no text {rev}", remedy=f"its texts: dateline history {article.id}")
    return found


def _texts(old: Step, new: Step) -> tuple[Revision, Revision]:
    assert old.revision is not None and new.revision is not None
    return old.revision, new.revision


def _record(article: Article, old: Step, new: Step) -> dict[str, Any]:
    before, after = _texts(old, new)
    edit = edit_between(before, after)
    return {
        "article_id": article.id,
        "from": _end(old),
        "to": _end(new),
        "weight": edit.weight,
        "changed": edit.changed,
        "words_added": edit.words_added,
        "words_removed": edit.words_removed,
        "why": edit.why,
        "title": _pieces(before.title or "", after.title or ""),
        **{name: {"before": getattr(before, name), "after": getattr(after, name)} for name in FIELDS},
        "text": _pieces(before.text, after.text),
    }


def _end(step: Step) -> dict[str, Any]:
    assert step.revision is not None
    return {
        "number": step.number,
        "revision_id": step.revision.id,
        "kind": step.kind,
        "observed_at": step.at,
        "capture_id": step.capture_id,
    }


def _pieces(before: str, after: str) -> list[dict[str, str]]:
    return [asdict(piece) for piece in compared(before, after)]


# --- for a person ---


def _told(article: Article, old: Step, new: Step, *, whole: bool) -> Iterator[str]:
    before, after = _texts(old, new)
    edit = edit_between(before, after)
    for mark, step in (("---", old), ("+++", new)):
        yield f"{mark} article {article.id}, text {step.number}: {step.kind}, {step.at:%Y-%m-%d %H:%M:%S} UTC"
    if not edit.changed:
        yield "the same"
    else:
        yield f"{edit.weight}: {clean(edit.why)}; +{edit.words_added} -{edit.words_removed} words"
    if before.title != after.title:
        yield "\ntitle"
        yield _line(compared(before.title or "", after.title or ""))
    for name in FIELDS:
        was, now = (_value(getattr(one, name)) for one in (before, after))
        if was != now:
            gone, come = (Piece("removed", was) if was else None, Piece("added", now) if now else None)
            yield f"\n{name.replace('_', ' ')}"
            yield _line([piece for piece in (gone, come) if piece])
    if before.text != after.text:
        yield "\ntext"
        yield from _paragraphs(compared(before.text, after.text), whole=whole)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _paragraphs(pieces: Iterable[Piece], *, whole: bool) -> Iterator[str]:
    """The paragraphs that changed, with those about them; how many of the others are left out."""
    lines = [[]] if not pieces else list(_lines(pieces))
    changed = [any(piece.op != "same" for piece in line) for line in lines]
    left_out = 0
    for place, line in enumerate(lines):
        if not whole and not any(changed[max(0, place - AROUND) : place + AROUND + 1]):
            left_out += 1
            continue
        if left_out:
            yield _same(left_out)
            left_out = 0
        yield _line(line if whole else [_shortened(piece, n, len(line)) for n, piece in enumerate(line)])
        yield ""
    if left_out:
        yield _same(left_out)


def _same(count: int) -> str:
    return f"  ... {count} paragraph{'s' * (count != 1)} the same\n"


def _lines(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """The pieces, a list for each paragraph. A break that came or went belongs to the paragraph that it ends."""
    line: list[Piece] = []
    for piece in pieces:
        head, *rest = piece.text.split(BREAK)
        line += [Piece(piece.op, head)] if head else []
        for part in rest:
            if line:
                yield line
            line = [Piece(piece.op, part)] if part else []
    if line:
        yield line


def _shortened(piece: Piece, place: int, count: int) -> Piece:
    """A run in which nothing changed with its middle left out; at a paragraph's ends, what is far from any change."""
    text = piece.text
    if piece.op != "same" or len(text) <= 3 * LEFT:
        return piece
    head = "" if place == 0 and count > 1 else text[:LEFT]
    tail = "" if place == count - 1 else text[-LEFT:]
    return Piece("same", f"{head} ... {tail}")


def _line(pieces: Iterable[Piece]) -> str:
    """One paragraph, marked. One in a script that runs from right to left is told to the terminal as such."""
    shown = list(pieces)
    text = "".join(_marked(piece) for piece in shown)
    start, end = RIGHT_TO_LEFT if _runs_left("".join(piece.text for piece in shown)) else ("", "")
    return f"  {start}{text}{end}"


def _marked(piece: Piece) -> str:
    text = harmless(piece.text)
    if piece.op != "same" and sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        if piece.op == "added":
            return click.style(text, fg="green", underline=True)
        return click.style(text, fg="red", strikethrough=True)
    before, after = MARKS[piece.op]
    return f"{before}{text}{after}"


def _runs_left(text: str) -> bool:
    """Whether a text's first letter is of a script that runs from right to left (UAX 9, rules P2 and P3)."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"
