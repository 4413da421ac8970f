"""Lengths of time in words, as all pages and papers write them. Knows neither records nor the clock."""

from agencies.wording.translation import _, gettext_noop, ngettext

NUMBERS = (
    *(gettext_noop("one"), gettext_noop("two"), gettext_noop("three"), gettext_noop("four")),
    *(gettext_noop("five"), gettext_noop("six"), gettext_noop("seven"), gettext_noop("eight")),
    gettext_noop("nine"),
)
DAYS_IN_MONTH = 365.25 / 12


def in_words(count: int) -> str:
    """Return "one" to "nine", and digits for other numbers: "0", "10", "1,200"."""
    return _(NUMBERS[count - 1]) if 0 < count <= len(NUMBERS) else f"{count:,}"


def span_in_words(days: int) -> str:
    """Return a length of at least one day to the nearest unit that people use for it: "one day",
    "12 days", "three weeks", "a month", "two months", "a year", "a year and three months".

    A month is any of 27 to 33 days, so from the end of a month to the end of another it is exact.
    """
    if days < 14:
        return ngettext("{number} day", "{number} days", days).format(number=in_words(days))
    months = round(days / DAYS_IN_MONTH)
    if days < 46 and not 27 <= days <= 33:
        weeks = round(days / 7)
        return ngettext("{number} week", "{number} weeks", weeks).format(number=in_words(weeks))
    years, rest = divmod(max(months, 1), 12)
    if years and rest:
        return _("{years} and {months}").format(years=_years(years), months=_months(rest))
    return _years(years) if years else _months(rest)


def _years(count: int) -> str:
    if count == 1:
        return _("a year")
    return ngettext("{number} year", "{number} years", count).format(number=in_words(count))


def _months(count: int) -> str:
    if count == 1:
        return _("a month")
    return ngettext("{number} month", "{number} months", count).format(number=in_words(count))
