"""The trends' figures as sentences, and what they show as headings."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reports.document.dates import days, long_date
from reports.progress.record_of_dates import DateWarning, Group, RecordOfDates
from reports.progress.trends import MonthFigures, Trends
from workitems.models.item import Stage

# Dates with each warning, within a sentence.
SUCH_DATES = {
    DateWarning.NONE: gettext_lazy("without a warning"),
    DateWarning.FORECAST: gettext_lazy("that an agency expected to miss"),
    DateWarning.AGENCY: gettext_lazy("that an agency rated at risk or off track"),
    DateWarning.REVIEWER: gettext_lazy("that the reviewer rated at risk or off track"),
    DateWarning.MOVED: gettext_lazy("that had been moved before"),
}


def stages(trends: Trends) -> str:
    now, before = trends.now, trends.a_year_before
    complete, withdrawn = now.stages[Stage.COMPLETE], now.stages[Stage.WITHDRAWN]
    says = ngettext(
        "At {day}, {complete:,} of {items:,} work item was complete",
        "At {day}, {complete:,} of {items:,} work items were complete",
        now.items,
    ).format(day=long_date(now.day), complete=complete, items=now.items)
    if withdrawn:
        says += _(" and {count:,} withdrawn").format(count=withdrawn)
    if before is not None:
        says += _("; at {day}, {complete:,} of {items:,}").format(
            day=long_date(before.day), complete=before.stages[Stage.COMPLETE], items=before.items
        )
    return f"{says}."


def lateness(trends: Trends) -> str:
    now, before = trends.now, trends.a_year_before
    if now.overdue or now.expected_late:
        says = ngettext(
            "At {day}, {overdue:,} milestone was overdue and {expected_late:,} expected late",
            "At {day}, {overdue:,} milestones were overdue and {expected_late:,} expected late",
            now.overdue,
        )
    else:
        says = _("At {day}, no milestone was overdue or expected late")
    says = says.format(day=long_date(now.day), overdue=now.overdue, expected_late=now.expected_late)
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
    """Return "24 of 30 milestones were met by their latest agreed dates"."""
    agreed = trends.met.agreed
    if not agreed.total:
        return _("No agreed date has passed yet")
    if agreed.total == 1:
        sentence = ngettext(
            "{met:,} of {total:,} milestone was met by its latest agreed date",
            "{met:,} of {total:,} milestone were met by its latest agreed date",
            agreed.on_time,
        )
    else:
        sentence = ngettext(
            "{met:,} of {total:,} milestones was met by their latest agreed dates",
            "{met:,} of {total:,} milestones were met by their latest agreed dates",
            agreed.on_time,
        )
    return sentence.format(met=agreed.on_time, total=agreed.total)


def dates_finding(record: RecordOfDates) -> str:
    """Return "7 of 30 dates that came were missed"."""
    if not record.dates:
        return _("No agreed date has come yet")
    if record.dates == 1:
        return (
            _("The only date that came was missed")
            if record.missed
            else _("The only date that came was met")
        )
    return ngettext(
        "{missed} of {dates:,} dates that came was missed",
        "{missed} of {dates:,} dates that came were missed",
        record.missed or 1,
    ).format(missed=f"{record.missed:,}" if record.missed else _("None"), dates=record.dates)


def dates_by_warning(record: RecordOfDates) -> str:
    """Return "3 of 26 dates without a warning were missed; none of 4 that the reviewer …" or ""."""
    says = "; ".join(_of_warning(group) for group in record.groups if group.dates)
    return f"{says[:1].upper()}{says[1:]}." if says else ""


def _of_warning(group: Group) -> str:
    such = SUCH_DATES[group.warning]
    if group.dates == 1:
        says = (
            _("the only date {such} was missed")
            if group.missed
            else _("the only date {such} was met")
        )
        return says.format(such=such)
    return ngettext(
        "{missed} of {dates:,} dates {such} was missed",
        "{missed} of {dates:,} dates {such} were missed",
        group.missed or 1,
    ).format(
        missed=f"{group.missed:,}" if group.missed else _("none"), dates=group.dates, such=such
    )


def delays_finding(trends: Trends) -> str:
    """Return "Consultation caused 457 of 957 days of delay, open and ended"."""
    if not trends.causes:
        return _("No delay is recorded")
    most = trends.causes[0]
    if len(trends.causes) == 1 or not trends.delay_days >= most.days > 0:
        return ngettext(
            "{days} in {count:,} delay, open or ended",
            "{days} in {count:,} delays, open and ended",
            trends.delays,
        ).format(days=days(trends.delay_days), count=trends.delays)
    return _("{cause} caused {days:,} of {all_days:,} days of delay, open and ended").format(
        cause=most.label, days=most.days, all_days=trends.delay_days
    )


def _ends(trends: Trends) -> list[MonthFigures]:
    """Return the figures a year before, or the first, and those now."""
    before = trends.a_year_before or trends.months[0]
    return [before, trends.now]


def _moved(what: str, of: str, found: list[tuple[date, int]]) -> str:
    """Say how a count moved between two days."""
    (start, before), (end, now) = found
    total = _(" of {all}").format(all=of) if of else ""
    what = f"{what[:1].upper()}{what[1:]}"
    if start == end:
        return f"{what}: {now:,}{total}"
    since = _("since {month}").format(month=_month(start))
    if before == now:
        if not now:
            return _("No {what} {since}").format(what=what.lower(), since=since)
        return _("{what} stayed at {now:,}{total} {since}").format(
            what=what, now=now, total=total, since=since
        )
    sentence = (
        _("{what} rose from {before:,} to {now:,}{total} {since}")
        if now > before
        else _("{what} fell from {before:,} to {now:,}{total} {since}")
    )
    return sentence.format(what=what, before=before, now=now, total=total, since=since)


def record(trends: Trends) -> str:
    """Return the period that the months cover."""
    says = _("The record begins in {month}.").format(month=_month(trends.months[0].day))
    if trends.ended_on:
        says += _(
            " The plan has ended; the months stop at {day}, because none of these figures "
            "changed after it."
        ).format(day=long_date(trends.ended_on))
    return says


def _month(day: date) -> str:
    return long_date(day).split(" ", 1)[1]
