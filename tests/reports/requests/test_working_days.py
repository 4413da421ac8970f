"""Test working days: the vectors of real letters, and every day of 21 years against a second
calendar, written here from the Act's definition without the library."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from reports.requests.law.act import act_named
from reports.requests.law.working_days import BeyondCalendar, WorkingDays
from reports.requests.models.non_working_day import NonWorkingDay

DAY = timedelta(days=1)
NEW_ZEALAND = WorkingDays(act_named())

DUE = [
    (date(2013, 4, 22), date(2013, 5, 21)),
    (date(2013, 4, 21), date(2013, 5, 20)),
    (date(2021, 1, 8), date(2021, 2, 15)),
    (date(2016, 1, 20), date(2016, 2, 18)),
    (date(2022, 11, 27), date(2022, 12, 23)),
    (date(2022, 11, 28), date(2023, 1, 16)),
    (date(2022, 6, 23), date(2022, 7, 22)),
    (date(2022, 9, 23), date(2022, 10, 25)),
]


@pytest.mark.parametrize(("received", "due"), DUE, ids=lambda day: day.isoformat())
def test_a_request_is_due_on_the_20th_working_day_after_receipt(received, due):
    assert NEW_ZEALAND.due(received) == due
    assert NEW_ZEALAND.day_number(received, due) == 20


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2010, 1, 1), date(2010, 12, 31), 241),
        (date(2022, 1, 1), date(2022, 12, 31), 237),
        (date(2022, 2, 1), date(2022, 12, 31), 226),
    ],
)
def test_working_days_of_a_period(first, last, count):
    assert NEW_ZEALAND.between(first, last) == count


# --- The second calendar ------------------------------------------------------------------

# Public holidays that a proclamation or an Act gave to one day.
MATARIKI = {
    date(2022, 6, 24), date(2023, 7, 14), date(2024, 6, 28), date(2025, 6, 20), date(2026, 7, 10),
    date(2027, 6, 25), date(2028, 7, 14), date(2029, 7, 6), date(2030, 6, 21),
}  # fmt: skip
MEMORIAL_OF_THE_QUEEN = date(2022, 9, 26)
MONDAYISED_FROM = 2014  # the Act of 2013 came into force on 1 January 2014


def easter_sunday(year):
    """Return Easter Sunday of the Gregorian calendar, by the rule of Meeus and Butcher."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * week) // 451
    month, day = divmod(h + week - 7 * m + 114, 31)
    return date(year, month, day + 1)


def monday_of(year, month, number):
    first = date(year, month, 1)
    return first + DAY * (-first.weekday() % 7 + 7 * (number - 1))


def holidays_of(year):
    easter = easter_sunday(year)
    found = {
        easter - 2 * DAY,
        easter + DAY,
        monday_of(year, 6, 1),  # the Sovereign's birthday
        monday_of(year, 10, 4),  # Labour Day
    }
    for day in (date(year, 2, 6), date(year, 4, 25)):  # Waitangi Day, ANZAC Day
        found.add(day)
        if day.weekday() >= 5 and year >= MONDAYISED_FROM:
            found.add(day + DAY * (7 - day.weekday()))
    return found


def is_working_day_by_the_act(day):
    is_summer = (day.month, day.day) >= (12, 25) or (day.month, day.day) <= (1, 15)
    return (
        day.weekday() < 5
        and not is_summer
        and day not in holidays_of(day.year)
        and day not in MATARIKI
        and day != MEMORIAL_OF_THE_QUEEN
    )


def test_every_day_of_2010_to_2030_is_as_the_act_defines_it():
    first, last = date(2010, 1, 1), date(2030, 12, 31)
    days = [first + DAY * number for number in range((last - first).days + 1)]
    assert len(days) == 7670
    assert [
        day for day in days if NEW_ZEALAND.is_working_day(day) != is_working_day_by_the_act(day)
    ] == []


# --- What is not a working day, and what is -----------------------------------------------


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2022, 9, 26), False),  # the memorial day of the Queen
        (date(2013, 1, 21), True),  # Wellington's anniversary
        (date(2012, 2, 6), False),
        (date(2011, 2, 7), True),  # Waitangi Day was a Sunday, and not yet moved to Monday
        (date(2021, 4, 26), False),  # ANZAC Day was a Sunday
        (date(2021, 6, 25), True),  # no Matariki before 2022
        (date(2012, 12, 24), True),
        (date(2012, 12, 25), False),
        (date(2013, 1, 15), False),
        (date(2013, 1, 16), True),
    ],
)
def test_whether_a_day_is_a_working_day(day, works):
    assert NEW_ZEALAND.is_working_day(day) == works


def test_overrides_win():
    closed, opened = date(2013, 5, 1), date(2013, 5, 4)
    days = WorkingDays(act_named(), {closed: False, opened: True})
    assert not days.is_working_day(closed)
    assert days.is_working_day(opened)
    assert days.due(date(2013, 4, 22)) == date(2013, 5, 21)
    assert WorkingDays(act_named(), {closed: False}).due(date(2013, 4, 22)) == date(2013, 5, 22)


def test_days_beyond_the_calendar_are_refused():
    assert NEW_ZEALAND.is_working_day(date(2052, 12, 24))
    for ask in (
        lambda: NEW_ZEALAND.is_working_day(date(2053, 1, 1)),
        lambda: NEW_ZEALAND.due(date(2052, 12, 2)),
        lambda: NEW_ZEALAND.due(date.max),
        lambda: NEW_ZEALAND.between(date(2052, 12, 1), date(2053, 1, 1)),
        lambda: NEW_ZEALAND.late_by(date(2052, 12, 1), date.max),
        lambda: NEW_ZEALAND.due(date(1983, 1, 1)),
    ):
        with pytest.raises(BeyondCalendar, match="known from 1984 to 2052"):
            ask()


def test_an_override_beyond_the_calendar_is_refused_too():
    with pytest.raises(BeyondCalendar):
        WorkingDays(act_named(), {date(2053, 1, 6): True}).is_working_day(date(2053, 1, 6))


def test_a_period_that_ends_before_it_begins_has_no_working_day():
    assert NEW_ZEALAND.between(date(2013, 5, 3), date(2013, 5, 2)) == 0
    assert NEW_ZEALAND.late_by(date.max, date(2013, 5, 2)) == 0


def test_counting_no_working_day_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        NEW_ZEALAND.after(date(2013, 5, 2), 0)


# --- The command --------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["2013-04-22"],
            "A request received on Monday 22 April 2013 is due on Tuesday 21 May 2013, "
            "20 working days later.\n",
        ),
        (
            ["2013-04-22", "--days", "1"],
            "A request received on Monday 22 April 2013 is due on Tuesday 23 April 2013, "
            "1 working day later.\n",
        ),
    ],
)
def test_the_command_prints_the_due_date(capsys, arguments, sentence):
    call_command("oia_due", *arguments)
    assert capsys.readouterr().out == sentence


@pytest.mark.django_db
def test_the_command_counts_days_as_they_are_recorded(capsys):
    NonWorkingDay.objects.create(day=date(2013, 5, 1), authority="Sample Act 2013")
    call_command("oia_due", "2013-04-22")
    assert "due on Wednesday 22 May 2013" in capsys.readouterr().out


def test_without_a_database_the_command_says_what_it_could_not_read(capsys, monkeypatch):
    def away():
        raise OperationalError("no such table")

    monkeypatch.setattr("reports.requests.management.commands.oia_due.calendar", away)
    call_command("oia_due", "2013-04-22")
    written = capsys.readouterr()
    assert "due on Tuesday 21 May 2013" in written.out
    assert "Recorded days were not read" in written.err


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        (["yesterday"], "“yesterday” is not a date. Write it as in 2026-12-02."),
        (["2013-02-30"], "“2013-02-30” is not a date. Write it as in 2026-12-02."),
        (["2013-04-22", "--days", "0"], "“0” is not a number of working days from 1 to 1,000."),
        (["2013-04-22", "--days", "two"], "“two” is not a number of working days from 1 to 1,000."),
        (["2052-12-20"], "Working days are known from 1984 to 2052, and not for 2053."),
        (["9999-12-31"], "Working days are known from 1984 to 2052, and not for 9999."),
    ],
)
def test_the_command_refuses_in_a_sentence(arguments, refusal):
    with pytest.raises(CommandError) as refused:
        call_command("oia_due", *arguments)
    assert str(refused.value).endswith(refusal)
