"""The trends' figures as sentences."""

from datetime import date

from reports.document.dates import days, long_date
from reports.progress.trends import Met, Trends
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


def delays(trends: Trends) -> str:
    """Return the days of all delays, and the cause with the most days."""
    if not trends.causes:
        return f"No delay was recorded by {long_date(trends.on)}."
    says = f"{days(trends.delay_days)} in {count_noun(trends.delays, 'delay')} by {long_date(trends.on)}."
    most = trends.causes[0]
    if len(trends.causes) > 1 and trends.delay_days >= most.days > 0:
        share = round(100 * most.days / trends.delay_days)
        says += f" Most of them by cause: {most.label.lower()}, {days(most.days)} ({share} %)."
    return says


def delayed_agencies(trends: Trends) -> str:
    most = trends.delayed_agencies[0]
    if len(trends.delayed_agencies) == 1:
        return f"All of them are of milestones that {most.label} is responsible for."
    return (
        f"{days(most.days)} of {trends.delay_days:,} are of milestones that {most.label} "
        "is responsible for."
    )


def met(trends: Trends) -> str:
    original, agreed = trends.met.original, trends.met.agreed
    if not original.total:
        return f"No milestone’s date had passed by {long_date(trends.on)}."
    says = f"By {long_date(trends.on)}, the date first promised had passed for {_met(original)}."
    if agreed == original:
        return says + " By the dates last agreed it is the same."
    if not agreed.total:
        return says + " No date last agreed had passed."
    return says + f" The date last agreed had passed for {_met(agreed)}."


def record(trends: Trends) -> str:
    """Return the period that the months cover."""
    says = f"The record begins in {_month(trends.months[0].day)}."
    if trends.ended_on:
        says += (
            f" The plan has ended; the months stop at {long_date(trends.ended_on)}, because none "
            "of these figures changed after it."
        )
    return says


def _met(met: Met) -> str:
    return (
        f"{count_noun(met.total, 'milestone')}: {met.on_time:,} met on time, {met.late:,} met late, "
        f"{met.not_yet:,} not yet"
    )


def _month(day: date) -> str:
    return long_date(day).split(" ", 1)[1]
