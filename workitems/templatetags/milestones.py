"""Draw a milestone's dates to scale on one line."""

from dataclasses import dataclass
from datetime import date, timedelta

from django import template

from workitems.known_dates import KnownDate
from workitems.standing import Late, MilestoneLike, milestone_lateness

register = template.Library()


@dataclass(frozen=True)
class Point:
    """A date on the line, in words, and its position as a percentage for SVG."""

    kind: str
    label: str
    words: str
    at: str


@register.inclusion_tag("components/milestone_strip.html")
def milestone_strip(
    milestone: MilestoneLike, on: date, start: date | None = None, end: date | None = None
) -> dict[str, object]:
    """Draw the original, agreed, and forecast or completion dates, and the day `on`, to scale.

    A month or a quarter is drawn at its last day. Pass the same `start` and `end` to draw several
    strips on one scale. The tail of a late milestone runs from its agreed date to its completion,
    or if it is open to its forecast or (if overdue) `on`, whichever is later. A completion after
    `on` is ignored.
    """
    late = milestone_lateness(milestone, on)
    done = late.state in (Late.DONE, Late.DONE_LATE)
    named = [
        ("original", "Original", milestone.original),
        ("agreed", "Agreed", milestone.agreed),
    ]
    if done and milestone.completed_on:
        reached = milestone.completed_on
        named.append(("completed", "Completed", KnownDate(reached)))
    else:
        reached = max(milestone.forecast_due, on if late.state == Late.OVERDUE else date.min)
        named.append(("forecast", "Forecast", milestone.forecast))

    days = [due.last_day for _, _, due in named]
    first = min([*days, on, start or on])
    last = max([*days, on, end or on])
    margin = max(timedelta(days=14), (last - first) / 12)
    span = (last - first) + 2 * margin

    def at(day: date) -> str:
        return f"{100 * ((day - first) + margin) / span:.2f}%"

    return {
        "description": milestone.description,
        "points": [Point(kind, label, str(due), at(due.last_day)) for kind, label, due in named],
        "late": late,
        "has_tail": late.is_late or late.state == Late.DONE_LATE,
        "agreed_at": at(milestone.agreed_due),
        "reached_at": at(reached),
        "today": on,
        "today_at": at(on),
        "is_open": not done and late.state != Late.WITHDRAWN,
    }
