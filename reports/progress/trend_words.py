"""The trends' figures as sentences, and what they show as headings."""

from datetime import date

from reports.document.dates import days, long_date
from reports.progress.trends import MonthFigures, Trends
from workitems.models.item import Stage
from workitems.standing import count_noun


def stages(trends: Trends) -> str:
    now, before = trends.now, trends.a_year_before
    complete, withdrawn = now.stages[Stage.COMPLETE], now.stages[Stage.WITHDRAWN]
    says = f"At {long_date(now.day)}, {complete:,} of {count_noun(now.items, 'work item')}"
    says += f" {'was' if now.items == 1 else 'were'} complete"
    if withdrawn:
        says += f" and {withdrawn:,} withdrawn"
    if before is not None:
        says += (
            f"; at {long_date(before.day)}, {before.stages[Stage.COMPLETE]:,} of {before.items:,}"
        )
    return f"{says}."


def lateness(trends: Trends) -> str:
    now, before = trends.now, trends.a_year_before
    says = f"At {long_date(now.day)}, "
    if now.overdue or now.expected_late:
        says += f"{count_noun(now.overdue, 'milestone')} {'was' if now.overdue == 1 else 'were'} overdue"
        says += f" and {now.expected_late:,} expected late"
    else:
        says += "no milestone was overdue or expected late"
    if before is not None:
        says += f"; at {long_date(before.day)}, {before.overdue:,} and {before.expected_late:,}"
    return f"{says}."


def stages_finding(trends: Trends) -> str:
    """Return "Complete items rose from 1 to 3 of 25 since November 2025"."""
    now = trends.now
    return _moved(
        "complete items",
        f"{now.items:,}",
        [(month.day, month.stages[Stage.COMPLETE]) for month in _ends(trends)],
    )


def lateness_finding(trends: Trends) -> str:
    """Return "Late milestones rose from 2 to 7 since November 2025"."""
    found = [(month.day, month.overdue + month.expected_late) for month in _ends(trends)]
    return _moved("late milestones", "", found)


def met_finding(trends: Trends) -> str:
    """Return "24 of 30 milestones were met by their agreed dates"."""
    agreed = trends.met.agreed
    if not agreed.total:
        return "No agreed date has passed yet"
    verb = "was" if agreed.on_time == 1 else "were"
    dates = "its agreed date" if agreed.total == 1 else "their agreed dates"
    return f"{agreed.on_time:,} of {count_noun(agreed.total, 'milestone')} {verb} met by {dates}"


def delays_finding(trends: Trends) -> str:
    """Return "Consultation caused 457 of 957 days of delay"."""
    if not trends.causes:
        return "No delay is recorded"
    most = trends.causes[0]
    if len(trends.causes) == 1 or not trends.delay_days >= most.days > 0:
        return f"{days(trends.delay_days)} of delay in {count_noun(trends.delays, 'delay')}"
    return f"{most.label} caused {most.days:,} of {trends.delay_days:,} days of delay"


def _ends(trends: Trends) -> list[MonthFigures]:
    """Return the figures a year before, or the first, and those now."""
    before = trends.a_year_before or trends.months[0]
    return [before, trends.now]


def _moved(what: str, of: str, found: list[tuple[date, int]]) -> str:
    """Say how a count moved between two days."""
    (start, before), (end, now) = found
    total = f" of {of}" if of else ""
    what = f"{what[:1].upper()}{what[1:]}"
    if start == end:
        return f"{what}: {now:,}{total}"
    since = f"since {_month(start)}"
    if before == now:
        if not now:
            return f"No {what.lower()} {since}"
        return f"{what} stayed at {now:,}{total} {since}"
    verb = "rose" if now > before else "fell"
    return f"{what} {verb} from {before:,} to {now:,}{total} {since}"


def record(trends: Trends) -> str:
    """Return the period that the months cover."""
    says = f"The record begins in {_month(trends.months[0].day)}."
    if trends.ended_on:
        says += (
            f" The plan has ended; the months stop at {long_date(trends.ended_on)}, because none "
            "of these figures changed after it."
        )
    return says


def _month(day: date) -> str:
    return long_date(day).split(" ", 1)[1]
