"""Timeline for papers: selected milestones, one on each line, as a single SVG with its text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from reports.charts.drawing import (
    ACCENT,
    FAINT,
    INK,
    NARROW,
    QUIET,
    RULE,
    SIGNAL,
    WIDTH,
    arrowhead,
    diamond,
    done,
    dot,
    line,
    lines_of,
    month_name,
    month_ticks,
    picture,
    ring,
    text,
    triangle,
    two_lines,
    whole,
)
from reports.document.annexes import MilestoneRow, TimelineRow
from reports.document.dates import days, long_date

LABEL = 176  # Width of the labels left of the drawing.
# Space between the drawing and the words right of it, the least width of the drawing, and of the words.
GAP = 18
LEAST_AXIS, LEAST_AXIS_NARROW = 150, 100
LEAST_WORDS = 128
# The most that a letter of those words takes, on average of a line, in a size of 10.
LETTER = 4.6
LEAST_MIDDLE = 46  # Where the day of the paper has room on its left.


def milestone_timeline(
    rows: Sequence[TimelineRow],
    *,
    as_at: date,
    note: str = "",
    narrow: bool = False,
) -> SafeString:
    """Draw each milestone on one line, with its slip as a bar.

    A ring marks the date first promised, a bar the agreed one if it is another, an arrowhead what is expected, a disc with
    a tick what is done. A vertical line marks `as_at`; a dashed tail to it, what is overdue. Rows of papers of earlier
    releases, which are without `has_four_marks`, are drawn with the marks of then. `note` is printed below. Drawn `narrow`, the label is above its line. Return "" without rows.
    """
    if not rows:
        return SafeString("")
    width = NARROW if narrow else WIDTH
    dated = [_overdue_words(row) if row.is_overdue else slip_words(row.milestone) for row in rows]
    wraps = any(row.wraps for row in rows)
    longest = max(map(len, dated)) if wraps else 0
    axis = _Axis(rows, as_at, longest=longest, narrow=narrow)
    beside = [whole(words, axis.letters) if wraps else [words] for words in dated]
    has_overdue = any(row.is_overdue for row in rows)
    has_four_marks = all(row.has_four_marks for row in rows)
    entries = _four_marks if has_four_marks else _earlier_marks
    parts, below = _legend(entries(has_overdue=has_overdue), narrow=narrow)
    top = below + 35.0
    labels = [
        two_lines(f"{row.number} {row.milestone.label}", 62 if narrow else 38) for row in rows
    ]
    high = 18.0 if narrow else 0.0
    heights = [
        high + max(25.0 if len(words) == 2 else 18.0, 11.0 * len(dates) + 3)
        for words, dates in zip(labels, beside, strict=True)
    ]
    bottom = top + sum(heights)
    for x, month in axis.ticks():
        parts.append(line(x, top - 4, x, bottom, stroke=RULE))
        parts.append(text(month, x, top - 8, fill=QUIET, anchor="middle", size=9.5))
    y = top
    for row, words, dates, height in zip(rows, labels, beside, heights, strict=True):
        middle = y + (height - 10 if narrow else height / 2)
        lift = 11.0 - middle + y if narrow else -2.5 if len(words) == 2 else 3.5
        parts.append(lines_of(words, 0, middle + lift, size=10.5))
        if row.has_four_marks:
            parts += _marked(row, axis, middle, as_at)
        elif row.is_overdue:
            parts += _overdue_strip(row.milestone, axis, middle, as_at)
        else:
            parts += _strip(row.milestone, axis, middle)
        parts.append(_dates(row.milestone, dates, axis, middle, is_overdue=row.is_overdue))
        parts.append(line(0, y + height, width, y + height, stroke=FAINT))
        y += height
    today = axis.x(as_at)
    parts.append(line(today, top - 4, today, bottom, stroke=INK, width=1.2, dashes="4 2"))
    middle = max(today, LEAST_MIDDLE) if wraps else today
    parts.append(
        text(long_date(as_at), middle, bottom + 13, anchor="middle", weight="600", size=10)
    )
    bottom += 18
    for words_of_note in textwrap.wrap(note, 66 if narrow else 120):
        parts.append(text(words_of_note, 0, bottom + 12, fill=QUIET, size=10))
        bottom += 13
    bottom += 4 if note else 0
    return picture(width, bottom, title=_sentence(rows, as_at, note), parts=parts)


class _Axis:
    """Maps days to x coordinates, with some space at both ends. The words of a row are right of it: `longest` is the
    number of letters of the longest, and `letters` of those that have room on one line."""

    def __init__(
        self, rows: Sequence[TimelineRow], as_at: date, *, longest: int, narrow: bool = False
    ) -> None:
        width = NARROW if narrow else WIDTH
        self.left = 10.0 if narrow else float(LABEL + 10)
        most = width - self.left - GAP - (LEAST_AXIS_NARROW if narrow else LEAST_AXIS)
        room = min(max(longest * LETTER, LEAST_WORDS), most)
        self.letters = int(room / LETTER)
        self.right = width - GAP - room
        self.most_ticks = 3 if narrow else 6
        dates = [as_at]
        for row in rows:
            dates += [row.milestone.original_on, row.milestone.expected_on]
            if row.milestone.agreed_on:
                dates.append(row.milestone.agreed_on)
        self.first = min(dates)
        self.span = max((max(dates) - self.first).days, 60)

    def x(self, day: date) -> float:
        return self.left + (day - self.first).days / self.span * (self.right - self.left)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Yield a few first days of months, each as x coordinate and name."""
        for day in month_ticks(self.first, self.first + timedelta(days=self.span), self.most_ticks):
            yield self.x(day), month_name(day)


def slip_words(milestone: MilestoneRow) -> str:
    """Return the expected date and its distance from the original: "31 Aug 2010, three months later"."""
    expected = milestone.expected.short
    if milestone.moved:
        return f"{expected}, {milestone.moved}"
    if milestone.slip > 0:
        return gettext("{day}, {span} later").format(day=expected, span=days(milestone.slip))
    if milestone.slip < 0:
        return gettext("{day}, {span} earlier").format(day=expected, span=days(-milestone.slip))
    return expected


def _marked(row: TimelineRow, axis: _Axis, y: float, as_at: date) -> list[str]:
    milestone = row.milestone
    start, end = axis.x(milestone.original_on), axis.x(milestone.expected_on)
    colour = SIGNAL if milestone.slip > 0 else ACCENT
    parts = []
    if milestone.slip:
        parts.append(line(start, y, end, y, stroke=colour, width=3 if milestone.slip > 0 else 1.2))
    if row.is_overdue:
        reached = max(end, start)
        parts.append(line(reached, y, axis.x(as_at), y, stroke=SIGNAL, width=3, dashes="2 2"))
    if milestone.agreed_on and milestone.agreed_on != milestone.original_on:
        agreed = axis.x(milestone.agreed_on)
        parts.append(line(agreed, y - 6, agreed, y + 6, stroke=INK, width=2.2))
    parts.append(ring(start, y))
    if milestone.completed_on:
        parts.append(done(end, y))
    elif milestone.expected_on != milestone.due.last_day:
        parts.append(arrowhead(end, y, colour))
    return parts


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
    return parts


def _overdue_strip(milestone: MilestoneRow, axis: _Axis, y: float, as_at: date) -> list[str]:
    """Return what was promised, and a bar from the agreed date, which is over, to the day."""
    due = axis.x(milestone.due.last_day)
    parts = [line(due, y, axis.x(as_at), y, stroke=SIGNAL, width=3)]
    if milestone.due.last_day != milestone.original_on:
        parts.append(ring(axis.x(milestone.original_on), y))
    if milestone.expected_on > as_at:
        parts.append(diamond(axis.x(milestone.expected_on), y, SIGNAL))
    parts.append(triangle(due, y, SIGNAL))
    return parts


def _overdue_words(row: TimelineRow) -> str:
    return gettext("{day}, overdue").format(day=row.milestone.due.short)


def _dates(
    milestone: MilestoneRow, lines: Sequence[str], axis: _Axis, y: float, *, is_overdue: bool
) -> str:
    """Return the words right of a row, which has its middle at `y`."""
    fill = SIGNAL if is_overdue or milestone.slip > 0 else INK
    first = y + 3.5 - 5.5 * (len(lines) - 1)
    return "".join(
        text(
            words,
            axis.right + GAP,
            first + 11 * n,
            size=10,
            fill=fill,
            weight="600" if is_overdue else "400",
        )
        for n, words in enumerate(lines)
    )


# A shape at a place, its words, how far they are from it, and the room of both.
Entry = tuple[Callable[[float, float], str], str, float, float]


def _four_marks(*, has_overdue: bool) -> list[Entry]:
    entries: list[Entry] = [
        (lambda x, y: ring(x + 5, y), gettext("first promised"), 14, 84),
        (lambda x, y: line(x + 5, y - 6, x + 5, y + 6, stroke=INK, width=2.2), gettext("agreed"), 11, 52),
        (
            lambda x, y: line(x, y, x + 12, y, stroke=SIGNAL, width=3) + arrowhead(x + 19, y, SIGNAL),
            gettext("expected later"), 25, 100,
        ),
        (lambda x, y: done(x + 5, y), gettext("done"), 14, 48),
    ]  # fmt: skip
    if has_overdue:
        entries.append(
            (
                lambda x, y: line(x, y, x + 18, y, stroke=SIGNAL, width=3, dashes="2 2"),
                gettext("overdue"), 24, 66,
            )
        )  # fmt: skip
    return entries


def _earlier_marks(*, has_overdue: bool) -> list[Entry]:
    def tick(x: float, y: float) -> str:
        return line(x + 5, y - 6, x + 5, y + 6, stroke=INK, width=1.6)

    entries: list[Entry] = [
        (lambda x, y: ring(x + 5, y), gettext("promised"), 14, 66),
        (tick, gettext("agreed change"), 11, 86),
        (lambda x, y: dot(x + 5, y, ACCENT), gettext("done"), 14, 48),
        (lambda x, y: diamond(x + 6, y, SIGNAL), gettext("forecast"), 16, 70),
        (
            lambda x, y: line(x, y, x + 18, y, stroke=SIGNAL, width=3),
            gettext("later than promised"),
            24,
            118,
        ),
    ]
    if has_overdue:
        entries.append((lambda x, y: triangle(x + 6, y, SIGNAL), gettext("overdue"), 16, 60))
    return entries


def _legend(entries: Sequence[Entry], *, narrow: bool) -> tuple[list[str], float]:
    """Return the legend's shapes, and the y coordinate of its last line."""
    width = NARROW if narrow else WIDTH
    start = max(0.0, min(LABEL, width - sum(room for *_, room in entries)))
    x, y = start, 9.0
    parts: list[str] = []
    for shape, words, indent, room in entries:
        if x + room > width:
            x, y = start, y + 17
        parts += [shape(x, y), text(words, x + indent, y + 4, size=10)]
        x += room
    return parts, y


def _sentence(rows: Sequence[TimelineRow], as_at: date, note: str) -> str:
    sentences = [_row_in_words(row) for row in rows]
    if note:
        sentences.append(note)
    return gettext("Timeline of milestones as at {day}. {milestones}").format(
        day=long_date(as_at), milestones=" ".join(sentences)
    )


def _row_in_words(row: TimelineRow) -> str:
    milestone = row.milestone
    if row.is_overdue:
        sentence = gettext(
            "{milestone}: promised {promised}, overdue since {due}, expected {expected}."
        )
    elif milestone.completed_on:
        sentence = gettext("{milestone}: promised {promised}, done {reached}.")
    else:
        sentence = gettext("{milestone}: promised {promised}, expected {reached}.")
    return sentence.format(
        milestone=f"{row.number} {milestone.label}",
        promised=milestone.promised.short,
        due=milestone.due.short if row.is_overdue else "",
        expected=milestone.expected.short,
        reached=slip_words(milestone),
    )
