"""Working days as an Act defines them: due dates, lateness and the number of a day.

Public holidays come from the `holidays` library, without regional ones. Overrides are days that an
authority declared working days or not, and take precedence. Nothing is known outside the years of the
Act's calendar, so such a day is refused rather than guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from agencies.wording.translation import _
from reports.requests.law.act import Act

SATURDAY = 5
DAY = timedelta(days=1)


class BeyondCalendar(ValueError):
    """A day outside the years whose holidays are known. The message is shown to the user."""


@dataclass(frozen=True)
class WorkingDays:
    """The working days of an Act. `overrides` maps days to whether they are working days."""

    act: Act
    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on this day. Raise `BeyondCalendar`."""
        self._check_is_known(day)
        calendar = self.act.calendar
        if day in self.overrides:
            return self.overrides[day]
        return not (
            day.weekday() >= SATURDAY
            or calendar.is_closed(day)
            or day in _public_holidays(calendar.holidays, day.year)
        )

    def after(self, day: date, count: int) -> date:
        """Return the working day that is the `count`th after a day, which itself is day 0.

        Raise `ValueError` for a count below one, and `BeyondCalendar`.
        """
        if count < 1:
            raise ValueError("Count at least one working day.")
        self._check_is_known(day)
        while count:
            day += DAY
            count -= self.is_working_day(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Return the number of working days from `first` to `last`, both included; 0 if there are
        no such days. Raise `BeyondCalendar`."""
        span = (last - first).days + 1
        if span <= 0:
            return 0
        self._check_is_known(last)
        return sum(self.is_working_day(first + DAY * number) for number in range(span))

    def due(self, received: date, days: int | None = None) -> date:
        """Return the last day to decide on a request received on a day. Raise `BeyondCalendar`.

        `days` are those of the Act unless given.
        """
        return self.after(received, self.act.limits.decide if days is None else days)

    def day_number(self, received: date, on: date) -> int:
        """Return how many working days have begun since a request was received: 0 on its day."""
        return self._between_after(received, on)

    def late_by(self, due: date, on: date) -> int:
        """Return the number of working days after the due date, up to and including `on`."""
        return self._between_after(due, on)

    def _between_after(self, day: date, last: date) -> int:
        return self.between(day + DAY, last) if day < last else 0

    def _check_is_known(self, day: date) -> None:
        calendar = self.act.calendar
        if not calendar.first_year <= day.year <= calendar.last_year:
            raise BeyondCalendar(
                _("Working days are known from {first} to {last}, and not for {year}.").format(
                    first=calendar.first_year, last=calendar.last_year, year=day.year
                )
            )


@cache
def _public_holidays(country: str, year: int) -> frozenset[date]:
    import holidays  # here, because it takes memory, and most processes count no working days

    return frozenset(holidays.country_holidays(country, years=year))
