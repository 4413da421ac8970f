"""Test how a day is read that a person typed, without a database."""

from datetime import date, timedelta

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from agencies.typed.asking import ENTER_A_DATE
from agencies.typed.fields import DayField
from agencies.typed.typed_dates import NotADay, OnlyAMonth, Side, in_words, read_day

TODAY = date(2026, 11, 26)  # a Thursday
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    "typed",
    [
        *("20 November 2026", "20 Nov 2026", " 20  nov. 2026 ", "20 nov", "20nov", "20 NOV 26"),
        *(
            "20/11/2026",
            "20/11/26",
            "20/11",
            "20.11.2026",
            "20.11.26",
            "20. 11. 2026",
            "20 11 2026",
        ),
        *("20-11-2026", "20-Nov-26", "20-Nov-2026", "2026-11-20", "2026/11/20", "2026 Nov 20"),
        *("20th November 2026", "the 20th of November, 2026", "20th nov", "November 20, 2026"),
        *("Friday 20 November 2026", "Fri, 20 Nov", "fri 20/11/26"),
    ],
)
def test_a_day_is_read_as_people_write_it(typed):
    assert read_day(typed, TODAY) == DAY


@pytest.mark.parametrize(
    ("typed", "days"), [("yesterday", -1), ("Today", 0), (" tomorrow ", 1), ("today.", 0)]
)
def test_a_day_beside_today_has_a_name(typed, days):
    assert read_day(typed, TODAY) == TODAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("typed", "on", "day"),
    [
        ("1 jan", TODAY, date(2027, 1, 1)),
        ("31 dec", date(2027, 1, 2), date(2026, 12, 31)),
        ("27 may", TODAY, date(2027, 5, 27)),  # in 182 days; the other was 183 days ago
        ("28 may", TODAY, date(2026, 5, 28)),
        ("26/11", TODAY, TODAY),
    ],
)
def test_a_day_without_its_year_is_the_nearest_one(typed, on, day):
    assert read_day(typed, on) == day


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_day_without_its_year_is_never_more_than_half_a_year_away(day, on):
    if (day.month, day.day) != (2, 29):
        assert abs((read_day(f"{day.day}/{day.month}", on) - on).days) <= 183


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("Nov 20", "“Nov 20” could be a day or a year. Enter 20 November with its year, or November 2020."),
        ("nov 45", "Enter the year in four digits: November 2045."),
        ("20-11-26", "This could be 20 November 2026 or 26 November 2020. Enter one of them."),
        ("Friday", "“Friday” could be 20 November 2026 or 27 November 2026. Enter one of them."),
        ("thu", "Enter “today”, or 19 November 2026 or 3 December 2026."),
        ("Monday 20 November 2026", "20 November 2026 is a Friday. Check the day."),
        ("11/26/2026", "Write the day before the month, such as 26/11/2026."),
        ("31 June 2027", "June 2027 has only 30 days. Check the day."),
        ("29/2/2027", "February 2027 has only 28 days. Check the day."),
        ("29 feb", "Add the year to 29 February."),
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_or_is_no_day_is_refused_with_a_sentence(typed, says):
    with pytest.raises(NotADay) as refused:
        read_day(typed, TODAY)
    assert str(refused.value) == says


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "soon", "20", "nov", "2026", "6/27", "32/1/2026", "0/1/2026", "1/13/14/2026"),
        *("20 no 2026", "20112026", "1/1/0000", "31/12/9999", "20 nov 2026 3pm", "-5/1/2026"),
        *("２０/11/2026", "20 nov 202", "20 nov nov 2026", "next friday", "1" * 5000, "q4 2026"),
    ],
)
def test_anything_else_is_no_day(typed):
    with pytest.raises(NotADay) as refused:
        read_day(typed, TODAY)
    assert str(refused.value) == ""


@pytest.mark.parametrize("typed", ["Nov 2026", "november 2026", "11/2026", "2026-11", "2026 Nov"])
def test_a_month_asks_for_its_day(typed):
    with pytest.raises(OnlyAMonth) as refused:
        read_day(typed, TODAY)
    assert (refused.value.year, refused.value.month) == (2026, 11)
    assert str(refused.value) == "Add the day to November 2026."


@pytest.mark.parametrize("typed", ["today", "20 nov", "20/11", "friday"])
def test_nothing_depends_on_today_where_today_is_not_given(typed):
    with pytest.raises(NotADay):
        read_day(typed)


WRITTEN = ["%d %B %Y", "%d %b %Y", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d", "%B %d, %Y", "%A %d %B %Y"]  # fmt: skip


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from(WRITTEN))
def test_what_is_written_is_read_again(day, form):
    assert read_day(day.strftime(form)) == day
    assert read_day(in_words(day)) == day


@given(
    st.text(max_size=80)
    | st.text(alphabet="0123456789/.- ", max_size=12)
    | st.lists(st.sampled_from(["20", "1", "31", "0", "99", "2026", "0000", "nov", "mar", "fri", "today", "of", "th", "/", "-", ".", ","]), max_size=6).map(" ".join)
)  # fmt: skip
def test_no_text_breaks_it(text):
    try:
        assert isinstance(read_day(text, TODAY), date)
    except NotADay as refused:
        assert str(refused) == "" or str(refused).endswith(".")


# --- the field of a form --------------------------------------------------------------------------


class Asked(forms.Form):
    day = DayField()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("soon", str(ENTER_A_DATE)),
        ("  ", str(ENTER_A_DATE)),
        ("Nov 2026", "Add the day to November 2026."),
        ("20/11/1989", "Check the year: it should be between 1990 and 2100."),
    ],
)
def test_the_field_says_what_is_wrong_and_keeps_what_was_typed(typed, says):
    form = Asked({"day": typed})
    assert form.errors == {"day": [says]}
    assert form["day"].value() == typed
    assert f'value="{typed}"' in str(form["day"])


def test_the_field_begins_with_words_and_knows_the_same_day_in_others():
    begun = {"day": date(2026, 11, 7)}
    assert 'value="7 November 2026"' in str(Asked(initial=begun)["day"])
    assert not Asked({"day": "07/11/26"}, initial=begun).has_changed()
    assert Asked({"day": "8/11/26"}, initial=begun).has_changed()


@pytest.mark.parametrize(
    ("side", "day"), [(Side.AHEAD, date(2026, 11, 27)), (Side.PAST, date(2026, 11, 20))]
)
def test_a_weekday_is_one_day_where_the_other_would_be_refused(side, day):
    assert read_day("Friday", date(2026, 11, 25), side) == day
    with pytest.raises(NotADay, match="Enter “today”, or 20 November 2026 or 4 December 2026."):
        read_day("Friday", date(2026, 11, 27), side)
