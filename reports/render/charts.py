"""Pictures of progress as SVG: one string serves the page, the PDF and whatever else prints it.

The PDF renderer sees no stylesheet inside an SVG, so every look is a presentation attribute; so is a strict content
policy pleased. Each picture opens with a `<title>`, which becomes its text alternative, writes its own font family,
and says with words, shapes, textures and printed numbers whatever it says with colour.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reports.annexes import MilestoneRow, PillarProgress, Stage, TimelineRow
from reports.render.words import MONTHS, days, long_date, short_date

FONT = "Source Sans 3"
INK = "#17222b"
QUIET = "#4b5863"
RULE = "#d3d9dc"
ACCENT = "#0b5158"
SIGNAL = "#a33b12"
WHITE = "#ffffff"

WIDTH = 600
LABEL = 176  # where the drawing starts, right of the labels

# Stages from most to least done, each with its fill, its texture and the ink of its number.
STAGES: tuple[tuple[Stage, str, str, str], ...] = (
    (Stage.COMPLETE, ACCENT, "", WHITE),
    (Stage.ONGOING, "#5f9aa0", "dots", INK),
    (Stage.UNDER_WAY, "#b9d4d5", "upright", INK),
    (Stage.NOT_STARTED, WHITE, "", INK),
    (Stage.WITHDRAWN, "#e7ebec", "level", INK),
)


def stage_bars(pillars: Sequence[PillarProgress]) -> SafeString:
    """One bar a pillar, its items stacked by stage. Empty text when there is no pillar."""
    if not pillars:
        return SafeString("")
    scale = (WIDTH - LABEL - 70) / max(1, *(pillar.total for pillar in pillars))
    parts: list[SafeString] = list(_stage_legend())
    y = 30.0
    for pillar in pillars:
        lines = _two_lines(pillar.title, 32)
        parts.append(_lines(lines, 0, y + 9 if len(lines) == 2 else y + 15.5))
        x = float(LABEL)
        for stage, _fill, _texture, _ink in STAGES:
            if count := pillar.count(stage):
                parts += _bar(stage, x, y, count * scale, 23, str(count))
                x += count * scale
        total = f"{pillar.total:,} item" if pillar.total == 1 else f"{pillar.total:,} items"
        parts.append(_text(total, x + 7, y + 15.5, fill=QUIET))
        y += 31
    return _picture(y, _stage_sentence(pillars), parts)


def milestone_timeline(rows: Sequence[TimelineRow], *, as_at: date) -> SafeString:
    """Each milestone on one line: promised (a ring), done (a dot) or forecast (a diamond), with the slip as a tail.

    A line down the picture stands at `as_at`. Empty text when there is no row.
    """
    if not rows:
        return SafeString("")
    axis = _Axis(rows, as_at)
    parts: list[SafeString] = list(_timeline_legend())
    top = 44.0
    labels = [_two_lines(f"{row.number} {row.milestone.label}", 38) for row in rows]
    heights = [25.0 if len(lines) == 2 else 18.0 for lines in labels]
    bottom = top + sum(heights)
    for x, text in axis.ticks():
        parts.append(_line(x, top - 4, x, bottom, stroke=RULE))
        parts.append(_text(text, x, top - 8, fill=QUIET, anchor="middle", size=9.5))
    y = top
    for row, lines, height in zip(rows, labels, heights, strict=True):
        middle = y + height / 2
        parts.append(_lines(lines, 0, middle + (-2.5 if len(lines) == 2 else 3.5), size=10.5))
        parts += _strip(row.milestone, axis, middle)
        parts.append(_line(0, y + height, WIDTH, y + height, stroke="#e7ebec"))
        y += height
    today = axis.x(as_at)
    parts.append(_line(today, top - 4, today, bottom, stroke=INK, width=1.2, dashes="4 2"))
    parts.append(
        _text(long_date(as_at), today, bottom + 13, anchor="middle", weight="600", size=10)
    )
    return _picture(bottom + 18, _timeline_sentence(rows, as_at), parts)


class _Axis:
    """Days to places across the picture, with some air at both ends."""

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
        """The first days of some months, at most about six, each with its name."""
        months = self.span / 30.4
        step = next((step for step in (1, 2, 3, 6, 12, 24, 60) if months / step <= 5), 120)
        month = self.first.year * 12 + self.first.month - 1
        month += -month % step
        while True:
            day = date(month // 12, month % 12 + 1, 1)
            if day > self.first + timedelta(days=self.span):
                return
            if day >= self.first:
                yield self.x(day), f"{MONTHS[day.month - 1][:3]} {day.year}"
            month += step


def slip_words(milestone: MilestoneRow) -> str:
    """The expected date and how far it is from the promise: "31 Aug 2010, 92 days later"."""
    expected = short_date(milestone.expected_on)
    if milestone.slip > 0:
        return f"{expected}, {days(milestone.slip)} later"
    if milestone.slip < 0:
        return f"{expected}, {days(-milestone.slip)} earlier"
    return expected


def _strip(milestone: MilestoneRow, axis: _Axis, y: float) -> list[SafeString]:
    start, end = axis.x(milestone.original_on), axis.x(milestone.expected_on)
    late = milestone.slip > 0
    colour = SIGNAL if late else ACCENT
    parts = []
    if milestone.slip:
        parts.append(_line(start, y, end, y, stroke=colour, width=3 if late else 1.2))
    if milestone.agreed_on and milestone.agreed_on != milestone.original_on:
        agreed = axis.x(milestone.agreed_on)
        parts.append(_line(agreed, y - 6, agreed, y + 6, stroke=INK, width=1.6))
    parts.append(_ring(start, y))
    if milestone.completed_on:
        parts.append(_dot(end, y, colour))
    elif milestone.slip:
        parts.append(_diamond(end, y, colour))
    words = slip_words(milestone)
    parts.append(_text(words, axis.RIGHT + 18, y + 3.5, size=10, fill=colour if late else INK))
    return parts


def _stage_legend() -> Iterator[SafeString]:
    x = float(LABEL)
    for stage, _fill, _texture, _ink in STAGES:
        yield from _bar(stage, x, 2, 14, 14, "")
        yield _text(stage.label, x + 19, 13, size=10.5)
        x += 32 + len(stage.label) * 5.4


def _timeline_legend() -> Iterator[SafeString]:
    x, y = float(LABEL), 9.0
    yield _ring(x + 5, y)
    yield _text("promised", x + 14, y + 4, size=10)
    yield _line(x + 71, y - 6, x + 71, y + 6, stroke=INK, width=1.6)
    yield _text("agreed change", x + 77, y + 4, size=10)
    yield _dot(x + 157, y, ACCENT)
    yield _text("done", x + 166, y + 4, size=10)
    yield _diamond(x + 206, y, SIGNAL)
    yield _text("forecast", x + 216, y + 4, size=10)
    yield _line(x + 270, y, x + 288, y, stroke=SIGNAL, width=3)
    yield _text("later than promised", x + 294, y + 4, size=10)


def _bar(
    stage: Stage, x: float, y: float, width: float, height: float, number: str
) -> list[SafeString]:
    """A stretch of a bar: solid fill, then its texture as lines of its own, then the number on a clear ground."""
    _stage, fill, texture, ink = next(entry for entry in STAGES if entry[0] == stage)
    parts = [_rectangle(x, y, width, height, fill)]
    if texture == "upright":
        parts += [
            _line(x + n, y, x + n, y + height, stroke="#8fb9bb") for n in range(4, int(width), 6)
        ]
    elif texture == "level":
        parts += [_line(x, y + n, x + width, y + n, stroke=QUIET) for n in range(4, int(height), 5)]
    elif texture == "dots":
        parts += [
            format_html('<circle cx="{}" cy="{}" r="1" fill="{}"/>', _n(x + n), _n(y + m), WHITE)
            for n in range(4, int(width), 6)
            for m in range(4, int(height), 6)
        ]
    parts.append(_rectangle(x, y, width, height, "none", stroke=INK))
    if number and width >= 12 + 6 * len(number):
        middle, half = x + width / 2, 4 + 3.2 * len(number)
        if texture:
            parts.append(_rectangle(middle - half, y + 5, half * 2, height - 10, WHITE))
        parts.append(
            _text(number, middle, y + height / 2 + 4, anchor="middle", fill=ink, weight="600")
        )
    return parts


def _stage_sentence(pillars: Sequence[PillarProgress]) -> str:
    sentences = []
    for pillar in pillars:
        counts = [f"{pillar.count(s)} {s.label.lower()}" for s, *_ in STAGES if pillar.count(s)]
        sentences.append(f"{pillar.title}: {', '.join(counts) or 'no items'}.")
    return "Bars of work items by stage in each pillar. " + " ".join(sentences)


def _timeline_sentence(rows: Sequence[TimelineRow], as_at: date) -> str:
    sentences = [
        f"{row.number} {row.milestone.label}: promised {short_date(row.milestone.original_on)}, "
        f"{'done' if row.milestone.completed_on else 'expected'} {slip_words(row.milestone)}."
        for row in rows
    ]
    return f"Timeline of milestones as at {long_date(as_at)}. " + " ".join(sentences)


def _picture(height: float, title: str, parts: Iterable[SafeString]) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {} {}" '
        'font-family="{}" font-size="11.5" fill="{}"><title>{}</title>{}</svg>',
        WIDTH,
        _n(height),
        FONT,
        INK,
        title,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _two_lines(words: str, width: int) -> list[str]:
    return textwrap.wrap(words, width, max_lines=2, placeholder=" …")


def _n(value: float) -> str:
    """A coordinate in as few digits as it needs, the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def _text(
    words: str,
    x: float,
    y: float,
    *,
    fill: str = INK,
    anchor: str = "start",
    weight: str = "400",
    size: float = 11.5,
) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" fill="{}" text-anchor="{}" font-weight="{}" font-size="{}">{}</text>',
        _n(x),
        _n(y),
        fill,
        anchor,
        weight,
        _n(size),
        words,
    )


def _lines(lines: Sequence[str], x: float, y: float, *, size: float = 11.5) -> SafeString:
    return format_html_join(
        "", "{}", ((_text(line, x, y + n * (size + 1), size=size),) for n, line in enumerate(lines))
    )


def _rectangle(
    x: float, y: float, width: float, height: float, fill: str, stroke: str = "none"
) -> SafeString:
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" stroke-width="0.7"/>',
        _n(x),
        _n(y),
        _n(width),
        _n(height),
        fill,
        stroke,
    )


def _line(
    x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float = 0.7, dashes: str = ""
) -> SafeString:
    return format_html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"{}/>',
        _n(x1),
        _n(y1),
        _n(x2),
        _n(y2),
        stroke,
        _n(width),
        format_html(' stroke-dasharray="{}"', dashes) if dashes else "",
    )


def _ring(x: float, y: float) -> SafeString:
    return format_html(
        '<circle cx="{}" cy="{}" r="4" fill="{}" stroke="{}" stroke-width="1.4"/>',
        _n(x),
        _n(y),
        WHITE,
        INK,
    )


def _dot(x: float, y: float, fill: str) -> SafeString:
    return format_html('<circle cx="{}" cy="{}" r="4.4" fill="{}"/>', _n(x), _n(y), fill)


def _diamond(x: float, y: float, fill: str) -> SafeString:
    points = " ".join(
        f"{_n(x + dx)},{_n(y + dy)}" for dx, dy in ((0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0))
    )
    return format_html('<polygon points="{}" fill="{}"/>', points, fill)
