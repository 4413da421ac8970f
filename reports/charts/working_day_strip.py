"""The working days of a request for official information, with what happened and what is due as marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from reports.charts.drawing import (
    ACCENT,
    INK,
    NARROW,
    QUIET,
    RULE,
    SIGNAL,
    WHITE,
    WIDTH,
    done,
    line,
    number,
    picture,
    rectangle,
    text,
)
from reports.document.dates import short_date

AIR, TOP, HIGH = 8, 34, 16
# More days than these are drawn as one bar, and of a late request, no more after its due day.
CELLS_UP_TO, LATE_DRAWN = 45, 20
LETTER = 0.55  # The width of one beside its height, at most.


@dataclass(frozen=True)
class DayMark:
    """A mark at a working day: what happened then, or what it is the last day for."""

    number: int
    on: date
    words: str
    is_due: bool = False


@dataclass(frozen=True)
class WorkingDayStrip:
    """Working days from the start of a clock to its due day. `at` is today's number, or that of the day on which the
    clock stopped; `at_words` say which. `title` says all this in a sentence."""

    title: str
    last: int
    at: int
    at_words: str
    is_stopped: bool
    marks: Sequence[DayMark]

    @property
    def description(self) -> str:
        return " ".join(f"{each.words}: {short_date(each.on)}." for each in self.marks)


def working_day_strip(strip: WorkingDayStrip, *, narrow: bool = False) -> SafeString:
    width, size = (NARROW, 13.5) if narrow else (WIDTH, 12)
    letter = LETTER * size
    at = min(strip.at, strip.last + LATE_DRAWN)
    last = max(strip.last, at, 1)

    def x(day: int) -> float:
        return AIR + (width - 2 * AIR) * min(day, last) / last

    parts = [*_cells(strip, at, last, x(1) - AIR)]
    for each in {each.number: each for each in strip.marks if not each.is_due}.values():
        parts.append(done(x(each.number), TOP - 8))
    height = TOP + HIGH + 8
    ends: list[float] = []
    for each in strip.marks:
        if each.is_due:
            place = x(each.number)
            parts.append(rectangle(place - 1.2, TOP - 2, 2.4, HIGH + 8, INK))
            half = letter * max(len(each.words), len(short_date(each.on))) / 2
            middle = min(max(place, half), width - half)
            row = next((n for n, end in enumerate(ends) if end < middle - half - 6), len(ends))
            ends[row : row + 1] = [middle + half]
            y = TOP + HIGH + 20 + 33 * row
            on = short_date(each.on)
            parts.append(text(each.words, middle, y, anchor="middle", weight="600", size=size))
            parts.append(text(on, middle, y + 15, anchor="middle", fill=QUIET, size=size))
            height = max(height, y + 20)
    place, half = x(at), letter * len(strip.at_words) / 2
    dashes = "" if strip.is_stopped else "4 3"
    parts.append(line(place, 16, place, TOP + HIGH + 4, stroke=INK, width=1.5, dashes=dashes))
    middle = min(max(place, half), width - half)
    parts.append(text(strip.at_words, middle, 11, anchor="middle", weight="600", size=size))
    return picture(width, height, title=strip.title, parts=parts, description=strip.description)


def _cells(strip: WorkingDayStrip, at: int, last: int, step: float) -> list[str]:
    """Return the days as cells: those over, those over after the due day, and those ahead."""
    if last > CELLS_UP_TO:
        begun = min(at, strip.last)
        spans = [(0, begun, "over"), (begun, strip.last, "ahead"), (strip.last, at, "late")]
    else:
        spans = [
            (day - 1, day, "late" if day > strip.last else "over" if day <= at else "ahead")
            for day in range(1, last + 1)
        ]
    return [
        _cell(AIR + begin * step + 0.75, (end - begin) * step - 1.5, kind)
        for begin, end, kind in spans
        if end > begin
    ]


def _cell(x: float, width: float, kind: str) -> str:
    if kind == "over":
        return (
            f'<rect x="{number(x)}" y="{TOP}" width="{number(width)}" height="{HIGH}" fill="{ACCENT}"'
            ' fill-opacity="0.35"/>'
        )
    fill, stroke = (SIGNAL, SIGNAL) if kind == "late" else (WHITE, RULE)
    return rectangle(x, TOP, width, HIGH, fill, stroke)
