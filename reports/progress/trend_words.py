"""The trends' figures as sentences, and what they show as headings."""

from datetime import date

from django.utils.translation import gettext as _

from reports.document.dates import days, long_date
from reports.progress.trends import MonthFigures, Trends
from workitems.models.item import Stage
from workitems.standing import count_noun


def stages(trends: Trends) -> str:
    now, before = trends.now, trends.a_year_before
    complete, withdrawn = now.stages[Stage.COMPLETE], now.stages[Stage.WITHDRAWN]
    says = _("At {day}, {complete:,} of {items}").format(
        day=long_date(now.day), complete=complete, items=count_noun(now.items, "work item")
    )
    says += f" {'was' if now.items == 1 else 'were'} complete"
    if withdrawn:
        says += _(" and {withdrawn:,} withdrawn").format(withdrawn=withdrawn)
    if before is not None:
        says += _("; at {day}, {stages:,} of {items:,}").format(
            day=long_date(before.day), stages=before.stages[Stage.COMPLETE], items=before.items
        )
    return f"{says}."


def lateness(trends: Trends) -> str:
    now, before = trends.now, trends.a_year_before
    says = _("At {day}, ").format(day=long_date(now.day))
    if now.overdue or now.expected_late:
        says += f"{count_noun(now.overdue, 'milestone')} {'was' if now.overdue == 1 else 'were'} overdue"
        says += _(" and {expected_late:,} expected late").format(expected_late=now.expected_late)
    else:
        says += _("no milestone was overdue or expected late")
    if before is not None:
        says += _("; at {day}, {overdue:,} and {expected_late:,}").format(
            day=long_date(before.day), overdue=before.overdue, expected_late=before.expected_late
        )
    return f"{says}."


def stages_finding(trends: Trends) -> str:
    """Return "Complete items rose from 1 to 3 of 25 since November 2025"."""
    now = trends.now
    return _moved(
        _("complete items"),
        f"{now.items:,}",
        [(month.day, month.stages[Stage.COMPLETE]) for month in _ends(trends)],
    )


def lateness_finding(trends: Trends) -> str:
    """Return "Late milestones rose from 2 to 7 since November 2025"."""
    found = [(month.day, month.overdue + month.expected_late) for month in _ends(trends)]
    return _moved(_("late milestones"), "", found)


def met_finding(trends: Trends) -> str:
    """Return "24 of 30 milestones were met by their agreed dates"."""
    agreed = trends.met.agreed
    if not agreed.total:
        return _("No agreed date has passed yet")
    verb = "was" if agreed.on_time == 1 else "were"
    dates = _("its agreed date") if agreed.total == 1 else _("their agreed dates")
    return _("{on_time:,} of {total} {verb} met by {dates}").format(
        on_time=agreed.on_time, total=count_noun(agreed.total, "milestone"), verb=verb, dates=dates
    )


def delays_finding(trends: Trends) -> str:
    """Return "Consultation caused 457 of 957 days of delay"."""
    if not trends.causes:
        return _("No delay is recorded")
    most = trends.causes[0]
    if len(trends.causes) == 1 or not trends.delay_days >= most.days > 0:
        return _("{delay_days} of delay in {delays}").format(
            delay_days=days(trends.delay_days), delays=count_noun(trends.delays, "delay")
        )
    return _("{most} caused {days:,} of {delay_days:,} days of delay").format(
        most=most.label, days=most.days, delay_days=trends.delay_days
    )


def _ends(trends: Trends) -> list[MonthFigures]:
    """Return the figures a year before, or the first, and those now."""
    before = trends.a_year_before or trends.months[0]
    return [before, trends.now]


def _moved(what: str, of: str, found: list[tuple[date, int]]) -> str:
    """Say how a count moved between two days."""
    (start, before), (end, now) = found
    total = _(" of {of}").format(of=of) if of else ""
    what = f"{what[:1].upper()}{what[1:]}"
    if start == end:
        return f"{what}: {now:,}{total}"
    since = _("since {start}").format(start=_month(start))
    if before == now:
        if not now:
            return _("No {what} {since}").format(what=what.lower(), since=since)
        return _("{what} stayed at {now:,}{total} {since}").format(
            what=what, now=now, total=total, since=since
        )
    verb = "rose" if now > before else "fell"
    return _("{what} {verb} from {before:,} to {now:,}{total} {since}").format(
        what=what, verb=verb, before=before, now=now, total=total, since=since
    )


def record(trends: Trends) -> str:
    """Return the period that the months cover."""
    says = _("The record begins in {day}.").format(day=_month(trends.months[0].day))
    if trends.ended_on:
        says += _(
            " The plan has ended; the months stop at {ended_on}, because none of these figures "
            "changed after it."
        ).format(ended_on=long_date(trends.ended_on))
    return says


def _month(day: date) -> str:
    return long_date(day).split(" ", 1)[1]
