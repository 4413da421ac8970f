"""Test dates that are known to the day, the month or the quarter, without a database."""

from datetime import date

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from workitems.plan.forms.due_dates import KnownDateField
from workitems.terms.known_dates import (
    KnownDate,
    KnownTo,
    NotADate,
    NotAQuarter,
    from_to,
    known,
    read_known_date,
)

LAST = date(2027, 6, 30)
DAY, MONTH, QUARTER = (KnownDate(LAST, known_to) for known_to in KnownTo)


def test_each_is_said_in_words_short_and_in_sentences():
    assert [
        (str(each), each.short, each.code, each.on, each.by) for each in (DAY, MONTH, QUARTER)
    ] == [
        ("30 June 2027", "30 Jun 2027", "2027-06-30", "on 30 June 2027", "by 30 June 2027"),
        ("June 2027", "Jun 2027", "2027-06", "in June 2027", "by the end of June 2027"),
        (
            "April to June 2027",
            "Apr–Jun 2027",
            "2027-Q2",
            "between April and June 2027",
            "by the end of June 2027",
        ),
    ]
    assert from_to(DAY, MONTH) == "from 30 June 2027 to June 2027"
    assert from_to(QUARTER, DAY) == "from April–June 2027 to 30 June 2027"
    assert known(LAST) == DAY
    assert known(MONTH) is MONTH


@pytest.mark.parametrize(
    ("day", "month", "quarter"),
    [
        (date(2027, 2, 3), date(2027, 2, 28), date(2027, 3, 31)),
        (date(2028, 2, 29), date(2028, 2, 29), date(2028, 3, 31)),
        (date(2027, 12, 31), date(2027, 12, 31), date(2027, 12, 31)),
        (date(2027, 10, 1), date(2027, 10, 31), date(2027, 12, 31)),
    ],
)
def test_a_month_and_a_quarter_are_kept_as_their_last_day(day, month, quarter):
    found = [KnownDate.holding(day, known_to).last_day for known_to in KnownTo]
    assert found == [day, month, quarter]


@pytest.mark.parametrize(
    ("due", "typed"),
    [
        (DAY, ("30 June 2027", " 30  jun 2027", "30/6/2027", "30/06/2027", "2027-06-30")),
        (
            MONTH,
            ("June 2027", "JUN 2027", "Jun. 2027", "june, 2027", "6/2027", "2027-06", "2027-6"),
        ),
        (
            QUARTER,
            (
                *(
                    "April to June 2027",
                    "Apr-Jun 2027",
                    "apr – jun 2027",
                    "April 2027 to June 2027",
                ),
                *("Q2 2027", "q2 2027", "Q2/2027", "2027-Q2", "2027 Q2"),
                *("June 2027 quarter", "June quarter 2027"),
            ),
        ),
        (KnownDate.holding(date(2027, 9, 1), "month"), ("Sept 2027",)),
    ],
)
def test_a_date_is_read_as_people_write_it(due, typed):
    assert [read_known_date(text) for text in typed] == [due] * len(typed)


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2027", "June", "Ju 2027", "Junk 2027", "30 June", "31 June 2027", "0000-05"),
        *("2027-13", "0/2027", "Q5 2027", "Q0 2027", "2027-06-31", "quarter 2027", "２０２７-06"),
    ],
)
def test_anything_else_is_no_date(text):
    with pytest.raises(NotADate):
        read_known_date(text)


@pytest.mark.parametrize(
    "text",
    ["May to July 2027", "June to April 2027", "May 2027 quarter", "April 2026 to June 2027"],
)
def test_other_months_are_no_quarter(text):
    with pytest.raises(NotAQuarter):
        read_known_date(text)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from(KnownTo))
def test_what_is_said_is_read_again(day, known_to):
    due = KnownDate.holding(day, known_to)
    assert due.last_day >= day
    assert [read_known_date(text) for text in (str(due), due.short, due.code)] == [due] * 3


@pytest.mark.parametrize("typed", ["20 nov", "20/11", "20/11/10", "20th November 2010"])
def test_days_are_read_as_everywhere_else(typed):
    assert read_known_date(typed, date(2010, 6, 1)) == KnownDate(date(2010, 11, 20))


# --- the field of a form ------------------------------------------------------------------------


class Asked(forms.Form):
    due = KnownDateField()


def test_the_field_takes_all_three_and_begins_with_words():
    assert 'value="April to June 2027"' in str(Asked(initial={"due": QUARTER})["due"])
    for typed, due in (("30 June 2027", DAY), ("june 2027", MONTH), ("Q2 2027", QUARTER)):
        form = Asked({"due": typed}, initial={"due": QUARTER})
        assert form.is_valid()
        assert form.cleaned_data == {"due": due}
        assert form.has_changed() is (due != QUARTER)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("next year", "Enter a date, such as 7 June 2010, June 2010 or April to June 2010."),
        (" ", "Enter a date, such as 7 June 2010, June 2010 or April to June 2010."),
        (
            "May to July 2027",
            "A quarter is January to March, April to June, July to September or October to December.",
        ),
        ("June 2207", "Check the year: it should be between 1990 and 2100."),
    ],
)
def test_the_field_says_what_to_enter_and_keeps_what_was_typed(typed, says, time_machine):
    time_machine.move_to("2010-06-01T00:00:00+00:00")
    form = Asked({"due": typed})
    assert form.errors == {"due": [says]}
    assert form["due"].value() == typed
    assert form["due"].field.example == "7 June 2010, June 2010 or Apr to Jun 2010"
