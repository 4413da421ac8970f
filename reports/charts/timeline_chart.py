"""Timeline for papers: selected milestones, one on each line, as a single SVG with its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.utils.safestring import SafeString

from reports.charts.drawing import (
    ACCENT,
    FAINT,
    INK,
    QUIET,
    RULE,
    SIGNAL,
    WIDTH,
    diamond,
    dot,
    line,
    lines_of,
    month_name,
    month_ticks,
    picture,
    ring,
    text,
    two_lines,
)
from reports.document.annexes import MilestoneRow, TimelineRow
from reports.document.dates import days, long_date

LABEL = 176  # Width of the labels left of the drawing.


def milestone_timeline(rows: Sequence[TimelineRow], *, as_at: date) -> SafeString:
    """Draw each milestone on one line, with its slip as a bar.

    A ring marks the original date, a dot completion, a diamond the forecast. A vertical line marks
    `as_at`. Return "" without rows.
    """
    if not rows:
        return SafeString("")
    axis = _Axis(rows, as_at)
    parts: list[str] = list(_legend())
    top = 44.0
    labels = [two_lines(f"{row.number} {row.milestone.label}", 38) for row in rows]
    heights = [25.0 if len(words) == 2 else 18.0 for words in labels]
    bottom = top + sum(heights)
    for x, month in axis.ticks():
        parts.append(line(x, top - 4, x, bottom, stroke=RULE))
        parts.append(text(month, x, top - 8, fill=QUIET, anchor="middle", size=9.5))
    y = top
    for row, words, height in zip(rows, labels, heights, strict=True):
        middle = y + height / 2
        parts.append(lines_of(words, 0, middle + (-2.5 if len(words) == 2 else 3.5), size=10.5))
        parts += _strip(row.milestone, axis, middle)
        parts.append(line(0, y + height, WIDTH, y + height, stroke=FAINT))
        y += height
    today = axis.x(as_at)
    parts.append(line(today, top - 4, today, bottom, stroke=INK, width=1.2, dashes="4 2"))
    parts.append(text(long_date(as_at), today, bottom + 13, anchor="middle", weight="600", size=10))
    return picture(WIDTH, bottom + 18, title=_sentence(rows, as_at), parts=parts)


class _Axis:
    """Maps days to x coordinates, with some space at both ends."""

    LEFT = float(LABEL + 10)
    RIGHT = float(WIDTH - 146)

    def __init__(self, rows: Sequence[TimelineRow], as_at: date) -> None:
        dates = [as_at]
        for row in rows:
            dates += [row.milestone.original_on, row.milestone.expected_on]
            if row.milestone.agreed_on:
                dates.append(row.milestone.agreed_on)
        self.first = min(dates)
        self.span = max((max(dates) - self.first).days, 60)

    def x(self, day: date) -> float:
        return self.LEFT + (day - self.first).days / self.span * (self.RIGHT - self.LEFT)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield at most six first days of months, each as x coordinate and name."""
        for day in month_ticks(self.first, self.first + timedelta(days=self.span), 6):
            yield self.x(day), month_name(day)


def slip_words(milestone: MilestoneRow) -> str:
    """Return the expected date and its distance from the original: "31 Aug 2010, three months later"."""
    expected = milestone.expected.short
    if milestone.moved:
        return f"{expected}, {milestone.moved}"
    if milestone.slip > 0:
        return f"{expected}, {days(milestone.slip)} later"
    if milestone.slip < 0:
        return f"{expected}, {days(-milestone.slip)} earlier"
    return expected


def _strip(milestone: MilestoneRow, axis: _Axis, y: float) -> list[str]:
    start, end = axis.x(milestone.original_on), axis.x(milestone.expected_on)
    late = milestone.slip > 0
    colour = SIGNAL if late else ACCENT
    parts = []
    if milestone.slip:
        parts.append(line(start, y, end, y, stroke=colour, width=3 if late else 1.2))
    if milestone.agreed_on and milestone.agreed_on != milestone.original_on:
        agreed = axis.x(milestone.agreed_on)
        parts.append(line(agreed, y - 6, agreed, y + 6, stroke=INK, width=1.6))
    parts.append(ring(start, y))
    if milestone.completed_on:
        parts.append(dot(end, y, colour))
    elif milestone.slip:
        parts.append(diamond(end, y, colour))
    words = slip_words(milestone)
    parts.append(text(words, axis.RIGHT + 18, y + 3.5, size=10, fill=colour if late else INK))
    return parts


def _legend() -> Iterator[str]:
    x, y = float(LABEL), 9.0
    yield ring(x + 5, y)
    yield text("promised", x + 14, y + 4, size=10)
    yield line(x + 71, y - 6, x + 71, y + 6, stroke=INK, width=1.6)
    yield text("agreed change", x + 77, y + 4, size=10)
    yield dot(x + 157, y, ACCENT)
    yield text("done", x + 166, y + 4, size=10)
    yield diamond(x + 206, y, SIGNAL)
    yield text("forecast", x + 216, y + 4, size=10)
    yield line(x + 270, y, x + 288, y, stroke=SIGNAL, width=3)
    yield text("later than promised", x + 294, y + 4, size=10)


def _sentence(rows: Sequence[TimelineRow], as_at: date) -> str:
    sentences = [
        f"{row.number} {row.milestone.label}: promised {row.milestone.promised.short}, "
        f"{'done' if row.milestone.completed_on else 'expected'} {slip_words(row.milestone)}."
        for row in rows
    ]
    return f"Timeline of milestones as at {long_date(as_at)}. " + " ".join(sentences)
