"""Draw a milestone's dates to scale on one line, and say in words what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django import template
from django.utils.translation import gettext, gettext_lazy

from workitems.models import Delay, Milestone
from workitems.terms.known_dates import KnownDate, from_to
from workitems.terms.lateness import (
    CAUSES,
    Late,
    MilestoneLike,
    milestone_lateness,
    times_in_words,
    while_waiting,
)
from workitems.terms.sentence_ends import ended, on_one_line, with_capital

register = template.Library()
register.filter("with_capital", with_capital)
register.filter("ended", ended)
register.filter("on_one_line", on_one_line)


# More labels would overprint each other on a phone.
TICKS = 5
# Causes that need an article after "because of".
BECAUSE_OF = {
    "cabinet": gettext_lazy("a Cabinet decision"),
    "outside_event": gettext_lazy("an outside event"),
}
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
        """Return first days of months or years, at most five: each its label and its position. A month has its year
        in January, or if there is none at the first."""
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
        if months >= 12:
            return [(f"{day:%Y}", self.at(day)) for day in found[:TICKS]]
        is_named = any(day.month == 1 for day in found)
        return [
            (
                f"{day:%b %Y}" if day.month == 1 or not (is_named or number) else f"{day:%b}",
                self.at(day),
            )
            for number, day in enumerate(found[:TICKS])
        ]


@dataclass(frozen=True)
class Point:
    """A date on the line, in words, and its position as a percentage for SVG."""

    kind: str
    label: str
    words: str
    at: str


@register.inclusion_tag("components/milestone_axis.html")
def milestone_axis(on: date, start: date, end: date) -> dict[str, object]:
    """Draw the months above several strips, whose dates and the day `on` go from `start` to `end`."""
    scale = Scale.over([on, start, end])
    return {"ticks": scale.ticks()}


@register.inclusion_tag("components/milestone_strip.html")
def milestone_strip(
    milestone: MilestoneLike, on: date, start: date | None = None, end: date | None = None
) -> dict[str, object]:
    """Draw the dates first promised, agreed, and expected or done, and the day `on`, to scale, and say them.

    A month or a quarter is drawn at its last day. Pass the same `start` and `end` to draw several
    strips on one scale.
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
        "ticks": scale.ticks(),
    }


@register.inclusion_tag("components/milestone_row.html")
def milestone_row(
    milestone: Milestone,
    delays: Sequence[Delay],
    on: date,
    start: date,
    end: date,
    is_told: bool = False,
) -> dict[str, object]:
    """Draw a milestone's strip below `milestone_axis`, between its words and what came of it.

    `delays` are the milestone's; `is_told` says that the page tells already how late it is.
    """
    outcome, notes, is_late = outcome_in_words(milestone, delays, on, is_told=is_told)
    return {
        **milestone_strip(milestone, on, start, end),
        "milestone": milestone,
        "outcome": outcome,
        "notes": ", ".join(notes),
        "is_late": is_late,
    }


def outcome_in_words(
    milestone: Milestone, delays: Iterable[Delay], on: date, *, is_told: bool = False
) -> tuple[str, list[str], bool]:
    """Return what came of a milestone by the day `on`, such as "Expected 29 July 2027", and notes such as "first
    promised for 2 March 2027"; and whether it is late. `is_told` leaves out how late it is. Days of the year of `on`
    are without it."""

    def day(due: KnownDate) -> str:
        return str(due).removesuffix(f" {on.year}")

    open_delays = [delay for delay in delays if delay.ended_on is None]
    late = while_waiting(milestone_lateness(milestone, on), milestone, open_delays)
    notes = []
    if late.state == Late.WITHDRAWN:
        assert milestone.withdrawn_on is not None
        return (
            gettext("Cancelled {day}").format(day=day(KnownDate(milestone.withdrawn_on))),
            [],
            False,
        )
    if late.length and late.state != Late.OVERDUE and not is_told:
        notes.append(gettext("{time} late").format(time=late.length))
    if late.state in (Late.DONE, Late.DONE_LATE):
        assert milestone.completed_on is not None
        return (
            gettext("Done {day}").format(day=day(KnownDate(milestone.completed_on))),
            notes,
            False,
        )
    if late.state == Late.OVERDUE:
        says = late.words
        if milestone.forecast_due >= on:
            notes.append(gettext("expected {day}").format(day=day(milestone.forecast)))
    elif late.state == Late.SLIPPING:
        says = gettext("Expected {day}").format(day=day(milestone.forecast))
    else:
        says = gettext("Due {day}").format(day=day(milestone.agreed))
        if milestone.forecast != milestone.agreed:
            notes.append(gettext("expected {day}").format(day=day(milestone.forecast)))
    if late.is_late and milestone.agreed != milestone.original:
        notes.append(gettext("agreed for {agreed}").format(agreed=day(milestone.agreed)))
    if late.is_late or milestone.agreed != milestone.original:
        notes.append(gettext("first promised for {day}").format(day=day(milestone.original)))
    return says, notes, late.is_late


@register.simple_tag
def moves_in_words(milestone: Milestone, delays: Sequence[Delay], is_told: bool = False) -> str:
    """Return how a milestone's date moved, from its delays, newest first, without the dates that its strip has: "Moved
    once, on 11 October 2026, because of funding". `is_told` leaves out the cause."""
    first, last = delays[-1], delays[0]
    if not last.times_moved and first is last:
        return gettext("No new date yet")
    says = gettext("Moved {times}").format(
        times=times_in_words(sum(delay.times_moved for delay in delays))
    )
    if milestone.completed_on:
        return says
    moved_once = first is last and first.times_moved == 1
    found = KnownDate(first.found_on).on
    says += gettext(", {on_day}") if moved_once else gettext(", first {on_day}")
    says = says.format(on_day=found)
    if (first.before, last.after) != (milestone.original, milestone.forecast):
        says = f"{says}, {from_to(first.before, last.after)}"
    if is_told or first is not last or first.cause not in CAUSES:
        return says
    cause = BECAUSE_OF.get(first.cause, CAUSES[first.cause])
    return gettext("{says}, because of {cause}").format(says=says, cause=cause)
