"""Meetings and briefings on the axis of a chart."""

from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from typing import NamedTuple

from reports.document.dates import MONTHS

# Closer to the one after it than this, in percent, an event has no words of its own.
APART = 14


class Event(NamedTuple):
    day: date
    words: str  # "Meeting", "Briefing"
    is_meeting: bool


def event_marks(
    events: Sequence[Event], place: Callable[[date], float], *, top: str, base: str
) -> str:
    """Return a line through the chart and a mark with its day below the axis for each event. `place` gives the
    percentage of a day; the lines run from `top` to `base`, the y of the axis."""
    parts = []
    after = 200.0
    for day, words, is_meeting in sorted(events, reverse=True):
        at = place(day)
        x = f"{at:.2f}%"
        shape = "M-5 1h10L0 10z" if is_meeting else "M-4.5 0h6l3 3v8h-9z"
        says = ""
        if after - at >= APART:
            anchor, dx = ("end", -9) if at > 88 else ("start", 9)
            full = f'<tspan class="strip-minor">{escape(words)} </tspan>'
            name = f"{day.day} {MONTHS[day.month - 1][:3]}"
            says = f'<text x="{x}" y="{base}" dx="{dx}" dy="37" text-anchor="{anchor}">{full}{name}</text>'
            after = at
        parts.append(
            f'<g class="event"><line x1="{x}" x2="{x}" y1="{top}" y2="{base}"/>'
            f'<svg x="{x}" y="{base}" overflow="visible"><path transform="translate(0 27)" d="{shape}"/></svg>{says}</g>'
        )
    return "".join(parts)
