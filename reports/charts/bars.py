"""Horizontal bar charts: days of delay by cause or agency, and shares of milestones met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from agencies.wording.translation import StrOrPromise
from reports.charts.drawing import (
    ACCENT,
    INK,
    NARROW,
    QUIET,
    SIGNAL,
    WHITE,
    WIDTH,
    line,
    lines_of,
    link,
    numbered,
    picture,
    rectangle,
    text,
    textured,
    whole,
)
from reports.document.dates import days

LABEL = 176
DELAY = "#e2b9a4"


@dataclass(frozen=True, slots=True)
class BarRow:
    """A bar: its label, its value, the words after it ("412 days in 3 delays"), and its link."""

    label: str
    value: int
    words: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """Number of milestones past their date that were met on time, met late, and not met yet.

    `promised` is the part of them that was met by the date first promised, if that differs.
    """

    label: str
    on_time: int
    late: int
    not_yet: int
    promised: float | None = None

    @property
    def total(self) -> int:
        return self.on_time + self.late + self.not_yet


# In order: label, fill, the number's colour. They follow each other in this order, so that colour
# is not needed.
SHARES: tuple[tuple[StrOrPromise, str, str], ...] = (
    (gettext_lazy("Met on time"), ACCENT, WHITE),
    (gettext_lazy("Met late"), "#b9d4d5", INK),
    (gettext_lazy("Not yet"), "#fbe3d6", INK),
)
TICK = gettext_lazy("Met by the first date")


def cause_bars(rows: Sequence[BarRow], *, narrow: bool = False) -> SafeString:
    """Draw days of delay by cause, in the given order. Return "" without rows."""
    return day_bars(rows, title=gettext("Days of delay by cause"), narrow=narrow, is_textured=True)


def day_bars(
    rows: Sequence[BarRow],
    *,
    title: str,
    narrow: bool = False,
    is_textured: bool = False,
    fill: str = DELAY,
) -> SafeString:
    """Draw one bar for each row, scaled by its days, in the colour of delay unless `fill` is another. A texture
    tells bars of delay from others in black and white.

    A negative value draws no bar but keeps its words.
    """
    if not rows:
        return SafeString("")
    width, left = (NARROW, 0) if narrow else (WIDTH, LABEL)
    after = max(len(_words(row)) for row in rows) * 5.8 + 10
    scale = max(40.0, width - left - after) / max(1, *(row.value for row in rows), 1)
    parts: list[str] = []
    y = 2.0
    for row in rows:
        labels = whole(row.label, 52 if narrow else 32)
        if narrow:
            drawn = [lines_of(labels, 0, y + 11)]
            y += len(labels) * 12.5 + 4
            middle, step = y + 8.5, 27.0
        else:
            step = max(27.0, len(labels) * 12.5 + 8)
            middle = y + (step - 8) / 2
            drawn = [lines_of(labels, 0, middle + 4 - (len(labels) - 1) * 6.25)]
        length = max(0, row.value) * scale
        if length:
            drawn.append(rectangle(left, middle - 8.5, length, 17, fill))
            if is_textured:
                drawn += textured("level", left, middle - 8.5, length, 17, SIGNAL)
                drawn.append(rectangle(left, middle - 8.5, length, 17, "none", stroke=INK))
        drawn.append(text(_words(row), left + length + 7, middle + 4))
        parts += [link(row.url, f"{row.label}: {_words(row)}", drawn)] if row.url else drawn
        y += step
    if not narrow:
        parts.append(line(left, 0, left, y - 6, stroke=INK))
    description = " ".join(f"{row.label}: {_words(row)}." for row in rows)
    linked = any(row.url for row in rows)
    return picture(width, y, title=f"{title}. {description}", parts=parts, linked=linked)


def share_bars(rows: Sequence[ShareRow], *, title: str, narrow: bool = False) -> SafeString:
    """Draw bars of equal length, split into met on time, met late and not yet.

    A tick shows the part that was met by the dates first promised. A row without past dates says so
    instead of a bar. Return "" without rows.
    """
    if not rows:
        return SafeString("")
    width, left = (NARROW, 0) if narrow else (WIDTH, LABEL)
    words = {row: _of_all(row) for row in rows}
    full = width - left - max(len(each) for each in words.values()) * 5.8 - 10
    has_tick = any(row.promised is not None for row in rows)
    parts, y = _legend(left, has_tick=has_tick, is_narrow=narrow)
    for row in rows:
        labels = whole(row.label, 52 if narrow else 32)
        parts.append(lines_of(labels, 0, y + 12))
        top = y
        if narrow:
            y += len(labels) * 12.5 + 4
        parts += _share(row, left, y, full)
        y = max(y + 24, top + len(labels) * 12.5 + 4)
    description = " ".join(f"{_share_words(row)}." for row in rows)
    return picture(width, y, title=f"{title}. {description}", parts=parts)


def _of_all(row: ShareRow) -> str:
    """Return "6 of 9"."""
    return (
        gettext("{met:,} of {total:,}").format(met=row.on_time, total=row.total)
        if row.total
        else ""
    )


def _share(row: ShareRow, x: float, y: float, full: float) -> list[str]:
    if not row.total:
        return [text(gettext("no date has passed"), x, y + 12, fill=QUIET, size=10.5)]
    parts = []
    start = x
    for (_, fill, ink), count in zip(SHARES, (row.on_time, row.late, row.not_yet), strict=True):
        if length := full * count / row.total:
            parts += [
                rectangle(start, y, length, 17, fill),
                *numbered(f"{count:,}", start, y, length, 17, ink, plain=True),
            ]
            start += length
    if row.promised is not None:
        tick = x + full * row.promised
        parts.append(line(tick, y - 2.5, tick, y + 19.5, stroke=WHITE, width=4.5))
        parts.append(line(tick, y - 2.5, tick, y + 19.5, stroke=INK, width=2))
    return [*parts, text(_of_all(row), x + full + 7, y + 12.5, weight="600", size=10.5)]


def _legend(left: float, *, has_tick: bool, is_narrow: bool) -> tuple[list[str], float]:
    parts: list[str] = []
    x, y = float(left), 2.0
    for label, fill, _ in SHARES:
        parts += [rectangle(x, y, 12, 14, fill), text(str(label), x + 17, y + 11, size=10.5)]
        x += 32 + len(str(label)) * 5.2
    if has_tick:
        if is_narrow:
            x, y = float(left), y + 18
        parts.append(line(x + 3, y - 1, x + 3, y + 15, stroke=INK, width=2))
        parts.append(text(str(TICK), x + 10, y + 11, size=10.5))
    return parts, y + 26


def _words(row: BarRow) -> str:
    return row.words or days(row.value)


def _share_words(row: ShareRow) -> str:
    if not row.total:
        return gettext("{label}: no date has passed").format(label=row.label)
    return gettext(
        "{label}: {on_time:,} met on time, {late:,} met late, {not_yet:,} not yet"
    ).format(label=row.label, on_time=row.on_time, late=row.late, not_yet=row.not_yet)
