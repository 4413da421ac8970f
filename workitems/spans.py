"""Lengths of time in words, as all pages and papers write them. Knows neither records nor the clock."""

from agencies.translation import _

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DAYS_IN_MONTH = 365.25 / 12


def in_words(count: int) -> str:
    """Return "one" to "nine", and digits for other numbers: "0", "10", "1,200"."""
    return NUMBERS[count - 1] if 0 < count <= len(NUMBERS) else f"{count:,}"


def span_in_words(days: int) -> str:
    """Return a length of at least one day to the nearest unit that people use for it: "one day",
    "12 days", "three weeks", "a month", "two months", "a year", "a year and three months".

    A month is any of 27 to 33 days, so from the end of a month to the end of another it is exact.
    """
    if days < 14:
        return _counted(days, "day")
    months = round(days / DAYS_IN_MONTH)
    if days < 46 and not 27 <= days <= 33:
        return _counted(round(days / 7), "week")
    years, rest = divmod(max(months, 1), 12)
    parts = []
    if years:
        parts.append(_("a year") if years == 1 else _counted(years, "year"))
    if rest:
        parts.append(_("a month") if rest == 1 else _counted(rest, "month"))
    return " and ".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{in_words(count)} {noun if count == 1 else noun + 's'}"
