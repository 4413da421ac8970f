"""Draw a milestone's dates to scale on one line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django import template
from django.utils.translation import gettext

from workitems.terms.known_dates import KnownDate
from workitems.terms.lateness import Late, MilestoneLike, milestone_lateness
from workitems.terms.sentence_ends import on_one_line, with_capital

register = template.Library()
register.filter("with_capital", with_capital)
register.filter("on_one_line", on_one_line)


# More labels would overprint each other on a phone.
TICKS = 5
MONTHS_BETWEEN_TICKS = (1, 2, 3, 6, 12, 24, 36, 60, 120)


@dataclass(frozen=True)
class Scale:
    """The days of a line from its left to its right end."""

    first: date
    last: date

    @classmethod
    def over(cls, days: Iterable[date]) -> "Scale":
        """Return a scale with all of the days, and room beside them."""
        days = list(days)
        first, last = min(days), max(days)
        room = max(timedelta(days=14), (last - first) / 12)
        return cls(first - room, last + room)

    def at(self, day: date) -> str:
        return f"{100 * (day - self.first) / (self.last - self.first):.2f}%"

    def ticks(self) -> list[tuple[str, str]]:
        """Return first days of months or years, at most five: each its label and its position."""
        for months in MONTHS_BETWEEN_TICKS:
            found = [
                date(year, month, 1)
                for year in range(self.first.year, self.last.year + 1)
                for month in range(1, 13, months)
                if (year * 12 % months == 0 or months < 12)
                and self.first < date(year, month, 1) < self.last
            ]
            if len(found) <= TICKS:
                break
        words = "%Y" if months >= 12 else "%b %Y"
        return [(f"{day:{words}}", self.at(day)) for day in found[:TICKS]]


@dataclass(frozen=True)
class Point:
    """A date on the line, in words, and its position as a percentage for SVG."""

    kind: str
    label: str
    words: str
    at: str


@register.inclusion_tag("components/milestone_axis.html")
def milestone_axis(on: date, start: date, end: date) -> dict[str, object]:
    """Draw the months above several strips, with the day `on`, and explain the shapes once."""
    scale = Scale.over([on, start, end])
    return {"ticks": scale.ticks(), "on": on, "on_at": scale.at(on)}


@register.inclusion_tag("components/milestone_strip.html")
def milestone_strip(
    milestone: MilestoneLike,
    on: date,
    start: date | None = None,
    end: date | None = None,
    below_axis: bool = False,
) -> dict[str, object]:
    """Draw the dates first promised, agreed, and expected or done, and the day `on`, to scale.

    A month or a quarter is drawn at its last day. Pass the same `start` and `end` to draw several
    strips on one scale; below an axis, which names the day `on`, a strip does not name it again.
    The tail of a milestone that is later than first promised runs from that date to its completion, or if it is
    open to its forecast or (if overdue) `on`, whichever is later. A completion after `on` is ignored. The agreed
    and the expected date are drawn only where they differ from the one before.
    """
    late = milestone_lateness(milestone, on)
    done = late.state in (Late.DONE, Late.DONE_LATE)
    named = [("original", gettext("First promised"), milestone.original)]
    if milestone.original != milestone.agreed:
        named.append(("agreed", gettext("Agreed"), milestone.agreed))
    if done and milestone.completed_on:
        reached = milestone.completed_on
        named.append(("completed", gettext("Done"), KnownDate(reached)))
    else:
        reached = max(milestone.forecast_due, on if late.state == Late.OVERDUE else date.min)
        if milestone.forecast != milestone.agreed:
            named.append(("forecast", gettext("Expected"), milestone.forecast))

    days = [due.last_day for _, _, due in named]
    scale = Scale.over([*days, on, start or on, end or on])

    return {
        "description": milestone.description,
        "points": [
            Point(kind, label, str(due), scale.at(due.last_day)) for kind, label, due in named
        ],
        "late": late,
        "has_tail": late.state != Late.WITHDRAWN and reached > milestone.original_due,
        "promised_at": scale.at(milestone.original_due),
        "reached_at": scale.at(reached),
        "today": on,
        "today_at": scale.at(on),
        "is_open": not done and late.state != Late.WITHDRAWN,
        "below_axis": below_axis,
    }
