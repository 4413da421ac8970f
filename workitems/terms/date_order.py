"""Dates that contradict each other: a milestone expected before one that was to come before it, actions and interim
measures of a delay that do not last until the new date, a cause that does not explain it, and two dates of one thing.

A contradiction is one sentence, the same where a date is typed and among the checks of a paper. Nothing here queries
the database.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from agencies.typed.typed_dates import MONTHS
from agencies.wording.translation import _, day_words
from workitems.terms.known_dates import KnownDate, NotADate, read_known_date
from workitems.terms.spans import NUMBERS, add_months, span_in_words
from workitems.terms.stems import says_nothing


class Step(Protocol):
    """What the order of an item's milestones is read from."""

    @property
    def number(self) -> int: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def agreed_due(self) -> date: ...
    @property
    def agreed(self) -> KnownDate: ...
    @property
    def forecast(self) -> KnownDate: ...


AnyStep = TypeVar("AnyStep", bound=Step)


class Expected(NamedTuple):
    """An open milestone as it is or would be."""

    number: int
    agreed: KnownDate
    forecast: KnownDate
    is_open: bool = True

    @property
    def agreed_due(self) -> date:
        return self.agreed.last_day


def comes_before(steps: Iterable[AnyStep], step: Step) -> AnyStep | None:
    """Return the open milestone of the same item that was to be reached before this one and is now expected after it,
    so that this one's date is in doubt; the last of several."""
    found = [
        each
        for each in steps
        if each.is_open
        and each.agreed_due < step.agreed_due
        and each.forecast.first_day > step.forecast.last_day
    ]
    return max(found, key=lambda each: each.forecast.last_day, default=None)


def order_in_words(item: str, step: Step, first: Step) -> str:
    """Say that the milestone of the item with this number is expected before the `first`, which was to come before it."""
    return _(
        "Milestone {milestone} of item {item} is expected {day}, but milestone {first}, which was to come "
        "before it, only {later}."
    ).format(
        milestone=step.number,
        item=item,
        day=step.forecast.on,
        first=first.number,
        later=first.forecast.on,
    )


def out_of_order(item: str, steps: Collection[Step], step: Step) -> list[tuple[int, str]]:
    """Return the numbers of the item's milestones that are out of order because this one is expected when it is, each
    with a sentence that says so: it comes before what was to come first, or after what was to follow it."""
    others = [each for each in steps if each.number != step.number]
    pairs = [(step, comes_before(others, step))]
    pairs += [(each, comes_before([step], each)) for each in others if each.is_open]
    return [
        (first.number if then is step else then.number, order_in_words(item, then, first))
        for then, first in pairs
        if first is not None
    ]


# --- what lasts until the new date -----------------------------------------------------------------


def gap(ends: Collection[date | None], meanwhile: str, new: KnownDate) -> str:
    """Say that the open actions against a delay, which end on these days, end more than a month before the new date.
    "" if one of them has no date, or something is said to be done in the `meanwhile`."""
    days = [day for day in ends if day is not None]
    if not says_nothing(meanwhile) or not days or len(days) < len(ends):
        return ""
    if add_months(max(days), 1) >= new.first_day:
        return ""
    return _(
        "The actions against the delay end by {day}, and nothing covers the time to the new date, {new_date}."
    ).format(day=day_words(max(days)), new_date=new)


def after_new_date(due: date | None, new: KnownDate) -> str:
    """Say that an action against a delay is due after the milestone's new date."""
    if due is None or due <= new.last_day:
        return ""
    return _("An action against the delay is due on {day}, after the new date, {new_date}.").format(
        day=day_words(due), new_date=new
    )


_MONTH = "|".join(f"{month[:3]}[a-z]*" for month in MONTHS)
# The end of what goes on: "until 29 October 2026", "up to the end of June 2027".
_END = re.compile(
    r"\b(?:until|till|through|up to|ends? (?:on|in|by))\s+(?:the end of\s+)?"
    rf"((?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTH})\.?\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\b)",
    re.IGNORECASE,
)


def ends_before(meanwhile: str, new: KnownDate) -> str:
    """Say that what covers the time until the new date ends before it, by a date in its text. A date without a year is
    the nearest to the new one."""
    ends = []
    for match in _END.finditer(meanwhile):
        try:
            ends.append(read_known_date(match[1], new.first_day))
        except NotADate:
            continue
    end = max(ends, key=lambda each: each.last_day, default=None)
    if end is None or end.last_day >= new.first_day:
        return ""
    return _("What covers the gap ends by {day}, and the new date is {new_date}.").format(
        day=end, new_date=new
    )


# A span that a text states: "for three months", "by six weeks", "seven weeks late".
_COUNT = rf"(?P<{{0}}>\d+|an?|{'|'.join(NUMBERS)}) (?P<{{1}}>day|week|month|year)s?"
_SPAN = re.compile(
    rf"\b(?:by|for) (?:about |another |around |at least |some |up to )?{_COUNT.format('long', 'unit')}\b"
    rf"|\b{_COUNT.format('late', 'of')} late\b",
    re.IGNORECASE,
)
_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}
# A cause explains a delay that is longer by at most so many days.
UNEXPLAINED_DAYS = 62


def _span_too_short(explanation: str, agreed: KnownDate, new: KnownDate) -> str:
    """Return the longest time that a cause states, as it is typed, if a delay takes more than twice that time; else ""."""
    spans = []
    for found in _SPAN.finditer(explanation):
        count = (found["long"] or found["late"]).casefold()
        figure = (
            int(count) if count.isdigit() else NUMBERS.index(count) + 1 if count in NUMBERS else 1
        )
        unit = (found["unit"] or found["of"]).casefold()
        spans.append((figure * _DAYS[unit], found[0].removesuffix(" late")))
    if not spans or new.first_day <= agreed.last_day:
        return ""
    days, words = max(spans)
    late = (new.first_day - agreed.last_day).days
    return "" if late <= max(2 * days, days + UNEXPLAINED_DAYS) else words


def unexplained(explanation: str, agreed: KnownDate, new: KnownDate) -> str:
    """Say that a cause which took the time that it states does not explain a delay of more than twice that time."""
    if not (words := _span_too_short(explanation, agreed, new)):
        return ""
    return _("The cause lasted “{span}”, and the milestone will be {time} late.").format(
        span=words, time=span_in_words(agreed, new)
    )


_MONTHS_LONG = re.compile(r"(?:.* )?(\w+) months", re.IGNORECASE)


def explains_a_part(explanation: str, agreed: KnownDate, new: KnownDate) -> str:
    """Return a sentence of a paper on a cause that took less time than the delay (`unexplained`): for how many of its months it
    accounts and how many are not explained, if both are told in months."""
    if not (words := _span_too_short(explanation, agreed, new)):
        return ""
    part = _MONTHS_LONG.fullmatch(words)
    whole = re.fullmatch(r"(\w+) months", span_in_words(agreed, new))
    took, late = (_figure(found[1]) if found else 0 for found in (part, whole))
    if not 0 < took < late:
        return "The rest of the delay is not explained."
    count, rest = (
        str(each) if each > len(NUMBERS) else NUMBERS[each - 1] for each in (took, late - took)
    )
    is_one = late - took == 1
    return f"This accounts for about {count} months; the other {'month is' if is_one else f'{rest} are'} not explained."


def _figure(word: str) -> int:
    """Return the number that a word is: 3 of "three" and of "3"; 0 of another word."""
    word = word.casefold()
    return int(word) if word.isdigit() else NUMBERS.index(word) + 1 if word in NUMBERS else 0


# A season or year that an effect is to happen in: "the summers of 2026/27 and 2027/28".
_SEASON = re.compile(r"(?:\b(summers?|seasons?)\b[^.;]*?)?\b(20\d\d)/(\d\d)\b", re.IGNORECASE)


def before_due(effect: str, agreed: KnownDate) -> str:
    """Say that what a delay is said to mean names a season or year that ends before the date that was agreed, so that it does
    not follow from the delay; "" if it names none."""
    found = _SEASON.search(effect)
    if not found:
        return ""
    # A summer ends with February, another year with June.
    end = date(int(found[2]) + 1, 3, 1) if found[1] else date(int(found[2]) + 1, 7, 1)
    if end > agreed.first_day:
        return ""
    return _(
        "What the delay means names {season}, which is over before the agreed date, {day}."
    ).format(season=f"{found[2]}/{found[3]}", day=agreed)


# Until when a cause lasts: "cannot be connected before the replacement is finished in February 2027".
_LASTS = re.compile(
    rf"\b(?:before|not (?:until|till)|only (?:after|from|in|on|when)|until|waits? (?:for|until))\b[^.;]*?"
    rf"\b((?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTH})\.?\s+\d{{4}})",
    re.IGNORECASE,
)


def same_time(explanation: str, due: date | None) -> str:
    """Say that an action against a delay is due at the time until which its cause lasts: what cannot be done before
    February 2027 is not done by then."""
    if due is None:
        return ""
    for found in _LASTS.finditer(explanation):
        try:
            until = read_known_date(found[1], due)
        except NotADate:
            continue
        if until.first_day <= due <= until.last_day:
            return _(
                "The cause lasts until {until}, and an action against it is due on {day}."
            ).format(until=until, day=day_words(due))
    return ""


_BY = re.compile(
    rf"\bby\s+(?:the end of\s+)?((?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTH})\.?\s+\d{{4}})",
    re.IGNORECASE,
)


def two_dates(text: str, day: date | None) -> str:
    """Say that a text names another date by which it will be done than its record has."""
    dates = [] if day is None else _dates_by(text, day)
    if day is None or not dates or any(each.first_day <= day <= each.last_day for each in dates):
        return ""
    return _("Its text says {other}, and its date is {day}.").format(
        other=dates[0].by, day=day_words(day)
    )


def without_other_date(text: str, day: date | None) -> str:
    """Return a text without the dates by which it says it will be done, if its record has another one (`two_dates`)."""
    return " ".join(_BY.sub("", text).split()).replace(" .", ".") if two_dates(text, day) else text


def _dates_by(text: str, day: date) -> list[KnownDate]:
    dates = []
    for found in _BY.finditer(text):
        try:
            dates.append(read_known_date(found[1], day))
        except NotADate:
            continue
    return dates
