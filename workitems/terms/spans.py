"""Lengths of time in words, as all pages and papers write them. Knows neither records nor the clock."""

from calendar import monthrange
from datetime import date

from agencies.wording.translation import _, gettext_noop, ngettext
from workitems.terms.known_dates import Due, KnownDate, KnownTo, known

NUMBERS = (
    *(gettext_noop("one"), gettext_noop("two"), gettext_noop("three"), gettext_noop("four")),
    *(gettext_noop("five"), gettext_noop("six"), gettext_noop("seven"), gettext_noop("eight")),
    gettext_noop("nine"),
)
# Lengths from these on are weeks, then months.
WEEKS_FROM_DAYS = 14
MONTHS_FROM = 3
# "Nearly four weeks" and "nearly five months" lack at most so many days.
NEARLY_A_WEEK = 2
NEARLY_A_MONTH = 7


def in_words(count: int) -> str:
    """Return "one" to "nine", and digits for other numbers: "0", "10", "1,200"."""
    return _(NUMBERS[count - 1]) if 0 < count <= len(NUMBERS) else f"{count:,}"


def span_in_words(first: Due, last: Due, *, at_least: bool = False) -> str:
    """Return how long it is from one day to a later one: "one day", "12 days", "11 weeks", "five months",
    "nearly a year", "a year and three months".

    It never says more than the days give: days up to 13, then whole weeks, from three months on whole months
    of the calendar. Only "nearly" says what a few days are missing from; after "at least" (`at_least`)
    that would be untrue, so it is left out there. Whole months between two days of the same number, or
    between the ends of two months, are always given as months.

    A month or quarter is counted by its last day; but what is reached in a month or quarter "at the earliest"
    is surely late only by the length to its first day, unless the first date is known no better.

    Raise `ValueError` if the second day is not after the first.
    """
    start, end = known(first), known(last)
    if at_least and start.known_to != end.known_to:
        end = KnownDate(end.first_day)
    days = (end.last_day - start.last_day).days
    if days <= 0:
        raise ValueError(f"{end} is not after {start}")
    months = _whole_months(start.last_day, end.last_day)
    if months and _is_exact(start, end, months):
        return _months(months)
    if days < WEEKS_FROM_DAYS:
        return ngettext("{number} day", "{number} days", days).format(number=in_words(days))
    missing = (add_months(start.last_day, months + 1) - end.last_day).days
    if months + 1 >= MONTHS_FROM and missing <= NEARLY_A_MONTH and not at_least:
        return _nearly(_months(months + 1))
    if months >= MONTHS_FROM:
        return _months(months)
    weeks, over = divmod(days, 7)
    if over >= 7 - NEARLY_A_WEEK and not at_least:
        return _nearly(_weeks(weeks + 1))
    return _weeks(weeks)


def _is_exact(start: KnownDate, end: KnownDate, months: int) -> bool:
    """Whether the days are whole months apart. Months and quarters are known by their last day."""
    if KnownTo.DAY not in (start.known_to, end.known_to):
        return True
    first, last = start.last_day, end.last_day
    return add_months(first, months) == last or (_ends_a_month(first) and _ends_a_month(last))


def _ends_a_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _whole_months(first: date, last: date) -> int:
    count = (last.year - first.year) * 12 + last.month - first.month
    return count if add_months(first, count) <= last else count - 1


def add_months(start: date, count: int) -> date:
    """Return the same day `count` months later, or that month's last day if it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    if start.day <= 28:
        return date(year, month + 1, start.day)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _nearly(length: str) -> str:
    return _("nearly {time}").format(time=length)


def _weeks(count: int) -> str:
    return ngettext("{number} week", "{number} weeks", count).format(number=in_words(count))


def _months(count: int) -> str:
    years, rest = divmod(count, 12)
    if years and rest:
        return _("{years} and {months}").format(years=_in_years(years), months=_in_months(rest))
    return _in_years(years) if years else _in_months(rest)


def _in_years(count: int) -> str:
    if count == 1:
        return _("a year")
    return ngettext("{number} year", "{number} years", count).format(number=in_words(count))


def _in_months(count: int) -> str:
    if count == 1:
        return _("a month")
    return ngettext("{number} month", "{number} months", count).format(number=in_words(count))
