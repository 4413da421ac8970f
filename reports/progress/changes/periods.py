"""The moments to compare a plan with, and the words for the time between two moments."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from reports.document.dates import long_date
from reports.progress.view import Earlier, PlanView
from workitems.plan.asat import Moment
from workitems.terms.spans import add_months

QUARTER = 3  # months


def offered(view: PlanView, happened: Sequence[Earlier]) -> tuple[list[Earlier], Earlier]:
    """Return the moments offered for comparison, and the default.

    `happened` comes from `BarForm.earlier`: meetings, then briefings, newest first. The default is
    the last meeting before the moment, else the last briefing, else a quarter before or, of a plan that came from a
    spreadsheet since then, the day of that.
    """
    words = (
        (_("A quarter ago"), _("a quarter ago"))
        if view.at.is_now
        else (_("A quarter before"), _("a quarter before"))
    )
    quarter = Earlier(Moment.end_of(add_months(view.at.on, -QUARTER)), *words)
    begins = view.plan.record_begins
    if begins and quarter.moment.on < begins:
        day = long_date(begins)
        quarter = Earlier(
            Moment.end_of(min(begins, view.at.on)),
            _("Spreadsheet of {day}").format(day=day),
            _("the spreadsheet of {day}").format(day=day),
        )
    return [*happened, quarter], (happened[0] if happened else quarter)


def between(view: PlanView) -> str:
    """Return "Between 5 August and 14 October 2026", with times unless both are ends of days."""
    since, at = view.since, view.at
    assert since is not None
    if not (since.is_whole_day and at.is_whole_day):
        now = long_date(at.on) if at.is_now else at.words
        return _("Between {since} and {now}").format(since=since.words, now=now)
    first = long_date(since.on)
    if since.on.year == at.on.year:
        first = first.removesuffix(f" {at.on.year}")
    return _("Between {first} and {on}").format(first=first, on=long_date(at.on))
