"""Dates and lengths of time as every page and paper writes them. Pure text in, text out."""

from calendar import monthrange
from datetime import date, timedelta

from reports.document.wording import number
from workitems.standing import days_in_words

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_date(when: date) -> str:
    """30 July 2010"""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def short_date(when: date) -> str:
    """30 Jul 2010"""
    return f"{when.day} {MONTHS[when.month - 1][:3]} {when.year}"


def days(count: int) -> str:
    """A measured length, in digits: "1 day", "92 days"."""
    return days_in_words(count)


def months_in(start: date, end: date) -> int | None:
    """How many whole months `start` to `end` make, both days included; None if not whole.

    31 July to 30 July counts as 12, and so does 30 July to 30 July, as people say it.
    """
    after = end + timedelta(days=1)
    for last in (after, end):
        count = (last.year - start.year) * 12 + last.month - start.month
        if count > 0 and add_months(start, count) == last:
            return count
    return None


def add_months(start: date, count: int) -> date:
    """The same day that many months later, or that month's last day where it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def period(start: date, end: date) -> str:
    """ "the 12 months to 30 July 2010", or "the period from 3 March to 30 July 2010"."""
    months = months_in(start, end)
    if months:
        return f"the {'month' if months == 1 else f'{number(months)} months'} to {long_date(end)}"
    first = long_date(start) if start.year != end.year else f"{start.day} {start:%B}"
    return f"the period from {first} to {long_date(end)}"
