"""The trends' figures as sentences, and what they show as headings."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from reports.document.dates import days, long_date
from reports.progress.record_of_dates import DateWarning, RecordOfDates
from reports.progress.trends import MonthFigures, Trends
from workitems.models.item import Stage
from workitems.terms.spans import in_words

# Dates with each warning, within a sentence.
SUCH_DATES = {
    DateWarning.NONE: gettext_lazy("without a warning"),
    DateWarning.FORECAST: gettext_lazy("that an agency expected to miss"),
    DateWarning.AGENCY: gettext_lazy("that an agency rated at risk or off track"),
    DateWarning.SPREADSHEET: gettext_lazy("that the spreadsheet rated at risk or off track"),
    DateWarning.REVIEWER: gettext_lazy("that the reviewer rated at risk or off track"),
    # A date that has another warning is among those.
    DateWarning.MOVED: gettext_lazy("that had been moved before and had no other warning"),
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
    """Return "Complete items rose from one to three of 25 between March and June 2026"."""
    months = _year(trends)
    return _moved(
        _("complete items"),
        [in_words(month.items) for month in months],
        [(month.day, month.stages[Stage.COMPLETE]) for month in months],
    )


def lateness_finding(trends: Trends) -> str:
    """Return "Late milestones rose from two to seven between July and October 2026"."""
    found = [(month.day, month.overdue + month.expected_late) for month in _year(trends)]
    return _moved(_("late milestones"), None, found)


def dates_finding(record: RecordOfDates) -> str:
    """Return "25 of 31 dates were met. All four that an agency expected to miss were missed."."""
    if not record.dates and record.begins:
        return _("No agreed date has come since the spreadsheet of {day}").format(
            day=long_date(record.begins)
        )
    if not record.dates:
        return _("No agreed date has come yet")
    if record.dates == 1:
        return (
            _("The only date that came was missed")
            if record.missed
            else _("The only date that came was met")
        )
    met = record.dates - record.missed
    says = ngettext(
        "{met} of {dates:,} dates was met", "{met} of {dates:,} dates were met", met or 1
    ).format(met=f"{met:,}" if met else _("None"), dates=record.dates)
    all_missed = [
        group
        for group in record.groups
        if group.warning != DateWarning.NONE and group.dates == group.missed > 1
    ]
    if not all_missed or not met:
        return says
    most = max(all_missed, key=lambda group: group.dates)
    return _("{says}. All {count} {such} were missed").format(
        says=says, count=in_words(most.dates), such=SUCH_DATES[most.warning]
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


def _year(trends: Trends) -> list[MonthFigures]:
    """Return the figures of the last twelve months, from the end of the month before them."""
    return trends.months[-13:]


def _moved(what: str, of: list[str] | None, found: list[tuple[date, int]]) -> str:
    """Say how a count moved, and between which months: from the last with the first count to the first with the last
    one. `of` has for each month of how many, which is said as it was in the last month that is named."""
    before, now = found[0][1], found[-1][1]
    total = _(" of {all}").format(all=of[-1]) if of else ""
    what = f"{what[:1].upper()}{what[1:]}"
    if len(found) == 1:
        return f"{what}: {now:,}{total}"
    if before == now:
        since = _("since {month}").format(month=_month(found[0][0]))
        if not now:
            return _("No {what} {since}").format(what=what.lower(), since=since)
        return _("{what} stayed at {now}{total} {since}").format(
            what=what, now=in_words(now), total=total, since=since
        )
    start = max(n for n, (_day, count) in enumerate(found) if count == before)
    end = next(n for n in range(start, len(found)) if found[n][1] == now)
    total = _(" of {all}").format(all=of[end]) if of else ""
    sentence = (
        _("{what} rose from {before} to {now}{total} between {first} and {last}")
        if now > before
        else _("{what} fell from {before} to {now}{total} between {first} and {last}")
    )
    first, last = _month(found[start][0]), _month(found[end][0])
    if first.endswith(last[-5:]):
        first = first[:-5]
    none = _("none")
    return sentence.format(
        what=what,
        before=in_words(before) if before else none,
        now=in_words(now) if now else none,
        total=total,
        first=first,
        last=last,
    )


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
