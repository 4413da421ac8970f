"""Draw a milestone's dates to scale on one line."""

from dataclasses import dataclass
from datetime import date, timedelta

from django import template

from workitems.standing import Late, MilestoneLike, milestone_lateness

register = template.Library()


@dataclass(frozen=True)
class Point:
    """A date on the line and its position as a percentage for SVG."""

    kind: str
    label: str
    day: date
    at: str


@register.inclusion_tag("components/milestone_strip.html")
def milestone_strip(
    milestone: MilestoneLike, on: date, start: date | None = None, end: date | None = None
) -> dict[str, object]:
    """Draw the original, agreed, and forecast or completion dates, and the day `on`, to scale.

    Pass the same `start` and `end` to draw several strips on one scale. The tail of a late
    milestone runs from its agreed date to its completion, or if it is open to its forecast or
    (if overdue) `on`, whichever is later. A completion after `on` is ignored.
    """
    late = milestone_lateness(milestone, on)
    done = late.state in (Late.DONE, Late.DONE_LATE)
    named = [
        ("original", "Original", milestone.original_due),
        ("agreed", "Agreed", milestone.agreed_due),
    ]
    if done and milestone.completed_on:
        reached = milestone.completed_on
        named.append(("completed", "Completed", reached))
    else:
        reached = max(milestone.forecast_due, on if late.state == Late.OVERDUE else date.min)
        named.append(("forecast", "Forecast", milestone.forecast_due))

    days = [day for _, _, day in named]
    first = min([*days, on, start or on])
    last = max([*days, on, end or on])
    margin = max(timedelta(days=14), (last - first) / 12)
    span = (last - first) + 2 * margin

    def at(day: date) -> str:
        return f"{100 * ((day - first) + margin) / span:.2f}%"

    return {
        "description": milestone.description,
        "points": [Point(kind, label, day, at(day)) for kind, label, day in named],
        "late": late,
        "has_tail": late.is_late or late.state == Late.DONE_LATE,
        "agreed_at": at(milestone.agreed_due),
        "reached_at": at(reached),
        "today": on,
        "today_at": at(on),
        "is_open": not done and late.state != Late.WITHDRAWN,
    }
