"""The numbers of a measure over time, 280 × 90, for screen and paper. Its text alternative is the measure's sentence.

● a value, □ the number before the plan, a flag at a target's date, a struck ○ a corrected number; bars are periods. Where it
was counted differently, the line has a gap.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.safestring import SafeString

from reports.charts.drawing import (
    ACCENT,
    INK,
    QUIET,
    RULE,
    SIGNAL,
    WHITE,
    dot,
    line,
    number,
    path,
    picture,
    rectangle,
    text,
)
from reports.document.annexes import ChartMark, MarkKind, MeasureChart
from workitems.terms.known_dates import KnownDate
from workitems.terms.measure_sentence import (
    PERIOD,
    SHARE,
    YES_NO,
    Aim,
    Given,
    Measured,
    current,
    exact,
    figure,
    in_force,
    meets,
    printed,
)

WIDTH, HEIGHT = 280, 90
LEFT, RIGHT, TOP, BOTTOM = 14, 266, 20, 70
SIZE = 10.5
BAR = "#b9d4d5"


def measure_chart(
    measured: Measured, targets: Sequence[Aim], values: Sequence[Given], on: date, *, title: str
) -> SafeString:
    """Return the chart, or "" if there is nothing to draw."""
    return draw(chart_of(measured, targets, values, on), title=title)


def chart_of(
    measured: Measured, targets: Sequence[Aim], values: Sequence[Given], on: date
) -> MeasureChart | None:
    """Return what the chart draws, or None if there is nothing: no number, or a yes or no."""
    counted = [each for each in in_force(values, on) if _is_drawn(measured, each)]
    if not counted or measured.kind == YES_NO:
        return None
    kept = {each.pk for each in counted}
    corrected = [e for e in values if e.day <= on and e.pk not in kept and _is_drawn(measured, e)]
    marks = [_mark(MarkKind.CORRECTED, each) for each in corrected]
    marks += [_mark(MarkKind.NUMBER, each) for each in counted]
    if measured.baseline is not None and measured.baseline_on is not None:
        before = f"{measured.baseline:f}"
        marks.append(ChartMark(kind=MarkKind.BEFORE, day=measured.baseline_on, number=before))
    for aim in current(targets):
        number = f"{aim.number:f}"
        marks.append(ChartMark(kind=MarkKind.TARGET, day=aim.by.last_day, number=number))
    return MeasureChart(kind=measured.kind, better=measured.better, marks=tuple(marks))


def _mark(kind: MarkKind, value: Given) -> ChartMark:
    of = f"/{value.of:f}" if value.of else ""
    return ChartMark(
        kind=kind,
        day=value.day,
        number=f"{value.number:f}{of}",
        starts_on=value.starts_on,
        is_break=value.not_comparable,
    )


def draw(chart: MeasureChart | None, *, title: str) -> SafeString:
    """Draw a chart, of a page or of a paper. Its text alternative is `title`."""
    if chart is None:
        return SafeString("")
    by_kind: dict[str, list[ChartMark]] = {kind: [] for kind in MarkKind}
    for mark in chart.marks:
        by_kind[mark.kind].append(mark)
    day, height = next(((m.day, Decimal(m.number)) for m in by_kind[MarkKind.BEFORE]), (None, None))
    measured = Measured(chart.kind, "", "", chart.better, height, day, day or date.min)
    aims = [Aim(0, Decimal(each.number), KnownDate(each.day)) for each in by_kind[MarkKind.TARGET]]
    numbers = [[_given(e) for e in by_kind[kind]] for kind in (MarkKind.NUMBER, MarkKind.CORRECTED)]
    return _Chart(measured, aims, *numbers).drawn(title)


def _given(mark: ChartMark) -> Given:
    value, _, of = mark.number.partition("/")
    of_how_many = Decimal(of) if of else None
    return Given(0, mark.day, Decimal(value), of_how_many, mark.starts_on, mark.is_break)


def _is_drawn(measured: Measured, value: Given) -> bool:
    return value.number is not None and (measured.kind != SHARE or bool(value.of))


class _Chart:
    def __init__(
        self,
        measured: Measured,
        aims: Sequence[Aim],
        counted: Sequence[Given],
        corrected: Sequence[Given],
    ) -> None:
        self.measured, self.aims = measured, aims
        self.counted, self.corrected = counted, corrected
        self.has_baseline = measured.baseline is not None and measured.baseline_on is not None
        days = [each.day for each in (*counted, *corrected)] + [aim.by.last_day for aim in aims]
        days += [each.starts_on for each in counted if each.starts_on]
        heights = [exact(each) for each in (*counted, *corrected)]
        heights += [Fraction(aim.number) for aim in aims]
        if measured.baseline is not None and measured.baseline_on is not None:
            days.append(measured.baseline_on)
            heights.append(Fraction(measured.baseline))
        self.first, self.last = min(days), max(days)
        self.low, self.high = min(Fraction(0), *heights), max(Fraction(0), *heights)

    def x(self, day: date) -> float:
        length = (self.last - self.first).days
        if not length:
            return (LEFT + RIGHT) / 2
        return LEFT + (RIGHT - LEFT) * (day - self.first).days / length

    def y(self, height: Fraction) -> float:
        span = self.high - self.low
        return BOTTOM - float((height - self.low) / span) * (BOTTOM - TOP) if span else BOTTOM

    def drawn(self, title: str) -> SafeString:
        ground = line(LEFT - 8, self.y(Fraction(0)), RIGHT + 8, self.y(Fraction(0)), stroke=RULE)
        marks = self._bars() if self.measured.kind == PERIOD else [*self._lines(), *self._dots()]
        behind, before = (marks, []) if self.measured.kind == PERIOD else ([], marks)
        rest = [*self._before(), *self._struck(), *self._labels()]
        parts = [ground, *behind, *self._flags(), *before, *rest]
        return picture(WIDTH, HEIGHT, title=title, parts=parts)

    def _at(self, value: Given) -> tuple[float, float]:
        return self.x(value.day), self.y(exact(value))

    def _lines(self) -> list[str]:
        """Return the lines between comparable numbers; the one from the baseline is dashed."""
        found = []
        if self.has_baseline and not self.counted[0].not_comparable:
            day, height = self.measured.baseline_on, Fraction(self.measured.baseline or 0)
            assert day is not None
            ends = (self.x(day), self.y(height), *self._at(self.counted[0]))
            found.append(line(*ends, stroke=QUIET, width=1, dashes="2 2"))
        for before, after in zip(self.counted, self.counted[1:], strict=False):
            if not after.not_comparable:
                ends = (*self._at(before), *self._at(after))
                found.append(line(*ends, stroke=ACCENT, width=1.6))
        return found

    def _dots(self) -> list[str]:
        return [dot(*self._at(each), ACCENT) for each in self.counted]

    def _bars(self) -> list[str]:
        zero, found = self.y(Fraction(0)), []
        for each in self.counted:
            starts, (right, top) = self.x(each.starts_on or each.day), self._at(each)
            width = max(right - starts - 1.5, 3)
            bar = (right - width, top, width, max(zero - top, 1))
            found.append(rectangle(*bar, BAR, ACCENT))
        return found

    def _before(self) -> list[str]:
        day, height = self.measured.baseline_on, self.measured.baseline
        if day is None or height is None:
            return []
        x, y = self.x(day), self.y(Fraction(height))
        square = f"M{number(x - 4)} {number(y - 4)}h8v8h-8z"
        return [path(square, WHITE, INK)]

    def _struck(self) -> list[str]:
        found = []
        for each in self.corrected:
            x, y = self._at(each)
            found.append(
                f'<circle cx="{number(x)}" cy="{number(y)}" r="3.6" fill="{WHITE}" stroke="{QUIET}"/>'
            )
            found.append(line(x - 5, y + 5, x + 5, y - 5, stroke=QUIET, width=1))
        return found

    def _flags(self) -> list[str]:
        """Return the targets: a pole up to the number, with a flag, filled once a number of its day or later reached it."""
        found = []
        for aim in self.aims:
            x, y = self.x(aim.by.last_day), self.y(Fraction(aim.number))
            is_reached = any(meets(self.measured, aim, exact(each)) for each in self.counted)
            found.append(line(x, self.y(self.low), x, y - 9, stroke=SIGNAL, width=1))
            flag = f"M{number(x)} {number(y - 9)}l-9 3.500l9 3.500z"
            found.append(path(flag, SIGNAL if is_reached else WHITE, SIGNAL))
            found.append(line(x - 4, y, x + 4, y, stroke=SIGNAL, width=1.4))
        return found

    def _labels(self) -> list[str]:
        """Return the years, the last number and the last target; a reader looks up others in the table."""
        last = self.counted[-1]
        target = self.aims[-1] if self.aims else None
        x, y = self._at(last)
        is_near = False
        found = [self._month(self.first, "start", LEFT - 8)]
        if (self.first.year, self.first.month) != (self.last.year, self.last.month):
            found.append(self._month(self.last, "end", RIGHT + 8))
        if target is not None:
            at, height = self.x(target.by.last_day), self.y(Fraction(target.number))
            is_near = abs(at - x) < 34 and abs(height - y) < 16
            words = self._figure(Fraction(target.number))
            # Beside the flag; above it where the last bar would be behind.
            is_bar = self.measured.kind == PERIOD and 0 <= at - x < 34
            place = (at + 4, height - 12) if is_bar else (at - 12, height - 2)
            found.append(text(words, *place, size=SIZE, fill=SIGNAL, anchor="end"))
        side = "end" if x > WIDTH * 0.8 else "start" if x < WIDTH * 0.2 else "middle"
        words = self._figure(printed(self.measured, last, target))
        below = y + 16 if is_near else y - 8
        if is_near and self.measured.kind != PERIOD and abs(height - y) >= SIZE + 2:
            # Under the target's label, on the side of the last line that is free.
            rises = len(self.counted) < 2 or self._at(self.counted[-2])[1] >= y
            x, side, below = x - 8, "end", y if rises else y + 14
        elif target is not None and abs(at - x) < 6:  # beside the pole, not over it
            x, side = (x + 7, "start") if side == "start" else (x - 7, "end")
        elif any(abs(at - x) < 12 and -24 < up - y < 0 for at, up in map(self._at, self.corrected)):
            # The number that it corrects is where the label would be.
            side = "end" if side == "end" else "start"
            x, below = x - 10 if side == "end" else x + 10, y + 4
        found.append(text(words, x, below, weight="600", size=SIZE, anchor=side))
        return found

    def _figure(self, value: Fraction) -> str:
        words = figure(Decimal(value.numerator) / Decimal(value.denominator))
        return f"{words} %" if self.measured.kind == SHARE else words

    def _month(self, day: date, anchor: str, x: float) -> str:
        return text(f"{day:%b %Y}", x, HEIGHT - 6, fill=QUIET, size=SIZE, anchor=anchor)
