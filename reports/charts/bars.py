"""Horizontal bar charts: days of delay by cause or agency, and shares of milestones met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

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
    """Number of milestones past their date that were met on time, met late, and not met yet."""

    label: str
    on_time: int
    late: int
    not_yet: int
    url: str = ""

    @property
    def total(self) -> int:
        return self.on_time + self.late + self.not_yet


# In order: label, fill, texture, the texture's stroke, the number's colour.
SHARES: tuple[tuple[str, str, str, str, str], ...] = (
    ("Met on time", ACCENT, "", "", WHITE),
    ("Met late", "#b9d4d5", "upright", "#8fb9bb", INK),
    ("Not yet", "#fdf3ec", "level", "#dba185", INK),
)


def cause_bars(rows: Sequence[BarRow], *, narrow: bool = False) -> SafeString:
    """Draw days of delay by cause, in the given order. Return "" without rows."""
    return day_bars(rows, title="Days of delay by cause", narrow=narrow)


def day_bars(rows: Sequence[BarRow], *, title: str, narrow: bool = False) -> SafeString:
    """Draw one bar for each row, scaled by its days.

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
            drawn += [
                rectangle(left, middle - 8.5, length, 17, DELAY),
                *textured("level", left, middle - 8.5, length, 17, SIGNAL),
                rectangle(left, middle - 8.5, length, 17, "none", stroke=INK),
            ]
        drawn.append(text(_words(row), left + length + 7, middle + 4))
        parts += [link(row.url, f"{row.label}: {_words(row)}", drawn)] if row.url else drawn
        y += step
    if not narrow:
        parts.append(line(left, 0, left, y - 6, stroke=INK))
    said = " ".join(f"{row.label}: {_words(row)}." for row in rows)
    linked = any(row.url for row in rows)
    return picture(width, y, title=f"{title}. {said}", parts=parts, linked=linked)


def share_bars(
    groups: Sequence[tuple[str, Sequence[ShareRow]]], *, title: str, narrow: bool = False
) -> SafeString:
    """Draw bars of equal length, split into met on time, met late and not yet.

    Each group has a name ("Prevention") and a bar for each measure ("by original date", "by agreed
    date"). A measure without past dates says so instead of a bar. Return "" without groups.
    """
    if not groups:
        return SafeString("")
    width, left = (NARROW, 0) if narrow else (WIDTH, LABEL)
    full = width - left - 34 - (0 if narrow else 100)
    parts, y = _legend(left)
    for name, rows in groups:
        labels = whole(name, 52 if narrow else 32)
        parts.append(lines_of(labels, 0, y + 11))
        top = y
        if narrow:
            y += len(labels) * 12.5 + 2
        for row in rows:
            if narrow:
                parts.append(text(row.label, left, y + 11, fill=QUIET, size=10.5))
                y += 15
            else:
                parts.append(text(row.label, left, y + 12, fill=QUIET, size=10.5))
            drawn = _share(row, left if narrow else left + 100, y, full)
            parts += [link(row.url, _share_words(name, row), drawn)] if row.url else drawn
            y += 21
        y = max(y, top + len(labels) * 12.5 + 4) + 8
    said = " ".join(f"{_share_words(name, row)}." for name, rows in groups for row in rows)
    linked = any(row.url for _, rows in groups for row in rows)
    return picture(width, y, title=f"{title}. {said}", parts=parts, linked=linked)


def share_in_words(row: ShareRow) -> str:
    """Return the share met on time, such as "40 %", or a dash if no date has passed.

    Rounding never gives 100 % or 0 % unless it is exact.
    """
    if not row.total:
        return "–"
    share = round(100 * row.on_time / row.total)
    if row.on_time:
        share = max(share, 1)
    return f"{min(share, 99) if row.on_time < row.total else share} %"


def _share(row: ShareRow, x: float, y: float, full: float) -> list[str]:
    if not row.total:
        return [text("no date has passed", x, y + 12, fill=QUIET, size=10.5)]
    parts = []
    start = x
    for (_, fill, texture, strokes, ink), count in zip(
        SHARES, (row.on_time, row.late, row.not_yet), strict=True
    ):
        if length := full * count / row.total:
            parts += [
                rectangle(start, y, length, 17, fill),
                *textured(texture, start, y, length, 17, strokes),
                rectangle(start, y, length, 17, "none", stroke=INK),
                *numbered(f"{count:,}", start, y, length, 17, ink, plain=not texture),
            ]
            start += length
    return [*parts, text(share_in_words(row), x + full + 6, y + 12.5, weight="600", size=10.5)]


def _legend(left: float) -> tuple[list[str], float]:
    parts: list[str] = []
    x = float(left)
    for label, fill, texture, strokes, _ in SHARES:
        parts += [
            rectangle(x, 2, 14, 14, fill),
            *textured(texture, x, 2, 14, 14, strokes),
            rectangle(x, 2, 14, 14, "none", stroke=INK),
            text(label, x + 19, 13, size=10.5),
        ]
        x += 38 + len(label) * 5.4
    return parts, 28.0


def _words(row: BarRow) -> str:
    return row.words or days(row.value)


def _share_words(name: str, row: ShareRow) -> str:
    if not row.total:
        return f"{name}, {row.label}: no date has passed"
    return (
        f"{name}, {row.label}: {row.on_time:,} met on time, {row.late:,} met late, "
        f"{row.not_yet:,} not yet"
    )
