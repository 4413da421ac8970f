"""SVG primitives for charts: colours, lines, shapes, text, and the outer element.

Shapes are strings of SVG that can be joined safely, because all text is escaped here. Only the
outer element is marked safe for templates.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reports.document.dates import MONTHS

FONT = "Source Sans 3"
INK = "#17222b"
QUIET = "#4b5863"
RULE = "#d3d9dc"
FAINT = "#e7ebec"
ACCENT = "#0b5158"
SIGNAL = "#a33b12"
WHITE = "#ffffff"

WIDTH = 600
NARROW = 340  # Fits a phone without scrolling.


def picture(
    width: float,
    height: float,
    *,
    title: str,
    parts: Iterable[str],
    description: str = "",
    linked: bool = False,
) -> SafeString:
    """Return the outer element.

    If `linked`, its role is "group", as links inside an image are unreachable.
    """
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="{"group" if linked else "img"}"'
        f' viewBox="0 0 {number(width)} {number(height)}" font-family="{FONT}" font-size="11.5"'
        f' fill="{INK}"><title>{escape(title)}</title>'
    )
    if description:
        opening += f"<desc>{escape(description)}</desc>"
    return SafeString(opening + "".join(parts) + "</svg>")


def on_screen(draw: Callable[[bool], SafeString]) -> SafeString:
    """Return a chart drawn wide and narrow (`draw(True)`); the stylesheet shows one of them."""
    wide = draw(False)
    if not wide:
        return wide
    return format_html(
        '<div class="chart-wide">{}</div><div class="chart-narrow">{}</div>', wide, draw(True)
    )


def link(url: str, name: str, parts: Iterable[str]) -> str:
    """Return shapes as a link. `name` is read by screen readers and shown as a tooltip."""
    return f'<a href="{escape(url)}"><title>{escape(name)}</title>{"".join(parts)}</a>'


def number(value: float) -> str:
    """Format a coordinate with at most one decimal, the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def text(
    words: str,
    x: float,
    y: float,
    *,
    fill: str = INK,
    anchor: str = "start",
    weight: str = "400",
    size: float = 11.5,
) -> str:
    return (
        f'<text x="{number(x)}" y="{number(y)}" fill="{fill}" text-anchor="{anchor}"'
        f' font-weight="{weight}" font-size="{number(size)}">{escape(words)}</text>'
    )


def lines_of(words: Sequence[str], x: float, y: float, *, size: float = 11.5) -> str:
    return "".join(text(line, x, y + n * (size + 1), size=size) for n, line in enumerate(words))


def two_lines(words: str, width: int) -> list[str]:
    return textwrap.wrap(words, width, max_lines=2, placeholder=" …")


def whole(words: str, width: int) -> list[str]:
    """Wrap text onto as many lines as it needs, without cutting."""
    return textwrap.wrap(words, width) or [""]


def rectangle(
    x: float, y: float, width: float, height: float, fill: str, stroke: str = "none"
) -> str:
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        f' fill="{fill}" stroke="{stroke}" stroke-width="0.7"/>'
    )


def line(
    x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float = 0.7, dashes: str = ""
) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
        f' stroke="{stroke}" stroke-width="{number(width)}"{dashed}/>'
    )


def path(steps: str, fill: str, stroke: str = "none") -> str:
    return f'<path d="{steps}" fill="{fill}" stroke="{stroke}" stroke-width="0.7"/>'


def ring(x: float, y: float) -> str:
    return (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="4" fill="{WHITE}" stroke="{INK}"'
        ' stroke-width="1.4"/>'
    )


def dot(x: float, y: float, fill: str) -> str:
    return f'<circle cx="{number(x)}" cy="{number(y)}" r="4.4" fill="{fill}"/>'


def diamond(x: float, y: float, fill: str) -> str:
    points = " ".join(
        f"{number(x + dx)},{number(y + dy)}"
        for dx, dy in ((0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0))
    )
    return f'<polygon points="{points}" fill="{fill}"/>'


def arrowhead(x: float, y: float, fill: str) -> str:
    """Return the mark of an expected date, with its point at x."""
    return f'<path d="M{number(x - 9)} {number(y - 5.5)}L{number(x + 1)} {number(y)}L{number(x - 9)} {number(y + 5.5)}z" fill="{fill}"/>'


def done(x: float, y: float) -> str:
    """Return the mark of a date on which something was done: a disc with a tick."""
    return (
        dot(x, y, ACCENT)
        + f'<path d="M{number(x - 2.3)} {number(y + 0.2)}l1.6 1.7 2.9-3.2" fill="none" stroke="{WHITE}" stroke-width="1.3"/>'
    )


def triangle(x: float, y: float, fill: str) -> str:
    points = " ".join(f"{number(x + dx)},{number(y + dy)}" for dx, dy in ((0, -6), (6, 5), (-6, 5)))
    return f'<polygon points="{points}" fill="{fill}"/>'


def textured(
    texture: str, x: float, y: float, width: float, height: float, stroke: str
) -> list[str]:
    """Return a texture over a rectangle, so that colour is not needed: upright, level, dots."""
    if texture == "upright":
        return [line(x + n, y, x + n, y + height, stroke=stroke) for n in range(4, int(width), 6)]
    if texture == "level":
        return [line(x, y + n, x + width, y + n, stroke=stroke) for n in range(4, int(height), 5)]
    if texture == "dots":
        return [
            f'<circle cx="{number(x + n)}" cy="{number(y + m)}" r="1" fill="{stroke}"/>'
            for n in range(4, int(width), 6)
            for m in range(4, int(height), 6)
        ]
    return []


def numbered(
    words: str, x: float, y: float, width: float, height: float, ink: str, *, plain: bool
) -> list[str]:
    """Return a number in the middle of a rectangle, if it fits.

    Over a texture it gets a plain background.
    """
    if not words or width < 12 + 6 * len(words):
        return []
    middle, half = x + width / 2, 4 + 3.2 * len(words)
    ground = [] if plain else [rectangle(middle - half, y + 5, half * 2, height - 10, WHITE)]
    return [
        *ground,
        text(words, middle, y + height / 2 + 4, anchor="middle", fill=ink, weight="600"),
    ]


MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240)


def month_ticks(first: date, last: date, at_most: int) -> list[date]:
    """Return at most `at_most` evenly spaced first days of months within the period."""
    begin = first.year * 12 + first.month - 1 + (first.day > 1)
    end = last.year * 12 + last.month - 1
    step = next((s for s in MONTH_STEPS if (end - begin) // s + 1 <= at_most), 480)
    return [
        date(month // 12, month % 12 + 1, 1)
        for month in range(begin + -begin % step, end + 1, step)
    ]


def month_name(day: date) -> str:
    """Return "Jan 2010"."""
    return f"{MONTHS[day.month - 1][:3]} {day.year}"
