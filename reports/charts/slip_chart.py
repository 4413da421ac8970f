"""Slip chart for pages: for each day, the date that was then expected of each milestone.

Across is the day, up is the date. A flat line is a promise kept, a stair is a move. Places are percentages and heights
are in the page's type, so one drawing fits every screen. A line, its stairs and its label are one entry of a list, so
that a reader of any kind meets them together. The marks are the shapes of `strip_shapes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import escape
from math import ceil
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from reports.charts.drawing import month_name, month_ticks
from reports.charts.events import Event, event_marks

HEIGHT = 26.0  # of the drawing, in rem, as in the stylesheet
LINE, GAP = 1.1875, 0.4375  # of a label, in rem
LETTERS = 36  # of a label that fit on a line
RINGS_APART = (8.0, 6.0)  # in percent of the width and height: 24 pixels on a phone
NUMBERS_APART = 4.6  # in percent of the height, of the numbers that stand for labels on a phone


class Stair(NamedTuple):
    """A move: its day, the dates before and after, and the words of its tooltip."""

    day: date
    before: date
    after: date
    words: str


class SlipLine(NamedTuple):
    """A milestone over time. `promised` on the first day, then `stairs`; `done_on` if it is done.

    `kind` is "moved", "kept" or "done", which the legend filters by.
    """

    key: int
    number: str
    name: str
    url: str
    words: str
    kind: str
    is_late: bool
    recorded: date
    promised: date
    stairs: Sequence[Stair]
    done_on: date | None
    # What was so before the record begins, as a sentence, or "".
    before: str = ""

    def points(self, until: date) -> list[tuple[date, date]]:
        """Return the corners of the line as (day, date). Where its date has passed, it runs along with the days."""
        found = [(self.recorded, self.promised)]
        for stair in self.stairs:
            found += [*_ahead_to(found[-1][1], stair.day), (stair.day, stair.after)]
        return found + _ahead_to(found[-1][1], self.done_on or until)


def _ahead_to(due: date, day: date) -> list[tuple[date, date]]:
    return [(due, due), (day, day)] if due < day else [(day, due)]


class _Plot:
    """Maps days to percentages: x is the day on which something was known, y the date that was."""

    def __init__(self, lines: Sequence[SlipLine], first: date, last: date) -> None:
        self.first, self.last = first, last
        self.days = max((last - first).days, 1)
        dates = [day for each in lines for _, day in each.points(last)]
        self.low, high = min(dates), max(dates)
        self.span = max((high - self.low).days, 60)

    def x(self, day: date) -> float:
        return 100 * (min(max(day, self.first), self.last) - self.first).days / self.days

    def y(self, day: date) -> float:
        return 95 - 90 * (day - self.low).days / self.span


def slip_chart(
    lines: Sequence[SlipLine], *, first: date, last: date, events: Sequence[Event], label: str
) -> SafeString:
    """Return the chart of days from `first` to `last`, with its labels, or "" without lines. `label` names its list."""
    if not lines:
        return SafeString("")
    plot = _Plot(lines, first, last)
    ends = {each.key: plot.y(each.points(last)[-1][1]) for each in lines}
    lines = sorted(lines, key=lambda each: (ends[each.key], each.number))
    heights = [_height(each) for each in lines]
    tops = _tops([ends[each.key] / 100 * HEIGHT - LINE / 2 for each in lines], heights)
    gaps = [top - (tops[n - 1] + heights[n - 1] if n else -LINE / 2) for n, top in enumerate(tops)]
    numbers = _apart([ends[each.key] for each in lines])
    rings: list[tuple[float, float]] = []
    drawn = (
        _line(each, plot, (gap, height), 100 * (top + LINE / 2) / HEIGHT, at, rings)
        for each, gap, height, top, at in zip(lines, gaps, heights, tops, numbers, strict=True)
    )
    return SafeString(
        f'<div class="slips">{_ground(plot, events)}'
        f'<ol class="slip-lines" aria-label="{escape(label)}">{"".join(drawn)}</ol></div>'
    )


def _height(line: SlipLine) -> float:
    rows = ceil((len(line.number) + 1 + len(line.name)) / LETTERS) + ceil(len(line.words) / LETTERS)
    return rows * LINE + GAP


def _tops(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Return the tops of labels, each as near as possible to its line without covering another."""
    tops: list[float] = []
    for last, top in enumerate(wanted):
        tops.append(top)
        n = last
        # What overlaps moves up, as long as there is room above; the rest moves down.
        while n > 0 and tops[n - 1] + heights[n - 1] > tops[n]:
            tops[n - 1] = tops[n] - heights[n - 1]
            n -= 1
        over = -LINE / 2 - tops[0]
        for n in range(len(tops)) if over > 0 else ():
            floor = tops[n - 1] + heights[n - 1] if n else -LINE / 2
            tops[n] = max(tops[n], floor)
    return tops


def _apart(wanted: Sequence[float]) -> list[float]:
    placed: list[float] = []
    for place in wanted:
        placed.append(max(place, placed[-1] + NUMBERS_APART) if placed else place)
    over = max(0.0, placed[-1] - 99)
    return [place - over for place in placed]


def _line(
    line: SlipLine,
    plot: _Plot,
    room: tuple[float, float],
    label_y: float,
    number_y: float,
    rings: list[tuple[float, float]],
) -> str:
    """Return a line and its label, which has `room` above it and for itself, held by empty drawings."""
    points = line.points(plot.last)
    corners = [(plot.x(day), plot.y(due)) for day, due in points]
    # Days before the first are drawn at it: of these corners the last is the place at which the line begins.
    shown = [n for n, (day, _) in enumerate(points) if day <= plot.first]
    corners = corners[shown[-1] if shown else 0 :]
    path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in corners)
    (start_x, start_y), (end_x, end_y) = corners[0], corners[-1]
    late = " is-late" if line.is_late else ""
    parts = [
        '<svg class="slip-path" width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<path class="slip-near" d="{path}"/><path d="{path}"/></svg>',
        _use("m-promised", start_x, start_y),
    ]
    if line.done_on:
        parts.append(_use("m-done", end_x, end_y))
    elif line.is_late and points[-1][1] > plot.last:
        parts.append(_use("m-forecast-late", end_x, end_y))
    number, above = escape(line.number), ""
    if line.stairs:
        x = plot.x(line.stairs[0].day)
        y = (plot.y(line.stairs[0].before) + plot.y(line.stairs[0].after)) / 2
        # In a drawing of its own, above the lines that are drawn later.
        above = (
            '<svg class="slip-plot slip-above" aria-hidden="true" focusable="false">'
            f'<text class="slip-of" x="{x:.2f}%" y="{y:.2f}%" dx="-6" dy="5">{number}</text></svg>'
        )
    parts.append(
        f'<svg class="slip-leader" x="100%" height="100%"><line x1="14" x2="30" y1="{end_y:.2f}%" y2="{label_y:.2f}%"/></svg>'
        f'<text class="slip-number" x="100%" y="{number_y:.2f}%" dx="10" dy="5">{number}</text>'
    )
    stairs = "".join(_stair(line, plot, n, rings) for n in range(len(line.stairs)))
    return (
        f'<li class="slip-line of-{line.kind}{late}"><svg class="slip-gap" aria-hidden="true" width="1" height="{max(room[0], 0):.3f}em"></svg>'
        f'<svg class="slip-room" aria-hidden="true" width="1" height="{room[1]:.3f}em"></svg>'
        f'<svg class="slip-plot" aria-hidden="true" focusable="false">{"".join(parts)}</svg>{above}'
        f'<a href="{escape(line.url)}#milestones"><b>{number}</b> {escape(line.name)}'
        f' <span class="slip-words">{escape(line.words)}</span></a>'
        f"{f'<ul>{stairs}</ul>' if stairs else ''}</li>"
    )


def _stair(line: SlipLine, plot: _Plot, n: int, rings: list[tuple[float, float]]) -> str:
    """Return a move as a ring on its line that shows its facts. Empty drawings hold its place. A ring that would lie on
    one of `rings` is for a pointer alone: the keyboard has the table."""
    stair, tip = line.stairs[n], f"slip-{line.key}-{n}"
    x, y = plot.x(stair.day), plot.y(stair.after)
    is_hidden = any(
        abs(x - other) < RINGS_APART[0] and abs(y - above) < RINGS_APART[1]
        for other, above in rings
    )
    rings.append((x, y))
    apart = ' tabindex="-1"' if is_hidden else ""
    side = " tip-left" if x > 50 else ""
    opens = escape(gettext("Open {number}").format(number=line.number))
    return (
        f'<li class="slip-stair"><svg aria-hidden="true" width="{x:.2f}%" height="1"></svg><span><svg aria-hidden="true" width="1" height="{y:.2f}%"></svg>'
        f'<span class="slip-at"><a href="{escape(line.url)}#milestones" aria-labelledby="{tip}"{apart}></a>'
        f'<span class="tip{side}" role="tooltip" id="{tip}">{escape(stair.words)}'
        f' <a class="tip-open" href="{escape(line.url)}#milestones" tabindex="-1" aria-hidden="true">{opens}</a></span></span></span></li>'
    )


def _use(shape: str, x: float, y: float) -> str:
    return f'<use href="#{shape}" x="{x:.2f}%" y="{y:.2f}%"/>'


def _ground(plot: _Plot, events: Sequence[Event]) -> str:
    """Return what lies under the lines: months across and up, meetings, and the days that have come."""
    parts = []
    low, high = plot.low, date.fromordinal(plot.low.toordinal() + plot.span)
    for day in month_ticks(low, high, 7):
        y = f"{plot.y(day):.2f}%"
        parts.append(
            f'<line class="slip-rule" x2="100%" y1="{y}" y2="{y}"/>'
            f'<text x="0" y="{y}" dx="-12" dy="5" text-anchor="end">{month_name(day)}</text>'
        )
    begin = max(plot.low, plot.first)
    if begin < plot.last and plot.y(plot.last) > 0:
        left, start, end = plot.x(begin), plot.y(begin), plot.y(plot.last)
        parts.append(
            '<svg class="slip-come" width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none">'
            f'<path d="M{left:.2f} {start:.2f}L100 {end:.2f}V100H{left:.2f}z"/><path class="slip-now" d="M{left:.2f} {start:.2f}L100 {end:.2f}"/></svg>'
            f'<text x="100%" y="97%" dx="-8" text-anchor="end">{escape(gettext("the day has come"))}</text>'
        )
    for n, day in enumerate(month_ticks(plot.first, plot.last, 10)):
        kind = ' class="strip-minor"' if n % 2 else ""  # on a phone every second one is left out
        parts.append(
            f'<text{kind} x="{plot.x(day):.2f}%" y="100%" dy="18">{month_name(day)[:3]}</text>'
        )
    parts.append('<line class="slip-base" x2="100%" y1="100%" y2="100%"/>')
    return (
        f'<svg class="slip-plot" aria-hidden="true" focusable="false">{"".join(parts)}'
        f"{event_marks(events, plot.x, top='0', base='100%')}</svg>"
    )
