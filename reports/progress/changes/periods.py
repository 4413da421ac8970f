"""With which earlier moment the plan is compared, and how the time between two is said."""

from collections.abc import Sequence

from reports.document.dates import add_months, long_date
from reports.progress.view import Earlier, Look
from workitems.asat import Moment

QUARTER = 3  # months


def offered(look: Look, happened: Sequence[Earlier]) -> tuple[list[Earlier], Earlier]:
    """What a look can be compared with, and what it is compared with where nobody says.

    `happened` is as `BarForm.earlier` finds it: meetings, then briefings, each newest first. So
    the usual one is the last meeting before the moment, else the last briefing, else a quarter
    before.
    """
    quarter = Earlier(
        Moment.end_of(add_months(look.at.on, -QUARTER)),
        "A quarter ago" if look.at.is_now else "A quarter before",
    )
    return [*happened, quarter], (happened[0] if happened else quarter)


def between(look: Look) -> str:
    """ "Between 5 August and 14 October 2026"; with hours, where a moment is not a whole day."""
    since, at = look.since, look.at
    assert since is not None
    if not (since.is_whole_day and at.is_whole_day):
        now = long_date(at.on) if at.is_now else at.words
        return f"Between {since.words} and {now}"
    first = long_date(since.on)
    if since.on.year == at.on.year:
        first = first.removesuffix(f" {at.on.year}")
    return f"Between {first} and {long_date(at.on)}"
