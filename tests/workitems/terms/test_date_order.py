"""Test the sentences on dates that contradict each other."""

from datetime import date

import pytest

from workitems.terms.date_order import (
    Expected,
    after_new_date,
    ends_before,
    gap,
    out_of_order,
    same_time,
    two_dates,
    unexplained,
    without_other_date,
)
from workitems.terms.known_dates import KnownDate

NOV, DEC, MAR, JUN = (
    date(2026, 11, 30),
    date(2026, 12, 17),
    date(2027, 3, 31),
    date(2027, 6, 30),
)
NEW = KnownDate(MAR)
GAP = (
    "The actions against the delay end by 17 December 2026, and nothing covers the time to the "
    "new date, 31 March 2027."
)


@pytest.mark.parametrize(
    ("ends", "meanwhile", "says"),
    [
        ([NOV, DEC], "", GAP),
        ([DEC], "n/a", GAP),
        ([DEC], "Motels are used", ""),
        ([DEC, None], "", ""),
        ([date(2027, 3, 1)], "", ""),
        ([], "", ""),
    ],
)
def test_actions_that_end_long_before_the_new_date_leave_a_gap(ends, meanwhile, says):
    assert gap(ends, meanwhile, NEW) == says


def test_an_action_is_not_due_after_the_new_date():
    assert after_new_date(JUN, NEW) == (
        "An action against the delay is due on 30 June 2027, after the new date, 31 March 2027."
    )
    assert after_new_date(MAR, NEW) == after_new_date(None, NEW) == ""


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("Motels are used until 17 December 2026", "17 December 2026"),
        ("Motels are used till 17th Dec", "17 December 2026"),
        ("From October to the end of November 2026 motels, up to February 2027 hotels", "February 2027"),
        ("Motels are used until March 2027", ""),
        ("Since 3 November 2026 motels are used", ""),
        ("Cases are sorted by urgency", ""),
        ("It is used until 31 February 2027", ""),
    ],
)  # fmt: skip
def test_what_covers_the_gap_may_end_before_the_new_date(text, end):
    says = f"What covers the gap ends by {end}, and the new date is 31 March 2027." if end else ""
    assert ends_before(text, NEW) == says


def test_a_milestone_is_out_of_order_with_what_was_to_come_before_it_or_after_it():
    second = Expected(2, KnownDate(NOV), KnownDate(JUN))
    third = Expected(3, KnownDate(DEC), NEW)
    says = (
        "Milestone 3 of item 1.2 is expected on 31 March 2027, but milestone 2, which was to come before it, only on 30 "
        "June 2027."
    )
    assert out_of_order("1.2", [second, third], third) == [(2, says)]
    assert out_of_order("1.2", [Expected(2, KnownDate(NOV), KnownDate(NOV)), third], second) == [
        (3, says)
    ]
    assert out_of_order("1.2", [second, third._replace(is_open=False)], second) == []
    assert out_of_order("1.2", [third], third._replace(forecast=KnownDate(JUN))) == []


@pytest.mark.parametrize(
    ("explanation", "says"),
    [
        (
            "The staff were moved to the floods for three months.",
            "The cause lasted “for three months”, and the milestone will be nine months late.",
        ),
        ("The staff were moved to the floods for eight months.", ""),
        ("The staff were moved to the floods for a year.", ""),
        ("The staff were moved to the floods.", ""),
    ],
)
def test_a_cause_that_took_a_part_of_the_delay_does_not_explain_it(explanation, says):
    agreed, new = KnownDate(date(2026, 8, 31), "month"), KnownDate(date(2027, 5, 31), "month")
    assert unexplained(explanation, agreed, new) == says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "send the draft by March 2027",
            "Its text says by the end of March 2027, and its date is 26 February 2027.",
        ),
        ("send the draft by the end of February 2027", ""),
        ("send the draft by 26 February 2027", ""),
        ("send the draft", ""),
    ],
)
def test_a_text_with_another_day_than_its_record_gives_one_thing_two_dates(text, says):
    assert two_dates(text, date(2027, 2, 26)) == says
    assert two_dates(text, None) == ""


@pytest.mark.parametrize(
    ("explanation", "says"),
    [
        (
            "It cannot be connected before the old one is replaced in February 2027.",
            "The cause lasts until February 2027, and an action against it is due on 26 February 2027.",
        ),
        ("The floods in February 2027 closed the road.", ""),
        ("It cannot be connected before January 2027.", ""),
    ],
)
def test_an_action_that_is_due_when_its_cause_ends_contradicts_it(explanation, says):
    assert same_time(explanation, date(2027, 2, 26)) == says
    assert same_time(explanation, None) == ""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("send the draft by March 2027.", "send the draft."),
        ("send the draft by February 2027", "send the draft by February 2027"),
    ],
)
def test_a_date_that_contradicts_the_record_is_left_out_of_the_text(text, left):
    assert without_other_date(text, date(2027, 2, 26)) == left
