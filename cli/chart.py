"""A chart for the terminal: lines over time in UTC, or over hours, as wide as the room that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, floor, log10

import click

from cli.output import clean

LEAST = 12, 6  # columns and rows of the smallest chart that shows anything
MARKERS = ("braille", "x", "o", "+", "*", "#", "@", "%")  # lines are told apart without colour, too
COLOURS = ("cyan", "yellow", "green", "magenta", "red", "blue")
# Seconds between two marks of the time axis: what people count in.
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
DAY = 86_400
TO_ASCII = str.maketrans("┌┐└┘├┤┬┴┼─│", "+" * 9 + "-|")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: its name in the legend, and its points by x (Unix seconds, or seconds since a moment)."""

    name: str
    points: Sequence[Point]


def over_time(lines: Sequence[Line], *, title: str, width: int, height: int, colour: bool, ascii_only: bool) -> str:
    """Lines over Unix seconds; the axis tells moments in UTC, its label the day where all lie in one."""
    low, high = _ends((x for line in lines for x, _ in line.points), 60.0)
    first, last = (datetime.fromtimestamp(end, UTC) for end in (low, high))
    one_day = first.date() == last.date()
    ticks = _moments(low, high, max(1, width // (14 if not one_day else 11)), one_day=one_day)
    label = f"{first:%Y-%m-%d}, UTC" if one_day else "UTC"
    return _drawn(lines, (low, high), ticks, label, title, (width, height), colour, ascii_only)


def over_hours(lines: Sequence[Line], *, title: str, width: int, height: int, colour: bool, ascii_only: bool) -> str:
    """Lines over seconds since something that the lines have in common; the axis tells hours."""
    low, high = _ends((x for line in lines for x, _ in line.points), 3600.0)
    ticks = [(value * 3600, f"{value:g}") for value in _round_values(low / 3600, high / 3600, max(2, width // 10))]
    return _drawn(lines, (low, high), ticks, "hours since publication", title, (width, height), colour, ascii_only)


def _drawn(
    lines: Sequence[Line],
    ends: Point,
    ticks: Sequence[tuple[float, str]],
    label: str,
    title: str,
    size: tuple[int, int],
    colour: bool,
    ascii_only: bool,
) -> str:
    import plotext  # here: a tenth of a second that other commands need not wait

    width, height = max(size[0], LEAST[0]), max(size[1], LEAST[1])
    figure = plotext.figure
    plotext.terminal.limit(width=False, height=False)
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(width, height)
    marks = [MARKERS[(number + ascii_only) % len(MARKERS)] for number in range(len(lines))]
    for number, line in enumerate(lines):
        marker = plotext.marker(marks[number], COLOURS[number % len(COLOURS)] if colour else None)
        signal = figure.signal([x for x, _ in line.points], [y for _, y in line.points], marker=marker)
        figure.draw(signal.lines(True))
    figure.title(_short(title, width - 4))
    figure.label(label[: width - 4])
    across, up = figure.ruler("x", "lower"), figure.ruler("y", "left")
    across.lim(*ends)
    across.ticks([at for at, _ in ticks], [words for _, words in ticks])
    bottom, top = _ends((y for line in lines for _, y in line.points), 1.0)
    bottom = max(bottom, 0.0)
    up.lim(bottom, top)
    values = _round_values(bottom, top, max(2, height // 4))
    up.ticks(values, [f"{value:,.0f}" if value == int(value) else f"{value:,.1f}" for value in values])
    drawn = str(figure.build().string(colorless=not colour))
    figure.clear()
    rows = [row.rstrip() for row in drawn.splitlines()] if not colour else drawn.splitlines()
    if len(lines) > 1:
        rows += _legend(lines, marks, width, colour=colour)
    text = "\n".join(rows)
    return text.translate(TO_ASCII) if ascii_only else text


def _legend(lines: Sequence[Line], marks: Sequence[str], width: int, *, colour: bool) -> Iterator[str]:
    """Under the chart, one row for each line: within it, it would hide a part of one."""
    for number, line in enumerate(lines):
        mark = {"braille": "⠤"}.get(marks[number], marks[number])
        shown = click.style(mark, fg=COLOURS[number % len(COLOURS)]) if colour else mark
        yield f"  {shown} {_short(line.name, width - 4)}"


def _short(text: str, room: int) -> str:
    text = clean(text)
    return text if len(text) <= room else text[: max(0, room - 3)].rstrip() + "..."


def _ends(values: Iterable[float], apart: float) -> Point:
    """The least and the greatest; where they are one, that far apart from it."""
    known = list(values)
    low, high = min(known), max(known)
    return (low, high) if high > low else (low - apart, high + apart)


def _round_values(low: float, high: float, count: int) -> list[float]:
    """Some `count` values between two others that people find round: 1, 2, 2.5 or 5 of some power of ten apart."""
    rough = (high - low) / count
    power = 10.0 ** floor(log10(rough))
    step = next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= rough)
    first = ceil(low / step)
    return [n * step for n in range(first, floor(high / step) + 1)] or [low, high]


def _moments(low: float, high: float, count: int, *, one_day: bool) -> list[tuple[float, str]]:
    """Round moments between two others, each with its words."""
    rough = (high - low) / count
    step = next((step for step in STEPS if step >= rough), DAY * max(1, ceil(rough / DAY)))
    words = _words_of(step, one_day=one_day)
    moments = [float(n * step) for n in range(ceil(low / step), floor(high / step) + 1)] or [low]
    return [(at, words(datetime.fromtimestamp(at, UTC))) for at in moments]


def _words_of(step: int, *, one_day: bool) -> Callable[[datetime], str]:
    form = "%Y-%m-%d" if step >= DAY else "%H:%M:%S" if one_day and step < 60 else "%H:%M" if one_day else "%m-%d %H:%M"
    return lambda moment: moment.strftime(form)
