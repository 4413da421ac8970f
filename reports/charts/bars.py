"""Horizontal bar charts: days of delay by cause or agency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from reports.charts.drawing import (
    INK,
    NARROW,
    SIGNAL,
    WIDTH,
    line,
    lines_of,
    link,
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


def _words(row: BarRow) -> str:
    return row.words or days(row.value)
