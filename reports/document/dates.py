"""Dates and lengths of time as text, as all pages and papers write them."""

from datetime import date, timedelta

from reports.document.wording import number
from workitems.terms.lateness import days_in_words
from workitems.terms.spans import add_months

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
    """Return "30 July 2010"."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def month_of(when: date) -> str:
    """Return "July 2010"."""
    return f"{MONTHS[when.month - 1]} {when.year}"


def short_date(when: date) -> str:
    """Return "30 Jul 2010"."""
    return f"{when.day} {MONTHS[when.month - 1][:3]} {when.year}"


def days(count: int) -> str:
    """Return a number of days, such as "1 day" or "92 days"."""
    return days_in_words(count)


def months_in(start: date, end: date) -> int | None:
    """Return the number of whole months from `start` to `end`, both included, or None.

    31 July to 30 July is 12 months, and so, as people count, is 30 July to 30 July.
    """
    after = end + timedelta(days=1)
    for last in (after, end):
        count = (last.year - start.year) * 12 + last.month - start.month
        if count > 0 and add_months(start, count) == last:
            return count
    return None


def period(start: date, end: date) -> str:
    """Return "the 12 months to 30 July 2010" or "the period from 3 March to 30 July 2010"."""
    months = months_in(start, end)
    if months:
        return f"the {'month' if months == 1 else f'{number(months)} months'} to {long_date(end)}"
    first = long_date(start) if start.year != end.year else f"{start.day} {start:%B}"
    return f"the period from {first} to {long_date(end)}"
