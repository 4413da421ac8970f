"""Stacked counts at the end of each month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports.charts.drawing import (
    FAINT,
    INK,
    QUIET,
    RULE,
    SIGNAL,
    WHITE,
    line,
    link,
    month_name,
    number,
    path,
    picture,
    text,
)
from reports.charts.events import Event, event_marks

# No wider than its column, nor than a phone, so that it is never made smaller, and its words keep their size.
WIDTH, NARROW = 512, 288
SIZE = 13
HEIGHT = 200.0
TOP = 14.0
LEFT = 34.0
BELOW = 48.0  # for months and events
WIDEST_MONTH = 44.0

# Fills for late milestones.
OVERDUE = SIGNAL
EXPECTED_LATE = "#e9c6b4"
# A texture that is a fill.
HATCH = "hatch"


@dataclass(frozen=True, slots=True)
class Series:
    """A series: its name, its count at each day, its fill."""

    label: str
    counts: Sequence[int]
    fill: str


def months_stacked(
    days: Sequence[date],
    series: Sequence[Series],
    *,
    title: str,
    description: str,
    links: Mapping[date, str] | None = None,
    events: Sequence[Event] = (),
    narrow: bool = False,
) -> SafeString:
    """Draw one step for each day, with the first series at the bottom.

    Days are the ends of months; the last may be any day. Each series is labelled at its right end
    with its last count, so the chart needs no legend. `links` maps days to URLs, used for the days
    labelled on the axis. `events` are marked below it. Return "" without days.
    """
    shown = [one for one in series if any(one.counts)]
    if not days:
        return SafeString("")
    width = NARROW if narrow else WIDTH
    room = max((len(_last(one)) for one in shown), default=0) * 6.3 + 16
    step = min(WIDEST_MONTH, (width - LEFT - room) / len(days))
    right = LEFT + step * len(days)
    top = _round_up(max(sum(one.counts[n] for one in shown) for n in range(len(days))))
    bottom = TOP + HEIGHT

    def y(count: float) -> float:
        return bottom - count / top * HEIGHT

    parts: list[str] = []
    for mark in _marks(top):
        parts.append(line(LEFT, y(mark), right, y(mark), stroke=FAINT))
        parts.append(
            text(f"{mark:,}", LEFT - 6, y(mark) + 4.5, fill=QUIET, anchor="end", size=SIZE)
        )
    below = [0] * len(days)
    labels: list[tuple[float, str]] = []
    for one in shown:
        above = [low + count for low, count in zip(below, one.counts, strict=True)]
        outline = _steps([y(n) for n in above], [y(n) for n in below], step)
        is_hatched = one.fill == HATCH
        if is_hatched:
            parts.append(_hatch(fill := f"hatch-{'narrow' if narrow else 'wide'}"))
        # The outline tells neighbours apart that differ little in colour.
        parts.append(path(outline, f"url(#{fill})" if is_hatched else one.fill, QUIET))
        labels.append((y((below[-1] + above[-1]) / 2), _last(one)))
        below = above
    for place, words in _apart(labels, bottom):
        parts.append(text(words, right + 8, place + 4, size=SIZE))
    parts.append(line(LEFT, bottom, right, bottom, stroke=INK))
    for n in _named(days, min(4 if narrow else 8, max(1, int((right - LEFT) / 62)))):
        x = LEFT + step * (n + 0.5)
        drawn = [
            line(x, bottom, x, bottom + 4, stroke=INK),
            text(month_name(days[n]), x, bottom + 17, anchor="middle", size=SIZE),
        ]
        url = (links or {}).get(days[n])
        label = _("The plan as at {day} {month}").format(day=days[n].day, month=month_name(days[n]))
        parts += [link(url, label, drawn)] if url else drawn
    shown_events = [
        each for each in events if date(days[0].year, days[0].month, 1) <= each.day <= days[-1]
    ]
    parts.append(
        event_marks(
            shown_events,
            lambda day: 100 * (LEFT + step * _month_of(day, days)) / width,
            top=number(TOP),
            base=number(bottom),
        )
    )
    return picture(
        width, bottom + BELOW, title=title, description=description, parts=parts, linked=bool(links)
    )


def _month_of(day: date, days: Sequence[date]) -> float:
    """Return how many months lie between the begin of the first month and the day."""
    months = (day.year - days[0].year) * 12 + day.month - days[0].month
    length = days[-1].day if months == len(days) - 1 else monthrange(day.year, day.month)[1]
    return months + day.day / length


def _hatch(key: str) -> str:
    return (
        f'<pattern id="{key}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="{WHITE}" stroke="none"/>'
        f'<path d="M-1 1l2-2M0 6l6-6M5 7l2-2" fill="none" stroke="{RULE}" stroke-width="1.4"/></pattern>'
    )


def _last(one: Series) -> str:
    return f"{one.label} {one.counts[-1]:,}"


def _steps(above: Sequence[float], below: Sequence[float], step: float) -> str:
    """Return an outline along the top and back along the bottom. Equal counts share one segment."""
    points = [f"M{number(LEFT)} {number(above[0])}"]
    last = len(above) - 1
    for n, height in enumerate(above):
        if n == last or above[n + 1] != height:
            points.append(f"H{number(LEFT + step * (n + 1))}")
            points.append(f"V{number(above[n + 1] if n < last else below[last])}")
    for n in range(last, -1, -1):
        if n == 0 or below[n - 1] != below[n]:
            points.append(f"H{number(LEFT + step * n)}")
            if n:
                points.append(f"V{number(below[n - 1])}")
    return "".join(points) + "Z"


def _apart(labels: Sequence[tuple[float, str]], bottom: float) -> list[tuple[float, str]]:
    """Return the labels from the bottom up, moved apart so that they do not overlap."""
    placed: list[tuple[float, str]] = []
    limit = bottom - 4
    for wanted, words in labels:
        place = min(wanted, limit)
        placed.append((place, words))
        limit = place - 15
    # If the top label left the chart, move the whole stack down.
    over = max(0.0, 4 - placed[-1][0]) if placed else 0.0
    return [(min(place + over, bottom - 4), words) for place, words in placed]


def _round_up(highest: int) -> int:
    """Round up to a number that divides well: 7 gives 8, 24 gives 25, 1,013 gives 1,200."""
    if highest <= 10:
        return next(size for size in (1, 2, 3, 4, 5, 6, 8, 10) if size >= highest)
    scale = 1
    while True:
        for size in (10, 12, 15, 20, 25, 30, 40, 50, 60, 80):
            if size * scale >= highest:
                return size * scale
        scale *= 10


def _marks(top: int) -> list[int]:
    """Return evenly spaced counts for the axis, including the top one."""
    parts = next(n for n in (4, 5, 3, 2, 1) if top % n == 0)
    return [top // parts * n for n in range(parts + 1)]


def _named(days: Sequence[date], at_most: int) -> list[int]:
    """Return indexes of the days to label, evenly spaced, counted back from the last."""
    step = -(-len(days) // at_most)
    return list(range(len(days) - 1, -1, -step))[::-1]
